"""Vanishing gradients: through ten layers of sigmoid almost nothing comes back; relu keeps the gradient alive."""

# %% Ten hidden layers, one backward pass

import random

from _shared import OUT, saved, table

from autodiff import nn
from autodiff.nn import plots

ACTIVATIONS = {"sigmoid": plots.BLUE, "tanh": plots.GREEN, "relu": plots.ORANGE}


def gradient_sizes(activation, ax, seed, depth, width=16, count=12):
    """Draw the size of the gradient in each layer; return the sizes, from the input on."""
    rng = random.Random(seed)
    X = [[rng.gauss(0, 1) for _ in range(width)] for _ in range(count)]
    y = [rng.randrange(2) for _ in X]
    model = nn.MLP(width, [width] * depth + [1], activation, output="sigmoid", seed=seed)
    nn.losses.binary_crossentropy(y, [model(row) for row in X]).backward()
    plots.gradient_sizes(model, activation, ax, ACTIVATIONS[activation])
    return plots.layer_gradients(model)


# %% Everything together

def main(seed=0, depth=10, out=OUT):
    ax = plots.axes(None, figsize=(7, 4.5))
    found = {name: gradient_sizes(name, ax, seed, depth) for name in ACTIVATIONS}
    ax.set(title="What backpropagation brings to each layer")
    rows = [[name, *(f"{sizes[k]:.1e}" for k in (0, depth // 2, depth)), f"{sizes[depth] / sizes[0]:,.0f}"]
            for name, sizes in found.items()]
    print(table(["activation", "first layer", "middle layer", "last layer", "last / first"], rows))
    print("\nThe slope of a sigmoid is at most 1/4, and each layer multiplies by it; that of relu is 1 where it fires.")
    saved(ax, "vanishing_gradients.png", out)
    return found


if __name__ == "__main__":
    main()
