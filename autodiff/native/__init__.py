"""The engine in C: what is written by hand, and what `generate` writes from the table of operations."""
