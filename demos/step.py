"""Backpropagation step by step: the chain-rule example and a row of XOR, as pages to step through, forward and back.

    python3 demos step           writes demos/out/step_chain_rule.html, step_xor.html and step_order.html
    python3 demos step --pictures    also photographs them for the guides, in docs/images/ (needs Chromium and Pillow)

The pages need nothing else: open them in any browser, with or without a network. Keys: ← → Home End and the space bar.
"""

# %% The chain rule on one neuron

import sys
from pathlib import Path

from autodiff import Value, exp, explain, nn, recording, steps

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "demos" / "out"


def chain_rule():
    """f = 1 / (1 + exp(-(w0*x0 + w1*x1 + w2))), with the line of each operation."""
    with recording():
        w0, x0, w1, x1, w2 = Value(2.0), Value(-1.0), Value(-3.0), Value(-2.0), Value(-3.0)
        f = 1 / (1 + exp(-(w0 * x0 + w1 * x1 + w2)))
        return steps(f), explain(f, w1)


# %% One step of training, on the row (0, 1) -> 1 of XOR

def xor_row(rate=0.1):
    """Forward pass, error at the output, gradients from back to front, weight update."""
    model = nn.MLP(2, [8, 1], activation="relu", output="sigmoid", seed=1)
    prediction = model([0.0, 1.0])
    loss = nn.losses.binary_crossentropy([1], [prediction])
    return steps(loss, parameters=model.parameters(), rate=rate, prediction=prediction)


# %% Why the order matters: the smallest program on which a recursion without a topological order is wrong

def wrong_order():
    a = Value(3.0)
    b = a + a
    c = b + b
    return steps(c, order="depth-first")


# %% The pages

def main(arguments):
    OUT.mkdir(parents=True, exist_ok=True)
    worked, why = chain_rule()
    print(worked.text(), "", why, sep="\n", end="\n\n")
    training, order = xor_row(), wrong_order()
    print(*list(map(str, order))[-5:], *order.text().splitlines()[-2:], sep="\n", end="\n\n")
    for name, log in {"chain_rule": worked, "xor": training, "order": order}.items():
        path = log.save(OUT / f"step_{name}.html")
        print(f"{path.relative_to(ROOT)}: {len(log)} steps, {path.stat().st_size // 1000} kB")
    if "--pictures" in arguments:
        import training_page
        from _photographs import photograph

        from autodiff.render.quiz.asking import worksheet

        training_page.main()
        worksheet(OUT / "worksheet.html", seed=3)
        photograph()


if __name__ == "__main__":
    main(sys.argv[1:])
