"""What a neuron does to its weighted sum, by name, by function, or None for nothing.

>>> find("relu")(-2.0), find(None)(-2.0), name_of(find("swish"))
(0.0, -2.0, 'silu')

Most take one number. A softmax looks at all the outputs of a layer at once: it is in `WHOLE`, and `apply` knows.

>>> apply(find("softmax"), [0.0, 0.0])
[0.5, 0.5]
"""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from .. import functions
from ..errors import ArgumentError, OperandError, shown
from .composed import COMPOSED, RECTIFYING
from .registry import Registry

Function = Callable[..., Any]  # of one Value or number; of all the outputs of a layer, if it is in WHOLE


def linear(x: Any) -> Any:
    """x itself: no activation.

    >>> linear(2.0)
    2.0
    """
    return x


def maxout(*values: Any) -> Any:
    """The largest of several numbers; a tie shares the slope.

    >>> maxout(1.0, 3.0, 2.0)
    3.0
    """
    if not values:
        raise ArgumentError("maxout: expected at least one number, got none")
    return reduce(functions.maximum, values)


ACTIVATIONS: Registry[Function] = Registry(
    "an activation",
    {"linear": linear} | {name: getattr(functions, name) for name in (
        "elu", "gelu", "leaky_relu", "log_sigmoid", "log_softmax", "relu", "sigmoid", "sign", "silu", "softmax",
        "softplus", "tanh",
    )} | {function.__name__: function for function in COMPOSED},
    aliases={"identity": "linear", "none": "linear", "swish": "silu", "logistic": "sigmoid", "leakyrelu": "leaky_relu",
             "celu": "elu", "hard_swish": "hard_silu"},
    instead={"threshold": "a function of x: lambda x: where(x > t, x, 0.0), where `where` is autodiff.where",
             "soft_shrink": "a function of x: lambda x: relu(x - 0.5) - relu(-x - 0.5), with autodiff.relu",
             "hard_shrink": "a function of x: lambda x: where(abs(x) > 0.5, x, 0.0), with autodiff.where",
             "sparsemax": "softmax, which is smooth", "sparse_plus": "softplus",
             "glu": "nn.Multiply() of a Dense and a Dense with a sigmoid"},
)  # fmt: skip
WHOLE = frozenset({functions.softmax, functions.log_softmax})
RECTIFIERS = frozenset({
    functions.relu, functions.leaky_relu, functions.elu, functions.silu, functions.gelu, functions.softplus,
    *RECTIFYING,
})  # fmt: skip


def find(activation: str | Function | None) -> Function:
    """The function of that name; None is `linear`, and a function is itself.

    >>> find("rleu")
    Traceback (most recent call last):
    autodiff.errors.ArgumentError: expected the name of an activation, got 'rleu' (str): did you mean 'relu'? ...
    """
    if activation is None:
        return linear
    if isinstance(activation, str):
        if activation.lower() == "maxout":
            raise ArgumentError("maxout chooses among several sums: it is a layer of its own, Maxout(units, pieces)")
        return ACTIVATIONS.find(activation)
    if callable(activation):
        return activation
    raise OperandError(f"activation: expected a name, a function or None, got {shown(activation)}")


def find_scalar(activation: str | Function | None) -> Function:
    """As `find`, for a single neuron, which cannot have a softmax.

    >>> find_scalar("softmax")
    Traceback (most recent call last):
    autodiff.errors.ArgumentError: softmax needs all the outputs of a layer: give it to a Layer, not to a Neuron
    """
    found = find(activation)
    if found in WHOLE:
        raise ArgumentError(f"{name_of(found)} needs all the outputs of a layer: give it to a Layer, not to a Neuron")
    return found


def apply(activation: Function, values: Sequence[Any]) -> list[Any]:
    """The activation of a layer's weighted sums: one by one, or all at once."""
    if activation in WHOLE:
        return list(activation(*values))
    return [activation(value) for value in values]


def name_of(activation: Function) -> str:
    """The name under which `find` knows it, or the function's own."""
    return ACTIVATIONS.name_of(activation) or getattr(activation, "__name__", None) or repr(activation)
