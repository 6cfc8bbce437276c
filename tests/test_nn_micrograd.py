"""micrograd's programs run with the import changed: the same losses and gradients, step by step."""

import micrograd.engine
import micrograd.nn
import pytest

import autodiff
from autodiff import nn


def two_classes(rng, count):
    """Rows around two points, labelled -1 and 1."""
    labels = [rng.choice([-1, 1]) for _ in range(count)]
    return [[rng.gauss(label, 0.7), rng.gauss(-label, 0.7)] for label in labels], labels


def demo_step(value, model, rows, labels, epoch):
    """One step of micrograd's demo: hinge loss, L2 term, a falling rate. The loss, the accuracy and the gradients."""
    scores = list(map(model, [list(map(value, row)) for row in rows]))
    losses = [(1 + -label * score).relu() for label, score in zip(labels, scores)]
    total = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum((p * p for p in model.parameters()))
    accuracy = sum((label > 0) == (score.data > 0) for label, score in zip(labels, scores)) / len(rows)
    model.zero_grad()
    total.backward()
    for p in model.parameters():
        p.data -= (1.0 - 0.9 * epoch / 100) * p.grad
    return total.data, accuracy, [p.grad for p in model.parameters()]


def set_alike(model, like):
    for parameter, other in zip(model.parameters(), like.parameters(), strict=True):
        parameter.data = other.data


@pytest.fixture(params=["its own nn", "micrograd's nn"])
def twin(request, monkeypatch):
    """A network over autodiff's Values, and micrograd's."""
    theirs = micrograd.nn.MLP(2, [8, 8, 1])
    if request.param == "micrograd's nn":
        monkeypatch.setattr(micrograd.nn, "Value", autodiff.Value)
        return micrograd.nn.MLP(2, [8, 8, 1]), theirs
    return nn.MLP(2, [8, 8, 1]), theirs


def test_the_demo_trains_alike_step_by_step(twin, rng):
    ours, theirs = twin
    for parameter in theirs.parameters():
        parameter.data = rng.uniform(-1, 1)
    set_alike(ours, theirs)
    rows, labels = two_classes(rng, 20)
    for epoch in range(8):
        loss, accuracy, gradients = demo_step(autodiff.Value, ours, rows, labels, epoch)
        expected = demo_step(micrograd.engine.Value, theirs, rows, labels, epoch)
        assert loss == pytest.approx(expected[0], rel=1e-9)
        assert accuracy == expected[1]
        assert gradients == pytest.approx(expected[2], rel=1e-7, abs=1e-9)
