"""Vanishing gradients: many small local derivatives multiply to nearly 0, as those of a chain of sigmoids do."""

import random

from _shared import OUT, saved, table

from autodiff import Value, nn
from autodiff.nn import plots

ACTIVATIONS = {"sigmoid": plots.BLUE, "tanh": plots.GREEN, "relu": plots.ORANGE}


# %% A chain of single units, each with the weight 1: the gradient is the product of the local derivatives

def chain_gradients(activation, depth, x=3.0):
    """The gradient of the last output with respect to the input and to the output of each unit."""
    function = nn.activations.find(activation)
    units = [Value(x)]
    for _ in range(depth):
        units.append(function(units[-1]))
    units[-1].backward()
    return [unit.grad for unit in units]


# %% Networks of many units, with first weights that suit their activation, one backward pass

def gradient_sizes(activation, seed, depth, width=16, count=12):
    """The size of the weights' gradients in each layer, from the input on."""
    rng = random.Random(seed)
    X = [[rng.gauss(0, 1) for _ in range(width)] for _ in range(count)]
    y = [rng.randrange(2) for _ in X]
    model = nn.MLP(width, [width] * depth + [1], activation, output="sigmoid", seed=seed)
    nn.losses.binary_crossentropy(y, [model(row) for row in X]).backward()
    return plots.layer_gradients(model)


# %% Everything together

def main(seed=0, depth=10, out=OUT):
    left, right = axes = plots.pyplot().subplots(1, 2, figsize=(12, 4.5), layout="constrained")[1]
    chains = {name: chain_gradients(name, depth) for name in ACTIVATIONS}
    found = {name: gradient_sizes(name, seed, depth) for name in ACTIVATIONS}
    for name, colour in ACTIVATIONS.items():
        left.plot(chains[name], marker="o", color=colour, label=name)
        right.plot(range(1, depth + 2), found[name], marker="o", color=colour, label=name)
    left.set(title="A chain of single units, from x = 3", yscale="log", xlabel="unit, from the input (0 is x)",
             ylabel="gradient of the last output")
    right.set(title="Networks with first weights that suit them", yscale="log", xlabel="layer, from the input",
              ylabel="root mean square of the weights' gradients")
    left.legend()
    rows = [[name, f"{chains[name][0]:.1e}", *(f"{sizes[k]:.1e}" for k in (0, depth // 2, depth)),
             f"{sizes[depth] / sizes[0]:,.0f}"] for name, sizes in found.items()]
    print(table(["activation", "chain, at x", "first layer", "middle layer", "last layer", "last / first"], rows))
    print("\nThe derivative of a sigmoid is at most 1/4, and each unit multiplies by it. That of tanh is 1 at 0 and"
          "\nnearly 0 where it saturates: small first weights prevent that. That of relu is 1 for a positive input.")
    saved(axes, "vanishing_gradients.png", out)
    return {"chains": chains, "networks": found}


if __name__ == "__main__":
    main()
