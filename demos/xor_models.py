"""XOR as the lectures write it: a sequential model and the functional form, with summary, compile, fit and predict."""

# %% The same network twice

import sys

from _shared import table

from autodiff import nn

X, Y = nn.data.xor()


def sequential(seed):
    return nn.Sequential([nn.Input(shape=(2,)), nn.Dense(8, "relu"), nn.Dense(1, "sigmoid")], seed=seed)


def functional(seed):
    inputs = nn.Input(shape=(2,))
    hidden = nn.Dense(8, activation="relu", seed=seed)(inputs)
    outputs = nn.Dense(1, activation="sigmoid", seed=seed + 1)(hidden)
    return nn.Model(inputs=inputs, outputs=outputs)


def linear(seed):
    """Logistic regression, which must fail."""
    return nn.Sequential([nn.Input(shape=(2,)), nn.Dense(1, "sigmoid")], seed=seed)


# %% Everything together

def main(epochs=1000, seed=1, verbose="auto"):
    """Train the three models; `python3 demos xor_models 1` is verbose. Returns the predictions by name."""
    found = {}
    for name, make in {"linear": linear, "sequential": sequential, "functional": functional}.items():
        model = make(seed)
        model.summary()
        model.compile(optimizer=nn.SGD(learning_rate=0.1), loss="binary_crossentropy", metrics=["accuracy"])
        history = model.fit(X, Y, batch_size=4, epochs=epochs, verbose=verbose)
        found[name] = model.predict(X)[:, 0].tolist()
        print(f"{name}: loss {history.history['loss'][0]:.4f} -> {history.history['loss'][-1]:.4f}, "
              f"accuracy {history.history['accuracy'][-1]}\n")
    rows = [[*row, label, *(f"{found[name][k]:.4f}" for name in found)]
            for k, (row, label) in enumerate(zip(X.astype(int).tolist(), Y))]
    print(table(["x1", "x2", "label", *found], rows))
    return found


if __name__ == "__main__":
    main(verbose=int(sys.argv[1]) if sys.argv[1:] else "auto")
