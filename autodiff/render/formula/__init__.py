"""Graphs as mathematics: text, LaTeX and Python."""
