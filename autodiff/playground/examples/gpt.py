"""A GPT in plain arithmetic: one attention head that learns to spell "abacab", letter after letter."""

import random

from autodiff import Value, log_softmax, softmax

TEXT, LETTERS, WIDTH = "abacab", "abc", 4
source = random.Random(3)


def matrix(rows, columns):
    return [[Value(source.gauss(0, 0.5)) for _ in range(columns)] for _ in range(rows)]


letters, places, scores = (matrix(rows, WIDTH) for rows in (len(LETTERS), len(TEXT), len(LETTERS)))
query, key, value = (matrix(WIDTH, WIDTH) for _ in range(3))
parameters = [p for table in (letters, places, query, key, value, scores) for row in table for p in row]


def times(table, x):
    return [sum(w * each for w, each in zip(row, x)) for row in table]


def mean_loss():
    """How badly each letter is predicted from those before it, by the mean of -log(its probability)."""
    keys, values, losses = [], [], []
    for place, (letter, following) in enumerate(zip(TEXT, TEXT[1:])):
        x = [a + b for a, b in zip(letters[LETTERS.index(letter)], places[place])]
        keys.append(times(key, x))
        values.append(times(value, x))
        asked = times(query, x)
        weights = softmax(*[sum(q * k for q, k in zip(asked, each)) / WIDTH**0.5 for each in keys])
        seen = [sum(w * v[i] for w, v in zip(weights, values)) for i in range(WIDTH)]
        guess = log_softmax(*times(scores, [a + b for a, b in zip(x, seen)]))
        losses.append(-guess[LETTERS.index(following)])
    return sum(losses) / len(losses)


for step in range(40):
    loss = mean_loss()
    for p in parameters:
        p.grad = 0.0
    loss.backward()
    for p in parameters:
        p.data -= 0.3 * p.grad
    if step % 10 == 0:
        print("step", step, "loss", round(loss.data, 3))
print("at the end", round(loss.data, 3))
