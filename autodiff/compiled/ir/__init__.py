"""Programs of array instructions.

    program.py       what a program is                      builder.py    written one instruction at a time
    instructions.py  the kinds of instruction, a row each   check.py      can it run?
    reverse.py       its gradient, appended to it           flows.py      by a rule for each kind
    passes.py        simpler, with the same bits            strides.py    where the elements of views are
    json.py          saved and loaded
"""
