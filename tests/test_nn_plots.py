"""Plots: each draws what it says, on the Axes it is given, and returns them."""

import sys

import numpy as np
import pytest

from autodiff import nn
from autodiff.errors import MissingExtraError

matplotlib = pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install 'autodiff-scalar[plot]'")
matplotlib.use("Agg")

from matplotlib import pyplot  # noqa: E402

from autodiff.nn import plots  # noqa: E402


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    pyplot.close("all")


@pytest.fixture
def ax():
    return pyplot.subplots()[1]


def line(ax, label):
    return next(line for line in ax.lines if line.get_label() == label).get_xydata()


def test_an_activation_is_drawn_with_its_derivative(ax):
    assert plots.activation("sigmoid", -5, 5, ax) is ax
    values, slopes = line(ax, "value"), line(ax, "derivative")
    assert values[:, 1] == pytest.approx(1 / (1 + np.exp(-values[:, 0])))
    assert slopes[:, 1] == pytest.approx(values[:, 1] * (1 - values[:, 1]))
    assert values[0, 0] == -5 and values[-1, 0] == 5


def test_the_sheet_shows_six_activations_by_name():
    axes = plots.activation_sheet()
    assert [ax.get_title() for ax in axes.ravel()] == ["sigmoid", "tanh", "relu", "leaky relu", "maxout", "elu"]
    assert axes.shape == (2, 3)


def test_a_sheet_holds_as_many_activations_as_are_named_and_a_softmax_by_its_first_output():
    axes = plots.activation_sheet(-5, 5, ["relu", "softmax", "sign"] + ["tanh"] * 5)
    assert axes.shape == (2, 4) and axes[0, 1].get_title() == "softmax of x and 0"
    value, slope = (axes[0, 1].get_lines()[place].get_ydata() for place in (2, 3))
    assert value[200] == 0.5 and slope[200] == 0.25
    assert set(axes[0, 2].get_lines()[3].get_ydata()) == {0.0}


def test_losses_show_training_and_validation_over_epochs(ax):
    history = nn.History()
    history.add(0, {"loss": 1.0, "val_loss": 1.5})
    history.add(1, {"loss": 0.5, "val_loss": 1.6})
    assert plots.losses(history, ax=ax) is ax
    assert line(ax, "val loss").tolist() == [[1, 1.5], [2, 1.6]]


@pytest.mark.parametrize("make", [
    lambda: nn.MLP(2, [4, 1], output="sigmoid", seed=1),
    lambda: nn.Sequential([nn.Input(2), nn.Dense(4, "relu"), nn.Dense(1, "sigmoid")], seed=1),
])
def test_a_boundary_shows_the_rows_and_what_the_model_predicts(make, ax):
    X, y = nn.data.moons(20)
    assert plots.boundary(make(), X, y, ax, steps=8) is ax
    drawn = [np.asarray(points.get_offsets()) for points in ax.collections if points.get_label().startswith("label")]
    assert [points.tolist() for points in drawn] == [X[y == label].tolist() for label in (0, 1)]


def test_a_layer_s_weights_are_pictures_on_one_scale():
    layer = nn.Layer(6, 3, seed=1)
    axes = plots.layer_weights(layer, (2, 3), columns=2)
    images = [ax.get_images()[0] for ax in axes.ravel() if ax.get_images()]
    assert [image.get_array().ravel().tolist() for image in images] == [[w.data for w in n.w] for n in layer.neurons]
    assert len({image.get_clim() for image in images}) == 1 and images[0].get_clim()[0] == -images[0].get_clim()[1]


def test_gradient_sizes_are_the_root_mean_squares_layer_by_layer(ax):
    model = nn.MLP(2, [3, 1], "tanh", seed=1)
    model([1.0, 2.0]).backward()
    assert plots.gradient_sizes(model, "tanh", ax) is ax
    expected = [np.sqrt(np.mean([w.grad**2 for neuron in layer.neurons for w in neuron.w])) for layer in model.layers]
    assert line(ax, "tanh")[:, 1] == pytest.approx(expected)
    assert ax.get_yscale() == "log"


def test_a_descent_is_drawn_on_its_function(ax):
    assert plots.descent(lambda x: x * x, [2.0, 1.0, 0.5], ax, "rate") is ax
    assert line(ax, "rate").tolist() == [[2, 4], [1, 1], [0.5, 0.25]]


def test_paths_are_drawn_over_contours_and_can_be_animated(ax):
    found = {"a": [(0.0, 1.0), (1.0, 1.0)], "b": [(0.0, 0.0), (2.0, 2.0), (3.0, 3.0)]}
    assert plots.paths(nn.data.valley, found, (-3, 3, -3, 3), ax) is ax
    assert line(ax, "b").tolist() == [[0, 0], [2, 2], [3, 3]]
    animation = plots.animated_paths(nn.data.saddle, found, (-3, 3, -3, 3), every=1)
    assert "<img" in animation.to_jshtml() or "anim" in animation.to_jshtml()


def test_without_matplotlib_a_plot_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'autodiff-scalar\[plot\]'"):
        plots.activation("relu")
