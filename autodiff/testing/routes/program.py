"""A random structured program: Python text, and where each of its numbers comes from.

An `Input` is a scalar, a vector or a matrix of numbers, in one of four roles. Which one must not matter to the result.

    rows        arguments with one number for each row of a batch
    shared      arguments that all rows share
    captured    Values that the function finds outside its arguments
    constant    numbers that it finds there

>>> x, w = Input("x", (2,), ((1.0, 2.0), (3.0, 4.0)), "rows"), Input("w", (2,), ((0.5, -1.0),), "captured")
>>> program = Program((x, w), ("y = sum(a * b for a, b in zip(w, x))",))
>>> print(program)
from autodiff import Value
<BLANKLINE>
w = [Value(0.5), Value(-1.0)]
<BLANKLINE>
def f(x_0, x_1):
    x = [x_0, x_1]
    y = sum(a * b for a, b in zip(w, x))
    return y
<BLANKLINE>
arguments = ([1.0, 3.0], [2.0, 4.0])
>>> program.function()(1.0, 2.0).data
-1.5
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from math import inf, nan
from typing import Any, NamedTuple

from ...door import users_program
from ... import functions
from ...value import Value

Shape = tuple[int, ...]
ARGUMENTS = ("rows", "shared")
NAMES: dict[str, Any] = {name: x for name, x in vars(functions).items() if callable(x)} | {"Value": Value}
NUMBERS = {"inf": inf, "nan": nan}


class Input(NamedTuple):
    """A named scalar (), vector (n,) or matrix (m, n); `rows` has its numbers, once or for each row, flat."""

    name: str
    shape: Shape
    rows: tuple[tuple[float, ...], ...]
    role: str

    @property
    def leaves(self) -> list[str]:
        """The name of each of its numbers."""
        places: list[str] = [""]
        for size in self.shape:
            places = [f"{place}_{index}" for place in places for index in range(size)]
        return [self.name + place for place in places]

    def nest(self, items: list[str]) -> str:
        """The items in its shape, as text."""
        if not self.shape:
            return items[0]
        width = self.shape[-1]
        lines = [f"[{', '.join(items[start : start + width])}]" for start in range(0, len(items), width)]
        return lines[0] if len(self.shape) == 1 else f"[{', '.join(lines)}]"


@dataclass(frozen=True)
class Program:
    """Inputs, and lines of Python that make `y` of them."""

    inputs: tuple[Input, ...]
    lines: tuple[str, ...]

    def with_roles(self, roles: dict[str, str]) -> "Program":
        """The same program with some inputs coming from elsewhere."""
        return replace(self, inputs=tuple(x._replace(role=roles.get(x.role, x.role)) for x in self.inputs))

    @cached_property
    def arguments(self) -> list[str]:
        """The names of the function's arguments, in order."""
        return [leaf for x in self.inputs if x.role in ARGUMENTS for leaf in x.leaves]

    def by_name(self, gradient: Iterable[Any]) -> dict[str, Any]:
        """What belongs to the arguments, in order, under their names."""
        return dict(zip(self.arguments, gradient, strict=True))

    @property
    def captured(self) -> list[str]:
        """The names of the Values that the function captures."""
        return [leaf for x in self.inputs if x.role == "captured" for leaf in x.leaves]

    @cached_property
    def count(self) -> int:
        """How many rows the batch has."""
        return max((len(x.rows) for x in self.inputs if x.role == "rows"), default=1)

    def row(self, index: int) -> list[float]:
        """The numbers of the arguments for one row."""
        used = [x for x in self.inputs if x.role in ARGUMENTS]
        return [number for x in used for number in x.rows[index if x.role == "rows" else 0]]

    def columns(self) -> list[Any]:
        """The arguments of the whole batch: a list of one number for each row, or the number that they share."""
        found: list[Any] = []
        for x in self.inputs:
            if x.role == "rows":
                found += [list(column) for column in zip(*x.rows)]
            elif x.role == "shared":
                found += x.rows[0]
        return found

    def head(self) -> Iterator[str]:
        """What stands outside the function."""
        for x in self.inputs:
            if x.role == "captured":
                yield f"{x.name} = {x.nest([f'Value({number!r})' for number in x.rows[0]])}"
            elif x.role == "constant":
                yield f"{x.name} = {x.nest([repr(number) for number in x.rows[0]])}"

    def body(self) -> Iterator[str]:
        """The function."""
        yield f"def f({', '.join(self.arguments)}):"
        yield from (f"    {x.name} = {x.nest(x.leaves)}" for x in self.inputs if x.role in ARGUMENTS and x.shape)
        yield from (f"    {line}" for line in self.lines)
        yield "    return y"

    def imports(self, text: str) -> Iterator[str]:
        """The imports of what the text uses."""
        words = set(re.findall(r"[A-Za-z_]\w*", text))
        yield f"from autodiff import {', '.join(sorted((words & set(NAMES)) | {'Value'}))}"
        yield from ("from functools import reduce",) if "reduce" in words else ()
        yield from (f"from math import {', '.join(sorted(words & set(NUMBERS)))}",) if words & set(NUMBERS) else ()

    def __str__(self) -> str:
        head, body = "\n".join(self.head()), "\n".join(self.body())
        arguments = f"arguments = ({', '.join(map(repr, self.columns()))}{',' * (len(self.arguments) == 1)})"
        imports = "\n".join(self.imports(head + body + arguments))
        return "\n\n".join(filter(None, (imports, head, body, arguments)))

    def namespace(self) -> dict[str, Any]:
        """What the text defines once it has run: `f`, and what it captures."""
        names: dict[str, Any] = NAMES | NUMBERS | {"reduce": reduce}
        self._run(names)
        return names

    @cached_property
    def _run(self) -> Callable[[dict[str, Any]], None]:
        text = "\n".join([*self.head(), *self.body()])
        return users_program(text.encode(), "<random program>")

    def function(self) -> Callable[..., Any]:
        """The function that the text defines."""
        found: Callable[..., Any] = self.namespace()["f"]
        return found
