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

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from itertools import islice
from typing import Any, overload

from .coerce import number
from .elementwise import stop_gradient, where
from .errors import ArgumentError
from .graph import topological_order
from .ops import TABLE
from .reductions import total
from .over_values import VALUES
from .replaying import as_value, warn_of_kinks
from .signatures import Gradient, ValueAndGradient
from .structure import LEAF, Flat, Shape, flatten, is_array, leaves_like
from .traced_call import Argnums, TracedCall, require_function
from .value import Value


@overload
def grad(f: Callable[..., Any], argnums: None = None) -> Gradient: ...
@overload
def grad(f: Callable[..., Any], argnums: int | tuple[int, ...]) -> Callable[..., Any]: ...


def grad(f: Callable[..., Any], argnums: Argnums = None) -> Any:
    """The function that gives the gradient of f, in every argument or in those at the places `argnums`.

    >>> from autodiff import sin
    >>> grad(lambda x, y, z: 2 * x + 3 * y**2 - sin(z))(1.0, 2.0, 0.0)
    (2.0, 12.0, -1.0)
    >>> grad(lambda p, x: p["w"] * x + p["b"], argnums=0)({"w": 2.0, "b": 1.0}, 3.0)
    {'w': 3.0, 'b': 1.0}
    """
    both = value_and_grad(f, argnums)
    return lambda *arguments, **keywords: both(*arguments, **keywords)[1]


@overload
def value_and_grad(f: Callable[..., Any], argnums: None = None) -> ValueAndGradient: ...
@overload
def value_and_grad(f: Callable[..., Any], argnums: int | tuple[int, ...]) -> Callable[..., tuple[Any, Any]]: ...


def value_and_grad(f: Callable[..., Any], argnums: Argnums = None) -> Any:
    """The function that gives the value and the gradient of f.

    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """
    require_function(f)

    @wraps(f, updated=())
    def run(*arguments: Any, **keywords: Any) -> tuple[Any, Any]:
        call = TracedCall(f, arguments, keywords, argnums)
        y = call.value()
        return y if call.stays(y) else y.data, call.like_arguments(call.gradient(y))

    return run


def jacobian(f: Callable[..., Any], argnums: Argnums = None) -> Callable[..., Any]:
    """The function that gives one gradient for each output of f, which returns a list, a dict or an array.

    >>> jacobian(lambda x, y: [x * y, x + y])(2.0, 3.0)
    [(3.0, 2.0), (1.0, 1.0)]
    """
    return jacobian_of(f, argnums)


def jacobian_of(f: Callable[..., Any], argnums: Argnums, again: bool | None = None) -> Callable[..., Any]:
    """The same, where it may be known whether the result will be differentiated `again`."""
    require_function(f)

    @wraps(f, updated=())
    def run(*arguments: Any, **keywords: Any) -> Any:
        call = TracedCall(f, arguments, keywords, argnums, again)
        rows = [call.like_arguments(call.gradient(y)) for y in call.outputs()]
        is_shaped = isinstance(call.output, dict) or is_array(call.output) and rows and is_array(rows[0])
        return flatten(call.output, _of_rows)[1].unflatten(rows) if is_shaped else rows

    return run


def hessian(f: Callable[..., Any], argnums: Argnums = None) -> Callable[..., Any]:
    """The function that gives the matrix of second derivatives of f over its inputs, flattened, row by row.

    An array as the only argument gives an array, with its axes twice.

    >>> hessian(lambda x, y: x * x * y)(2.0, 3.0)
    [[6.0, 4.0], [4.0, 0.0]]
    """
    require_function(f)

    @wraps(f, updated=())
    def run(*arguments: Any, **keywords: Any) -> Any:
        call = TracedCall(f, arguments, keywords, argnums, again=True)
        y = call.value()
        stays = call.stays(y)
        rows = [call.pull_back(slope, stays) for slope in call.graph(y)]
        shaped = [call.like_arguments(row) for row in rows]
        return _stack(shaped).reshape(shaped[0].shape * 2) if shaped and is_array(shaped[0]) else rows

    return run


def _of_rows(x: Any) -> Flat:
    """A leaf of the output of a function: one number, or an array, of whose rows an array is made, or else a list."""
    if not is_array(x):
        return [x], LEAF
    leaves, shape = flatten(x)

    def build(rows: Iterator[Any]) -> Any:
        own = list(islice(rows, x.size))
        if own and is_array(own[0]):
            return _stack(own).reshape(x.shape + own[0].shape)
        return own if own and isinstance(own[0], list | tuple | dict) else shape.unflatten(own)

    return leaves, Shape(x.size, build, shape.kind)


def _stack(rows: Sequence[Any]) -> Any:
    import numpy  # loaded already: an array came

    return numpy.stack(rows)


def jvp(f: Callable[..., Any], at: Any, direction: Any) -> tuple[Any, Any]:
    """The value of f at a point and its derivative along a direction, in one forward sweep.

    `at` is the argument of f, or a tuple of its arguments; `direction` has the same shape. An input whose direction
    is the number 0 sends nothing, even where its local derivative is inf or nan; a Value of 0 sends 0 times that. What
    overflows on its way forward is inf, or nan after a local derivative of 0, also where the gradient is finite.

    >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.5))
    (6.0, 4.0)
    """
    call, tangents = _read_direction(f, at, direction)
    outputs = call.outputs()
    again = any(call.stays(y) for y in outputs)
    stays = again or any(type(tangent) is Value for tangent in tangents)
    pushed: dict[Value, Any] = {x: t for x, t in zip(call.inputs, tangents) if type(t) is Value or t != 0}
    if again and call.lines is not None:
        warn_of_kinks(outputs, pushed, call.lines)
    for node in topological_order(*outputs):
        sent = [slope * pushed[parent] for parent, slope in _forward(node, pushed, stays) if slope is not None]
        if sent:
            pushed[node] = sum(sent[1:], sent[0])
    shape = flatten(call.output)[1]
    values = shape.unflatten(y if stays else y.data for y in outputs)
    return values, shape.unflatten(pushed.get(y, 0.0) for y in outputs)


def _forward(node: Value, pushed: Mapping[Value, Any], stays: bool) -> list[tuple[Value, Any]]:
    """The operands of a node that move, with the local derivatives along them: numbers, or differentiable Values."""
    places = [place for place, parent in enumerate(node.parents) if parent in pushed]
    if not stays or node.op not in TABLE or not places:
        return [(node.parents[place], node.slopes[place]) for place in places]
    slopes = VALUES.slopes(node.op, list(node.parents), node, [parent in pushed for parent in node.parents])
    return [(node.parents[place], slopes[place]) for place in places]


def vjp(f: Callable[..., Any], *at: Any) -> tuple[Any, Callable[[Any], Any]]:
    """The value of f at a point, and the function that pulls a gradient of its outputs back to its arguments.

    >>> value, pull = vjp(lambda x, y: [x * y, x + y], 2.0, 3.0)
    >>> value, pull([1.0, 10.0])
    ([6.0, 5.0], (13.0, 12.0))
    """
    call = TracedCall(f, at, {})
    outputs = call.outputs()
    shape = flatten(call.output)[1]
    stays = any(call.stays(y) for y in outputs)

    def pull(gradient: Any) -> Any:
        seeds = leaves_like(gradient, call.output)
        weights = [seed if type(seed) is Value else number(seed, "vjp") for seed in seeds]
        return call.like_arguments(_pull_back_weighted(call, outputs, weights, stays, call.lines if stays else None))

    return shape.unflatten(y if stays else y.data for y in outputs), pull


def hvp(f: Callable[..., Any], at: Any, direction: Any) -> Any:
    """The Hessian of f times a direction, without the Hessian; shaped like the arguments.

    >>> hvp(lambda x, y: x * x * y, (2.0, 3.0), (1.0, 0.0))
    (6.0, 4.0)
    """
    call, tangents = _read_direction(f, at, direction, again=True)
    y = call.value()
    return call.like_arguments(_pull_back_weighted(call, call.graph(y), tangents, call.stays(y)))


def slope_along(f: Callable[..., Any], at: Any, direction: Any) -> Value:
    """The derivative of f along a direction, whose gradient is the Hessian times the direction."""
    call, tangents = _read_direction(f, at, direction, again=True)
    return add_weighted(call.graph(call.value()), tangents)


def add_weighted(values: Sequence[Value], weights: Sequence[Any]) -> Value:
    """The sum of Values times weights; a weight of 0 sends nothing back, even where a slope is inf or nan."""
    if len(values) != len(weights):
        raise ArgumentError(f"vjp: expected {len(values)} numbers, one for each output of f, got {len(weights)}")
    terms = []
    for value, weight in zip(values, weights):
        if type(weight) is Value:  # which may be an input of an outer derivative, or of a program
            terms.append(where((weight <= 0) & (weight >= 0), stop_gradient(value) * weight, value * weight))
        elif weight != 0:
            terms.append(value * weight)
    return as_value(total(terms))


def _pull_back_weighted(call: TracedCall, values: Sequence[Value], weights: Sequence[Any], stays: bool,
                        lines: Mapping[Value, str] | None = None) -> list[Any]:  # fmt: skip
    """The flat gradient of Values times weights, where a weight of 0 sends nothing, even along a slope of inf or nan.

    One that is a Value sends something to differentiate nevertheless, where that is finite: 0 times the slope.
    """
    if not any(type(weight) is Value for weight in weights):
        return call.pull_back(add_weighted(values, weights), stays, lines)
    held = call.pull_back(add_weighted(values, weights), True, lines)
    moved = [value * weight for value, weight in zip(values, weights) if type(weight) is Value or weight != 0]
    free = call.pull_back(as_value(total(moved)), True)
    return [where(x - x >= 0, x, other) for x, other in zip(free, held)]


def _read_direction(f: Callable[..., Any], at: Any, direction: Any,
              again: bool | None = None) -> tuple[TracedCall, list[Any]]:  # fmt: skip
    call = TracedCall(f, at if isinstance(at, tuple) else (at,), {}, again=again)
    tangents = [x if type(x) is Value else number(x, "direction") for x in leaves_like(direction, at)]
    if len(tangents) != len(call.inputs):
        raise ArgumentError(f"expected a direction of {len(call.inputs)} numbers, as f has inputs, got {len(tangents)}")
    return call, tangents
