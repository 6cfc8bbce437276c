"""Optimizers race: SGD, momentum, Adagrad, RMSprop, Adam and Nadam down a valley, and off a saddle where SGD stalls."""

# %% The same start for all

import sys

from _shared import OUT, saved, table

from autodiff import Value, nn
from autodiff.nn import data, plots

RACERS = {"SGD":      lambda p: nn.SGD(p, lr=0.1),
          "momentum": lambda p: nn.Momentum(p, lr=0.05, momentum=0.9),
          "Adagrad":  lambda p: nn.Adagrad(p, lr=0.6),
          "RMSprop":  lambda p: nn.RMSprop(p, lr=0.1),
          "Adam":     lambda p: nn.Adam(p, lr=0.3),
          "Nadam":    lambda p: nn.Nadam(p, lr=0.3)}
#           function      start           left, right, low, high
COURSES = {"valley": (data.valley, (-7.0, 2.0), (-8, 8, -3, 3)),
           "saddle": (data.saddle, (-2.0, 1e-9), (-3, 3, -3, 3))}


def path(make, function, start, steps):
    """Where an optimizer stands after each step."""
    x, y = Value(start[0]), Value(start[1])
    optimizer = make([x, y])
    found = [start]
    for _ in range(steps):
        optimizer.zero_grad()
        function(x, y).backward()
        optimizer.step()
        found.append((x.data, y.data))
    return found


def race(name, steps):
    function, start, span = COURSES[name]
    return function, {racer: path(make, function, start, steps) for racer, make in RACERS.items()}, span


# %% Everything together

def main(steps=60, animate=True, out=OUT):
    """Draw both races, and the first as an animation; return the paths by course."""
    found = {}
    axes = plots.pyplot().subplots(1, 2, figsize=(14, 6), layout="constrained")[1]
    for name, ax in zip(COURSES, axes):
        function, found[name], span = race(name, steps)
        plots.paths(function, found[name], span, ax).set(title=name)
        rows = [[racer, *(f"{x:.3g}" for x in walked[-1]), f"{function(*walked[-1]):.3g}"]
                for racer, walked in found[name].items()]
        print(f"{name}, after {steps} steps\n{table(['optimizer', 'x', 'y', 'height'], rows)}\n")
    print("On the saddle SGD has all but stopped at the origin, where the surface is level but not lowest.")
    saved(axes, "optimizers.png", out)
    if animate:
        function, walked, span = race("valley", steps)
        print(f"\nDrawn: {save_animation(plots.animated_paths(function, walked, span), out / 'optimizers.gif')}")
    return found


def save_animation(animation, path):
    from matplotlib.animation import PillowWriter

    from autodiff.nn.progress import progress

    with progress(31, "Animation") as advance:
        animation.save(path, PillowWriter(fps=8), dpi=70, progress_callback=lambda frame, count: advance())
    plots.pyplot().close("all")
    return path


if __name__ == "__main__":
    main(animate="--still" not in sys.argv)
