"""A `Module` is anything with parameters; its attributes are all it has to say about them.

A parameter is a Value that stands in an attribute, or in a list, tuple, dict or Module that does. Its name is the way
to it, so `model.layers[0].neurons[3].w[1]` is the parameter named "layers[0].neurons[3].w[1]".

>>> class Line(Module):
...     def __init__(self):
...         self.slope, self.shift = Value(2.0), Value(1.0)
...     def __call__(self, x):
...         return self.slope * x + self.shift
>>> line = Line()
>>> line(3.0).backward()
>>> [(name, p.grad) for name, p in line.named_parameters()]
[('slope', 3.0), ('shift', 1.0)]
>>> line.load_state_dict({"slope": 5.0, "shift": 0.0})
>>> line(3.0).data
15.0
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from ...errors import ArgumentError, OperandError, shown
from ...coerce import Number, number
from ...value import Value

M = TypeVar("M", bound="Module")
DEEPEST = 20  # modules inside modules that are printed


class Module:
    """The base of everything that learns: it finds the parameters, and reads, writes and names them."""

    training = False
    if TYPE_CHECKING:  # each module says for itself what it is called on
        __call__: Callable[..., Any]
    else:

        def __call__(self, *arguments, **named):
            """What `forward` gives, for a module that has it."""
            if not hasattr(self, "forward"):
                raise OperandError(f"{type(self).__name__} computes nothing: write forward(self, x)")
            return self.forward(*arguments, **named)

    def parameters(self) -> list[Value]:
        """The parameters in the order of their attributes, each once."""
        return _parameters_in(self)

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """The parameters with the path that leads to each; one that is shared comes once, under its first path."""
        for path, thing in _walk("", self):
            if type(thing) is Value and thing.op == "input":  # an attribute may also keep a result: no parameter
                yield path, thing

    def name_parameters(self) -> None:
        """Give every parameter its path as its name, for drawings and error messages."""
        for path, value in self.named_parameters():
            value.name = path

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        for value in self.parameters():
            value.grad = 0.0

    def modules(self) -> "Iterator[Module]":
        """This module and all that stand in it, each once, the outer before the inner."""
        return _modules_in(self)

    def train(self: M, mode: bool = True) -> M:
        """Tell every module inside that training is on, which matters to Dropout; at first it is off."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self: M) -> M:
        """Tell every module inside that training is over."""
        return self.train(False)

    def state_dict(self) -> dict[str, float]:
        """The numbers of the parameters by path: all that training has changed."""
        return {path: value.data for path, value in self.named_parameters()}

    def load_state_dict(self, state: Mapping[str, Number]) -> None:
        """Set the parameters to the numbers of `state`, all of them or, if anything is wrong with it, none.

        Raises `ArgumentError` for a missing or an unknown name, `OperandError` for what is not a number.
        """
        if not isinstance(state, Mapping):
            raise ArgumentError(f"load_state_dict: expected a dict of numbers by name, got {shown(state)}")
        own = dict(self.named_parameters())
        _require("missing", [path for path in own if path not in state], self)
        _require("unknown", [path for path in state if path not in own], self)
        data = {path: number(x, f"load_state_dict, {path}") for path, x in state.items()}
        for path, value in own.items():
            value.data = data[path]

    def __repr__(self) -> str:
        """The class with its modules and parameters, one to a line."""
        return _print(self, ())


@contextmanager
def in_mode(module: Module, training: bool) -> Iterator[None]:
    """Training is on, or over, meanwhile; afterwards every module inside trains or rests as before."""
    before = [(each, each.training) for each in module.modules()]
    module.train(training)
    try:
        yield
    finally:
        for each, mode in before:
            each.training = mode


def _parameters_in(start: Any) -> list[Value]:
    """The parameters of a module or container, in order, each once."""
    found, seen, stack = dict[int, Value](), set[int](), [start]
    while stack:
        thing = stack.pop()
        if type(thing) is Value:  # asked first, since nearly everything is one
            if thing.op == "input":
                found[id(thing)] = thing
        elif id(thing) not in seen:
            seen.add(id(thing))
            stack.extend(reversed(_contents(thing)))
    return list(found.values())


def _modules_in(start: Any) -> Iterator[Module]:
    """The modules that stand in a module or container, the outer before the inner, each once."""
    seen, stack = set[int](), [start]
    while stack:
        thing = stack.pop()
        if type(thing) is not Value and id(thing) not in seen:
            seen.add(id(thing))
            if isinstance(thing, Module):
                yield thing
            stack.extend(reversed(_contents(thing)))


def _walk(path: str, start: Any) -> Iterator[tuple[str, Any]]:
    """All that stands in a module or container, in order, each once, with the path that leads there."""
    seen: set[int] = set()
    stack = [(path, start)]
    while stack:
        path, thing = stack.pop()
        if id(thing) not in seen:
            seen.add(id(thing))
            yield path, thing
            parts = list(zip(_steps(path, thing), _contents(thing)))
            stack.extend(reversed(parts))


def _contents(thing: Any) -> list[Any]:
    if isinstance(thing, (Module, dict)):
        return list((vars(thing) if isinstance(thing, Module) else thing).values())
    return list(thing) if isinstance(thing, (list, tuple)) else []


def _steps(path: str, thing: Any) -> Iterator[str]:
    """The path to each of the contents."""
    if isinstance(thing, Module):
        return (f"{path}.{name}" if path else name for name in vars(thing))
    keys = thing if isinstance(thing, dict) else range(len(thing)) if isinstance(thing, (list, tuple)) else ()
    return (f"{path}[{key!r}]" for key in keys)


def _holds_parameters(thing: Any) -> bool:
    return bool(_parameters_in(thing))


def _print(module: Module, outer: tuple[Module, ...]) -> str:
    """The printed form of a module inside others; one that knows its parent, or is very deep, has an end."""
    kind = type(module).__name__
    if len(outer) >= DEEPEST or any(module is other for other in outer):
        return f"{kind}(…)"
    inside = (*outer, module)
    lines = [_describe(name, thing, inside) for name, thing in vars(module).items() if _holds_parameters(thing)]
    indented = "".join("\n  " + line.replace("\n", "\n  ") for line in lines)
    return f"{kind}({indented}\n)" if lines else f"{kind}()"


def _describe(name: str, thing: Any, outer: tuple[Module, ...]) -> str:
    """An attribute as the printed form of its module shows it."""
    if isinstance(thing, Module) and type(thing).__repr__ is Module.__repr__:
        return f"{name}={_print(thing, outer)}"
    if isinstance(thing, (Module, Value)):
        return f"{name}={thing!r}"
    count = len(_parameters_in(thing))
    return f"{name}={type(thing).__name__} of {len(thing)} with {count:,} parameter{'s' * (count != 1)}"


def _require(kind: str, names: list[str], module: Module) -> None:
    if names:
        some = ", ".join(map(repr, names[:3])) + (", …" if len(names) > 3 else "")
        raise ArgumentError(
            f"load_state_dict: {len(names)} {kind} name{'s' * (len(names) != 1)} ({some}) for {type(module).__name__}, "
            f"whose parameters are {', '.join(map(repr, list(module.state_dict())[:3]))}, …"
        )
