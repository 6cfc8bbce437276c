"""Drawings of computation graphs: `draw(y)` shows it in a notebook, `draw(y).save("y.svg")` writes it.

    graph/      from Values to a Picture of plain nodes and edges: labels, scopes, boxes, parts, differences, style
    output/     from a Picture to DOT, SVG, PNG, PDF, text, Mermaid and NetworkX, by whichever drawing engine is there
    drawing     `draw` and `Drawing`, which put the two together
    formula/    `formula`: from Values to text, LaTeX and Python
    steps/      the stepper: its page, its text, its JSON, the terminal
    quiz/       exercises in backpropagation
    assets/     the scripts and styles that pages are put together from
"""

from .drawing import Drawing, draw, draw_dot

__all__ = ["Drawing", "draw", "draw_dot"]
