"""What a notebook shows of a model and of a training run: HTML that holds text alone, and curves of the losses.

>>> preformat("a < b")
'<pre>a &lt; b</pre>'
>>> curve([4.0, 2.0, 1.0]).count(",")
3
"""

from collections.abc import Mapping, Sequence
from html import escape
from math import isfinite

WIDE, HIGH = 360, 110  # of a curve, in pixels
COLOURS = ("#0072b2", "#c24a00", "#00664b", "#93396b")


def preformat(text: str) -> str:
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


def course(text: str, history: Mapping[str, Sequence[float]]) -> str:
    """What is seen while training goes on: a line of text, and a chart of each quantity that has two numbers or more.

    >>> course("epoch 2", {"loss": [2.0, 1.0], "val_loss": [3.0, 2.0]}).count("<polyline")
    2
    """
    names = [name for name, numbers in history.items() if not name.startswith("val_") and len(numbers) > 1]
    return f"{preformat(text)}<div>{''.join(chart(name, history) for name in names)}</div>"


def chart(name: str, history: Mapping[str, Sequence[float]]) -> str:
    """The curve of a quantity, and that of the validation rows beside it, on one scale."""
    curves = {each: thin(history[each]) for each in (name, f"val_{name}") if each in history}
    finite = [x for numbers in curves.values() for x in numbers if isfinite(x)] or [0.0]
    low, high = min(finite), max(finite)
    style = 'font-family="sans-serif" font-size="12" fill="currentColor"'
    parts = [f'<rect width="{WIDE}" height="{HIGH}" fill="none" stroke="currentColor" stroke-opacity="0.3"/>',
             f'<text x="-6" y="10" text-anchor="end">{high:.4g}</text>',
             f'<text x="-6" y="{HIGH}" text-anchor="end">{low:.4g}</text>',
             f'<text x="{WIDE}" y="{HIGH + 16}" text-anchor="end">epoch {len(history[name])}</text>']  # fmt: skip
    for i, (each, numbers) in enumerate(curves.items()):
        pen, points = f'fill="none" stroke="{COLOURS[i]}" stroke-width="2"', curve(numbers, low, high)
        parts += [f'<polyline {pen} points="{points}"/>',
                  f'<text x="{170 * i}" y="-8" style="fill:{COLOURS[i]}">{escape(each)} {numbers[-1]:.4g}</text>']
    shape = f'viewBox="-64 -24 {WIDE + 72} {HIGH + 46}" width="{WIDE + 72}" height="{HIGH + 46}"'
    return f'<svg {shape} role="img" {style}>{"".join(parts)}</svg>'


def thin(numbers: Sequence[float]) -> list[float]:
    """No more numbers than a curve has pixels, the last among them."""
    stride = -(-len(numbers) // WIDE)
    return list(numbers[::-1][::stride][::-1])
