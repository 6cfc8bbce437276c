"""The table that sums a model up: its layers, the shapes of their outputs, their parameters, and what these weigh.

>>> size(33), size(316_810)
('264.00 B', '2.42 MB')
"""

from collections.abc import Iterable, Sequence

from ...errors import ArgumentError
from ..layers.block import Block
from ..layers.symbol import with_rows
from ..keywords import snake_case

WIDTHS = (31, 22, 13)
BYTES = 8  # of a number


def summary_of(name: str, layers: Sequence[Block], total: int, trained: int) -> list[str]:
    """The lines of the summary: title, table, and the counts; a layer that is not built yet says so."""
    rows = [(f"{layer_name} ({type(layer).__name__})", *shape_and_count(layer))
            for layer_name, layer in zip(layer_names(layers), layers)]  # fmt: skip
    counts = (("Total", total), ("Trainable", trained), ("Non-trainable", total - trained))
    lines = "\n".join(f" {kind} params: {count:,} ({size(count)})" for kind, count in counts)
    return [f'Model: "{name}"', draw_table([("Layer (type)", "Output Shape", "Param #"), *rows]), lines]


def shape_and_count(layer: Block) -> tuple[str, str]:
    """A layer's output shape and number of parameters, as Keras prints them."""
    if layer.input_shape is None:
        return "?", "0 (unbuilt)"
    return with_rows(layer.output_shape or ()), f"{len(layer.parameters()):,}"


def size(count: int) -> str:
    """The memory that so many numbers take."""
    amount, units = float(count * BYTES), iter(("B", "KB", "MB", "GB", "TB"))
    unit = next(units)
    while amount >= 1024:
        amount, unit = amount / 1024, next(units)
    return f"{amount:.2f} {unit}"


def layer_names(layers: Iterable[Block]) -> list[str]:
    """The names of layers: their own, or dense, dense_1, dropout, …"""
    names: list[str] = []
    counts: dict[str, int] = {}
    for layer in layers:
        kind = snake_case(type(layer).__name__)
        earlier = counts.get(kind, 0)
        names.append(layer.name or (f"{kind}_{earlier}" if earlier else kind))
        counts[kind] = earlier + (not layer.name)
    return names


def require_unique_names(what: str, layers: Sequence[Block]) -> None:
    """An error where two layers were given one name: only the first could be found by it."""
    names = [layer.name for layer in dict.fromkeys(layers) if layer.name is not None]
    for name in names:
        if names.count(name) > 1:
            raise ArgumentError(f"{what}: expected names that no two layers share, got {name!r} twice")


def draw_table(rows: list[tuple[str, ...]]) -> str:
    """A table with lines around it; the first row is its head, the last column numbers."""
    widths = [max(width, *(len(row[column]) for row in rows)) for column, width in enumerate(WIDTHS)]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths)] + [row[-1].rjust(widths[-1])]
        lines.append(f"│ {' │ '.join(cells)} │")
    top, middle, bottom = (
        left + cross.join("─" * (width + 2) for width in widths) + right for left, cross, right in ("┌┬┐", "├┼┤", "└┴┘")
    )
    return "\n".join([top, lines[0], middle, *lines[1:], bottom])
