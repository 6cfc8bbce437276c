"""A `Value` is a number that remembers how it was made, so that it can find its gradients.

    data       the number: always a Python float
    grad       the derivative of the root of `backward()`; passes add up at leaves, and begin anew at other nodes
    op         the row of the table of operations that made it ("mul"), or "input", or "constant"
    parents    what it was made from, in order; `a + a` has two
    slopes     one local derivative per parent, fixed when the operation ran; None where no gradient flows

There are no closures and no cycles: a graph is these five things, and a backward pass goes once through a topological
order. The operators below are declared one line each; their bodies are written from the table, because the same dozen
lines twenty times over are better generated than copied (`inspect.getsource` shows them).

>>> a, b = Value(2.0, name="a"), Value(-3.0, name="b")
>>> loss = (a * b + 10) ** 2
>>> loss.backward()
>>> loss.data, a.grad, b.grad
(16.0, -24.0, 16.0)
"""
# mypy: disable-error-code=empty-body
# (the bodies of declared operations are written from the table)

from __future__ import annotations

from typing import Any, final

from . import native
from .compatibility import Compatible, explain_missing
from .copying import Copyable, _last, _restored  # noqa: F401 (pickles of before find these two here)
from .generated import GENERATED, new, operator, over_array
from .errors import OperandError, shown
from .graph import ORDERS, topological_order
from .coerce import Number, is_array_of_values, number
from .methods import Methods
from .hooks import listening, tell_of_reading, tell_of_writing, watch, watchers
from .native.values import native_class

NOTHING = float("0")  # a zero of its own, told from a gradient that adds up to 0 by being this very object


def constant(x: Number, operation: str) -> Value:
    """A leaf for a number that met a Value: it is part of the graph and receives no gradient."""
    if type(x) is Value and x.op == "constant":
        return x
    node = new(Value)
    node._data = x if type(x) is float else number(x, operation)
    node._grad = 0.0
    node.op = "constant"
    node.parents = node.slopes = ()
    node._name = None
    return node


def record(op: str, data: float, parents: tuple[Value, ...], slopes: tuple[float | None, ...]) -> Value:
    """A node for an operation that has run: what the generated operators do, for operations of many inputs."""
    node = new(Value)
    node._data = data
    node._grad = 0.0
    node.op = op
    node.parents = parents
    node.slopes = slopes
    node._name = None
    if watchers:
        watch(node)
    return node


@final
class Value(Methods, Compatible, Copyable):
    """A number of a computation graph: `Value(2.0)`, or `Value(2.0, name="w0")`.

    >>> x = Value(3.0)
    >>> y = x * x + 2 / x
    >>> y.backward()
    >>> x.grad == 2 * 3 - 2 / 9
    True
    """

    __slots__ = ("_data", "_grad", "op", "parents", "slopes", "_name")

    _data: float
    _grad: float
    op: str
    parents: tuple[Value, ...]
    slopes: tuple[float | None, ...]
    _name: str | None

    def __init__(self, data: Number, name: str | None = None, *, label: str = "") -> None:
        self._data = data if type(data) is float else number(data, "Value")
        self._grad = 0.0
        self.op = "input"
        self.parents = self.slopes = ()
        self._name = None
        if name is not None or label:
            self.name = name if name is not None else label

    def __init_subclass__(cls) -> None:
        raise TypeError("Value is final: write functions of Values, or add a row to the table of operations")

    @property
    def data(self) -> float:
        """The number. Writing it does not change the local derivatives of graphs already built."""
        if watchers:
            tell_of_reading(self)
        return self._data

    @data.setter
    def data(self, data: Number) -> None:
        if watchers:
            tell_of_writing(self)
        self._data = data if type(data) is float else number(data, "Value.data")

    @property
    def grad(self) -> float:
        """The gradient of the root of the last backward pass with respect to this value, added up over passes."""
        return self._grad

    @grad.setter
    def grad(self, grad: Number) -> None:
        self._grad = grad if type(grad) is float else number(grad, "Value.grad")

    @property
    def name(self) -> str | None:
        """What drawings, steps and messages call it."""
        return self._name

    @name.setter
    def name(self, name: str | None) -> None:
        self._name = name if name is None or type(name) is str else _checked_name(name)

    def backward(self, gradient: Number = 1.0, **options: Any) -> None:
        """Add to every leaf's `grad` the derivative of this value with respect to it, times `gradient`.

        >>> x = Value(3.0)
        >>> (x * x).backward()
        >>> x.grad
        6.0
        """
        start = _start(gradient, **options)
        order = [node for node in topological_order(self) if node.parents]
        undo = _leaf_gradients(self) if watchers else None
        for node in order:
            node._grad = NOTHING
        self._grad += start
        for node in reversed(order):
            upstream = node._grad
            if upstream is NOTHING:  # no contribution came, so none goes on: 0 times a slope of inf would be nan
                continue
            if len(node.parents) == 2:  # the loop below, unrolled: most nodes have two parents, and it halves the time
                (left, right), (to_left, to_right) = node.parents, node.slopes
                if to_left is not None:
                    left._grad += to_left * upstream
                if to_right is not None:
                    right._grad += to_right * upstream
                continue
            for parent, slope in zip(node.parents, node.slopes):
                if slope is not None:
                    parent._grad += slope * upstream
        if undo is not None:
            _tell(order, undo)

    # fmt: off
    @operator
    def __pos__(self) -> Value: ...                              # +a, a copy: a node of its own
    @operator
    def __neg__(self) -> Value: ...                            # -a
    @operator
    def __add__(self, other: Value | Number) -> Value: ...
    @operator
    def __radd__(self, other: Number) -> Value: ...            # 2 + a
    @operator
    def __sub__(self, other: Value | Number) -> Value: ...
    @operator
    def __rsub__(self, other: Number) -> Value: ...            # 2 - a
    @operator
    def __mul__(self, other: Value | Number) -> Value: ...
    @operator
    def __rmul__(self, other: Number) -> Value: ...            # 2 * a
    @operator
    def __truediv__(self, other: Value | Number) -> Value: ...
    @operator
    def __rtruediv__(self, other: Number) -> Value: ...        # 2 / a
    @operator
    def __pow__(self, other: Value | Number) -> Value: ...
    @operator
    def __rpow__(self, other: Number) -> Value: ...            # 2 ** a
    @operator
    def __mod__(self, other: Value | Number) -> Value: ...
    @operator
    def __rmod__(self, other: Number) -> Value: ...              # 2 % a
    @operator
    def __abs__(self) -> Value: ...
    # fmt: on

    def __lt__(self, other: Value | Number) -> bool:
        return _compare("__lt__", self, other)

    def __le__(self, other: Value | Number) -> bool:
        return _compare("__le__", self, other)

    def __gt__(self, other: Value | Number) -> bool:
        return _compare("__gt__", self, other)

    def __ge__(self, other: Value | Number) -> bool:
        return _compare("__ge__", self, other)

    def __repr__(self) -> str:
        name = f", name={self.name!r}" if self.name is not None else ""
        return f"Value(data={self._data}, grad={self._grad}{name})"


def _start(gradient: Number = 1.0, **options: Any) -> float:
    """The gradient to start from, by what `backward` was given; an error for what other engines' takes."""
    if not options:
        return gradient if type(gradient) is float else number(gradient, "backward")
    name = next(iter(options))
    way = f": {BACKWARD[name]}" if name in BACKWARD else ""
    raise OperandError(f"backward: expected the gradient to start from, or nothing, got {name}={options[name]}{way}")


_start.__qualname__ = "backward"  # which the error of too many arguments is to name, also where C calls this

BACKWARD = {  # what the backward of other engines takes, and what to do here
    "retain_graph": "a graph is kept, and backward may be called again",
    "create_graph": "for derivatives of derivatives, use grad, hessian or gradient_graph",
    "inputs": "every Value below gets its gradient; for the derivatives along some, use gradient_graph(y, inputs)",
}


GENERATED.update({"Value": Value, "constant": constant})  # the bodies of the operators find them there


def _checked_name(name: object) -> str:
    if not isinstance(name, str):
        raise OperandError(f"Value: expected a string as the name, got {shown(name)}")
    return str.__str__(name)  # itself, of no class that may hold more than a text: a name cannot be part of a cycle


def _leaf_gradients(root: Value) -> dict[Value, float]:
    return {node: node._grad for node in topological_order(root) if not node.parents}


def _tell(order: list[Value], undo: dict[Value, float]) -> None:
    """Tell the watchers of a backward pass; where one objects, take what it added to the leaves back."""
    try:
        for watcher in listening():
            watcher.flowed(order)
    except Exception:
        for leaf, grad in undo.items():
            leaf._grad = grad
        raise


_SIGNS = {"__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">="}


def _compare(method: str, left: Value, right: Value | Number) -> bool:
    if is_array_of_values(right):
        return over_array(method, left, right)  # type: ignore[no-any-return]
    sign = _SIGNS[method]
    other = right._data if type(right) is Value else number(right, sign)
    answer: bool = getattr(left._data, method)(other)
    if watchers:
        for watcher in listening():
            answer = watcher.compared(sign, left, right if type(right) is Value else other, answer)
    return answer


PythonValue = Value

if native.engine == "native":  # the class in C that does as this one does, and takes from it all that need not be fast
    Value = native_class(Value, {**globals()})  # type: ignore[misc]
    Value.__getattr__ = explain_missing  # type: ignore[attr-defined]
    new, constant, record = native.module.new, native.module.constant, native.module.record  # noqa: F811
    GENERATED.update({"Value": Value, "constant": constant, "new": new})
    ORDERS[Value] = native.module.order
