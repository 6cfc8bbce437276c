"""Recording and rolling from 10^4 to 10^7 nodes, once each, and a plot: `python -m benchmarks growth`.

The largest graph takes 3 GB and a minute or two. The plot is written beside this file, as rolling.svg.
"""

from collections.abc import Iterable
from pathlib import Path

from .clock import duration, machine, table
from .record import Times, arguments_of, ladder, network, timed

MOST = 12_000_000
PLOT = Path(__file__).with_name("rolling.svg")


def report() -> Iterable[str]:
    """One row for each network; five rounds of the small ones, one of those that take long."""
    yield machine(["numpy"])
    found = []
    for sizes in ladder(MOST):
        loss, parameters, inputs = network(sizes)
        times = timed(loss, *arguments_of(parameters, inputs), count=5 if sizes[0] < 500 else 1)
        found.append((sizes, times))
    rows = [["-".join(map(str, sizes)), times.nodes, duration(times.forward), duration(times.rolling),
             f"{times.whole / times.forward:.2f}", f"{1e6 * times.rolling / times.nodes:.2f}"]
            for sizes, times in found]  # fmt: skip
    columns = ["network", "nodes", "eager forward", "tape and roll", "recorded and rolled / forward", "us per node"]
    yield table("Recording and rolling the loss of one row", columns, rows)
    try:
        plotted([times for _, times in found])
        yield f"\nPlotted in {PLOT.name}."
    except ImportError:
        yield "\nNot plotted: matplotlib is missing; run: pip install 'autodiff-scalar[plot]'"


def plotted(found: list[Times]) -> None:
    """Seconds against nodes on logarithmic axes, where linear growth is a slope of 1."""
    import matplotlib

    matplotlib.rcParams["svg.hashsalt"] = "rolling"  # the same numbers, the same file
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3.4), layout="constrained")
    axes = figure.add_subplot()
    nodes = [times.nodes for times in found]
    for name, values, marker in (("eager forward", [t.forward for t in found], "o"),
                                 ("tape and roll", [t.rolling for t in found], "s")):
        axes.loglog(nodes, values, marker=marker, label=name)
    slope = found[-1].rolling / nodes[-1]
    axes.loglog(nodes, [slope * n for n in nodes], color="grey", linestyle=":", label="linear")
    axes.set(xlabel="nodes", ylabel="seconds")
    axes.legend()
    figure.savefig(PLOT, metadata={"Date": None})
