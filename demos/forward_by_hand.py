"""A forward pass by hand: [5, 3] -> [5, 4] -> [5, 4] -> [5, 2], and the chain rule that reaches the middle weights."""

# %% Five rows of three features through three layers, with a sigmoid between

import random

from _shared import table

from autodiff import Value, dot, nn, sigmoid, total

SIZES = [3, 4, 4, 2]


def numbers(rows, columns, rng):
    return [[rng.uniform(-1, 1) for _ in range(columns)] for _ in range(rows)]


def product(rows, weights):
    """The matrix product: each row with each column of weights."""
    return [[dot(row, column) for column in zip(*weights)] for row in rows]


def shape(rows):
    return [len(rows), len(rows[0])]


def forward(X, weights):
    """The outputs of each layer, the input first, and the sums before each sigmoid; the last layer has none."""
    outputs, sums = [X], []
    for W in weights:
        sums.append(product(outputs[-1], W))
        last = W is weights[-1]
        outputs.append(sums[-1] if last else [[sigmoid(z) for z in row] for row in sums[-1]])
    return outputs, sums


# %% The gradient of one middle weight, spelled out

def chain_rule(outputs, sums, weights, i, j):
    """The derivative of the loss along weights[1][i][j], from the plain numbers of the forward pass."""
    def data(rows):
        return [[x.data if isinstance(x, Value) else x for x in row] for row in rows]

    first, z, last, predictions = data(outputs[1]), data(sums[1]), data(weights[2]), data(outputs[3])
    count = len(predictions) * len(predictions[0])
    terms = []
    for row in range(len(predictions)):
        error = [2 * p / count for p in predictions[row]]                          # d loss / d output, labels are 0
        upstream = sum(e * w for e, w in zip(error, last[j]))                      # through the last weights
        slope = sigmoid(z[row][j]) * sigmoid(-z[row][j])                           # through the sigmoid
        terms.append(upstream * slope * first[row][i])                             # to the weight: its input
    return sum(terms)


# %% Everything together

def main(seed=0):
    rng = random.Random(seed)
    X = numbers(5, 3, rng)
    weights = [[[Value(w) for w in row] for row in numbers(*size, rng)] for size in zip(SIZES, SIZES[1:])]
    outputs, sums = forward(X, weights)
    rows = [[f"layer {k + 1}", shape(outputs[k]), shape(W), shape(outputs[k + 1])] for k, W in enumerate(weights)]
    print(table(["", "input", "weights", "output"], rows))
    loss = nn.losses.mean_squared_error([[0, 0]] * 5, outputs[-1])
    loss.backward()
    errors = [[2 * p.data / 10 for p in row] for row in outputs[-1]]
    direct = total([errors[r][0] * outputs[2][r][0].data for r in range(5)])
    print(f"\nLast weights, direct:      d loss / d W3[0][0] = {weights[2][0][0].grad:.12f}, by hand {direct:.12f}")
    by_hand = chain_rule(outputs, sums, weights, 1, 2)
    print(f"Middle weights, by chain:  d loss / d W2[1][2] = {weights[1][1][2].grad:.12f}, by hand {by_hand:.12f}")
    print("\nd loss / d W2[i][j] = sum over rows of (error · W3[j]) * sigmoid'(z2[j]) * h1[i]")
    return [shape(rows) for rows in outputs], (weights[1][1][2].grad, by_hand), (weights[2][0][0].grad, direct)


if __name__ == "__main__":
    main()
