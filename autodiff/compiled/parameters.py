"""How a function takes its arguments, each by a name: also the ones behind `*` and `**`.

>>> def f(x, *rest, scale=1.0): ...
>>> Parameters(f).bind("f", (1.0, 2.0, 3.0), {"scale": 4.0})
(('x', 'rest_0', 'rest_1', 'scale'), [1.0, 2.0, 3.0, 4.0])
"""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from ..errors import ArgumentError, OperandError, shown

Parameter = inspect.Parameter


class Parameters:
    """The parameters of a function."""

    def __init__(self, function: Callable[..., Any]) -> None:
        try:
            self.signature = inspect.signature(function)
        except (TypeError, ValueError):
            raise OperandError(f"compile: {shown(function)} does not say what arguments it takes") from None
        self.parameters = list(self.signature.parameters.values())
        kinds = [each.kind for each in self.parameters]
        fixed = all(each.default is each.empty for each in self.parameters)
        fixed = fixed and not {Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD} & set(kinds)
        self.names = tuple(each.name for each in self.parameters) if fixed else None  # None: it depends on the call
        self.plain = fixed and Parameter.KEYWORD_ONLY not in kinds
        self.star = self.parameters[0].name if kinds == [Parameter.VAR_POSITIONAL] else ""
        self._numbered: dict[int, tuple[str, ...]] = {}

    def bind(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[str, ...], Sequence[Any]]:
        """The names of the arguments given, and the arguments."""
        if self.plain and not kwargs and self.names is not None and len(args) == len(self.names):
            return self.names, args
        if self.star and not kwargs:
            return self._starred(len(args)), args
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError as error:
            raise ArgumentError(f"{name}: expected the arguments {self.signature}, got {len(args)} by position and "
                                f"{', '.join(kwargs) or 'none'} by name: {error}") from None  # fmt: skip
        found: dict[str, Any] = {}
        for parameter in self.parameters:
            if parameter.name not in bound.arguments:
                continue
            given = bound.arguments[parameter.name]
            if parameter.kind is Parameter.VAR_POSITIONAL:
                found |= {f"{parameter.name}_{index}": x for index, x in enumerate(given)}
            elif parameter.kind is Parameter.VAR_KEYWORD:
                found |= given
            else:
                found[parameter.name] = given
        return tuple(found), list(found.values())

    def _starred(self, count: int) -> tuple[str, ...]:
        if count not in self._numbered:
            self._numbered[count] = tuple(f"{self.star}_{index}" for index in range(count))
        return self._numbered[count]

    def apply(self, function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        """The function called with the arguments of these names."""
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        rest = dict(arguments)
        for parameter in self.parameters:
            if parameter.kind is Parameter.VAR_POSITIONAL:
                names = [f"{parameter.name}_{index}" for index in range(len(rest))]
                args += [rest.pop(name) for name in names if name in rest]
            elif parameter.kind is Parameter.VAR_KEYWORD:
                kwargs |= rest
            elif parameter.name in rest and parameter.kind is Parameter.KEYWORD_ONLY:
                kwargs[parameter.name] = rest.pop(parameter.name)
            elif parameter.name in rest:
                args.append(rest.pop(parameter.name))
        return function(*args, **kwargs)
