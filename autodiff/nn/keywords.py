"""Calls with an argument that there is not are answered with the nearest name that there is.

>>> class Oven:
...     @know_arguments
...     def bake(self, dish, *, degrees=180):
...         return f"{dish} at {degrees}"
>>> Oven().bake("bread", degree=200)
Traceback (most recent call last):
autodiff.errors.OperandError: bake: there is no argument 'degree': did you mean 'degrees'? There are: dish, degrees
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dis import get_instructions
from functools import wraps
from inspect import CO_VARARGS, CO_VARKEYWORDS, signature, unwrap
from typing import Any, NoReturn, TypeVar, cast

from ..errors import ArgumentError, OperandError, shown
from ..suggest import hint

LIBRARY = __name__.rpartition(".")[0]
INSTEAD = {  # what Keras's layers and models have, and what to do here
    "get_config": "nn.save(model, path) writes its layers and settings, nn.load reads them",
    "from_config": "nn.save(model, path) writes its layers and settings, nn.load reads them",
    "to_json": "nn.save(model, path) writes JSON, nn.load reads it",
    "input": "layers called on nn.Input(shape) give symbols, and nn.Model(inputs, outputs) goes from one to another",
    "output": "layers called on nn.Input(shape) give symbols, and nn.Model(inputs, outputs) goes from one to another",
    "inputs": "`input_shape` says what a row is",
    "metrics_names": "the history of fit, and evaluate(..., return_dict=True), have the names",
    "reset_metrics": "every epoch and every evaluate begins anew by itself",
    "reset_states": "no layer here has a state: rows do not depend on one another",
    "losses": "fit and evaluate add what regularizers ask for to the loss",
    "add_loss": "give compile a loss of your own, or a layer a kernel_regularizer",
    "add_weight": "an attribute that is a Value, or a list of them, is a parameter",
    "dtype": "every number is a float64",
    "export": "see docs/recipes.md for ONNX",
    "compute_output_shape": "build(shape), then output_shape",
}
ARGUMENTS = {  # of Keras's, and what is written for each here
    "run_eagerly": "write engine='eager'", "jit_compile": "engine='compiled' is what it asks for",
    "input_dim": "write input_shape=(n,)", "decay": "write learning_rate=nn.schedules.InverseTimeDecay(...)",
    "amsgrad": "Adam here is the plain one", "trainable": "set layer.trainable = False",
    "dtype": "every number is a float64", "validation_steps": "all validation rows are looked at",
    "steps_per_execution": "leave it out", "workers": "leave it out", "use_multiprocessing": "leave it out",
    "max_queue_size": "leave it out", "steps": "all rows are taken: give fewer", "line_length": "leave it out",
}  # fmt: skip
WRITTEN = {  # what Keras has, and what is written for it here
    **{name: f"nn.Activation({written!r})" for name, written in (
        ("ReLU", "relu"), ("LeakyReLU", "leaky_relu"), ("ELU", "elu"), ("Softmax", "softmax"))},
    "InputLayer": "nn.Input(shape)", "add": "nn.Add()(rows)", "concatenate": "nn.Concatenate()(rows)",
    "layers": "nn.Dense, without `layers` between", "models": "nn.Sequential or nn.Model",
    "to_categorical": "numpy.eye(classes)[labels]", "set_random_seed": "Sequential(layers, seed=1)",
    "clone_model": "copy.deepcopy(model)", "load_model": "nn.load(path)", "save_model": "nn.save(model, path)",
    "plot_model": "autodiff.draw(model(row))",
}  # fmt: skip
F = TypeVar("F", bound=Callable[..., Any])


def know_arguments(method: F) -> F:
    """The method with an `OperandError` for an unknown name, or for a value too many, in place of Python's own."""
    code: Any = getattr(method, "__code__", None)
    shared = find_shared(method)
    if code is None or code.co_flags & CO_VARARGS or code.co_flags & CO_VARKEYWORDS and not shared:
        return method
    names = (*code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount], *shared)
    most = code.co_argcount - 1

    @wraps(method)
    def checked(self: Any, *arguments: Any, **named: Any) -> Any:
        what = type(self).__name__ if method.__name__ == "__init__" else method.__name__
        for name in named:
            if name not in names:
                written = f"{ARGUMENTS[name]}: " if name in ARGUMENTS else ""
                raise OperandError(f"{what}: there is no argument {name!r}: {written}{_names(name, names)}")
        if len(arguments) > most:
            got = f"{shown(arguments[most])}{' as well' * bool(most)}"
            expected = f"{most or 'no'} arguments without a name"
            raise OperandError(f"{what}: expected {expected}, got {got}: {_names('', names)}")
        return method(self, *arguments, **named)

    return cast(F, checked)


def find_shared(method: Any) -> tuple[str, ...]:
    """The names behind `**shared: Unpack[Names]`, where a method declares them so."""
    kinds = getattr(getattr(method, "__annotations__", {}).get("shared"), "__args__", ())
    return tuple(name for kind in kinds for name in kind.__annotations__)


def takes(function: Any, count: int) -> bool:
    """Whether a function can be called with so many arguments, as far as it says.

    >>> takes(lambda x, y=0: x, 1), takes(lambda x, y=0: x, 3)
    (True, False)
    """
    try:
        signature(function).bind(*[None] * count)
    except TypeError:
        return False
    except ValueError:  # a built-in that does not say
        return True
    return True


def not_there(module: str, names: Sequence[str]) -> Callable[[str], NoReturn]:
    """The `__getattr__` of a module, which answers a name that it does not have with the nearest that it has."""

    def missing(name: str) -> NoReturn:
        raise AttributeError(f"module {module!r} has no attribute {name!r}: {hint(name, names)}")

    return missing


class Declared:
    """A base whose classes answer an unknown argument with the nearest one that there is, and, those in this library,
    refuse an attribute that they do not have: set, it would be ignored without a word.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__init__" in vars(cls):
            cls.__init__ = know_arguments(cls.__init__)  # type: ignore[method-assign]

    def __setattr__(self, name: str, value: Any) -> None:
        cls = type(self)
        if cls.__module__.startswith(LIBRARY) and not name.startswith("_") and name not in attributes(cls):
            if hasattr(cls, name):
                weights = "; weights are set by set_weights" if hasattr(cls, "set_weights") else ""
                raise ArgumentError(f"{cls.__name__}: {name!r} can be read, not set{weights}")
            there = hint(name, sorted(attributes(cls)))
            raise ArgumentError(f"{cls.__name__}: there is no attribute {name!r}: {there}")
        object.__setattr__(self, name, value)


_ATTRIBUTES: dict[str, frozenset[str]] = {}  # by the class's name


def attributes(cls: type) -> frozenset[str]:
    """The public attributes that the code of a class sets, and its properties that can be set."""
    name = f"{cls.__module__}.{cls.__qualname__}"
    if name not in _ATTRIBUTES:
        things = [thing for base in cls.__mro__ for thing in vars(base).items()]
        codes = [code for _, thing in things if callable(thing) and (code := getattr(unwrap(thing), "__code__", None))]
        stored = {name for code in codes for name in find_stored(code)}
        settable = [name for name, thing in things if getattr(thing, "fset", True) and not callable(thing)]
        _ATTRIBUTES[name] = frozenset(each for each in stored.union(settable) if not each.startswith("_"))
    return _ATTRIBUTES[name]


def find_stored(code: Any) -> Iterator[str]:
    """The attributes of `self` that a function sets."""
    before: Any = None
    for each in get_instructions(code):
        if each.opname == "STORE_ATTR" and "self" in (before if isinstance(before, tuple) else (before,)):
            yield each.argval
        before = each.argval


def snake_case(name: str) -> str:
    """The name of a class as the name of a thing.

    >>> [snake_case(name) for name in ("MaxPooling", "AUC", "F1Score", "XORNet")]
    ['max_pooling', 'auc', 'f1_score', 'xor_net']
    """
    return re.sub(r"(?<=.)(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _names(name: str, names: tuple[str, ...]) -> str:
    return hint(name, names) if names else "it takes none"
