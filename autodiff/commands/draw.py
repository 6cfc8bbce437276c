"""`autodiff draw`: the computation graph, with its gradients."""

from __future__ import annotations

import argparse
import re
from typing import Any

from ..errors import ArgumentError
from .subject import add_subject, log_of, node_of, number_or, tell

AUTOMATIC = re.compile(r"v\d+′?(?: \(\d+\))?")  # what is called by its number alone
_OPTION = re.compile(r'\b(collapse|focus|depth|max_nodes)="?(\w[\w,]*)"?')


def add_parser(commands: Any) -> None:
    """Add `draw` to the commands of a parser."""
    drawing = commands.add_parser("draw", help="draw the computation graph, with its gradients",
                                  description="Draw the computation graph, with its gradients.")  # fmt: skip
    add_subject(drawing)
    drawing.add_argument("-o", "--save", metavar="FILE", help=".svg .png .pdf .dot .mmd or .txt; else text is printed")
    drawing.add_argument(
        "--collapse", metavar="LEVEL", type=_level, default="auto",
        help="one box for each neuron, layer, or scope of N steps; none for no such boxes; auto: as fine as fits",
    )  # fmt: skip
    drawing.add_argument("--focus", metavar="NODE", help="only what is around this node")
    drawing.add_argument("--radius", metavar="N", type=int, default=2, help="how far around it, in edges (2)")
    drawing.add_argument("--depth", metavar="N", type=int, help="only what is at most N edges before the result")
    drawing.add_argument("--max-nodes", metavar="N", type=int, default=500, help="how many boxes at most (500)")
    drawing.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Save the drawing, or print it as text."""
    from ..render import draw

    graph = log_of(options).graph
    values = list(graph.values)
    labels = {value: graph.nodes[number].label for value, number in graph.values.items()}
    names = {value: label for value, label in labels.items() if not AUTOMATIC.fullmatch(label)}
    focus = None if options.focus is None else values[graph.number(node_of(options.focus))]
    values[-1].backward()
    try:
        drawing = draw(
            values[-1], collapse=options.collapse, focus=focus, radius=options.radius, depth=options.depth,
            max_nodes=options.max_nodes, names=names,
        )  # fmt: skip
    except ArgumentError as error:  # which speaks of parameters of Python
        text = _OPTION.sub(lambda option: f"--{option[1].replace('_', '-')} {option[2]}", str(error))
        raise ArgumentError(text) from None
    if options.save:
        tell(drawing.save(options.save))
    else:
        print(drawing.text())


def _level(text: str) -> str | int | None:
    """How far to collapse a drawing, as people write it."""
    return None if text == "none" else number_or(text)
