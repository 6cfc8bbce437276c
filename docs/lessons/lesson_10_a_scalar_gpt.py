"""A scalar GPT, stepped and compiled"""

# %% [markdown]
# A GPT predicts the next token from those before it. Ours has three letters as tokens and reads "abacab". It is tiny,
# yet nothing of substance is missing: embeddings, attention, a residual connection, softmax, cross-entropy. And every
# number in it is a `Value`, so you can ask any of them why it is what it is.

# %%
import random

from autodiff import Value, log_softmax, softmax

TEXT, LETTERS, WIDTH = "abacab", "abc", 4
source = random.Random(3)


def matrix(rows, columns):
    return [[Value(source.gauss(0, 0.5)) for _ in range(columns)] for _ in range(rows)]


letters, places, scores = (matrix(rows, WIDTH) for rows in (len(LETTERS), len(TEXT), len(LETTERS)))
query, key, value = (matrix(WIDTH, WIDTH) for _ in range(3))
parameters = [p for table in (letters, places, query, key, value, scores) for row in table for p in row]
print(len(parameters), "parameters")

# %% [markdown]
# **Attention** in one sentence: each place asks a question (its *query*), every place before it holds up a sign (its
# *key*), and the answers (their *values*) are averaged, weighted by how well question and sign match. The weights are a
# softmax of dot products.

# %%
def times(table, x):
    return [sum(w * each for w, each in zip(row, x)) for row in table]


def attention(asked, keys, values):
    weights = softmax(*[sum(q * k for q, k in zip(asked, each)) / WIDTH**0.5 for each in keys])
    return [sum(w * v[i] for w, v in zip(weights, values)) for i in range(WIDTH)]


def mean_loss():
    keys, values, losses = [], [], []
    for place, (letter, following) in enumerate(zip(TEXT, TEXT[1:])):
        x = [a + b for a, b in zip(letters[LETTERS.index(letter)], places[place])]
        keys.append(times(key, x))
        values.append(times(value, x))
        seen = attention(times(query, x), keys, values)
        guess = log_softmax(*times(scores, [a + b for a, b in zip(x, seen)]))
        losses.append(-guess[LETTERS.index(following)])
    return sum(losses) / len(losses)


loss = mean_loss()
print("loss", round(loss.data, 4))

# %% [markdown]
# Before any training it guesses. With three letters a fair guess has the loss log 3 = 1.0986; ours begins near it. Now
# we train, with the three acts of lesson 5: forward, backward, update.

# %%
for step in range(40):
    loss = mean_loss()
    for p in parameters:
        p.grad = 0.0
    loss.backward()
    for p in parameters:
        p.data -= 0.3 * p.grad
    if step % 8 == 0:
        print(f"step {step:2}   loss {loss.data:.4f}")
print(f"at the end   loss {loss.data:.4f}")

# %% [markdown]
# Is it really the same backward pass as in the second lesson? The graph has over a thousand nodes, too many for a page,
# but each step of it can be read. Here are the first ones.

# %%
from autodiff import steps

log = steps(loss)
print(len(log.graph.nodes), "nodes,", len(log), "steps; the backward pass begins:")
for step in log.backward[:4]:
    print(step)

# %% [markdown]
# Every one of these steps runs in Python, one number at a time. That is what makes it readable, and slow. `compile`
# records such a program once and writes it again as straight-line code; where the same arithmetic is done many times
# over, as arrays. Here is attention's dot product, compiled.

# %%
from autodiff import compile

score = compile(lambda q1, q2, k1, k2: (q1 * k1 + q2 * k2) / 2.0**0.5)
print(score.value_and_grad(1.0, 2.0, 3.0, 4.0)[0])

# %%
import numpy as np

many = score(np.arange(3.0), 2.0, 3.0, 4.0)
print(many)

# %% [markdown]
# The same function, given an array, computes all its elements at once: that is how the step from a scalar engine to
# training at speed is made, without writing the model again. `docs/compiling.md` goes on from here.
#
# You began with one multiplication. What you have now stepped through is, in every part that matters, how the large
# models are trained: the same chain rule, the same sums, the same order. They only have more numbers.

# %% [questions]
# 1. What is the loss of a fair guess among 4 letters, to two digits?
# answer: 1.3863
# check: round(math.log(4), 4)
# −log(¼) = log 4 = 1.386.
# 2. softmax of two equal scores gives each a weight of …?
# answer: 0.5
# check: softmax(Value(3.0), Value(3.0))[0].data
# They share the whole equally, however large the scores are.
# 3. How many parameters does this GPT have?
# answer: 96
# check: len(parameters)
# (3 + 6 + 3) · 4 in the three tables, and 3 · 4 · 4 in query, key and value.
