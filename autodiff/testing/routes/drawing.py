"""Draw a random structured program from a source of choices.

>>> from .choices import Choices
>>> print(draw_program(Choices(given=[])))
from autodiff import Value, tanh
<BLANKLINE>
w = [[Value(1.0), Value(1.0), Value(1.0)], [Value(1.0), Value(1.0), Value(1.0)], [Value(1.0), Value(1.0), Value(1.0)]]
<BLANKLINE>
def f(x_0, x_1, x_2):
    x = [x_0, x_1, x_2]
    h1 = [tanh(sum(a * b for a, b in zip(row, x))) for row in w]
    y = sum(h1)
    return y
<BLANKLINE>
arguments = ([1.0], [1.0], [1.0])
"""

from collections.abc import Sequence
from math import inf, nan, prod

from .choices import Choices
from .expressions import ACTIVATIONS, BINARY, REDUCED
from .program import Input, Program, Shape
from .structures import STRUCTURES

ROUND = (1.0, 0.5, 2.0, -1.0, 0.0, -0.5, 3.0, -2.0)
SPECIAL = (0.0, -0.0, 1.0, -1.0, inf, -inf, nan, 5e-324, -1e-310, 0.5, 2.0, 1e16)
EXTREME = (1e200, -1e200, 1e-200, 709.0, -745.0, 40.0, -40.0, 1e308, 1e-308, 20.0, 1e8, -1e-8)
SIZES = (3, 2, 4, 1, 5, 8)
BATCHES = (1, 2, 3, 17)
MIXTURES = (("captured",), ("shared",), ("constant",), ("captured", "shared"), ("captured", "constant"),
            ("captured", "shared", "constant", "rows"), ("rows",))  # fmt: skip
MOST = 64  # numbers among the inputs


class Drawing:
    """A program on its way: its inputs, its lines, and the shape of each variable."""

    def __init__(self, choices: Choices) -> None:
        self.choices = choices
        self.inputs: list[Input] = []
        self.lines: list[str] = []
        self.shapes: dict[str, Shape] = {}
        self.mixture = choices.pick(MIXTURES)
        self.count = choices.pick(BATCHES)
        self.numbers = choices.pick(("ordinary",) * 6 + ("special", "extreme"))

    def fresh(self, stem: str) -> str:
        """A name that is not taken: those of variables that are made are numbered."""
        taken = {*self.shapes, *(x.name for x in self.inputs)}
        names = (f"{stem}{n}" if n or stem == "h" else stem for n in range(1 if stem == "h" else 0, 1000))
        return next(name for name in names if name not in taken)

    def size(self) -> int:
        """How long a new vector is."""
        return self.choices.pick(SIZES)

    def let(self, shape: Shape, text: str, stem: str = "h") -> str:
        """A new variable that is this expression."""
        name = self.fresh(stem)
        self.lines.append(f"{name} = {text}")
        self.shapes[name] = shape
        return name

    def number(self) -> float:
        """A number of the kind that this program has."""
        kind = self.choices.below(4)
        if self.numbers != "ordinary" and kind == 3:
            return self.choices.pick(SPECIAL if self.numbers == "special" else EXTREME)
        if kind == 0:
            return self.choices.pick(ROUND)
        return (self.choices.below(4001) - 2000) / 1000 if kind == 1 else self.choices.below(2**40) / 2**39 - 1.0

    def give(self, shape: Shape, stem: str) -> str:
        """A new input, in one of the roles that this program mixes; or one that is there already."""
        same = [x.name for x in self.inputs if x.shape == shape]
        if same and (self.choices.chance(4) or self.room(shape) < 0):
            return self.choices.pick(same)
        role = self.choices.pick(self.mixture)
        return self.input(shape, stem, role if self.room(shape) >= 0 else "constant")

    def input(self, shape: Shape, stem: str, role: str) -> str:
        """A new input."""
        name = self.fresh(stem)
        rows = [tuple(self.number() for _ in range(prod(shape))) for _ in range(self.count if role == "rows" else 1)]
        self.inputs.append(Input(name, shape, tuple(rows), role))
        self.shapes[name] = shape
        return name

    def room(self, shape: Shape) -> int:
        """How many numbers may still be added after an input of that shape."""
        return MOST - sum(len(x.rows[0]) for x in self.inputs) - prod(shape)

    def variable(self, axes: int, stem: str) -> str:
        """A variable of so many axes: mostly a late one, or a new input with a number for each row."""
        found = [name for name, shape in self.shapes.items() if len(shape) == axes and all(shape)]
        if found and self.choices.below(4) < 3:
            return found[-1 - self.choices.below(len(found))]
        if found and self.room((8,) * axes) < 0:
            return found[-1]
        shape = tuple(self.size() for _ in range(axes))
        return self.input(shape, stem, self.choices.pick(("rows", "rows", "shared", *self.mixture)))

    def vector(self, stem: str) -> tuple[str, int]:
        """A variable of one axis, and how long it is."""
        name = self.variable(1, stem)
        return name, self.shapes[name][0]

    def of_shape(self, shape: Shape, stem: str) -> str:
        """A variable of this shape."""
        found = [name for name, each in self.shapes.items() if each == shape]
        if found and self.choices.below(2):
            return found[-1 - self.choices.below(len(found))]
        return self.give(shape, stem)

    def operand(self) -> str:
        """A scalar, as an expression: a variable, an entry of one, or a number."""
        kind = self.choices.below(8)
        scalars = [name for name, shape in self.shapes.items() if not shape]
        vectors = [name for name, shape in self.shapes.items() if len(shape) == 1]
        if kind == 7:
            return repr(self.choices.pick(ROUND))
        if kind > 4 and vectors:
            name = self.choices.pick(vectors[::-1])
            return f"{name}[{self.choices.below(self.shapes[name][0])}]"
        if scalars and kind:
            return scalars[-1 - self.choices.below(len(scalars))]
        return self.input((), "s", self.choices.pick(("rows", "shared", *self.mixture)))

    def activate(self, text: str) -> str:
        """A function of one number."""
        return self.choices.pick(ACTIVATIONS).format(text)

    def binary(self, a: str, b: str) -> str:
        """A function of two numbers."""
        text = self.choices.pick(BINARY)
        return text.format(*((a, b, a)[: text.count("{}")]))

    def reduce(self, name: str, size: int, ways: Sequence[str] = REDUCED) -> str:
        """A scalar of a vector."""
        return self.choices.pick(ways).replace("{n}", str(size)).replace("{}", name)


def draw_program(choices: Choices) -> Program:
    """A program of a few structures, whose result is a scalar."""
    drawing = Drawing(choices)
    for _ in range(1 + choices.below(5)):
        choices.pick(STRUCTURES)(drawing)
    terms = [_scalar(drawing, name) for name in _choose(drawing)]
    drawing.lines.append(f"y = {' + '.join(terms)}")
    return Program(tuple(drawing.inputs), tuple(drawing.lines))


def _choose(drawing: Drawing) -> list[str]:
    """The last variable, and perhaps others: also one that depends on no row."""
    made = [name for name in drawing.shapes if all(drawing.shapes[name])]
    count = 1 + drawing.choices.below(3)
    return [made[-1], *(drawing.choices.pick(made) for _ in range(count - 1))]


def _scalar(drawing: Drawing, name: str) -> str:
    shape = drawing.shapes[name]
    if not shape:
        return name
    if len(shape) == 1:
        return drawing.reduce(name, shape[0])
    return f"sum(a for row in {name} for a in row)"
