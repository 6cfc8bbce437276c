"""What a notebook shows of a model and of a training run: HTML that holds text alone, and a curve of the losses.

>>> preformatted("a < b")
'<pre>a &lt; b</pre>'
>>> curve([4.0, 2.0, 1.0]).count(",")
3
"""

from collections.abc import Mapping, Sequence
from html import escape
from math import isfinite

WIDE, HIGH = 360, 110  # of a curve, in pixels
COLOURS = ("#0072b2", "#c24a00", "#00664b", "#93396b")


def preformatted(text: str) -> str:
    """Lines of text as they stand."""
    return f"<pre>{escape(text)}</pre>"


def curve(numbers: Sequence[float], low: float | None = None, high: float | None = None) -> str:
    """The points of a polyline over the whole width; numbers that are none are left out."""
    finite = [x for x in numbers if isfinite(x)] or [0.0]
    low = min(finite) if low is None else low
    high = max(finite) if high is None else high
    across, up = WIDE / max(len(numbers) - 1, 1), HIGH / ((high - low) or 1.0)
    points = [(i * across, HIGH - (x - low) * up) for i, x in enumerate(numbers) if isfinite(x)]
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def history_table(history: Mapping[str, Sequence[float]], epochs: int) -> str:
    """The first and the last number of each quantity, and its curve."""
    lines = [f"<table><caption>{epochs} epochs</caption><tr><th>quantity<th>first<th>last<th>course</tr>"]
    for i, (name, numbers) in enumerate(history.items()):
        pen = f'fill="none" stroke="{COLOURS[i % len(COLOURS)]}" stroke-width="2"'
        line = f'<polyline {pen} points="{curve(numbers)}"/>'
        sketch = f'<svg viewBox="-2 -2 {WIDE + 4} {HIGH + 4}" width="180" height="55" role="img">{line}</svg>'
        cells = [escape(name), f"{numbers[0]:.6g}", f"{numbers[-1]:.6g}", sketch]
        lines.append(f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    return "".join([*lines, "</table>"])
