"""A scalar GPT: one transformer block of 4,192 parameters in plain arithmetic, over the Value of any engine.

What is asked of a Value: `+`, `-`, `*`, `/`, `**` by a number, `relu()`, `exp()`, `log()`, `data`, `grad` and
`backward()`. Each of eight tokens attends to those before it; the loss is the mean cross-entropy of the next token.

>>> from benchmarks.peers import Plain
>>> model = GPT(Plain)
>>> len(model.parameters)
4192
>>> first, second = model.step(), model.step()
>>> first > second
True
"""

import random
from collections.abc import Callable
from typing import Any

TOKENS, WIDTH, HEADS, CONTEXT = 27, 16, 4, 16
TEXT = [0, 5, 13, 13, 1, 12, 25, 8, 0]  # eight tokens, and the one that follows the last
Vector = list[Any]


class GPT:
    """The parameters, as matrices of outputs by inputs, and a training step by gradient descent."""

    def __init__(self, value: Callable[[float], Any]) -> None:
        source = random.Random(1)

        def matrix(outputs: int, inputs: int) -> list[Vector]:
            return [[value(source.gauss(0, 0.08)) for _ in range(inputs)] for _ in range(outputs)]

        self.tokens, self.places, self.scores = (matrix(rows, WIDTH) for rows in (TOKENS, CONTEXT, TOKENS))
        self.query, self.key, self.value, self.mixed = (matrix(WIDTH, WIDTH) for _ in range(4))
        self.up, self.down = matrix(4 * WIDTH, WIDTH), matrix(WIDTH, 4 * WIDTH)
        self.parameters = [p for each in vars(self).values() for row in each for p in row]

    def step(self) -> float:
        """Forward, backward and a step down the gradient; return the loss before it."""
        for p in self.parameters:
            p.grad = 0.0
        loss = self.loss(TEXT)
        loss.backward()
        for p in self.parameters:
            p.data -= 0.01 * p.grad
        return float(loss.data)

    def loss(self, text: list[int]) -> Any:
        """The mean of -log(the probability of the next token)."""
        keys: list[Vector] = []
        values: list[Vector] = []
        losses = []
        for place, (token, following) in enumerate(zip(text, text[1:])):
            probabilities = softmax(self.predict(token, place, keys, values))
            losses.append(-probabilities[following].log())
        return sum(losses) * (1.0 / len(losses))

    def predict(self, token: int, place: int, keys: list[Vector], values: list[Vector]) -> Vector:
        """The scores of the next token; the key and the value of this one are appended."""
        x = normalized(plus(self.tokens[token], self.places[place]))
        inside = normalized(x)
        keys.append(linear(self.key, inside))
        values.append(linear(self.value, inside))
        x = plus(x, linear(self.mixed, attention(linear(self.query, inside), keys, values)))
        hidden = [each.relu() for each in linear(self.up, normalized(x))]
        return linear(self.scores, plus(x, linear(self.down, hidden)))


def attention(query: Vector, keys: list[Vector], values: list[Vector]) -> Vector:
    """In each head, the mean of the values, weighted by how well their keys match the query."""
    found, size = [], WIDTH // HEADS
    for start in range(0, WIDTH, size):
        part = slice(start, start + size)
        weights = softmax([dot(query[part], key[part]) * size**-0.5 for key in keys])
        found += [dot(weights, [value[at] for value in values]) for at in range(start, start + size)]
    return found


def dot(xs: Vector, ys: Vector) -> Any:
    return sum(x * y for x, y in zip(xs, ys))


def linear(weights: list[Vector], xs: Vector) -> Vector:
    return [dot(row, xs) for row in weights]


def plus(xs: Vector, ys: Vector) -> Vector:
    return [x + y for x, y in zip(xs, ys)]


def normalized(xs: Vector) -> Vector:
    """Divided by the root of the mean square."""
    scale = (dot(xs, xs) * (1.0 / len(xs)) + 1e-5) ** -0.5
    return [x * scale for x in xs]


def softmax(xs: Vector) -> Vector:
    largest = max(x.data for x in xs)
    terms = [(x - largest).exp() for x in xs]
    total = sum(terms)
    return [term / total for term in terms]
