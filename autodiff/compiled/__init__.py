"""Compiled programs: scalar code recorded once, run at the speed of arrays, and shown as array code.

    compile(f)      the function on numbers, or on arrays with one entry per row: .value_and_grad, .source, .program
    Program         the straight line of array instructions that it becomes: prints, checks itself, saved as JSON

Top to bottom, from the function that a user gives to the one that runs:

    function.py     compile, and what it returns       parameters.py, call.py      the arguments of a call
    ways.py         one recording for each branching   variant.py, batch.py        one such, ready to run
    record.py       runs a function once               tape.py                     what it did, in flat arrays
    unroll.py       tape to scalar program             strides.py, spaces.py       views; arrays of a target
    roll/           tape to array program: loops become matrix products
    program.py      what a program is                  checking.py, saving.py      is it one; as JSON
    builder.py      writes one                         passes.py                   makes it smaller
    grad.py         its reverse                        derivatives.py              jacobian, hessian, hvp
    emit/           program to source, and source to function

>>> from autodiff import exp
>>> f = compile(lambda x: exp(-x * x))
>>> f(1.0), f.value_and_grad(1.0)
(0.36787944117144233, (0.36787944117144233, (-0.7357588823428847,)))
"""

from .ir.check import checked
from .function import CompiledFunction, compile
from .ir.program import Instruction, Program
from .ir.json import from_json, to_json

__all__ = ["CompiledFunction", "Instruction", "Program", "checked", "compile", "from_json", "to_json"]
