"""Drawings of computation graphs: `draw(y)` shows it in a notebook, `draw(y).save("y.svg")` writes it.

    style      the numerals, the signs, the colours
    picture    Picture: plain nodes and edges, all that the renderers below read
    plan       Values -> Picture; with labels, scopes, models, boxes, through, edges and focus, all that reads Values
    arrows     what is written on an edge
    dot        Picture -> DOT
    engine     DOT -> SVG, PNG, PDF by whichever engine is there
    svg        what an engine's SVG still lacks: words for screen readers, colours for the night
    text       Picture -> a tree of lines
    mermaid    Picture -> Mermaid, for pages that render it
    network    Picture -> NetworkX
    difference   what changed between two Pictures
    checks     what `draw` is asked for, or an error
    drawing    `draw` and `Drawing`, which put the above together
    formulas   `formula`: Values -> text, LaTeX and Python, by way of simpler, writing, latex and python
"""

from .graph.drawing import Drawing, draw, draw_dot

__all__ = ["Drawing", "draw", "draw_dot"]
