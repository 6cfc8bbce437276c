"""How fast autodiff is, and beside what: `python -m benchmarks`, or `python -m benchmarks eager` for one table."""
