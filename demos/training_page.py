"""Training, live: XOR and two moons on pages of their own, with boundary, loss, weights and gradients.

    python3 demos training_page      writes demos/out/train_xor.html and train_moons.html

The pages need nothing else: open them in any browser, with or without a network. One step or many, the learning rate by
a slider; a rate that is too large diverges, and the page says so.
"""

# %% A network and its rows; the page trains it by itself

from pathlib import Path

from autodiff import nn, training_page

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "demos" / "out"


def xor():
    model = nn.MLP(2, [8, 1], activation="tanh", output="sigmoid", seed=1)
    return training_page(model, *nn.data.xor(), nn.losses.binary_crossentropy, rate=1.0, title="XOR")


def moons():
    model = nn.MLP(2, [16, 16, 1], activation="tanh", output="sigmoid", seed=1)
    return training_page(model, *nn.data.moons(100), nn.losses.binary_crossentropy, rate=0.5, title="Two moons")


# %% The pages

def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for name, page in {"xor": xor(), "moons": moons()}.items():
        path = page.save(OUT / f"train_{name}.html")
        print(f"{path.relative_to(ROOT)}: {page}, {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
