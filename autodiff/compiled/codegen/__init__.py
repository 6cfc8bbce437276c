"""A program as readable Python, and that source as functions: floats ("math"), NumPy, or any array-API namespace.

    writer.py         a program as a function: a line for each register     lines.py      what occurs twice, once
    python.py         for Python floats                                     compact.py    in fewer lines
    array.py          for arrays of any namespace                           layout.py     views and products as code
    numpy.py          what NumPy does in place                              templates.py  the table's rules as code
    jax.py            what XLA does in place                                rewrites.py   on which those stand
    preamble.py       imports and definitions                               helpers.py    what array namespaces lack
    portable.py       for any other namespace: functions in place of methods
    loops.py          helpers whose loops run in C
    native.py         no source at all: a tape for the interpreter in C

>>> from ..ir.program import Instruction, Program
>>> print(source({"value": Program((Instruction("input", name="x"), Instruction("tanh", (0,))), (1,))}, "numpy"))
from numpy import tanh
<BLANKLINE>
<BLANKLINE>
def value(x_0):
    tanh_1 = tanh(x_0)
    return tanh_1,
<BLANKLINE>
"""

from collections.abc import Callable, Mapping
from typing import Any

from ... import additions
from ...door import define
from ...errors import ArgumentError
from ..ir.program import Program
from .jax import JaxWriter
from .loops import hasten
from .python import MathWriter
from .numpy import NumpyWriter
from .portable import PortableWriter
from .preamble import ARRAY_WORDS, preamble, words
from .templates import WORDS
from .writer import Writer

WRITERS: dict[str, type[Writer]] = {"math": MathWriter, "numpy": NumpyWriter, "jax.numpy": JaxWriter}


def source(programs: Mapping[str, Program], target: str) -> str:
    """The source of one function for each program, with the imports that they need."""
    tables: dict[str, str] = {}
    writer = WRITERS.get(target, PortableWriter)
    bodies = [writer(program, tables).function(name) for name, program in programs.items()]
    numbers = "".join(f"{name} = {code}\n" for code, name in tables.items())
    text = "\n\n".join(part for part in (numbers, *bodies) if part)
    head = preamble(set(WORDS.findall(text)) & (ARRAY_WORDS | additions.WORDS.keys()), target)
    return f"{head}\n\n{text}" if head else text


def functions(text: str, name: str, target: str = "numpy") -> dict[str, Callable[..., Any]]:
    """The functions that emitted source defines, its text visible to tracebacks and debuggers."""
    try:
        known = words() | additions.WORDS.keys() | {"brought"}
        modules = {"autodiff.kernels", "autodiff.stable", "autodiff.additions", "numpy", target}
        found = define(text, name, words=known, modules=modules)
    except ImportError as error:
        raise ArgumentError(f"compile: the target does not have all that the program uses: {error}") from None
    if target == "numpy":
        hasten(found)
    return found
