"""Calls of every public name with arguments that nobody should pass; what is raised must be an error of the library."""

import inspect
import io
import os
import random
import re
import signal
import sys
import traceback
import warnings
from contextlib import redirect_stdout
from itertools import product

import numpy as np

import autodiff
from autodiff import Value, nn, testing
from autodiff.errors import AutodiffError


class Awkward:
    """An object that fails whenever it is asked anything."""

    def __repr__(self):
        raise RuntimeError("no repr")

    def __getattr__(self, name):
        raise AttributeError(name)


def looped():
    found = [1.0]
    found.append(found)
    return found


def hostile():
    """Arguments, made anew for each call: the sound ones lead deeper into a function than the others."""
    x = Value(2.0)
    return [
        None, True, -1, 0, 3, 10**400, 0.5, float("nan"), float("inf"), 1 + 2j, "", "x", "relu", "no such name", "a\x00\n",
        b"bytes", [], (), {}, [1.0, 2.0], [[1.0, 2.0], [3.0]], ["a"], [None], {"a": 1.0}, {1: 2}, {"class": 1.0}, {"b", "a"}, object(),
        Awkward(), looped(), x, [x, x * x], x * x + 1, np.array([]), np.array([1.0, 2.0]), np.array([["a"]]), np.array([1j]),
        np.array([x, 1.0], dtype=object), np.zeros((2, 2)), np.zeros((0, 3)), np.array(2.0), np.float64(1.5), np.ma.masked_array([1.0], [True]),
        range(3), iter([1.0]), (each for each in [1.0]), lambda *xs: xs[0] if xs else 0.0, lambda *xs: None, lambda *xs: "text",
        lambda *xs: [x, 1.0], lambda **ks: 1.0, Value, nn, nn.Dense(2), nn.Input(3), nn.MLP(2, [3, 1]), nn.SGD([x]),
        nn.Sequential([nn.Input(2), nn.Dense(1)]), autodiff.compile(lambda a: a * a), "mse", "adam", slice(1), NotImplemented, Ellipsis,
    ]  # fmt: skip


def sound():
    """First arguments that most functions take."""
    x = Value(2.0)
    return [x, lambda *xs: xs[0] * 2 if xs else 0.0, nn.MLP(2, [3, 1]), [[1.0, 2.0]]]


SKIPPED = {
    "browse", "quiz", "main",  # these wait for someone to answer
    "mutants", "conformance", "ConformanceTests", "grade",  # these run for a minute
}


def subjects():
    """Every public function and class, and the public methods of what they make, by name."""
    found = {}
    for prefix, module in (("autodiff", autodiff), ("nn", nn), ("testing", testing), ("nn.losses", nn.losses)):
        for name in module.__all__:
            item = getattr(module, name)
            if callable(item) and name not in SKIPPED:
                found[f"{prefix}.{name}"] = (lambda item: lambda: item)(item)
    for name, make in MAKERS.items():
        for method in METHODS[name].split():
            found[f"{name}.{method}"] = (lambda make, method: lambda: getattr(make(), method))(make, method)
    return found


def _drawn():
    x = Value(2.0, name="x")
    return (x * x + 1).tanh()


def _model():
    model = nn.Sequential([nn.Input(2), nn.Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    return model


MAKERS = {
    "Value": _drawn, "compile(f)": lambda: autodiff.compile(lambda a, b=1.0: a * b), "drawing": lambda: autodiff.draw(_drawn()),
    "steps": lambda: autodiff.steps(_drawn()), "SGD": lambda: nn.SGD([Value(1.0)]), "Adam": lambda: nn.Adam([Value(1.0)]),
    "model": _model, "MLP": lambda: nn.MLP(2, [3, 1]), "compiled step": lambda: nn.step_function(nn.MLP(2, [3, 1]), "mse"),
    "eager step": lambda: nn.step_function(nn.MLP(2, [3, 1]), "mse", "eager"), "grad(f)": lambda: autodiff.grad(lambda a: a * a),
    "hessian(f)": lambda: autodiff.hessian(lambda a: a * a), "jacobian(f)": lambda: autodiff.jacobian(lambda a: [a * a]),
}  # fmt: skip
METHODS = {
    "Value": "__add__ __rpow__ __mod__ __truediv__ __lt__ __pow__ __radd__ backward exp relu", "SGD": "step zero_grad bind",
    "compile(f)": "__call__ value_and_grad jacobian hessian hvp", "drawing": "save svg text", "Adam": "step zero_grad bind",
    "steps": "text json html save to until next back", "model": "__call__ compile fit evaluate predict summary count_params",
    "MLP": "__call__ parameters", "compiled step": "__call__", "eager step": "__call__", "grad(f)": "__call__", "hessian(f)": "__call__",
    "jacobian(f)": "__call__",
}  # fmt: skip


# What Python itself says of a call that does not fit the signature.
BINDING = re.compile(
    r"positional argument|keyword argument|multiple values for argument|required (keyword-only|argument)|no arguments|given by name|"
    r"takes (no|exactly|at (most|least)) |expected (at (least|most) )?\d+ arguments?, got \d+|expected two operands, got three"
)


class Stuck(BaseException):
    """A call has taken too long."""


def _alarm(signum, frame):
    raise Stuck


def attack(name, subject, chance):
    """One call; a sentence if what it raised is no error of the library."""
    pool = hostile()
    args = [chance.choice(pool) for _ in range(chance.choice((0, 1, 1, 1, 2, 2, 2, 3, 4)))]
    if args and chance.random() < 0.5:
        args[0] = chance.choice(sound())  # and the others are what is wrong
    kwargs = {key: chance.choice(pool) for key in _keywords(subject, chance)}
    return attempt(name, subject, args, kwargs)


def attempt(name, subject, args, kwargs, seconds=60):
    """A sentence if what this call raises is no error of the library."""
    signal.signal(signal.SIGALRM, _alarm)
    signal.alarm(seconds)
    try:
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            subject(*args, **kwargs)
    except (AutodiffError, StopIteration, SystemExit):
        return None
    except Stuck:
        return f"{name} is stuck: {call_text(args, kwargs)}"
    except Exception as error:
        signal.alarm(0)
        frames = traceback.extract_tb(error.__traceback__)
        if isinstance(error, OSError) or isinstance(error, TypeError) and BINDING.search(str(error)) or not _ours(frames):
            return None
        last = frames[-1]
        place = f"{os.path.relpath(last.filename, os.path.dirname(autodiff.__file__))}:{last.lineno}"
        return f"{name}{call_text(args, kwargs)} raises {type(error).__name__}: {str(error)[:100]} at {place}"
    finally:
        signal.alarm(0)
    return None


def _ours(frames):
    """Whether the error comes from the library, and not from a caller's function that it has called."""
    own = os.path.abspath(__file__)
    return not any(os.path.abspath(frame.filename) == own for frame in frames[1:])


def _keywords(subject, chance):
    names = options(subject)
    return chance.sample(names, min(len(names), chance.choice((0, 0, 0, 1, 2))))


def options(subject):
    """The names of the arguments that may be left out."""
    return [p.name for p in _parameters(subject) if p.kind is p.KEYWORD_ONLY or p.default is not p.empty]


def _parameters(subject):
    try:
        return inspect.signature(subject).parameters.values()
    except (TypeError, ValueError):
        return []


def wrong_options():
    """What is wrong in a call with sound arguments and one option of each kind, and the number of calls."""
    found, calls = {}, 0
    for name, make in sorted(subjects().items()):
        needed = sum(p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in _parameters(make()))
        for option in options(make()):
            for place, kind in product(range(len(hostile())), range(len(sound()) if needed else 1)):
                wrong = attempt(name, make(), [sound()[kind]] * needed, {option: hostile()[place]})
                calls += 1
                if wrong:
                    found.setdefault(wrong.rpartition(" raises ")[2].split(":")[0] + wrong.rpartition(" at ")[2], wrong)
    return list(found.values()), calls


def call_text(args, kwargs):
    return f"({', '.join([*map(_shown, args), *(f'{k}={_shown(v)}' for k, v in kwargs.items())])})"


def _shown(x):
    try:
        return repr(x)[:60]
    except Exception:
        return f"<{type(x).__name__}>"


def found_in(rounds, seed, names=None):
    """What is wrong, once for each place and kind of error, and the number of calls: one of every name in each round."""
    everything, found = subjects(), {}
    names, chance = sorted(names or everything), random.Random(seed)
    for _ in range(rounds):
        for name in names:
            wrong = attack(name, everything[name](), chance)
            if wrong:
                found.setdefault(wrong.rpartition(" raises ")[2].split(":")[0] + wrong.rpartition(" at ")[2], wrong)
    return list(found.values()), rounds * len(names)


if __name__ == "__main__":  # python hostile.py SEED ROUNDS, in a folder that files may be written to
    found, calls = found_in(int(sys.argv[2]), int(sys.argv[1]))
    print(*found, f"{calls} calls, {len(found)} faults", sep="\n")
