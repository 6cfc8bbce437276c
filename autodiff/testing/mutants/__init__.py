"""Wrong engines, to test tests with: `load(MUTANTS["tanh: square lost"])`."""

from .wrong_engines import MUTANTS, Engine, Mutant, load, source

__all__ = ["MUTANTS", "Engine", "Mutant", "load", "source"]
