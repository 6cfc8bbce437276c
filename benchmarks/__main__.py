"""`python -m benchmarks [TABLE ...]`: measure everything, or the tables named.

    python -m benchmarks            every table (several minutes)
    python -m benchmarks eager      the eager engine beside micrograd
    python -m benchmarks native     the engine in C beside the Python engine and others (2 GB)
    python -m benchmarks callgrind  instructions of a small graph on both engines (needs valgrind)
    python -m benchmarks rolled     rolled NumPy beside NumPy by hand and PyTorch
    python -m benchmarks scalars    compiled programs beside micrograd and CasADi
    python -m benchmarks record     recording and rolling beside the eager forward pass
    python -m benchmarks growth     the same from 10^4 to 10^7 nodes, and its plot (3 GB)
    python -m benchmarks first      emitting and first calling XOR's program, in processes of their own
    python -m benchmarks jaxed      the rolled program under jax.jit beside JAX by hand
    python -m benchmarks before     today's code beside an older checkout's (BEFORE=its path)
    python -m benchmarks training   an epoch of the image classifier beside NumPy and PyTorch
"""

import sys
from importlib import import_module

from .clock import one_thread

TABLES = ("eager", "native", "rolled", "scalars", "record", "growth", "first", "jaxed", "training")
ASKED = ("callgrind", "before")  # only where it is named


def main(names: list[str]) -> int:
    """Print the tables; return 2 if one is not known."""
    one_thread()
    unknown = [name for name in names if name not in TABLES + ASKED]
    if unknown:
        print(f"Expected names of tables ({', '.join(TABLES + ASKED)}), got {' '.join(unknown)}.", file=sys.stderr)
        return 2
    for name in names or TABLES:
        for part in import_module(f".{name}", __package__).report():
            print(part, flush=True)
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
