"""How a function takes its arguments, each by a name: also the ones behind `*` and `**`.

>>> def f(x, *rest, scale=1.0): ...
>>> Parameters(f).bind("f", (1.0, 2.0, 3.0), {"scale": 4.0})
(Layout(names=('x', 'rest_0', 'rest_1', 'scale'), keywords=('scale',)), [1.0, 2.0, 3.0, 4.0])
"""

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from ...errors import ArgumentError, OperandError, shown

Parameter = inspect.Parameter


class Layout(NamedTuple):
    """The names of the arguments of a call, no two alike, and by which keywords the last of them are handed over."""

    names: tuple[str, ...]
    keywords: tuple[str, ...] = ()

    def apply(self, function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
        """The function called with these arguments."""
        split = len(self.names) - len(self.keywords)
        return function(*arguments[:split], **dict(zip(self.keywords, arguments[split:])))


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
        names = tuple(each.name for each in self.parameters)
        keywords = tuple(each.name for each in self.parameters if each.kind is Parameter.KEYWORD_ONLY)
        self.layout = Layout(names, keywords) if fixed else None  # None: it depends on the call
        self._by_count: dict[int, Layout] = {len(names): self.layout} if self.layout and not keywords else {}
        self._star = names[0] if kinds == [Parameter.VAR_POSITIONAL] else ""

    def bind(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Layout, Sequence[Any]]:
        """The layout of a call, and its arguments in order."""
        if not kwargs and (known := self._by_count.get(len(args))):
            return known, args
        try:
            self.signature.bind(*args, **kwargs)
        except TypeError as error:
            raise ArgumentError(f"{name}: expected the arguments {self.signature}, got {len(args)} by position and "
                                f"{', '.join(kwargs) or 'none'} by name: {error}") from None  # fmt: skip
        layout = self._layout(len(args), tuple(kwargs))
        if self._star and not kwargs:
            self._by_count[len(args)] = layout
        return layout, [*args, *kwargs.values()]

    def _layout(self, count: int, keywords: tuple[str, ...]) -> Layout:
        """So many arguments by position and the rest by keyword, under names of their own."""
        positional = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
        names = [each.name for each in self.parameters if each.kind in positional][:count]
        stars = [each.name for each in self.parameters if each.kind is Parameter.VAR_POSITIONAL]
        names += [f"{star}_{index}" for star in stars for index in range(count - len(names))]
        return Layout(tell_apart((*names, *keywords)), keywords)


def tell_apart(names: Iterable[str]) -> tuple[str, ...]:
    """The names, no two alike.

    >>> tell_apart(("x", "y", "x"))
    ('x', 'y', 'x_')
    """
    found: dict[str, None] = {}
    for name in names:
        while name in found:
            name += "_"
        found[name] = None
    return tuple(found)
