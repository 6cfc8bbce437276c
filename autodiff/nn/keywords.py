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
from collections.abc import Callable, Iterator, Mapping, Sequence
from dis import get_instructions
from functools import wraps
from inspect import CO_VARARGS, CO_VARKEYWORDS, signature, unwrap
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast

from ..errors import ArgumentError, OperandError, shown
from ..suggest import hint
from .elsewhere import ARGUMENTS

LIBRARY = __name__.rpartition(".")[0]
CALLED = ("update_state", "__call__")  # by users, with labels and predictions
F = TypeVar("F", bound=Callable[..., Any])


def know_arguments(method: F) -> F:
    """The method with an `OperandError` for an unknown name, a value too many or one that is missing, in place of
    Python's own; of a function as well.
    """
    code: Any = getattr(method, "__code__", None)
    shared = find_shared(method)
    if code is None or code.co_flags & CO_VARARGS or code.co_flags & CO_VARKEYWORDS and not shared:
        return method
    first = int(code.co_varnames[:1] == ("self",))
    names = (*code.co_varnames[first : code.co_argcount + code.co_kwonlyargcount], *shared)
    most = code.co_argcount - first
    needed = names[: most - len(getattr(method, "__defaults__", None) or ())]

    @wraps(method)
    def checked(*given: Any, **named: Any) -> Any:
        what = type(given[0]).__name__ if first and method.__name__ in ("__init__", "__call__") else method.__name__
        arguments = given[first:]
        for name in named:
            if name not in names:
                way = f"{ARGUMENTS[name]}. Here " if name in ARGUMENTS else ""  # then no other name is meant
                raise OperandError(f"{what}: there is no argument {name!r}: {way}{_names('' if way else name, names)}")
        if len(arguments) > most:
            got = f"{shown(arguments[most])}{' as well' * bool(most)}"
            expected = f"{most or 'no'} arguments without a name"
            raise OperandError(f"{what}: expected {expected}, got {got}: {_names('', names)}")
        if missing := [name for name in needed[len(arguments) :] if name not in named]:
            raise OperandError(f"{what}: expected {' and '.join(missing)}, got none: {_names('', names)}")
        return method(*given, **named)

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


def not_there(module: str, names: Sequence[str], written: Mapping[str, str] = MappingProxyType({}),
              ) -> Callable[[str], NoReturn]:  # fmt: skip
    """The `__getattr__` of a module, which answers a name that it does not have with the nearest that it has.

    `written` says what to write for names that Keras has, by its functions' names.
    """

    def missing(name: str) -> NoReturn:
        way = written.get(name) or written.get(snake_case(name))
        there = f"write {way}" if way else hint(name, names)
        raise AttributeError(f"module {module!r} has no attribute {name!r}: {there}")

    return missing


class Declared:
    """A base whose classes answer an unknown argument with the nearest one that there is, and, those in this library,
    refuse an attribute that they do not have: set, it would be ignored without a word. `_instead` says what to write in
    place of attributes that Keras has; `_checks` what an attribute may be, whenever it is set.
    """

    _instead: Mapping[str, str] = MappingProxyType({})
    _checks: Mapping[str, Callable[[str, str, Any], Any]] = MappingProxyType({})  # of its class, its name and a value

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name in ("__init__", *CALLED * cls.__module__.startswith(LIBRARY)):
            if name in vars(cls):
                setattr(cls, name, know_arguments(vars(cls)[name]))

    def __setattr__(self, name: str, value: Any) -> None:
        cls = type(self)
        if cls.__module__.startswith(LIBRARY) and not name.startswith("_") and name not in attributes(cls):
            if hasattr(cls, name):
                weights = "; weights are set by set_weights" if hasattr(cls, "set_weights") else ""
                raise ArgumentError(f"{cls.__name__}: {name!r} can be read, not set{weights}")
            there = hint(name, sorted(attributes(cls)))
            raise ArgumentError(f"{cls.__name__}: there is no attribute {name!r}: {there}")
        check = self._checks.get(name)
        object.__setattr__(self, name, check(cls.__name__, name, value) if check else value)

    if not TYPE_CHECKING:  # which would take every name for an attribute

        def __getattr__(self, name):
            """Say what stands here for an attribute that Keras's things have."""
            missing = f"{type(self).__name__!r} object has no attribute {name!r}"
            way = self._instead.get(name)
            raise AttributeError(f"{missing}: {way}" if way else missing, name=name, obj=self)


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
    return hint(name, names) if names else "there are none"
