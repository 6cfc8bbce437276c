"""Write the C of every operation from the table. A build does it; `python -m autodiff.native.generate` writes ops.h and
ops.c for a reader.

Each rule stands as a comment over its function. The functions of `stable` come from their Python bodies.

>>> print(slope_function(TABLE["relu"], 0))
/* relu, a: where(a <= 0, blocked, 1) */
static inline double slope_relu_a(double a, double y, int *blocked) {
    return a <= 0.0 ? BLOCKED : 1.0;
}
<BLANKLINE>
"""

import inspect
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent

from . import fingerprint
from .. import stable
from ..clike import C, expression, function, head
from ..files import write_whole
from ..ops import TABLE, Op
from ..rule import Call

FOLDER = Path(__file__).parent
LANGUAGE = C()

INTERFACE = """\
/* Every operation of the table in C. Written by autodiff/native/generate.py; change the table, not this file.

   An operation's code is its place in the table: OP_POS is 0, and OPERATIONS is how many there are. `y` is the value.

   For an operation NAME of one to three operands, a b c:
       double value_NAME(double a, ...)
       double slope_NAME_a(double a, ..., double y, int *blocked)      one for each operand that has a slope
   For one of any number of operands:
       double value_NAME(const double *xs, Py_ssize_t n)
       void slopes_NAME(const double *xs, Py_ssize_t n, double y, double *slopes)     where its operands have slopes
   By code, inline, for a code that the compiler knows (the choice then costs nothing):
       double value1(int code, double a), value2(int code, double a, double b), value3(int code, double a, ...)
       double slope1(int code, int operand, double a, double y, int *blocked), slope2(...), slope3(...)
   By code, for one that is known when it runs:
       double autodiff_value(int code, const double *xs, Py_ssize_t n)
       void autodiff_slopes(int code, const double *xs, Py_ssize_t n, double y, double *slopes, unsigned char *blocked)

   Where no gradient flows along an operand, not even 0 * inf, the slope is *blocked = 1 (and 0.0 as a number); a slope
   never writes *blocked = 0, so set it first. autodiff_slopes sets all of blocked[0 … n - 1]. A constant operand of an
   operation (the bounds of a clip) is always blocked. autodiff_arity[code] is the number of operands, -1 for any.
   autodiff_names[code] is the name, and autodiff_fixed[code] has bit i set where operand i is such a constant. X-macros
   go over all: AUTODIFF_UNARY(X), _BINARY, _TERNARY, _VARIADIC with X(NAME, CODE). No function here needs Python, holds
   memory, or has a state. */
"""

BY_CODE = """\
double autodiff_value(int code, const double *xs, Py_ssize_t n);
void autodiff_slopes(int code, const double *xs, Py_ssize_t n, double y, double *slopes, unsigned char *blocked);
"""


def stable_functions() -> list[str]:
    """The names of `stable`'s functions of numbers; those of lists are written by hand."""
    return [name for name in stable.NAMES if name not in ("polynomial", "logsumexp", "softmax")]


def constants() -> Iterator[str]:
    """The named numbers of `stable`, and its lists of coefficients."""
    for name, item in vars(stable).items():
        if name.isupper() and isinstance(item, float):
            yield f"static const double {name} = {item!r};"
        elif name.isupper() and isinstance(item, tuple) and not name.startswith("_") and isinstance(item[0], float):
            rows = [", ".join(map(repr, item[start : start + 5])) for start in range(0, len(item), 5)]
            yield f"static const double {name}[] = {{\n" + indent(",\n".join(rows), "    ") + ",\n};"


def from_stable() -> Iterator[str]:
    """The functions of `stable` in C: first the heads of all, then each."""
    sources = [inspect.getsource(getattr(stable, name)) for name in stable_functions()]
    yield "\n".join(f"{head(source, LANGUAGE)};" for source in sources) + "\n"
    yield from (function(source, LANGUAGE) for source in sources)


def operands(op: Op) -> str:
    """The operands of an operation as parameters in C."""
    return "const double *xs, Py_ssize_t n" if op.variadic else ", ".join(f"double {x}" for x in op.inputs)


def value_function(op: Op) -> str:
    """The value of an operation as a function in C."""
    body = f"    return {expression(op.formula, LANGUAGE)};"
    return f"/* {op.name}: {op.formula} */\nstatic inline double value_{op.name}({operands(op)}) {{\n{body}\n}}\n"


def slope_function(op: Op, index: int) -> str:
    """One slope of an operation as a function in C."""
    rule = op.slopes[index] or "blocked"
    letter = op.inputs[index]
    lines = [f"/* {op.name}, {letter}: {' '.join(rule.split())} */",
             f"static inline double slope_{op.name}_{letter}({operands(op)}, double y, int *blocked) {{",
             f"    return {expression(rule, LANGUAGE)};", "}"]  # fmt: skip
    return "\n".join(lines) + "\n"


def slopes_function(op: Op) -> str:
    """The slopes of an operation of any number of operands."""
    rule = op.slope_rules[0]
    assert isinstance(rule, Call)
    return (f"/* {op.name}: {op.slopes[0]} */\n"
            f"static inline void slopes_{op.name}({operands(op)}, double y, double *slopes) {{\n"
            f"    (void)y;\n    {rule.function}(xs, n, slopes);\n}}\n")  # fmt: skip


def operation_functions() -> Iterator[str]:
    """The value and the slopes of each operation, in the order of the table."""
    for op in TABLE.values():
        yield value_function(op)
        if op.variadic:
            yield from [slopes_function(op)] if op.slopes[0] else []
        else:
            yield from (slope_function(op, index) for index, rule in enumerate(op.slopes) if rule)


def by_arity() -> dict[int | None, list[Op]]:
    """The operations of one, two, three and any number of operands."""
    return {arity: [op for op in TABLE.values() if op.arity == arity] for arity in (1, 2, 3, None)}


def code(op: Op) -> str:
    """The name of an operation's code."""
    return f"OP_{op.name.upper()}"


def macros() -> Iterator[str]:
    """The X-macros over all operations of an arity."""
    for name, ops in zip(("UNARY", "BINARY", "TERNARY", "VARIADIC"), by_arity().values(), strict=True):
        yield f"#define AUTODIFF_{name}(X) \\\n" + " \\\n".join(f"    X({op.name}, {code(op)})" for op in ops)


def inline_choices() -> Iterator[str]:
    """value1 … slope3: by a code that the compiler knows."""
    for arity in (1, 2, 3):
        ops, given = by_arity()[arity], "abc"[:arity]
        parameters, passed = ", ".join(f"double {x}" for x in given), ", ".join(given)
        cases = "\n".join(f"    case {code(op)}: return value_{op.name}({passed});" for op in ops)
        yield f"static inline double value{arity}(int code, {parameters}) {{\n{_switch(cases)}}}\n"
        cases = "\n".join(
            f"    case {code(op)} * 4 + {index}: return slope_{op.name}_{op.inputs[index]}({passed}, y, blocked);"
            for op in ops for index, rule in enumerate(op.slopes) if rule
        )  # fmt: skip
        yield (f"static inline double slope{arity}(int code, int operand, {parameters}, double y, int *blocked) {{\n"
               f"    switch (code * 4 + operand) {{\n{cases}\n    default: return BLOCKED;\n    }}\n}}\n")  # fmt: skip


def _switch(cases: str) -> str:
    return f"    switch (code) {{\n{cases}\n    default: return NAN;\n    }}\n"


def header() -> str:
    """The text of ops.h."""
    codes = ",\n".join(f"    {code(op)} = {index}" for index, op in enumerate(TABLE.values()))
    parts = [
        INTERFACE, "#ifndef AUTODIFF_OPS_H\n#define AUTODIFF_OPS_H\n", '#include "kernels.h"\n',
        f"enum {{\n{codes},\n    OPERATIONS = {len(TABLE)}\n}};\n", *macros(),
        "\nextern const char *const autodiff_names[OPERATIONS];\nextern const signed char autodiff_arity[OPERATIONS];",
        "extern const unsigned char autodiff_fixed[OPERATIONS];",
        "extern const char autodiff_table[];",
        BY_CODE,
        "#define BLOCKED (*blocked = 1, 0.0)\n", *constants(), "", *from_stable(), '#include "lists.h"\n',
        *operation_functions(), *inline_choices(), "#endif",
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


def source() -> str:
    """The text of ops.c."""
    named = ",\n".join(f'    "{op.name}"' for op in TABLE.values())
    arity = ",\n".join(f"    {op.arity or -1}" for op in TABLE.values())
    fixed = ",\n".join(f"    {sum(1 << i for i, rule in enumerate(op.slopes) if not rule)}" for op in TABLE.values())
    values = "\n".join(f"    case {code(op)}: return value_{op.name}({_take(op)});" for op in TABLE.values())
    slopes = "\n".join(map(_slopes_case, TABLE.values()))
    return f"""\
/* Operations by code. Written by autodiff/native/generate.py; change the table, not this file. */

#include "ops.h"

const char *const autodiff_names[OPERATIONS] = {{
{named},
}};

const char autodiff_table[] = "{fingerprint()}"; /* the rules that this was written from */

const signed char autodiff_arity[OPERATIONS] = {{
{arity},
}};

const unsigned char autodiff_fixed[OPERATIONS] = {{
{fixed},
}};

double autodiff_value(int code, const double *xs, Py_ssize_t n) {{
    (void)n;
{_switch(values)}}}

void autodiff_slopes(int code, const double *xs, Py_ssize_t n, double y, double *slopes, unsigned char *blocked) {{
    int blocks[3] = {{0, 0, 0}};
    memset(blocked, 0, (size_t)n);
    switch (code) {{
{slopes}
    default: blocks[0] = blocks[1] = blocks[2] = 1;
    }}
    for (Py_ssize_t i = 0; i < n && i < 3; i++)
        blocked[i] = (unsigned char)blocks[i];
}}
"""


def _take(op: Op) -> str:
    return "xs, n" if op.variadic else ", ".join(f"xs[{index}]" for index in range(len(op.slopes)))


def _slopes_case(op: Op) -> str:
    lines = [f"    case {code(op)}:"]
    if op.variadic and op.slopes[0]:
        lines += [f"        slopes_{op.name}(xs, n, y, slopes);"]
    elif op.variadic:
        lines += ["        memset(blocked, 1, (size_t)n);", "        memset(slopes, 0, (size_t)n * sizeof(double));",
                  "        return;"]  # fmt: skip
    else:
        for index, rule in enumerate(op.slopes):
            written = f"slope_{op.name}_{op.inputs[index]}({_take(op)}, y, &blocks[{index}])" if rule else "0.0"
            lines += [f"        slopes[{index}] = {written};"] + ([] if rule else [f"        blocks[{index}] = 1;"])
    return "\n".join([*lines, "        break;"])


def files() -> dict[Path, str]:
    """The generated files and what belongs into them."""
    return {FOLDER / "ops.h": header(), FOLDER / "ops.c": source()}


def write_files() -> None:
    """Write the generated files where they differ, so that a build compiles again only what has changed."""
    for path, text in files().items():
        if not path.exists() or path.read_text(encoding="utf8") != text:
            print(f"wrote {write_whole(path, text)}")


if __name__ == "__main__":
    write_files()
