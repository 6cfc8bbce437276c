"""Gradients of functions: f(x, y, z) = 2x + 3y² - sin(z), whose gradient is (2, 6y, -cos z)."""

# %% The function, and its gradient by hand

import math

from _shared import table

from autodiff import Value, nn, sin, value_and_grad


def f(x, y, z):
    return 2 * x + 3 * y**2 - sin(z)


def by_hand(x, y, z):
    return 2.0, 6 * y, -math.cos(z)


def comparison(points=((1.0, 2.0, 3.0), (0.0, -1.0, 0.0), (0.5, 0.25, math.pi))):
    """Gradients by backpropagation beside those by hand."""
    rows = []
    for point in points:
        value, gradient = value_and_grad(f)(*point)
        rows.append([tuple(round(x, 4) for x in point), f"{value:.6f}", gradient, by_hand(*point)])
    return rows


# %% The squared error of a perceptron with one weight is a parabola in it

def perceptron(w=3.0, x=2.0, b=1.0, y=5.0):
    """(y - (w x + b))² and its derivative in w, which is -2 x (y - (w x + b))."""
    weight = Value(w)
    loss = nn.losses.mean_squared_error([y], [weight * x + b])
    loss.backward()
    return loss.data, weight.grad, -2 * x * (y - (w * x + b))


# %% Everything together

def main():
    rows = comparison()
    print(table(["(x, y, z)", "f", "by backpropagation", "by hand"], rows))
    loss, slope, expected = perceptron()
    print(f"\nPerceptron: (5 - (3 * 2 + 1))² = {loss}, derivative in w {slope}, by hand {expected}")
    return rows


if __name__ == "__main__":
    main()
