"""Compiled programs: scalar code recorded once, run at the speed of arrays, and shown as array code.

    compile(f)      the function on numbers, or on arrays with one entry per row: .value_and_grad, .source, .program
    Program         the straight line of array instructions that it becomes: prints, checks itself, saved as JSON

Top to bottom, from the function that a user gives to the one that runs:

    function       compile, and what it returns
    recordings     a specialization for each outcome of its comparisons; batch: those of a training step
    record/        runs a function once: the recorder, the tape, the arguments of a call, the tape as scalars
    vectorize/     the tape as an array program: loops become matrix products
    ir/            what a program is: instructions, passes, its reverse, the checker, JSON
    codegen/       from a program to source, and from source to a function; C for tapes
    backends       arrays of a target, in and out

>>> from autodiff import exp
>>> f = compile(lambda x: exp(-x * x))
>>> f(1.0), f.value_and_grad(1.0)
(0.36787944117144233, (0.36787944117144233, (-0.7357588823428847,)))
"""

from .ir.check import check
from .function import CompiledFunction, compile
from .ir.program import Instruction, Program
from .ir.json import from_json, to_json

__all__ = ["CompiledFunction", "Instruction", "Program", "check", "compile", "from_json", "to_json"]
