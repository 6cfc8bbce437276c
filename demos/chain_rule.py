"""The chain rule, node by node: one neuron as eight elementary operations and as one sigmoid, checked and drawn.

    f = 1 / (1 + exp(-(w0*x0 + w1*x1 + w2)))   at   w0 = 2, x0 = -1, w1 = -3, x1 = -2, w2 = -3

    python3 demos chain_rule             tables, checks, and a drawing in demos/out/
    python3 demos chain_rule --readme    also writes the drawing that the README shows, docs/images/chain_rule.svg
"""

# %% Five inputs, and what a lecture expects of them

import math
import sys
from pathlib import Path

from autodiff import Value, draw, exp, sigmoid
from autodiff.errors import DrawingError
from autodiff.graph import topological_order

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "demos" / "out"
README_PICTURE = ROOT / "docs" / "images" / "chain_rule.svg"

INPUTS = {"w0": 2.0, "x0": -1.0, "w1": -3.0, "x1": -2.0, "w2": -3.0}
OUTPUT = 0.7310585786300049
#            name   all digits             two decimals, as printed in the lecture
GRADIENTS = {"w0": (-0.19661193324148185, -0.2),
             "x0": ( 0.3932238664829637,   0.39),
             "w1": (-0.3932238664829637,  -0.39),
             "x1": (-0.5898357997244456,  -0.59),
             "w2": ( 0.19661193324148185,  0.2)}


class Mismatch(Exception):
    """A number that is not the lecture's."""


# %% The same function twice

def as_elementary_operations(w0, x0, w1, x1, w2):
    """Multiply, multiply, add, add, times -1, exp, + 1, 1 / x."""
    return 1 / (exp((w0 * x0 + w1 * x1 + w2) * -1) + 1)


def as_one_sigmoid(w0, x0, w1, x1, w2):
    return sigmoid(w0 * x0 + w1 * x1 + w2)


def evaluated(function):
    """The function at the inputs: its value, and the inputs by name."""
    inputs = {name: Value(data, name=name) for name, data in INPUTS.items()}
    return function(**inputs), inputs


# %% What happened at each node

def steps_of(f):
    """The nodes that f is made of, in the order of computation, with labels: inputs by name, operations (1), (2), …"""
    order = [node for node in topological_order(f) if node.op != "constant"]
    operations = [node for node in order if node.parents]
    labels = {node: node.name for node in order if not node.parents}
    return labels | {node: f"({number})" for number, node in enumerate(operations, 1)}


def spelled(node, labels):
    """An operation over the labels of its operands: `w0 * x0`, `exp((5))`."""
    words = [labels.get(parent) or f"{parent.data:g}" for parent in node.parents]
    signs = {"add": "+", "mul": "*", "div": "/"}
    return f" {signs[node.op]} ".join(words) if node.op in signs else f"{node.op}({', '.join(words)})"


def table(f):
    """Forward value, local derivatives and gradient of every node."""
    labels = steps_of(f)
    rows = [("node", "operation", "value", "local derivatives", "gradient", "rounded")]
    for node, label in labels.items():
        operation = spelled(node, labels) if node.parents else "input"
        slopes = ", ".join(f"{slope:.6g}" for slope in node.slopes if slope is not None)
        rows.append((label, operation, repr(node.data), slopes, repr(node.grad), f"{round(node.grad, 2):g}"))
    return aligned(rows)


def backpropagation(f):
    """Each contribution of the backward pass: the upstream gradient times the local derivative of the edge."""
    labels = steps_of(f)
    rows = [("from", "to", "upstream gradient", "local derivative", "contribution")]
    for node in reversed(labels):
        for parent, slope in zip(node.parents, node.slopes):
            if slope is not None:
                numbers = [f"{number:.6g}" for number in (node.grad, slope, node.grad * slope)]
                rows.append((labels[node], labels[parent], *numbers))
    return aligned(rows)


def aligned(rows):
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    return "\n".join([lines[0], "─" * max(map(len, lines)), *lines[1:]])


# %% The check

def check(f, inputs, ulps):
    """Compare with the lecture's numbers, allowing so many units in the last place; a difference is an error.

    One sigmoid rounds once where four operations round four times, and lands on the lecture's gradients; the others may
    end one unit in the last place beside them, which is the 17th significant digit.
    """
    require("f", f.data, OUTPUT, 0)
    for name, (exact, printed) in GRADIENTS.items():
        require(f"the gradient of {name}", inputs[name].grad, exact, ulps)
        require(f"the gradient of {name} to two decimals", round(inputs[name].grad, 2), printed, 0)


def require(what, got, expected, ulps):
    if not abs(got - expected) <= ulps * math.ulp(expected):
        raise Mismatch(f"{what}: expected {expected!r} within {ulps} ulp, got {got!r}")


# %% Everything together

def main(arguments=(), out=OUT):
    """Print both versions node by node, check them, and save the drawing; return the paths of what was saved."""
    shown = []
    for heading, function, ulps in [
        ("As eight elementary operations", as_elementary_operations, 1),
        ("As one sigmoid",                 as_one_sigmoid,           0),
    ]:
        f, inputs = evaluated(function)
        f.name = "f"
        f.backward()
        print(f"\n{heading}\n\n{table(f)}")
        print(f"\nBackpropagation, from the output to the inputs\n\n{backpropagation(f)}")
        check(f, inputs, ulps)
        digits = "every digit but at most the 17th" if ulps else "every digit"
        print(f"\nThe output and the five gradients agree with the lecture's: {digits}, and both decimals.")
        shown.append(f)
    return saved(draw(shown[0]), out, "--readme" in arguments)


def saved(drawing, out, for_readme):
    """Save the drawing as SVG and PNG, each where an engine can; print every path."""
    out.mkdir(parents=True, exist_ok=True)
    places = [out / "chain_rule.svg", out / "chain_rule.png", *([README_PICTURE] if for_readme else [])]
    paths = []
    for place in places:
        try:
            paths.append(drawing.save(place))
        except DrawingError as error:
            print(f"\n{place.name} was not drawn. {error}")
    if not paths:
        print(f"\n{drawing.text()}")
        paths.append(drawing.save(out / "chain_rule.dot"))
    print()
    for path in paths:
        print(f"Drawn: {path}")
    return paths


if __name__ == "__main__":
    main(sys.argv[1:])
