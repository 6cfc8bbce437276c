"""The image classifier: 64-300-200-100-10 on handwritten digits, Adam 0.005, sparse categorical cross-entropy.

    python3 demos digits                       scikit-learn's digits, 8 x 8
    python3 demos digits --seeds 5             five seeds, and the median of their test accuracies
    python3 demos digits --mnist FOLDER        your own copy of MNIST's four files, 28 x 28
"""

# %% Rows scaled to [0, 1], some set apart for the test, some drawn at random for validation

import argparse
import statistics
import sys
import time
from pathlib import Path

from _shared import OUT, saved

from autodiff import nn
from autodiff.errors import AutodiffError
from autodiff.nn import idx, plots


def small_digits():
    return *nn.data.train_validation_split(*nn.data.digits(), 360, seed=0), 200


def mnist(folder):
    found = []
    for part in ("train", "t10k"):
        for kind, reader in (("images-idx3", idx.read_images), ("labels-idx1", idx.read_labels)):
            path = Path(folder) / f"{part}-{kind}-ubyte"
            array = reader(path if path.exists() else f"{path}.gz")
            found.append(array.reshape(len(array), -1).squeeze())
    return *found, 5000


# %% One training run

def train(data, seed, epochs, batch_size=32):
    """The model, its history, its accuracy on the test rows, and the seconds that it took."""
    X, y, X_test, y_test, held_out = data
    X, X_test = X / X.max(), X_test / X.max()  # min-max scaling: the least pixel is 0
    X, y, *new = nn.data.train_validation_split(X, y, held_out, seed=seed)
    hidden = [nn.Dense(units, "relu") for units in (300, 200, 100)]
    model = nn.Sequential([nn.Input(X.shape[1]), *hidden, nn.Dense(10, "softmax")], seed=seed)
    model.compile(nn.Adam(lr=0.005), "sparse_categorical_crossentropy", ["accuracy"])
    start = time.perf_counter()
    history = model.fit(X, y, batch_size, epochs, validation_data=new, seed=seed)
    return model, history, model.evaluate(X_test, y_test)[1], time.perf_counter() - start


# %% Everything together

def main(epochs=20, seeds=1, folder=None, out=OUT):
    """Train for each seed, print what came out, draw losses and first weights; return the test accuracies."""
    data = mnist(folder) if folder else small_digits()
    found = []
    for seed in range(seeds):
        model, history, accuracy, seconds = train(data, seed, epochs)
        found.append(accuracy)
        print(f"seed {seed}: {model.count_params():,} parameters, {epochs} epochs in {seconds:.1f} s, "
              f"validation {history.history['val_accuracy'][-1]:.1%}, test {accuracy:.2%}", flush=True)
    print(f"median test accuracy: {statistics.median(found):.2%}")
    axes = plots.pyplot().subplots(1, 2, figsize=(11, 4), layout="constrained")[1]
    for name, ax in zip(("loss", "accuracy"), axes):
        plots.losses(history, (name, f"val_{name}"), ax).set(title=name)
    saved(axes, "digits.png", out)
    side, first = round(data[0].shape[1] ** 0.5), plots.pyplot().subplots(3, 8, figsize=(9, 4))[1]
    saved(plots.layer_weights(model.layers[0], (side, side), ax=first), "digits_weights.png", out)
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--mnist", metavar="FOLDER", dest="folder")
    try:
        main(**vars(parser.parse_args()))
    except (AutodiffError, OSError) as error:
        sys.exit(str(error))
