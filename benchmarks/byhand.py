"""A classifier's loss and gradient as a careful person writes them: in NumPy, in PyTorch, in JAX."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Layers = list[tuple[Any, Any]]  # weights of outputs by inputs, and biases


def layers_of(parameters: Any, sizes: Sequence[int], turned: bool = False) -> Layers:
    """A flat vector, neuron by neuron, weights then bias, as matrices of their own; `turned` is inputs by outputs."""
    found, at = [], 0
    for inputs, outputs in zip(sizes, sizes[1:]):
        block = parameters[at : at + outputs * (inputs + 1)].reshape(outputs, inputs + 1)
        weights = np.ascontiguousarray(block[:, :inputs].T if turned else block[:, :inputs])
        found.append((weights, block[:, inputs].copy()))
        at += outputs * (inputs + 1)
    return found


def softmax_crossentropy(scores: Any, y: Any) -> tuple[float, Any]:
    """The mean over rows, and its slopes along the scores, which are overwritten."""
    rows = np.arange(len(y))
    scores -= scores.max(axis=1, keepdims=True)
    chosen = scores[rows, y]
    upstream = np.exp(scores, out=scores)
    sums = upstream.sum(axis=1)
    loss = (np.log(sums) - chosen).mean()
    upstream /= sums[:, None]
    upstream[rows, y] -= 1.0
    upstream /= len(y)
    return float(loss), upstream


def numpy_step(layers: Layers, X: Any, y: Any) -> tuple[float, Layers]:
    """The mean softmax cross-entropy and its gradient; relu between the layers; weights of outputs by inputs."""
    inputs = [X]
    for weights, bias in layers[:-1]:
        z = inputs[-1] @ weights.T
        z += bias
        inputs.append(np.maximum(z, 0.0, out=z))
    weights, bias = layers[-1]
    scores = inputs[-1] @ weights.T + bias
    loss, upstream = softmax_crossentropy(scores, y)
    gradients = []
    for index in range(len(layers) - 1, -1, -1):
        gradients.append((upstream.T @ inputs[index], upstream.sum(axis=0)))
        if index:
            upstream = upstream @ layers[index][0]
            upstream *= inputs[index] > 0
    return loss, gradients[::-1]


def numpy_step_turned(layers: Layers, X: Any, y: Any) -> tuple[float, Layers]:
    """The same with weights of inputs by outputs, which other books prefer."""
    inputs = [X]
    for weights, bias in layers[:-1]:
        z = inputs[-1] @ weights
        z += bias
        inputs.append(np.maximum(z, 0.0, out=z))
    weights, bias = layers[-1]
    scores = inputs[-1] @ weights + bias
    loss, upstream = softmax_crossentropy(scores, y)
    gradients = []
    for index in range(len(layers) - 1, -1, -1):
        gradients.append((inputs[index].T @ upstream, upstream.sum(axis=0)))
        if index:
            upstream = upstream @ layers[index][0].T
            upstream *= inputs[index] > 0
    return loss, gradients[::-1]


def flat(gradients: Layers) -> Any:
    """Gradients of outputs by inputs as one vector, in the order of `layers_of`."""
    return np.concatenate([np.hstack([dw, db[:, None]]).ravel() for dw, db in gradients])


def torch_model(layers: Layers) -> Any:
    """The network in PyTorch, in float64, on one thread."""
    import torch

    torch.set_num_threads(1)
    parts: list[Any] = []
    for weights, bias in layers:
        linear = torch.nn.Linear(weights.shape[1], weights.shape[0], dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(weights))
            linear.bias.copy_(torch.from_numpy(bias))
        parts += [linear, torch.nn.ReLU()]
    return torch.nn.Sequential(*parts[:-1])


def torch_step(layers: Layers, X: Any, y: Any) -> Callable[[], Any]:
    """PyTorch, eager: a function that runs forward and backward."""
    import torch

    model = torch_model(layers)
    rows, labels = torch.from_numpy(X), torch.from_numpy(y)

    def run() -> Any:
        model.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(model(rows), labels)
        loss.backward()
        return loss.item(), [(each.weight.grad.numpy(), each.bias.grad.numpy()) for each in model[::2]]

    return run


def jax_loss(layers: Layers, X: Any, y: Any) -> Any:
    """The same loss in JAX."""
    import jax
    import jax.numpy as jnp

    for weights, bias in layers[:-1]:
        X = jnp.maximum(X @ weights.T + bias, 0.0)
    weights, bias = layers[-1]
    scores = jax.nn.log_softmax(X @ weights.T + bias)
    return -scores[jnp.arange(len(y)), y].mean()


def jax_step() -> Callable[..., Any]:
    """A jitted function of layers, X and y; the gradient is in arrays of the layers' shapes."""
    import jax

    return jax.jit(jax.value_and_grad(jax_loss))


def jax_flat_step(layers: Layers) -> tuple[Callable[..., Any], Any]:
    """A jitted function of one vector, X and y, whose gradient is one vector, as JAX's own ravel_pytree has it."""
    import jax
    from jax.flatten_util import ravel_pytree

    vector, layers_of_vector = ravel_pytree(layers)
    return jax.jit(jax.value_and_grad(lambda parameters, X, y: jax_loss(layers_of_vector(parameters), X, y))), vector
