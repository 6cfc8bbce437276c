"""Formulas as Python: a function and its derivatives, written from the rules of the table, line by line.

The derivative names every step, first forward, then backward: d_v1 is the derivative of the result by v1. Both give
what the engine gives, inf and nan included: `divide` and `pow` never raise, and below a relu that is off, or the side
that a `where` did not choose, nothing flows, not even 0 times inf. The sign of a derivative of 0 alone may differ.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Mapping, Sequence

from ... import door, kernels, rules, stable
from ...ops import TABLE
from ...value import Value
from ..graph.writing import PLAIN, TIGHTNESS, Notation, Written, called

NOTHING = "-0.0"  # what stands for no gradient at all: added to anything it changes nothing, and no sum of zeros is it
SENT = '''def sent(slope, above):
    """slope * above, the derivative from above; but where nothing (-0.0) comes from above, nothing goes on."""
    nothing = above == 0 and copysign(1, above) < 0
    return above if nothing else 0.0 + slope * above
'''
Line = tuple[str, str, str]  # a name, "=" or "+=", and what is on the right


def source(
    order: Sequence[Value], names: Mapping[Value, str], fixed: Collection[Value], lines: Sequence[tuple[str, str]],
    remark: str = "",
) -> str:  # fmt: skip
    """The source of `f` and `df`, each with the remark, after the imports that they need."""
    arguments = ", ".join(names[v] for v in order if v.op == "input")
    *before, (_, result) = lines
    value = [*(f"{name} = {right}" for name, right in before), f"return {result}"]
    derivatives = gradient(order, dict(names), fixed)
    docs = [f'"""{remark}"""'] if remark else []
    functions = [written("f", arguments, [*docs, *value]), written("df", arguments, [*docs, *derivatives])]
    if any("sent(" in line for line in derivatives):
        functions.insert(0, SENT)
    text = "\n\n".join(functions)
    return "\n".join([*imports(text), text]).rstrip()


def written(name: str, arguments: str, lines: Sequence[str]) -> str:
    return "".join([f"def {name}({arguments}):\n", *(f"    {line}\n" for line in lines)])


def imports(text: str) -> list[str]:
    """The lines that import the functions which the text calls."""
    words = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    homes = {"kernels": words.intersection(kernels.__all__), "stable": words.intersection(stable.NAMES)}
    lines = [f"from autodiff.{home} import {', '.join(sorted(used))}" for home, used in homes.items() if used]
    return [*lines, "", ""] if lines else []


def gradient(order: Sequence[Value], names: dict[Value, str], fixed: Collection[Value]) -> list[str]:
    """The body of `df`: each operation, then each contribution of the chain rule, then the derivatives."""
    numbers = iter(range(1, len(order) + 1))
    taken = set(names.values())
    steps = [v for v in order if v.parents and v not in fixed]
    for v in steps:
        if v not in names:
            names[v] = next(name for n in numbers if (name := f"v{n}") not in taken)
    operands = {v: PYTHON.number(v.data).text if v in fixed else names[v] for v in order}
    forward = [(names[v], "=", right_side(v, operands)) for v in steps]
    backward = list(contributions(steps, operands, fixed))
    known = {name for name, _, _ in backward}
    inputs = [operands[v] for v in order if v.op == "input"]
    root = operands[order[-1]]
    results = ["1.0" if x == root else f"d_{x}" if f"d_{x}" in known else "0.0" for x in inputs]
    body = needed([*forward, *backward], results)
    return [*(" ".join(line) for line in body), f"return {', '.join(results)}{',' * (len(results) == 1)}"]


def right_side(v: Value, operands: Mapping[Value, str]) -> str:
    """An operation over the names of its operands."""
    words = [Written(operands[p], TIGHTNESS["neg"] if operands[p].startswith("-") else 100) for p in v.parents]
    return PYTHON.operation(v.op, words).text


def contributions(steps: Sequence[Value], operands: Mapping[Value, str], fixed: Collection[Value]) -> list[Line]:
    """What each operation sends to each of its operands: its slope times the derivative by the operation."""
    reached: dict[Value, bool] = {v: True for v in steps[-1:]}  # and whether something comes there for certain
    lines: list[Line] = []
    for v in reversed(steps):
        if v not in reached:
            continue
        lists = list_of_slopes(v, operands)
        lines += lists
        for i, parent in enumerate(v.parents):
            text = None if parent in fixed else f"{lists[0][0]}[{i}]" if lists else slope_text(v, i, operands)
            if text is None:
                continue
            slope = ast.parse(text, mode="eval").body
            sent = product(slope, None if v is steps[-1] else f"d_{operands[v]}", reached[v])
            lines.append((f"d_{operands[parent]}", "+=" if parent in reached else "=", ast.unparse(sent)))
            reached[parent] = reached.get(parent, False) or reached[v] and not may_block(slope)
    return lines


def may_block(slope: ast.expr) -> bool:
    return any(is_number(node, None) for node in ast.walk(slope))


def is_number(node: ast.AST, number: float | None) -> bool:
    return isinstance(node, ast.Constant) and node.value == number


def product(slope: ast.expr, above: str | None, surely: bool) -> ast.expr:
    """slope * above, or the slope alone; `surely`: whether something comes from above for certain."""
    if above is None:
        return chosen(slope, lambda each: each)
    name = ast.Name(above)
    if not surely:
        return chosen(slope, lambda each: name if is_number(each, 1) else ast.Call(ast.Name("sent"), [each, name], []))
    if may_block(slope):  # below, -0.0 will mean nothing at all
        return chosen(slope, lambda each: ast.BinOp(ast.Constant(0.0), ast.Add(), times(each, name)))
    return chosen(slope, lambda each: times(each, name))


def chosen(slope: ast.expr, write: Callable[[ast.expr], ast.expr]) -> ast.expr:
    """Each side of a choice by itself, so that what is blocked is nothing, whatever comes from above."""
    if isinstance(slope, ast.IfExp):
        return ast.IfExp(slope.test, chosen(slope.body, write), chosen(slope.orelse, write))
    return expression(NOTHING) if is_number(slope, None) else write(slope)


def times(slope: ast.expr, name: ast.Name) -> ast.expr:
    return name if is_number(slope, 1) else ast.BinOp(slope, ast.Mult(), name)


def list_of_slopes(v: Value, operands: Mapping[Value, str]) -> list[Line]:
    """The line that gives all slopes of an operation of any number of inputs, where they are found together."""
    rule = TABLE[v.op].slopes[0] if TABLE[v.op].variadic else None
    if rule in (None, "ones(xs)", "swapped(xs)"):
        return []
    taken, name = set(operands.values()), f"slopes_{operands[v]}"
    while name in taken:
        name += "_"
    return [(name, "=", str(rule).replace("xs", f"[{', '.join(operands[parent] for parent in v.parents)}]"))]


def slope_text(v: Value, i: int, operands: Mapping[Value, str]) -> str | None:
    """The slope of one operand by the rule of the table, over names; None where the rule has none."""
    op, names = TABLE[v.op], [operands[parent] for parent in v.parents]
    rule = op.slopes[0 if op.variadic else i]
    if rule is None:
        return None
    if not op.variadic:
        return substituted(rules.ieee(rule), dict(zip("abc", names)) | {"y": operands[v]})
    if rule == "ones(xs)":
        return "1.0"
    return names[(i + len(names) // 2) % len(names)]  # swapped(xs)


def substituted(rule: str, names: Mapping[str, str]) -> str:
    """A rule over other names; what numbers alone decide is decided."""
    return ast.unparse(_Substitution(names).visit(expression(rule)))


class _Substitution(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return expression(self.names.get(node.id, node.id))

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        self.generic_visit(node)
        if any(isinstance(each, ast.Name) for each in ast.walk(node.test)):
            return node
        comparison = door.expression(ast.unparse(node.test), "", "comparison of numbers", {})
        return node.body if comparison() else node.orelse

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "divide" and is_divisor(ast.unparse(node.args[1])):
            return ast.BinOp(node.args[0], ast.Div(), node.args[1])
        return node


def expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def needed(lines: Sequence[Line], results: Sequence[str]) -> list[Line]:
    """The lines that the results depend on."""
    used, kept = set(results), list[Line]()
    for line in reversed(lines):
        name, _, right = line
        if name in used:
            kept.append(line)
            used.update(re.findall(r"[^\W\d]\w*", right))
    return kept[::-1]


def quotient(notation: Notation, operands: Sequence[Written]) -> Written:
    """a / b where b is a number other than 0, else divide(a, b), which gives inf or nan where Python raises."""
    above, below = operands
    if not is_divisor(below.text):
        return Written(called("divide", [above.text, below.text]))
    return Written(f"{notation.held(above, TIGHTNESS['/'])} / {below.text}", TIGHTNESS["/"])


def is_divisor(text: str) -> bool:
    """Whether it is written as a positive number, by which Python divides as the engine does."""
    return re.fullmatch(r"[\d.]+(e[-+]\d+)?", text) is not None and float(text) > 0


def sum_of_products(notation: Notation, operands: Sequence[Written]) -> Written:
    """dot([w0, w1] + [x0, x1]), which is rounded once."""
    words, half = [operand.text for operand in operands], len(operands) // 2
    return Written(f"dot([{', '.join(words[:half])}] + [{', '.join(words[half:])}])")


def call(op: str, operands: Sequence[str]) -> str:
    return called(op, operands, "[]" if TABLE[op].variadic else "")


PYTHON = PLAIN._replace(
    call=call,
    special={
        **PLAIN.special,
        "div": quotient,
        "pow": lambda notation, operands: Written(called("pow", [operand.text for operand in operands])),
        "total": lambda notation, operands: Written(call("total", [operand.text for operand in operands])),
        "dot": sum_of_products,
    },
    exact=True,
)  # fmt: skip
