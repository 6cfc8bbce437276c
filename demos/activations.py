"""Activation functions and their derivatives, a sheet of 2 x 3 and one with softmax and sign as well."""

# %% Sigmoid, tanh, relu, leaky relu, maxout, ELU; softmax, and sign for comparison

from _shared import OUT, saved, table

from autodiff import nn, softmax
from autodiff.nn import plots

NAMES = ["sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "silu", "gelu", "sign"]
POINTS = (-10.0, -1.0, 0.0, 1.0, 10.0)


def slopes():
    """The derivative of each activation at a few points: where it is 0, nothing is learned."""
    rows = []
    for name in NAMES:
        function = nn.activations.find(name)
        rows.append([name, *(f"{plots.value_and_slope(function, x)[1]:.4g}" for x in POINTS)])
    return table(["derivative of", *(f"at {x:g}" for x in POINTS)], rows)


def softmax_example(scores=(2.0, 1.0, 0.1)):
    """Scores as probabilities."""
    probabilities = softmax(*scores)
    return f"softmax{scores} = {[round(p, 4) for p in probabilities]}, which adds up to {sum(probabilities):.15g}"


# %% Everything together

def main(out=OUT):
    print(slopes())
    print("\nSign has the derivative 0 everywhere, so it cannot be trained by gradients.\n\n" + softmax_example())
    return [saved(plots.activation_sheet(-10, 10), "activations_10.png", out),
            saved(plots.activation_sheet(-5, 5, [*plots.SHEET, "softmax", "sign"]), "activations_5.png", out)]


if __name__ == "__main__":
    main()
