"""Compiled programs: scalar code recorded once, run at the speed of arrays, and shown as array code.

    compile(f)      the function on numbers, or on arrays with one entry per row: .value_and_grad, .source, .program
    Program         the straight line of array instructions that it becomes: prints, checks itself, saved as JSON

    record.py       a function run once, as a tape in flat arrays     program.py    the records, printer and checker
    unroll.py       tape to scalar program                            grad.py       the reverse of a program
    roll.py         tape to array program: loops to matrix products   batch.py      the loss of a row on whole batches
    emit.py         program to source, for floats and for arrays      passes.py     fold, drop dead, share
    compact.py      source for floats in fewer lines

>>> from autodiff import exp
>>> f = compile(lambda x: exp(-x * x))
>>> f(1.0), f.value_and_grad(1.0)
(0.36787944117144233, (0.36787944117144233, (-0.7357588823428847,)))
"""

from .function import CompiledFunction, compile
from .program import Instruction, Program, checked, from_json, to_json

__all__ = ["CompiledFunction", "Instruction", "Program", "checked", "compile", "from_json", "to_json"]
