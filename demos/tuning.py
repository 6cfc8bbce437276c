"""What one tunes: batch size, width (units per layer) and depth (layers), each on two moons."""

# %% One training run

import time

from _shared import OUT, saved, table

from autodiff import nn
from autodiff.nn import plots

X, Y = nn.data.moons(80, noise=0.15, seed=0)
X_NEW, Y_NEW = nn.data.moons(80, noise=0.15, seed=1)

RUNS = {"batch size": {f"batches of {size}": dict(batch_size=size) for size in (1, 8, 80)},
        "width":      {f"{units} units": dict(widths=[units]) for units in (2, 8, 32)},
        "depth":      {f"{depth} hidden": dict(widths=[8] * depth) for depth in (0, 1, 3)}}


def train(epochs, seed, batch_size=8, widths=(8,)):
    """A network of those widths, its history, and how long it took."""
    hidden = [nn.Dense(units, "relu") for units in widths]
    model = nn.Sequential([nn.Input(2), *hidden, nn.Dense(1, "sigmoid")], seed=seed)
    model.compile(nn.SGD(lr=0.3), "binary_crossentropy", ["accuracy"])
    start = time.perf_counter()
    history = model.fit(X, Y, batch_size=batch_size, epochs=epochs)
    return model, history, time.perf_counter() - start


# %% Everything together

def main(epochs=25, seed=3, out=OUT):
    """Train every variant; draw the losses; return the accuracy on new rows by name."""
    found, rows = {}, []
    axes = plots.pyplot().subplots(1, 3, figsize=(14, 4.2), sharey=True, layout="constrained")[1]
    for (what, runs), ax in zip(RUNS.items(), axes):
        for (name, options), colour in zip(runs.items(), plots.COLOURS):
            model, history, seconds = train(epochs, seed, **options)
            ax.plot(range(1, epochs + 1), history.history["loss"], color=colour, label=name)
            found[name] = model.evaluate(X_NEW, Y_NEW)[1]
            rows.append([what, name, model.count_params(), -(-len(X) // options.get("batch_size", 8)) * epochs,
                         f"{history.history['loss'][-1]:.4f}", f"{found[name]:.1%}", f"{seconds:.1f} s"])
        ax.set(title=what, xlabel="epoch")
        ax.legend()
    axes[0].set(ylabel="loss on training rows", ylim=(0, None))
    print(table(["tuned", "variant", "parameters", "steps", "loss", "accuracy on new rows", "time"], rows))
    saved(axes, "tuning.png", out)
    return found


if __name__ == "__main__":
    main()
