"""Learning-rate decay: large steps first, then smaller; beside a constant rate on noisy gradients."""

# %% Four schedules and a constant

import random

from _shared import OUT, saved, table

from autodiff import Value, nn
from autodiff.nn import plots
from autodiff.nn.schedules import CosineDecay, ExponentialDecay, InverseTimeDecay, StepDecay

STEPS = 200
RATES = {"constant": lambda step: 0.4,
         "exponential": ExponentialDecay(0.4, steps=50, rate=0.5),
         "step": StepDecay(0.4, steps=50, rate=0.4),
         "inverse time": InverseTimeDecay(0.4, steps=20),
         "cosine": CosineDecay(0.4, steps=STEPS)}


def descent(rate, seed):
    """Distance from the lowest point of x² after each step, along gradients that noise has shaken."""
    x, rng = Value(5.0), random.Random(seed)
    optimizer = nn.SGD([x], lr=rate)
    distances = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        (x * x).backward()
        x.grad += rng.gauss(0, 2)
        optimizer.step()
        distances.append(abs(x.data))
    return distances


# %% Everything together

def main(runs=20, out=OUT):
    """Draw rates and distances; return the mean distance over the last 20 steps of all runs, by schedule."""
    left, right = axes = plots.pyplot().subplots(1, 2, figsize=(12, 4.5), layout="constrained")[1]
    found = {}
    for (name, rate), colour in zip(RATES.items(), plots.COLOURS):
        walks = [descent(rate, seed) for seed in range(runs)]
        mean = [sum(walk[k] for walk in walks) / runs for k in range(STEPS)]
        found[name] = sum(mean[-20:]) / 20
        left.plot([rate(k) for k in range(STEPS)], color=colour, label=name)
        right.plot(mean, color=colour, label=name)
    left.set(title="learning rate", xlabel="step")
    right.set(title=f"mean distance from the lowest point, {runs} runs", xlabel="step", yscale="log")
    left.legend()
    print(table(["schedule", "distance at the end"], [[name, f"{x:.4f}"] for name, x in found.items()]))
    saved(axes, "decay.png", out)
    return found


if __name__ == "__main__":
    main()
