"""Overfitting: training loss falls while validation loss rises; and augmentation, dropout and ensembles against it."""

# %% Few noisy rows, and a network with more parameters than it needs

import numpy as np
from _shared import OUT, saved, table

from autodiff import nn
from autodiff.nn import plots

X, Y = nn.data.moons(24, noise=0.35, seed=5)
X_NEW, Y_NEW = nn.data.moons(150, noise=0.35, seed=6)


def network(seed, rate=0.0):
    drop = [nn.Dropout(rate)] if rate else []
    return nn.Sequential([nn.Input(2), nn.Dense(32, "relu"), *drop, nn.Dense(1, "sigmoid")], seed=seed)


def train(model, epochs, augment=False, rows=slice(None)):
    """Train; with augmentation, every ten epochs on rows that noise has moved to new places."""
    model.compile(nn.Adam(lr=0.05), "binary_crossentropy", ["accuracy"])
    if not augment:
        return model.fit(X[rows], Y[rows], batch_size=24, epochs=epochs, validation_data=(X_NEW, Y_NEW))
    whole = nn.History()
    for first in range(0, epochs, 10):
        moved = np.concatenate([nn.data.noisy(X, 0.3, seed=10 * first + k) for k in range(3)])
        part = model.fit(moved, np.tile(Y, 3), batch_size=72, epochs=min(first + 10, epochs), initial_epoch=first,
                         validation_data=(X_NEW, Y_NEW))
        for place, epoch in enumerate(part.epoch):
            whole.add(epoch, {name: numbers[place] for name, numbers in part.history.items()})
    return whole


# %% Several networks together: the average, the largest, or the vote of their predictions

def ensemble(members, epochs, seed):
    """Each member learns from rows drawn with replacement, so that no two learn the same accidents."""
    models = [network(seed + k) for k in range(members)]
    for k, model in enumerate(models):
        train(model, epochs, rows=np.random.default_rng(seed + k).integers(len(X), size=len(X)))
    predictions = np.array([model.predict(X_NEW)[:, 0] for model in models])
    combined = {"average": predictions.mean(axis=0),
                "maximum": np.where(predictions.max(axis=0) > 1 - predictions.min(axis=0), 1.0, 0.0),
                "vote": (predictions > 0.5).mean(axis=0)}
    alone = [nn.metrics.binary_accuracy(Y_NEW, p) for p in predictions]
    return {"alone": sum(alone) / len(alone)} | {
        name: nn.metrics.binary_accuracy(Y_NEW, p) for name, p in combined.items()
    }


# %% Everything together

def main(epochs=150, members=9, seed=0, out=OUT):
    """Train each remedy, draw losses and boundaries; return the last validation losses and ensemble accuracies."""
    models = {"plain": network(seed), "dropout": network(seed, rate=0.5), "augmentation": network(seed)}
    history = {name: train(model, epochs, augment=name == "augmentation") for name, model in models.items()}
    axes = plots.pyplot().subplots(2, 3, figsize=(14, 8), layout="constrained")[1]
    rows = []
    for (name, found), (above, below) in zip(history.items(), axes.T):
        plots.losses(found, ax=above).set(title=name, ylim=(0, 1.5))
        plots.boundary(models[name], X, Y, below)
        ends = found.history
        rows.append([name, f"{ends['loss'][-1]:.3f}", f"{min(ends['val_loss']):.3f}", f"{ends['val_loss'][-1]:.3f}",
                     f"{ends['val_accuracy'][-1]:.1%}"])
    heads = ["network", "training loss", "validation loss, best", "at the end", "accuracy on new rows"]
    print(table(heads, rows))
    together = ensemble(members, epochs, seed)
    alone = together.pop("alone")
    print(f"\n{members} plain networks, each on rows drawn with replacement: alone {alone:.1%} on average; together by "
          + ", by ".join(f"{name} {x:.1%}" for name, x in together.items()))
    saved(axes, "overfitting.png", out)
    return {name: found.history["val_loss"][-1] for name, found in history.items()}, together


if __name__ == "__main__":
    main()
