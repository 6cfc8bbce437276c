"""Backpropagation in four stages: forward pass, error at the output, gradients from back to front, update."""

# %% A network of 2-2-1 on one row

from _shared import table

from autodiff import nn
from autodiff.graph import topological_order

ROW, LABEL, RATE = [1.0, 0.5], 1, 0.5


def forward(model):
    """Stage 1: the outputs of each layer."""
    hidden = model.layers[0](ROW)
    return hidden, model.layers[1](hidden)


def gradients(model, hidden, output, loss):
    """Stage 3: from back to front, what each layer's values and weights have received."""
    rows = [["loss", f"{loss.grad:.6f}"], ["output", f"{output.grad:.6f}"]]
    for name, parameter in reversed(list(model.layers[1].named_parameters())):
        rows.append([f"output layer, {name}", f"{parameter.grad:.6f}"])
    rows += [[f"hidden output {k}", f"{h.grad:.6f}"] for k, h in enumerate(hidden)]
    for name, parameter in reversed(list(model.layers[0].named_parameters())):
        rows.append([f"hidden layer, {name}", f"{parameter.grad:.6f}"])
    return rows


# %% Everything together

def main(seed=1):
    model = nn.MLP(2, [2, 1], activation="sigmoid", output="sigmoid", seed=seed)
    optimizer = nn.SGD(model.parameters(), lr=RATE)
    hidden, output = forward(model)
    print(f"1. Forward pass: {ROW} -> {[round(h.data, 6) for h in hidden]} -> {output.data:.6f}")
    loss = nn.losses.binary_crossentropy([LABEL], [output])
    print(f"\n2. Error at the output: label {LABEL}, prediction {output.data:.6f}, loss {loss.data:.6f}")
    loss.backward()
    rows = gradients(model, hidden, output, loss)
    print(f"\n3. Gradients from back to front, through {len(topological_order(loss))} nodes")
    print(table(["of the loss, along", "gradient"], rows))
    before = [parameter.data for parameter in model.parameters()]
    optimizer.step()
    changes = [[name, f"{old:.6f}", f"{p.grad:.6f}", f"{p.data:.6f}"]
               for old, (name, p) in zip(before, model.named_parameters())]
    print(f"\n4. Update: weight - {RATE} * gradient")
    print(table(["parameter", "before", "gradient", "after"], changes))
    after = nn.losses.binary_crossentropy([LABEL], [forward(model)[1]]).data
    print(f"\nThe loss fell from {loss.data:.6f} to {after:.6f}")
    return loss.data, after


if __name__ == "__main__":
    main()
