"""One run of a function whose derivative is taken: its arguments as fresh Values, its output, and the way back.

>>> call = TracedCall(lambda w, x: w[0] * x + w[1], ([2.0, 1.0], 3.0), {})
>>> call.value().data, call.like_arguments(call.gradient(call.value()))
(7.0, ([3.0, 1.0], 2.0))
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from .anomaly import user_line
from .errors import ArgumentError, OperandError, shown
from .graph import topological_order
from .hooks import is_recording
from .kinks import Lines
from .replaying import gradient_graph
from .structure import Shape, flatten, is_array
from .value import Value, constant

Argnums = int | tuple[int, ...] | None


_taken: set[Value] = set()  # the inputs of the calls that are running, in whatever thread their functions reckon


class TracedCall:
    """One run of f on fresh Values: its flat inputs, its output, and the way back to the shapes of its arguments."""

    def __init__(self, f: Callable[..., Any], arguments: Sequence[Any], keywords: Mapping[str, Any],
                 argnums: Argnums = None, again: bool | None = None) -> None:  # fmt: skip
        """`again`: whether the derivative will be differentiated, so that kinks have to be told with their lines.

        None: where an argument is a Value.
        """
        require_function(f)
        if not arguments and not keywords:
            raise ArgumentError("expected at least one argument to differentiate with respect to, got none")
        self.argnums, self.keywords = argnums, [] if argnums is not None else list(keywords)
        chosen = choose_places(argnums, len(arguments))
        trees = [arguments[index] for index in chosen] + [keywords[name] for name in self.keywords]
        flat = [flatten(tree) for tree in trees]
        self.shapes: list[Shape] = [shape for _, shape in flat]
        leaves = [leaf for leaves, _ in flat for leaf in leaves]
        self.nested = any(type(x) is Value for x in leaves)
        # a Value from outside gets a copy of its own, lest f also reads it by another name and both are counted
        self.inputs = [+x if type(x) is Value else Value(x) for x in leaves]
        shaped = self.unflatten(self.inputs)
        given = list(arguments)
        for index, argument in zip(chosen, shaped):
            given[index] = argument
        named = dict(keywords) | dict(zip(self.keywords, shaped[len(chosen) :]))
        with _taking(self.inputs), _kink_lines(self.nested if again is None else again) as lines:
            try:
                self.output = f(*given, **named)
            except (TypeError, AttributeError) as error:
                if any(type(tree) is list for tree in trees):
                    error.add_note(LISTS)
                raise
        self.lines = None if again is False else lines

    def unflatten(self, flat: Sequence[Any]) -> list[Any]:
        leaves = iter(flat)
        return [shape.unflatten(leaves) for shape in self.shapes]

    def value(self) -> Value:
        if isinstance(self.output, list | tuple | dict) or is_array(self.output):
            raise ArgumentError("expected a function that returns one Value, got several; use jacobian for those")
        return _check(self.output)

    def outputs(self) -> list[Value]:
        return [_check(y) for y in flatten(self.output)[0]]

    def stays(self, y: Value) -> bool:
        """Whether a derivative of y is a Value: an argument is one, or an outer derivative is being taken."""
        if self.nested:
            return True
        order, mine = topological_order(y), set(self.inputs)
        if not _taken.isdisjoint(order):
            return True
        others = any(not node.parents and node.op == "input" and node not in mine for node in order)
        return others and is_recording()

    def gradient(self, y: Value) -> list[Any]:
        """The flat gradient: floats, or Values where they stay such."""
        return from_zero(self.graph(y)) if self.stays(y) else pull_back(y, self.inputs)

    def pull_back(self, slope: Value, stays: bool, lines: Mapping[Value, str] | None = None) -> list[Any]:
        """The flat gradient of what is a derivative itself: Values where it `stays` such, else floats."""
        return from_zero(gradient_graph(slope, self.inputs, lines)) if stays else pull_back(slope, self.inputs)

    def graph(self, y: Value) -> list[Value]:
        """The flat gradient as Values that will be differentiated; a `KinkWarning` where y stands at a kink."""
        return gradient_graph(y, self.inputs, self.lines)

    def like_arguments(self, flat: Sequence[Any]) -> Any:
        shaped = self.unflatten(flat)
        if self.argnums is not None:
            return shaped[0] if isinstance(self.argnums, int) else tuple(shaped)
        if self.keywords:
            plain_arguments = shaped[: len(shaped) - len(self.keywords)]
            named = dict(zip(self.keywords, shaped[len(plain_arguments) :]))
            return (*plain_arguments, named) if plain_arguments else named
        return shaped[0] if len(shaped) == 1 else tuple(shaped)


LISTS = ("An argument came as a list, so the function gets a list of Values; to reckon with all of them at once, as in "
         "x * x, pass a NumPy array, as in numpy.array(x).")  # fmt: skip


def require_function(f: Any) -> None:
    """An error unless f can be called."""
    if not callable(f):
        raise OperandError(f"expected a function to differentiate, got {shown(f)}")


def choose_places(argnums: Argnums, count: int) -> list[int]:
    """The places of the arguments that are differentiated."""
    if argnums is None:
        return list(range(count))
    places = [argnums] if isinstance(argnums, int) else argnums
    if not isinstance(places, list | tuple) or not all(isinstance(place, int) for place in places) or not places:
        raise OperandError(f"argnums: expected the place of an argument, or a tuple of places, got {shown(argnums)}")
    wrong = [place for place in places if not -count <= place < count]
    if wrong:
        raise ArgumentError(f"argnums: expected places from 0 to {count - 1}, those of the arguments, got {wrong[0]}")
    chosen = [place % count for place in places]
    if len({*chosen}) < len(chosen):  # a second copy of an argument would take the first one's place in the function
        raise ArgumentError(f"argnums: expected each argument once, got {shown(argnums)}")
    return chosen


@contextmanager
def _taking(inputs: Sequence[Value]) -> Iterator[None]:
    """While f runs, its inputs are what a derivative is being taken in."""
    _taken.update(inputs)
    try:
        yield
    finally:
        _taken.difference_update(inputs)


@contextmanager
def _kink_lines(again: bool) -> Iterator[Mapping[Value, str]]:
    """Give a dict that fills with the lines that make nodes at kinks, where it will be asked for them."""
    watcher = Lines(user_line)
    if not again:
        yield watcher.lines
        return
    with watcher:
        yield watcher.lines


def _check(y: Any) -> Value:
    if type(y) is Value:
        return y
    return constant(y, "a function to differentiate must return a Value or a number")


def from_zero(gradient: Sequence[Value]) -> list[Value]:
    """A gradient that stays a graph, added to 0.0, as one in floats is: that makes 0.0 of -0.0."""
    return [slope + 0.0 for slope in gradient]


def pull_back(y: Value, xs: Sequence[Value]) -> list[float]:
    """The gradient of y at xs by a backward pass that leaves no trace in anyone's `.grad`."""
    adjoint: dict[Value, float] = {y: 1.0}
    for node in reversed(topological_order(y)):
        if node in adjoint and node.parents:
            for parent, slope in zip(node.parents, node.slopes):
                if slope is not None:
                    adjoint[parent] = adjoint.get(parent, 0.0) + slope * adjoint[node]
    return [adjoint.get(x, 0.0) for x in xs]
