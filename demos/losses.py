"""Losses: the documents' binary cross-entropies to the last digit, and every other loss on a small example."""

# %% Binary cross-entropy with 1e-7 added inside each logarithm

from _shared import table

from autodiff import Value, nn

LABELS = [1, 0, 0, 1, 0]
#             predictions                      the documents' number, which they leave blank for the third
DOCUMENTS = [([0.80, 0.10, 0.05, 0.90, 0.05], 0.10729012273129139),
             ([0.95, 0.05, 0.01, 0.95, 0.01], 0.03479600741200121),
             ([0.30, 0.40, 0.20, 0.65, 0.20], None)]

ROWS = {"mean_squared_error":              ([1.0, 2.0], [1.5, 2.5]),
        "mean_absolute_error":             ([1.0, 2.0], [1.5, 2.5]),
        "mean_squared_logarithmic_error":  ([1.0, 2.0], [1.5, 2.5]),
        "huber":                           ([1.0, 2.0], [1.5, 5.0]),
        "hinge":                           ([-1, 1], [-2.0, 0.5]),
        "binary_crossentropy":             ([1, 0], [0.8, 0.4]),
        "categorical_crossentropy":        ([[0, 1, 0]], [[0.2, 0.7, 0.1]]),
        "sparse_categorical_crossentropy": ([1], [[0.2, 0.7, 0.1]])}


def comparison():
    """Each of the documents' numbers beside the one computed here."""
    rows = []
    for predictions, expected in DOCUMENTS:
        loss = nn.losses.binary_crossentropy(LABELS, predictions, epsilon=1e-7).data
        verdict = "" if expected is None else "equal" if loss == expected else "DIFFERENT"
        rows.append([predictions, expected or "(blank)", loss, verdict])
    return rows


# %% Every loss by name, with the gradient of its first prediction

def examples():
    rows = []
    for name, (labels, predictions) in ROWS.items():
        nested = isinstance(predictions[0], list)
        values = [[Value(p) for p in row] for row in predictions] if nested else [Value(p) for p in predictions]
        loss = nn.losses.find(name)(labels, values)
        loss.backward()
        first = values[0][0] if nested else values[0]
        rows.append([name, labels, predictions, f"{loss.data:.6f}", f"{first.grad:.4f}"])
    return rows


# %% Everything together

def main():
    rows = comparison()
    print(f"Labels {LABELS}\n\n" + table(["predictions", "documents", "here", ""], rows))
    print("\n" + table(["loss", "y_true", "y_pred", "value", "first gradient"], examples()))
    return rows


if __name__ == "__main__":
    main()
