"""Derivatives of functions of Values, of any order: numbers in, numbers out.

    grad(f)(x)             the gradient          value_and_grad(f)(x)    both, from one run
    jacobian(f)(x)         of a list of outputs  hessian(f)(x)           second derivatives
    jvp(f, at, direction)  forward mode          hvp(f, at, direction)   the Hessian times a vector
    vjp(f, *at)            reverse mode, from any gradient of the outputs
    gradient_graph(y, xs)  the gradient as Values: draw it, evaluate it, differentiate it again

An argument of f is a number, a NumPy array (a vector), or a list, tuple or dict of such at any depth, and its gradient
has the same shape. One argument gives one gradient, several give a tuple, keyword arguments a dict; `argnums` chooses
among them. Inside another `grad`, all of these are differentiable.

>>> grad(lambda x: x ** 3)(2.0)
12.0
>>> grad(grad(lambda x: x ** 3))(2.0)
12.0
>>> value_and_grad(lambda w, x: w[0] * x + w[1])([2.0, 1.0], 3.0)
(7.0, ([3.0, 1.0], 2.0))
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from .anomaly import user_line
from .coerce import number
from .errors import ArgumentError, OperandError, shown
from .graph import topological_order
from .hooks import listening, watchers
from .kinks import Lines
from .ops import TABLE
from .reductions import total
from .replaying import VALUES, gradient_graph
from .structure import Shape, flatten, is_array
from .value import Value, constant

Argnums = int | tuple[int, ...] | None

# ---- one run of the function ----


class _Live(threading.local):
    """The inputs of the calls that are running, whose derivatives are being taken."""

    def __init__(self) -> None:
        self.inputs: set[Value] = set()


_live = _Live()


class _Call:
    """One run of f on fresh Values: its flat inputs, its output, and the way back to the shapes of its arguments."""

    def __init__(self, f: Callable[..., Any], arguments: Sequence[Any], keywords: Mapping[str, Any],
                 argnums: Argnums = None, again: bool = False) -> None:  # fmt: skip
        """`again`: whether the derivative will be differentiated, so that kinks have to be told with their lines."""
        if not callable(f):
            raise OperandError(f"expected a function to differentiate, got {shown(f)}")
        if not arguments and not keywords:
            raise ArgumentError("expected at least one argument to differentiate with respect to, got none")
        self.argnums, self.keywords = argnums, [] if argnums is not None else list(keywords)
        chosen = _chosen(argnums, len(arguments))
        trees = [arguments[index] for index in chosen] + [keywords[name] for name in self.keywords]
        flat = [flatten(tree) for tree in trees]
        self.shapes: list[Shape] = [shape for _, shape in flat]
        leaves = [leaf for leaves, _ in flat for leaf in leaves]
        self.nested = any(type(x) is Value for x in leaves)
        # a Value from outside gets a copy of its own, lest f also reads it by another name and both are counted
        self.inputs = [+x if type(x) is Value else Value(x) for x in leaves]
        shaped = self.shaped(self.inputs)
        given = list(arguments)
        for index, argument in zip(chosen, shaped):
            given[index] = argument
        named = dict(keywords) | dict(zip(self.keywords, shaped[len(chosen) :]))
        with _taking(self.inputs), kink_lines(again or self.nested) as self.lines:
            self.output = f(*given, **named)

    def shaped(self, flat: Sequence[Any]) -> list[Any]:
        leaves = iter(flat)
        return [shape.unflatten(leaves) for shape in self.shapes]

    def value(self) -> Value:
        return _checked(self.output)

    @property
    def many(self) -> bool:
        """Whether f gave several outputs."""
        return isinstance(self.output, list | tuple | dict) or is_array(self.output)

    def outputs(self) -> list[Value]:
        return [_checked(y) for y in flatten(self.output)[0]]

    def stays(self, y: Value) -> bool:
        """Whether a derivative of y is a Value: an argument is one, or an outer derivative is being taken."""
        if self.nested:
            return True
        mine = set(self.inputs)
        others = [node for node in topological_order(y) if not node.parents and node.op == "input" and node not in mine]
        recorded = bool(others) and any(watcher.records for watcher in listening())
        return recorded or not _live.inputs.isdisjoint(others)

    def gradient(self, y: Value) -> list[Any]:
        """The flat gradient: floats, or Values where they stay such."""
        return self.graph(y) if self.stays(y) else _pulled(y, self.inputs)

    def graph(self, y: Value) -> list[Value]:
        """The flat gradient as Values that will be differentiated; a `KinkWarning` where y stands at a kink."""
        return gradient_graph(y, self.inputs, self.lines)

    def like_arguments(self, flat: Sequence[Any]) -> Any:
        shaped = self.shaped(flat)
        if self.argnums is not None:
            return shaped[0] if isinstance(self.argnums, int) else tuple(shaped)
        if self.keywords:
            plain_arguments = shaped[: len(shaped) - len(self.keywords)]
            named = dict(zip(self.keywords, shaped[len(plain_arguments) :]))
            return (*plain_arguments, named) if plain_arguments else named
        return shaped[0] if len(shaped) == 1 else tuple(shaped)


def _chosen(argnums: Argnums, count: int) -> list[int]:
    """The places of the arguments that are differentiated."""
    if argnums is None:
        return list(range(count))
    places = [argnums] if isinstance(argnums, int) else argnums
    if not isinstance(places, list | tuple) or not all(isinstance(place, int) for place in places) or not places:
        raise OperandError(f"argnums: expected the place of an argument, or a tuple of places, got {shown(argnums)}")
    wrong = [place for place in places if not -count <= place < count]
    if wrong:
        raise ArgumentError(f"argnums: expected places of {count} arguments, from 0, got {wrong[0]}")
    return [place % count for place in places]


@contextmanager
def _taking(inputs: Sequence[Value]) -> Iterator[None]:
    """While f runs, its inputs are what a derivative is being taken in."""
    before = _live.inputs
    _live.inputs = before.union(inputs)
    try:
        yield
    finally:
        _live.inputs = before


@contextmanager
def kink_lines(again: bool) -> Iterator[Mapping[Value, str]]:
    """Give a dict that fills with the lines that make nodes at kinks, where it will be asked for them."""
    watcher = Lines(user_line)
    if not again:
        yield watcher.lines
        return
    watchers.append(watcher)
    try:
        yield watcher.lines
    finally:
        watchers.remove(watcher)


def _checked(y: Any) -> Value:
    if type(y) is Value:
        return y
    return constant(y, "a function to differentiate must return a Value or a number")


def _pulled(y: Value, xs: Sequence[Value], seed: float = 1.0) -> list[float]:
    """The gradient of y at xs by a backward pass that leaves no trace in anyone's `.grad`."""
    adjoint: dict[Value, float] = {y: seed}
    for node in reversed(topological_order(y)):
        if node in adjoint and node.parents:
            for parent, slope in zip(node.parents, node.slopes):
                if slope is not None:
                    adjoint[parent] = adjoint.get(parent, 0.0) + slope * adjoint[node]
    return [adjoint.get(x, 0.0) for x in xs]


# ---- what a user calls ----


def grad(f: Callable[..., Any], argnums: Argnums = None) -> Callable[..., Any]:
    """The function that gives the gradient of f, in every argument or in those at the places `argnums`.

    >>> from autodiff import sin
    >>> grad(lambda x, y, z: 2 * x + 3 * y**2 - sin(z))(1.0, 2.0, 0.0)
    (2.0, 12.0, -1.0)
    >>> grad(lambda p, x: p["w"] * x + p["b"], argnums=0)({"w": 2.0, "b": 1.0}, 3.0)
    {'w': 3.0, 'b': 1.0}
    """
    both = value_and_grad(f, argnums)
    return lambda *arguments, **keywords: both(*arguments, **keywords)[1]


def value_and_grad(f: Callable[..., Any], argnums: Argnums = None) -> Callable[..., Any]:
    """The function that gives the value and the gradient of f.

    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """
    _function(f)

    def run(*arguments: Any, **keywords: Any) -> tuple[Any, Any]:
        call = _Call(f, arguments, keywords, argnums)
        y = call.value()
        return y if call.stays(y) else y.data, call.like_arguments(call.gradient(y))

    return run


def jacobian(f: Callable[..., Any], argnums: Argnums = None) -> Callable[..., Any]:
    """The function that gives one gradient for each output of f, which returns a list, a dict or an array.

    >>> jacobian(lambda x, y: [x * y, x + y])(2.0, 3.0)
    [(3.0, 2.0), (1.0, 1.0)]
    """
    _function(f)

    def run(*arguments: Any, **keywords: Any) -> Any:
        call = _Call(f, arguments, keywords, argnums)
        rows = [call.like_arguments(call.gradient(y)) for y in call.outputs()]
        if is_array(call.output) and rows and is_array(rows[0]):
            return _stacked(rows).reshape(call.output.shape + rows[0].shape)
        return flatten(call.output)[1].unflatten(rows) if isinstance(call.output, dict) else rows

    return run


def hessian(f: Callable[..., Any], argnums: Argnums = None) -> Callable[..., Any]:
    """The function that gives the matrix of second derivatives of f over its inputs, flattened, row by row.

    An array as the only argument gives an array, with its axes twice.

    >>> hessian(lambda x, y: x * x * y)(2.0, 3.0)
    [[6.0, 4.0], [4.0, 0.0]]
    """
    _function(f)

    def run(*arguments: Any, **keywords: Any) -> Any:
        call = _Call(f, arguments, keywords, argnums, again=True)
        y = call.value()
        stays = call.stays(y)
        rows = [list(gradient_graph(slope, call.inputs)) if stays else _pulled(slope, call.inputs)
                for slope in call.graph(y)]  # fmt: skip
        shaped = [call.like_arguments(row) for row in rows]
        return _stacked(shaped).reshape(shaped[0].shape * 2) if shaped and is_array(shaped[0]) else rows

    return run


def _stacked(rows: Sequence[Any]) -> Any:
    import numpy  # loaded already: an array came

    return numpy.stack(rows)


def _function(f: Any) -> None:
    if not callable(f):
        raise OperandError(f"expected a function to differentiate, got {shown(f)}")


def jvp(f: Callable[..., Any], at: Any, direction: Any) -> tuple[Any, Any]:
    """The value of f at a point and its derivative along a direction, in one forward sweep.

    `at` is the argument of f, or a tuple of its arguments; `direction` has the same shape. An input whose direction
    is 0 sends nothing, even where its slope is inf or nan.

    >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.5))
    (6.0, 4.0)
    """
    call, tangents = _along(f, at, direction)
    outputs = call.outputs()
    stays = any(call.stays(y) for y in outputs) or any(type(tangent) is Value for tangent in tangents)
    pushed: dict[Value, Any] = {x: t for x, t in zip(call.inputs, tangents) if type(t) is Value or t != 0}
    for node in topological_order(*outputs):
        sent = [slope * pushed[parent] for parent, slope in _forward(node, pushed, stays) if slope is not None]
        if sent:
            pushed[node] = sum(sent[1:], sent[0])
    shape = flatten(call.output)[1]
    values = shape.unflatten(y if stays else y.data for y in outputs)
    return values, shape.unflatten(pushed.get(y, 0.0) for y in outputs)


def _forward(node: Value, pushed: Mapping[Value, Any], stays: bool) -> list[tuple[Value, Any]]:
    """The operands of a node that move, with the slopes along them: numbers, or Values that can be differentiated."""
    places = [place for place, parent in enumerate(node.parents) if parent in pushed]
    if not stays or node.op not in TABLE or not places:
        return [(node.parents[place], node.slopes[place]) for place in places]
    operands: Any = list(node.parents)
    if TABLE[node.op].variadic:
        slopes = VALUES.slope(node.op, 0)(operands, node)
        return [(operands[place], slopes[place]) for place in places] if slopes is not None else []
    return [(operands[place], VALUES.slope(node.op, place)(*operands, node)) for place in places]


def vjp(f: Callable[..., Any], *at: Any) -> tuple[Any, Callable[[Any], Any]]:
    """The value of f at a point, and the function that pulls a gradient of its outputs back to its arguments.

    >>> value, pull = vjp(lambda x, y: [x * y, x + y], 2.0, 3.0)
    >>> value, pull([1.0, 10.0])
    ([6.0, 5.0], (13.0, 12.0))
    """
    call = _Call(f, at, {})
    outputs = call.outputs()
    shape = flatten(call.output)[1]
    stays = any(call.stays(y) for y in outputs)

    def pull(gradient: Any) -> Any:
        seeds = flatten(gradient)[0]
        if len(seeds) != len(outputs):
            raise ArgumentError(f"vjp: expected {len(outputs)} numbers, one for each output of f, got {len(seeds)}")
        sent = [(y, seed) for y, seed in zip(outputs, seeds) if type(seed) is Value or number(seed, "vjp") != 0]
        whole = total([y * seed for y, seed in sent]) if sent else constant(0.0, "vjp")
        whole = whole if type(whole) is Value else constant(whole, "vjp")
        outer = stays or any(type(seed) is Value for _, seed in sent)
        return call.like_arguments(gradient_graph(whole, call.inputs) if outer else _pulled(whole, call.inputs))

    return shape.unflatten(y if stays else y.data for y in outputs), pull


def hvp(f: Callable[..., Any], at: Any, direction: Any) -> Any:
    """The Hessian of f times a direction, without the Hessian; shaped like the arguments.

    >>> hvp(lambda x, y: x * x * y, (2.0, 3.0), (1.0, 0.0))
    (6.0, 4.0)
    """
    call, tangents = _along(f, at, direction, again=True)
    y = call.value()
    moving = [slope * t for slope, t in zip(call.graph(y), tangents) if type(t) is Value or t != 0]
    along = total(moving) if moving else constant(0.0, "hvp")
    outer = call.stays(y) or any(type(tangent) is Value for tangent in tangents)
    return call.like_arguments(gradient_graph(along, call.inputs) if outer else _pulled(along, call.inputs))


def _along(f: Callable[..., Any], at: Any, direction: Any, again: bool = False) -> tuple[_Call, list[Any]]:
    call = _Call(f, at if isinstance(at, tuple) else (at,), {}, again=again)
    tangents = [x if type(x) is Value else number(x, "direction") for x in flatten(direction)[0]]
    if len(tangents) != len(call.inputs):
        raise ArgumentError(f"expected a direction of {len(call.inputs)} numbers, as f has inputs, got {len(tangents)}")
    return call, tangents
