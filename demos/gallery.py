"""A gallery of drawings: one neuron, whole networks collapsed to neurons and layers, scopes, gradients of gradients.

    python3 demos gallery             some fifteen drawings and demos/out/gallery/index.html, which shows them
    python3 demos gallery --readme    also writes those that the README shows, to docs/images/
"""

# %% What the drawings need

import html
import sys
from pathlib import Path

from autodiff import Value, draw, dot, exp, explain, gradient_graph, log, nn, relu, scope, sigmoid, softmax, where
from autodiff.errors import DrawingError
from autodiff.files import write_whole

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "demos" / "out" / "gallery"
IMAGES = ROOT / "docs" / "images"
README = ("xor_neurons", "beside")


def inputs(**numbers):
    """Values by their names."""
    return [Value(number, name=name) for name, number in numbers.items()]


def named(y, name):
    y.name = name
    return y


def passed_back(y):
    y.backward()
    return y


# %% One neuron

def linear():
    w0, x0, w1, x1, w2 = inputs(w0=2.0, x0=-1.0, w1=-3.0, x1=-2.0, w2=-3.0)
    return w0 * x0 + w1 * x1 + w2


def forward():
    """Before any backward pass: values and local derivatives are known by then, gradients are not."""
    return draw(named(sigmoid(linear()), "f"))


def chain_rule():
    """The chain rule, node by node: one neuron as eight elementary operations. Blue edges carry a positive gradient."""
    return draw(passed_back(named(1 / (exp(linear() * -1) + 1), "f")))


def contributions():
    """The same neuron with one sigmoid, and the arithmetic of the backward pass on every edge."""
    return draw(passed_back(named(sigmoid(linear()), "f")), show=["data", "grad", "slope", "flow", "contribution"])


def shared():
    """A value that is used three times: its gradient is the sum of what comes back along three edges."""
    x, = inputs(x=3.0)
    return draw(passed_back(named(x * x + 2 / x, "y")))


def blocked():
    """Nothing flows through a relu that is off, nor to the side that a `where` did not choose."""
    a, b = inputs(a=-1.5, b=2.0)
    return draw(passed_back(named(relu(a) * b + where(a > 0, log(a), b), "y")))


def constants():
    """Top to bottom, with two digits, and each constant as a box of its own."""
    x, = inputs(x=0.5)
    return draw(passed_back(named((x * 2 + 1) ** 3, "y")), constants=True, digits=2, rankdir="TB")


# %% Networks

def xor_loss():
    model = nn.MLP(2, [8, 1], output="sigmoid", seed=3)
    loss = nn.losses.binary_crossentropy([1.0], [model([1.0, 0.0])])
    return passed_back(named(loss, "loss"))


def xor_whole():
    """The XOR network 2-8-1, every node of it: parameters in orange, neurons and layers framed."""
    return draw(xor_loss())


def xor_neurons():
    """The same, each neuron one box: its output, its gradient, the range of its parameters."""
    return draw(xor_loss(), collapse="neuron")


def xor_layers():
    """The same, each layer one box."""
    return draw(xor_loss(), collapse="layer")


def moons():
    """A 2-16-16-1 network collapsed to neurons, in 35 boxes."""
    return draw(passed_back(nn.MLP(2, [16, 16, 1], seed=1)([0.5, -1.0])), collapse="neuron")


def classifier():
    """The 784-300-200-100-10 image classifier with its loss, collapsed to layers: 316,810 parameters."""
    model = nn.MLP(784, [300, 200, 100, 10], output="softmax", seed=1)
    loss = -log(model([(i % 29) / 28 for i in range(784)])[3])
    return draw(passed_back(named(loss, "loss")), collapse="layer")


def part():
    """One hidden neuron of the XOR network and what is near it; dashed boxes say what is left out."""
    loss = xor_loss()
    return draw(loss, focus=hidden(loss), radius=2)


def hidden(loss):
    """The first hidden neuron that is on."""
    node = loss
    while node.op != "dot":
        node = next(parent for parent in node.parents if parent.parents)
    return next(parent for parent in node.parents if parent.op == "relu" and parent.data > 0)


# %% Scopes, paths, gradients, steps

def attention():
    """Attention over three words; the frames are `with scope("scores")` and its kin."""
    query, keys = inputs(query=0.7), inputs(key1=0.2, key2=-0.5, key3=1.1)
    values = inputs(value1=1.0, value2=2.0, value3=-1.0)
    with scope("scores"):
        scores = [query[0] * key for key in keys]
    with scope("softmax"):
        weights = softmax(*scores)
    with scope("mixture"):
        return draw(passed_back(named(dot(weights, values), "mixture.out")))


def path():
    """Why w0 has its gradient: the path that `explain` finds, highlighted."""
    f = passed_back(named(sigmoid(linear()), "f"))
    w0 = f.parents[0].parents[0].parents[0].parents[0]
    return draw(f, path=explain(f, w0))


def beside():
    """A neuron and, below it, the graph of its gradient, made of the same values and ready to be differentiated."""
    w, x, b = inputs(w=0.5, x=2.0, b=-0.3)
    y = passed_back(named(sigmoid(w * x + b), "y"))
    slopes = gradient_graph(y, [w, x, b])
    for slope, name in zip(slopes, ("dy/dw", "dy/dx", "dy/db")):
        slope.name = name
    return draw(slopes, beside=y)


def second():
    """The first derivative of x ** 3 and, below it, the second."""
    x, = inputs(x=2.0)
    first, = gradient_graph(x ** 3, [x])
    again, = gradient_graph(named(first, "3 x ** 2"), [x])
    return draw(named(again, "6 x"), beside=first)


def training_step():
    """What one step of gradient descent changes: each number before and after."""
    model = nn.MLP(2, [3, 1], seed=1)
    optimizer = nn.SGD(model.parameters(), 0.1)

    def loss():
        model.zero_grad()
        return passed_back(named((model([1.0, 0.5]) - 1.0) ** 2, "loss"))

    before = draw(loss(), collapse="neuron")
    optimizer.step()
    return draw(loss(), collapse="neuron").since(before)


# %% Everything together

DRAWINGS = [
    forward, chain_rule, contributions, shared, blocked, constants,
    xor_whole, xor_neurons, xor_layers, moons, classifier, part,
    attention, path, beside, second, training_step,
]  # fmt: skip

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Drawings by autodiff</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }}
figure {{ margin: 2.5rem 0; overflow-x: auto; }}
img {{ max-width: 100%; max-height: 95vh; border-radius: 6px; }}
figcaption {{ margin-bottom: .5rem; }}
code {{ font-weight: bold; }}
</style>
<h1>Drawings by autodiff</h1>
{figures}
</html>
"""
FIGURE = """<figure>
<figcaption><code>{name}</code> {text}</figcaption>
<a href="{name}.svg"><img src="{name}.svg" alt="{alt}"></a>
</figure>"""


def main(arguments=(), out=OUT):
    """Draw everything; print and return the paths."""
    out.mkdir(parents=True, exist_ok=True)
    figures, paths = [], []
    for make in DRAWINGS:
        drawing, name = make(), make.__name__
        try:
            paths.append(drawing.save(out / f"{name}.svg"))
        except DrawingError as error:
            print(f"{name}.svg was not drawn. {error}")
            return [drawing.save(out / f"{name}.txt")]
        if "--readme" in arguments and name in README:
            paths.append(drawing.save(IMAGES / f"{name}.svg"))
        print(f"{name:14} {drawing!r}")
        words = html.escape(make.__doc__.replace("`", ""))
        figures.append(FIGURE.format(name=name, text=words, alt=html.escape(repr(drawing))))
    paths.append(write_whole(out / "index.html", PAGE.format(figures="\n".join(figures))))
    print(f"\nOpen {paths[-1]}")
    return paths


if __name__ == "__main__":
    main(sys.argv[1:])
