"""Plots of what networks are made of and how they learn, by matplotlib (extra `plot`).

Each function takes `ax`, the Axes to draw on (None makes a figure), and returns the Axes.

>>> from autodiff.nn import plots
>>> ax = plots.activation("tanh", low=-5, high=5)
>>> ax.get_title(), [text.get_text() for text in ax.get_legend().get_texts()]
('tanh', ['value', 'derivative'])
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from .. import functions
from ..errors import MissingExtraError
from ..coerce import Number
from ..suggest import after
from ..value import Value
from . import activations
from .layers.module import Module
from .training.fit_loop import History
from .layers.tables import Array

Axes = Any  # matplotlib's; the package is loaded on first use
SHEET = ("sigmoid", "tanh", "relu", "leaky_relu", "maxout", "elu")
BLUE, ORANGE, GREEN, GREY = "#0072b2", "#d55e00", "#009e73", "#777777"  # told apart also without red or green
COLOURS = (BLUE, ORANGE, GREEN, "#cc79a7", "#e69f00", "#56b4e9", "#000000")


def __getattr__(name: str) -> Any:
    plots = [key for key, found in globals().items() if callable(found) and not key.startswith("_")]
    raise AttributeError(f"module 'autodiff.nn.plots' has no attribute {name!r}{after(name, plots)}")


def axes(ax: Axes, **options: Any) -> Axes:
    """The Axes given, or those of a new figure."""
    if ax is not None:
        return ax
    return pyplot().subplots(layout="constrained", **options)[1]


def pyplot() -> Any:
    """matplotlib's pyplot, or an error that says how to get it."""
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise MissingExtraError("plots: expected matplotlib: pip install 'autodiff-scalar[plot]'") from error
    return pyplot


# Activations

def activation(name: str | activations.Function, low: float = -10, high: float = 10, ax: Axes = None) -> Axes:
    """An activation and, dashed, its derivative, which is what backpropagation multiplies by.

    Maxout is shown of x / 2 and of -x, and a softmax by its first output, of x beside 0.
    """
    ax = axes(ax)
    function, title = of_one_number(name)
    xs = np.linspace(low, high, 401)
    values, slopes = zip(*(value_and_slope(function, x) for x in xs.tolist()))
    ax.axhline(0, color="#cccccc", linewidth=0.8)
    ax.axvline(0, color="#cccccc", linewidth=0.8)
    ax.plot(xs, values, color=BLUE, label="value")
    ax.plot(xs, slopes, color=ORANGE, linestyle="--", label="derivative")
    ax.set(title=title.replace("_", " "), xlim=(low, high))
    ax.legend(fontsize="small")
    return ax


def activation_sheet(low: float = -10, high: float = 10, names: Sequence[str] = SHEET, ax: Any = None) -> Any:
    """Activations on a sheet of two rows, six of them on 2 x 3; `ax` is an array of as many Axes."""
    if ax is None:
        columns = -(-len(names) // 2)
        ax = pyplot().subplots(2, columns, figsize=(11 * columns / 3, 6), layout="constrained")[1]
    for name, each in zip(names, np.ravel(ax), strict=True):
        activation(name, low, high, ax=each)
    return ax


def of_one_number(name: str | activations.Function) -> tuple[Callable[[Any], Any], str]:
    """An activation as a function of one number, and its title."""
    if name in ("maxout", activations.maxout):
        return lambda x: functions.maximum(x / 2, -x), "maxout"
    function = activations.find(name)
    title = activations.name_of(function)
    if function in activations.WHOLE:
        return lambda x: function(x, 0.0)[0], f"{title} of x and 0"
    return function, title


def value_and_slope(function: Callable[[Any], Any], at: float) -> tuple[float, float]:
    """A function of one Value, and its derivative there."""
    x = Value(at)
    y = function(x)
    y.backward()
    return y.data, x.grad


# Training

def losses(history: History, names: Iterable[str] = ("loss", "val_loss"), ax: Axes = None) -> Axes:
    """The numbers of a history over the epochs, such as the loss on training rows and on validation rows."""
    ax = axes(ax)
    for name, colour in zip((name for name in names if name in history.history), COLOURS):
        ax.plot(np.array(history.epoch) + 1, history.history[name], color=colour, label=name.replace("_", " "))
    ax.set(xlabel="epoch")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend()
    return ax


def boundary(model: Any, X: Any, y: Any, ax: Axes = None, steps: int = 60) -> Axes:
    """What a model of two inputs predicts over the plane, and the rows with their labels."""
    ax = axes(ax)
    X, y = np.asarray(X, float), np.ravel(y)
    margin = 0.15 * (X.max(axis=0) - X.min(axis=0))
    (left, bottom), (right, top) = X.min(axis=0) - margin, X.max(axis=0) + margin
    across, up = np.meshgrid(np.linspace(left, right, steps), np.linspace(bottom, top, steps))
    shown = predict_first(model, np.column_stack([across.ravel(), up.ravel()])).reshape(across.shape)
    ax.contourf(across, up, shown, levels=np.linspace(0, 1, 11), cmap="RdBu_r", alpha=0.6, extend="both")
    if shown.min() < 0.5 < shown.max():
        ax.contour(across, up, shown, levels=[0.5], colors="black", linewidths=1)
    for label, colour in zip((0, 1), (BLUE, ORANGE)):
        ax.scatter(*X[y == label].T, color=colour, edgecolor="white", label=f"label {label}", zorder=2)
    ax.set(xlabel="x1", ylabel="x2")
    ax.legend(fontsize="small")
    return ax


def predict_first(model: Any, rows: Array) -> Array:
    """The first output of a model for each row."""
    if hasattr(model, "predict"):
        outputs: Array = model.predict(rows)[:, 0]
        return outputs
    found = [model(row) for row in rows.tolist()]
    return np.array([(y[0] if isinstance(y, list) else y).data for y in found])


# Layers

def layer_weights(layer: Any, shape: tuple[int, int] | None = None, columns: int = 8, ax: Any = None) -> Any:
    """The weights of each neuron of a layer as a picture of that shape, blue for negative, red for positive.

    `ax` is an array of Axes, one for each neuron that is to be shown.
    """
    rows = np.array([[w.data for w in neuron.w] for neuron in layer.neurons])
    shape = shape or (1, rows.shape[1])
    if ax is None:
        high = -(-len(rows) // columns)
        size = (columns * 1.1, high * 1.2)
        ax = pyplot().subplots(high, columns, figsize=size, squeeze=False, layout="constrained")[1]
    most = np.abs(rows).max()
    for each in np.ravel(ax):
        each.axis("off")
    for place, (weights, each) in enumerate(zip(rows, np.ravel(ax))):
        each.imshow(weights.reshape(shape), cmap="RdBu_r", vmin=-most, vmax=most)
        each.set_title(str(place), fontsize="small")
    return ax


def gradient_sizes(model: Module, name: str = "", ax: Axes = None, colour: str = BLUE) -> Axes:
    """The size of the gradient in each layer of neurons after a backward pass, on a logarithmic scale."""
    ax = axes(ax)
    sizes = layer_gradients(model)
    ax.plot(range(1, len(sizes) + 1), sizes, marker="o", color=colour, label=name)
    ax.set(xlabel="layer, from the input", ylabel="root mean square of the weights' gradients", yscale="log")
    if name:
        ax.legend()
    return ax


def layer_gradients(model: Module) -> list[float]:
    """For each layer of neurons, from the input on, the root of the mean square of its weights' gradients."""
    layers = [module for module in model.modules() if module is not model and "neurons" in vars(module)]
    return [float(np.sqrt(np.mean([w.grad**2 for neuron in vars(layer)["neurons"] for w in neuron.w])))
            for layer in layers]  # fmt: skip


# Paths of descent

def descent(function: Callable[[Any], Any], path: Sequence[float], ax: Axes = None, name: str = "",
            low: float | None = None, high: float | None = None) -> Axes:  # fmt: skip
    """A function of one number, and the path that gradient descent took down it."""
    ax = axes(ax)
    low = min(path) if low is None else min(low, *path)
    high = max(path) if high is None else max(high, *path)
    xs = np.linspace(low, high, 201)
    ax.plot(xs, [number_of(function(x)) for x in xs.tolist()], color=GREY)
    ax.plot(path, [number_of(function(x)) for x in path], marker="o", color=ORANGE, label=name)
    ax.set(xlabel="x", ylabel="f(x)", title=name)
    return ax


def paths(function: Callable[[Any, Any], Any], found: Mapping[str, Sequence[tuple[float, float]]],
          span: tuple[float, float, float, float], ax: Axes = None) -> Axes:  # fmt: skip
    """The paths of optimizers, by name, over the contours of a function; an X marks the end of each.

    `span` is left, right, low, high.
    """
    ax = axes(ax)
    contours(function, span, ax)
    for (name, path), colour in zip(found.items(), COLOURS):
        ax.plot(*zip(*path), marker=".", markersize=4, color=colour, label=name)
        ax.plot(*path[-1], marker="X", markersize=10, markeredgecolor="white", color=colour, zorder=3)
    ax.legend(fontsize="small")
    return ax


def contours(function: Callable[[Any, Any], Any], span: tuple[float, float, float, float], ax: Axes = None) -> Axes:
    """The contours of a function of two numbers."""
    ax = axes(ax)
    left, right, low, high = span
    across, up = np.meshgrid(np.linspace(left, right, 80), np.linspace(low, high, 80))
    heights = [number_of(function(x, y)) for x, y in zip(across.ravel().tolist(), up.ravel().tolist())]
    ax.contour(across, up, np.reshape(heights, across.shape), levels=25, cmap="Greys", linewidths=0.8)
    ax.set(xlim=(left, right), ylim=(low, high), xlabel="x", ylabel="y")
    return ax


def animated_paths(function: Callable[[Any, Any], Any], found: Mapping[str, Sequence[tuple[float, float]]],
                   span: tuple[float, float, float, float], ax: Axes = None, every: int = 2) -> Any:  # fmt: skip
    """The same paths as they are walked: an animation, whose `save` writes a GIF, and `to_jshtml` a page.

    It shows the paths after `every` so many steps.
    """
    from matplotlib.animation import FuncAnimation

    ax = axes(ax)
    contours(function, span, ax)
    lines = [ax.plot([], [], marker=".", markersize=4, color=c, label=name)[0] for name, c in zip(found, COLOURS)]
    ax.legend(fontsize="small", loc="upper right")

    def draw(step: int) -> list[Any]:
        for line, path in zip(lines, found.values()):
            line.set_data(*zip(*path[: step + 1]))
        return lines

    frames = range(0, max(map(len, found.values())), every)
    ax.figure.set_layout_engine("none")  # which would be computed anew for each frame
    return FuncAnimation(ax.figure, draw, frames=frames, interval=100, blit=True)


def number_of(x: Number | Value) -> float:
    return x.data if isinstance(x, Value) else float(x)
