"""XOR: a linear model that cannot learn it, a network of eight hidden neurons that does, and one neuron drawn.

    (0, 0) -> 0    (0, 1) -> 1    (1, 0) -> 1    (1, 1) -> 0

    python3 demos xor        1,000 epochs of each, the predictions, and a drawing in demos/out/
"""

# %% Four rows that no straight line separates

from pathlib import Path

from autodiff import Value, draw, nn
from autodiff.errors import DrawingError
from autodiff.nn.progress import progress

OUT = Path(__file__).resolve().parent / "out"
X = [[0, 0], [0, 1], [1, 0], [1, 1]]
Y = [0, 1, 1, 0]


def linear_model(seed):
    """Logistic regression: one neuron with a sigmoid."""
    return nn.MLP(2, [1], output="sigmoid", seed=seed)


def network(seed):
    """Eight neurons with relu, then one with a sigmoid."""
    return nn.MLP(2, [8, 1], activation="relu", output="sigmoid", seed=seed)


# %% One training step: forward, loss, backward, update

def step(model, optimizer):
    """Move the parameters once; return the loss before."""
    predictions = [model(row) for row in X]
    loss = nn.losses.binary_crossentropy(Y, predictions)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.data


def train(model, epochs, label):
    """Train on all four rows at once, with a progress bar; return the losses."""
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    losses = []
    with progress(epochs, label) as advance:
        for _ in range(epochs):
            losses.append(step(model, optimizer))
            advance(f"loss {losses[-1]:.4f}")
    return losses


# %% What came out

def table(columns):
    """The four rows, their labels, and what each model predicts for them."""
    lines = ["  x1 x2  label" + "".join(f"  {name:>8}" for name in columns)]
    lines.append("  " + "─" * (len(lines[0]) - 2))
    for place, ((x1, x2), label) in enumerate(zip(X, Y)):
        cells = (f"  {predictions[place]:8.4f}" for predictions in columns.values())
        lines.append(f"  {x1:2} {x2:2}  {label:5}" + "".join(cells))
    return "\n".join(lines)


def right(predictions):
    """How many rows lie on their own side of 0.5."""
    return sum((p > 0.5) == bool(label) for p, label in zip(predictions, Y))


# %% One neuron of the trained network, on the row (1, 0)

def neuron_drawing(model):
    """The hidden neuron that says most about this row, forward and backward, with the others held constant."""
    hidden, output = model.layers
    signals = [h.data for h in hidden([1, 0])]
    chosen = max(range(len(signals)), key=lambda i: abs(signals[i] * output.neurons[0].w[i].data))
    x = [Value(1.0, name="x1"), Value(0.0, name="x2")]
    neuron = hidden.neurons[chosen](x)
    neuron.name = f"hidden neuron {chosen}"
    model.zero_grad()
    signals[chosen] = neuron
    nn.losses.binary_crossentropy([1], [output(signals)]).backward()
    return draw(neuron)


def save(drawing, out):
    """Save the drawing as SVG; where no engine draws, say so, and save the DOT source."""
    out.mkdir(parents=True, exist_ok=True)
    try:
        return drawing.save(out / "xor_neuron.svg")
    except DrawingError as error:
        print(f"xor_neuron.svg was not drawn. {error}")
        return drawing.save(out / "xor_neuron.dot")


# %% Everything together

def main(epochs=1000, seed=0, out=OUT):
    """Train both models and show what they predict; return the predictions of each by name."""
    found = {}
    for name, model in {"linear": linear_model(seed), "network": network(seed)}.items():
        losses = train(model, epochs, f"{name:7}")
        found[name] = [model(row).data for row in X]
        print(f"{name:7}  {len(model.parameters()):2} parameters, loss {losses[0]:.4f} -> {losses[-1]:.4f}, "
              f"{right(found[name])} of 4 rows right")
    furthest = max(abs(p - 0.5) for p in found["linear"])
    print(f"\n{table(found)}")
    print(f"\nNo straight line separates these rows: the linear model stays within {furthest:.4f} of 0.5.")
    print(f"\nOne hidden neuron of the network on (1, 0): {save(neuron_drawing(model), out)}")
    return found


if __name__ == "__main__":
    main()
