"""Pages that train: their numbers are those of Python, they say what diverges, and they ask for nothing."""

from __future__ import annotations

import math

import pytest

from autodiff import Value, nn, training_page
from autodiff.errors import ArgumentError, OperandError
from tests.browser import Browser

ROWS, LABELS = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0]


def network(seed=1, **options):
    return nn.MLP(2, [4, 1], **{"activation": "tanh", "output": "sigmoid", **options}, seed=seed)


def trained(model, loss, rate, steps):
    """The parameters after so many steps in Python, and the mean losses before each step and after the last."""
    optimizer, losses = nn.SGD(model.parameters(), lr=rate), []
    for _ in range(steps + 1):
        mean = sum((loss([t], [model(row)]) for row, t in zip(ROWS, LABELS)), Value(0.0)) / len(ROWS)
        losses.append(mean.data)
        optimizer.zero_grad()
        mean.backward()
        if len(losses) <= steps:
            optimizer.step()
    return [p.data for p in model.parameters()], losses


def from_logits(labels, logits):
    return nn.losses.binary_crossentropy(labels, logits, from_logits=True)


@pytest.fixture
def opened(browser_path, tmp_path):
    with Browser(browser_path) as browser:
        yield lambda page, **options: browser.open(page.save(tmp_path / "training.html"), **options)


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("loss, options, boundary", [
    (nn.losses.binary_crossentropy, {}, 0.5),
    (from_logits, {"output": None}, 0.0),
    (nn.losses.mean_squared_error, {"activation": "relu"}, 0.5),
    (nn.losses.huber, {"activation": "gelu", "output": None}, 0.5),
])
def test_the_page_trains_as_python_does(opened, loss, options, boundary):
    page = opened(training_page(network(**options), ROWS, LABELS, loss, rate=0.5, boundary=boundary))
    weights, losses = trained(network(**options), loss, 0.5, 20)
    page.run("(() => { for (let k = 0; k < 20; k++) { descend(0.5); state = pass(); losses.push(state.loss); } show(); })()")
    assert page.run("losses") == pytest.approx(losses, rel=1e-9)
    assert page.run("weights") == pytest.approx(weights, rel=1e-9)
    right = sum((network_output > boundary) == (t > boundary) for network_output, t in zip(outputs(weights, options), LABELS))
    assert page.text("#right") == f"{right} of 4" and page.problems == []


def outputs(weights, options):
    model = network(**options)
    for parameter, number in zip(model.parameters(), weights):
        parameter.data = number
    return [model(row).data for row in ROWS]


@pytest.mark.slow
@pytest.mark.browser
def test_buttons_train_reset_and_pause(opened):
    page = opened(training_page(network(), ROWS, LABELS, nn.losses.binary_crossentropy, rate=1.0, title="<b>XOR</b>"))
    assert page.text("#title") == "<b>XOR</b>" and page.text("#rated") == "1"
    first = page.run("[...weights]")
    page.click("#one")
    page.click("#ten")
    assert page.run("losses.length") == 12 and page.text("#epochs") == "11 steps"
    page.click("#play")
    page.wait("losses.length > 15")
    page.click("#play")
    assert page.text("#play") == "Train"
    page.click("#reset")
    assert page.run("weights") == first and page.run("losses.length") == 1
    page.click("#hundred")
    assert page.run("document.querySelector('#line').points.numberOfItems") == 101 and page.problems == []


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("width, height", [(1280, 800), (1920, 1080), (390, 844)])
def test_the_boundary_lies_where_the_prediction_passes_it_and_text_can_be_read(opened, width, height):
    page = opened(training_page(network(), ROWS, LABELS, nn.losses.binary_crossentropy, rate=0.5), width=width, height=height)
    page.wait("document.querySelector('#rated').textContent === '0.5'")  # the rate that was given, not the nearest stop of a slider
    page.click("#ten")
    predictions = page.run(
        "(() => { const at = ([i, j]) => predicted([west + (i + 0.5) / GRID * (east - west), north - (j + 0.5) / GRID * (north - south)]);"
        " const cells = [...Array(GRID).keys()]; return boundary(cells.map((i) => cells.map((j) => at([i, j])))).flat().map(at); })()"
    )
    assert len(predictions) > 20 and predictions == pytest.approx([0.5] * len(predictions), abs=0.001)
    sizes = page.run("[...document.querySelectorAll('#curve text')].map((e) => parseFloat(getComputedStyle(e).fontSize) * e.getScreenCTM().a)")
    assert min(sizes) >= 12 and page.run("document.documentElement.scrollWidth") <= width and page.problems == []


@pytest.mark.browser
def test_a_rate_that_is_too_large_is_seen_and_said(opened):
    model = network(output=None, activation="relu")
    page = opened(training_page(model, [[10 * x for x in row] for row in ROWS], LABELS, nn.losses.mean_squared_error, rate=100.0))
    page.click("#hundred")
    assert "diverged" in page.text("#verdict") and not math.isfinite(float(page.run("String(state.loss)").replace("Infinity", "inf")))
    page.click("#reset")
    assert page.text("#verdict") == "" and page.problems == []


def test_pages_of_xor_and_two_moons_are_small_and_what_cannot_be_shown_is_refused():
    loss = nn.losses.binary_crossentropy
    assert len(training_page(network(), ROWS, LABELS, loss).html().encode()) < 250_000
    for rows, labels, word in [([], [], "rows"), (ROWS, [0], "labels"), ([[1.0]], [1], "plane"), ([[1.0, math.nan]], [1], "finite"),
                               (ROWS, [0, 1, math.inf, 0], "finite")]:
        with pytest.raises(ArgumentError, match=word):
            training_page(network(), rows, labels, loss)
    for rate in (0, -1.0, math.nan):
        with pytest.raises(ArgumentError, match="rate"):
            training_page(network(), ROWS, LABELS, loss, rate=rate)
    with pytest.raises(OperandError, match="one Value"):
        training_page(nn.MLP(2, [2], seed=1), ROWS, LABELS, loss)
    with pytest.raises(ArgumentError, match="html"):
        training_page(network(), ROWS, LABELS, loss).save("training.txt")
    assert 'sandbox="allow-scripts"' in training_page(network(), ROWS, LABELS, loss)._repr_html_()
