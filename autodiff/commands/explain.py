"""`autodiff explain`: why gradients are what they are."""

from __future__ import annotations

import argparse
from typing import Any

from ..errors import ArgumentError
from ..stepping.explanation import explain_gradient
from .subject import add_subject, log_of, node_of, tell


def add_parser(commands: Any) -> None:
    """Add `explain` to the commands of a parser."""
    why = commands.add_parser("explain", help="explain why gradients are what they are",
                              description="Explain why gradients are what they are.")  # fmt: skip
    add_subject(why)
    why.add_argument("--of", metavar="NODE", action="append", default=[],
                     help="whose gradient; else that of every input")  # fmt: skip
    why.add_argument("-o", "--save", metavar="FILE", help="also draw these paths: .svg, .png, .pdf, .dot")
    why.add_argument("--most", metavar="N", type=int, default=5, help="how many paths to list (5)")
    why.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print the explanations, and draw their paths if asked to."""
    graph = log_of(options).graph
    inputs = [node.label for node in graph.nodes if node.operation == "input"]
    if options.most < 0:
        raise ArgumentError(f"--most: expected how many paths to list, 0 or more, got {options.most}")
    found = [explain_gradient(graph, graph.number(node_of(x)), options.most) for x in options.of or inputs]
    print("\n\n".join(map(str, found)))
    if options.save:
        from ..render import draw

        root = list(graph.values)[-1]
        root.backward()
        path = [value for explanation in found for value in explanation.path]
        tell(draw(root, collapse="auto", path=path).save(options.save))
