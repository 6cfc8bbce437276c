"""What the demos share: where pictures go, and tables of aligned columns."""

import os
from pathlib import Path

# Before NumPy is imported: for matrices as small as these a second BLAS thread saves nothing, and on a busy machine its
# waiting makes training ten times as slow.
os.environ.setdefault("OMP_NUM_THREADS", "1")
OUT = Path(__file__).resolve().parent / "out"


def saved(axes, name, out=OUT):
    """Save the figure that the Axes stand on as a PNG; print and return its path."""
    import numpy as np
    from matplotlib import pyplot

    figure = np.ravel(axes)[0].figure
    out.mkdir(parents=True, exist_ok=True)
    figure.savefig(out / name, dpi=110)
    pyplot.close(figure)
    print(f"\nDrawn: {out / name}")
    return out / name


def table(heads, rows):
    """Rows under their heads, in aligned columns."""
    cells = [[str(cell) for cell in row] for row in [heads, *rows]]
    widths = [max(map(len, column)) for column in zip(*cells)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in cells]
    return "\n".join([lines[0], "─" * max(map(len, lines)), *lines[1:]])
