"""Gradient descent on a parabola: a low learning rate needs many steps, a high one overshoots."""

# %% x <- x - rate * gradient

from _shared import OUT, saved, table

from autodiff import Value, nn
from autodiff.nn import plots

RATES = {"low: 0.02": 0.02, "good: 0.3": 0.3, "high: 0.95": 0.95, "too high: 1.05": 1.05}


def parabola(x):
    return (x - 1) ** 2


def path(rate, start=-3.0, steps=15):
    """Where gradient descent stands after each step."""
    x = Value(start)
    optimizer = nn.SGD([x], lr=rate)
    found = [x.data]
    for _ in range(steps):
        optimizer.zero_grad()
        parabola(x).backward()
        optimizer.step()
        found.append(x.data)
    return found


# %% A gradient of 2.5 at a rate of 0.01 moves by 0.025

def one_step():
    x = Value(1.0)
    x.grad = 2.5
    nn.SGD([x], lr=0.01).step()
    return 1.0 - x.data


# %% Everything together

def main(out=OUT):
    print(f"A gradient of 2.5 with the rate 0.01 moves by {one_step():.3f}\n")
    found = {name: path(rate) for name, rate in RATES.items()}
    rows = [[name, *(f"{xs[step]:.4f}" for step in (0, 1, 2, 5, 15))] for name, xs in found.items()]
    print(table(["rate", "x at first", "1 step", "2 steps", "5 steps", "15 steps"], rows))
    print("\nThe lowest point is x = 1.")
    axes = plots.pyplot().subplots(1, len(found), figsize=(15, 4), layout="constrained")[1]
    for (name, xs), ax in zip(found.items(), axes):
        plots.descent(parabola, xs, ax, name, low=-8, high=10)
    return saved(axes, "learning_rate.png", out)


if __name__ == "__main__":
    main()
