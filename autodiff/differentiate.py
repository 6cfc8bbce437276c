"""Derivatives of functions of Values, of any order: numbers in, numbers out.

    grad(f)(x)             the gradient          value_and_grad(f)(x)    both, from one run
    jacobian(f)(x)         of a list of outputs  hessian(f)(x)           second derivatives
    jvp(f, at, direction)  forward mode          hvp(f, at, direction)   the Hessian times a vector
    gradient_graph(y, xs)  the gradient as Values: draw it, evaluate it, differentiate it again

An argument of f is a number or a (nested) list of numbers, and its gradient has the same shape. One argument gives
one gradient, several give a tuple, keyword arguments a dict. Inside another `grad`, all of these are differentiable.

>>> grad(lambda x: x ** 3)(2.0)
12.0
>>> grad(grad(lambda x: x ** 3))(2.0)
12.0
>>> value_and_grad(lambda w, x: w[0] * x + w[1])([2.0, 1.0], 3.0)
(7.0, ([3.0, 1.0], 2.0))
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from .errors import ArgumentError, OperandError, shown
from .graph import topological_order
from .coerce import number
from .reductions import dot
from .anomaly import user_line
from .hooks import watchers
from .kinks import Lines
from .replaying import as_value, gradient_graph
from .value import Value, constant

# ---- arguments: numbers and lists of numbers, and back ----


DEEPEST = 100  # a list may stand in a list so many times: one that contains itself has no end


def _flat(tree: Any, depth: int = 0) -> Iterator[Any]:
    if isinstance(tree, list | tuple):
        if depth > DEEPEST:
            raise ArgumentError(f"expected lists nested at most {DEEPEST} deep, got {shown(tree)}")
        for branch in tree:
            yield from _flat(branch, depth + 1)
    else:
        yield tree


def _shaped(tree: Any, leaves: Iterator[Any]) -> Any:
    if isinstance(tree, list | tuple):
        return [_shaped(branch, leaves) for branch in tree]
    return next(leaves)


class _Call:
    """One run of f on fresh Values: its flat inputs, its output, and the way back to the shapes of its arguments."""

    def __init__(self, f: Callable[..., Any], arguments: Sequence[Any], keywords: Mapping[str, Any],
                 again: bool = False) -> None:  # fmt: skip
        """`again`: whether the derivative will be differentiated, so that kinks have to be told with their lines."""
        self.arguments = [*arguments, *keywords.values()]
        self.keywords = keywords
        if not callable(f):
            raise OperandError(f"expected a function to differentiate, got {shown(f)}")
        if not self.arguments:
            raise ArgumentError("expected at least one argument to differentiate with respect to, got none")
        # a Value from outside gets a copy of its own, lest f also reads it by another name and both are counted
        self.inputs = [+x if type(x) is Value else Value(x) for x in _flat(self.arguments)]
        inputs = iter(self.inputs)
        shaped = [_shaped(argument, inputs) for argument in self.arguments]
        split = len(arguments)
        again = again or any(type(x) is Value for x in _flat(self.arguments))
        with kink_lines(again) as self.lines:
            self.output = f(*shaped[:split], **dict(zip(keywords, shaped[split:])))

    def value(self) -> Value:
        return _checked(self.output)

    def outputs(self) -> list[Value]:
        many = isinstance(self.output, list | tuple)
        return [_checked(y) for y in _flat(self.output)] if many else [_checked(self.output)]

    def gradient(self, y: Value) -> list[Any]:
        """The flat gradient: floats, or Values where y also depends on Values from outside this call."""
        mine = set(self.inputs)
        if any(not node.parents and node.op == "input" and node not in mine for node in topological_order(y)):
            return list(gradient_graph(y, self.inputs, self.lines))
        return _pulled(y, self.inputs)

    def like_arguments(self, flat: Sequence[Any]) -> Any:
        iterator = iter(flat)
        shaped = [_shaped(argument, iterator) for argument in self.arguments]
        if self.keywords:
            plain_arguments = shaped[: len(shaped) - len(self.keywords)]
            named = dict(zip(self.keywords, shaped[len(plain_arguments) :]))
            return (*plain_arguments, named) if plain_arguments else named
        return shaped[0] if len(shaped) == 1 else tuple(shaped)


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


def _pulled(y: Value, xs: Sequence[Value]) -> list[float]:
    """The gradient of y at xs by a backward pass that leaves no trace in anyone's `.grad`."""
    adjoint: dict[Value, float] = {y: 1.0}
    for node in reversed(topological_order(y)):
        if node in adjoint and node.parents:
            for parent, slope in zip(node.parents, node.slopes):
                if slope is not None:
                    adjoint[parent] = adjoint.get(parent, 0.0) + slope * adjoint[node]
    return [adjoint.get(x, 0.0) for x in xs]


def _number(y: Value, like: Sequence[Any]) -> Any:
    """y itself where it belongs to a graph from outside, its number where the gradient is numbers."""
    return y if any(type(item) is Value for item in like) else y.data


# ---- what a user calls ----


def grad(f: Callable[..., Any]) -> Callable[..., Any]:
    """The function that gives the gradient of f.

    >>> from autodiff import sin
    >>> grad(lambda x, y, z: 2 * x + 3 * y**2 - sin(z))(1.0, 2.0, 0.0)
    (2.0, 12.0, -1.0)
    """
    both = value_and_grad(f)
    return lambda *arguments, **keywords: both(*arguments, **keywords)[1]


def value_and_grad(f: Callable[..., Any]) -> Callable[..., Any]:
    """The function that gives the value and the gradient of f.

    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """

    if not callable(f):
        raise OperandError(f"expected a function to differentiate, got {shown(f)}")

    def run(*arguments: Any, **keywords: Any) -> tuple[Any, Any]:
        call = _Call(f, arguments, keywords)
        y = call.value()
        gradient = call.gradient(y)
        return _number(y, gradient), call.like_arguments(gradient)

    return run


def jacobian(f: Callable[..., Any]) -> Callable[..., Any]:
    """The function that gives one gradient for each output of f, which returns a list.

    >>> jacobian(lambda x, y: [x * y, x + y])(2.0, 3.0)
    [(3.0, 2.0), (1.0, 1.0)]
    """

    def run(*arguments: Any, **keywords: Any) -> list[Any]:
        call = _Call(f, arguments, keywords)
        return [call.like_arguments(call.gradient(y)) for y in call.outputs()]

    return run


def hessian(f: Callable[..., Any]) -> Callable[..., Any]:
    """The function that gives the matrix of second derivatives of f over its inputs, flattened, row by row.

    >>> hessian(lambda x, y: x * x * y)(2.0, 3.0)
    [[6.0, 4.0], [4.0, 0.0]]
    """

    def run(*arguments: Any, **keywords: Any) -> list[list[Any]]:
        call = _Call(f, arguments, keywords, again=True)
        return [call.gradient(slope) for slope in gradient_graph(call.value(), call.inputs, call.lines)]

    return run


def jvp(f: Callable[..., Any], at: Any, direction: Any) -> tuple[Any, Any]:
    """The value of f at a point and its derivative along a direction, in one forward sweep.

    `at` is the argument of f, or a tuple of its arguments; `direction` has the same shape.

    >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.5))
    (6.0, 4.0)
    """
    call, tangents = _along(f, at, direction)
    pushed = {x: tangent for x, tangent in zip(call.inputs, tangents) if tangent != 0.0}  # one that rests sends nothing
    outputs = call.outputs()
    for node in topological_order(*outputs):
        if node.parents:
            edges = zip(node.parents, node.slopes)
            sent = [slope * pushed[parent] for parent, slope in edges if slope is not None and parent in pushed]
            if sent:
                pushed[node] = sum(sent[1:], sent[0])
    values, slopes = [y.data for y in outputs], [pushed.get(y, 0.0) for y in outputs]
    return (values, slopes) if isinstance(call.output, list | tuple) else (values[0], slopes[0])


def hvp(f: Callable[..., Any], at: Any, direction: Any) -> Any:
    """The Hessian of f times a direction, without the Hessian; shaped like the arguments.

    >>> hvp(lambda x, y: x * x * y, (2.0, 3.0), (1.0, 0.0))
    (6.0, 4.0)
    """
    call, tangents = _along(f, at, direction, again=True)
    slopes = gradient_graph(call.value(), call.inputs, call.lines)
    moving = [(slope, tangent) for slope, tangent in zip(slopes, tangents) if tangent != 0.0]
    along = as_value(dot(*zip(*moving)) if moving else 0.0)
    return call.like_arguments(call.gradient(along))


def _along(f: Callable[..., Any], at: Any, direction: Any, again: bool = False) -> tuple[_Call, list[float]]:
    call = _Call(f, at if isinstance(at, tuple) else (at,), {}, again)
    tangents = [number(x, "direction") for x in _flat(direction)]
    if len(tangents) != len(call.inputs):
        raise ArgumentError(f"expected a direction of {len(call.inputs)} numbers, as f has inputs, got {len(tangents)}")
    return call, tangents
