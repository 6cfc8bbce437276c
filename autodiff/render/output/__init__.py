"""From a Picture to DOT, SVG, PNG, PDF, text, Mermaid and NetworkX."""
