"""Formulas as Python: a function and its derivatives, written from the rules of the table, line by line.

The derivative names every step, first forward, then backward: d_v1 is the derivative of the result by v1.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

from .. import kernels, stable
from ..ops import TABLE
from ..value import Value
from .writing import PYTHON, Written

BLOCKED = "blocked"  # the word of the rules; formulas.RESERVED keeps it from names
Line = tuple[str, str, str]  # a name, "=" or "+=", and what is on the right


def source(order: Sequence[Value], names: Mapping[Value, str], lines: Sequence[tuple[str, str]]) -> str:
    """The source of `f` and `df`, after the imports that they need; on ordinary numbers both run."""
    arguments = ", ".join(names[v] for v in order if v.op == "input")
    *before, (_, result) = lines
    value = [*(f"{name} = {right}" for name, right in before), f"return {result}"]
    derivatives = gradient(order, dict(names))
    functions = [written("f", arguments, value), written("df", arguments, derivatives)]
    return "\n".join([*imports("\n".join([*value, *derivatives])), "\n\n".join(functions)]).rstrip()


def written(name: str, arguments: str, lines: Sequence[str]) -> str:
    return "".join([f"def {name}({arguments}):\n", *(f"    {line}\n" for line in lines)])


def imports(text: str) -> list[str]:
    """The lines that import the functions which the text calls."""
    words = set(re.findall(r"[A-Za-z_]\w*", text))
    homes = {"kernels": words.intersection(kernels.__all__), "stable": words.intersection(stable.NAMES)}
    homes["kernels"] -= homes["stable"]
    lines = [f"from autodiff.{home} import {', '.join(sorted(used))}" for home, used in homes.items() if used]
    return [*lines, "", ""] if lines else []


def gradient(order: Sequence[Value], names: dict[Value, str]) -> list[str]:
    """The body of `df`: each operation, then each contribution of the chain rule, then the derivatives."""
    numbers = iter(range(1, len(order) + 1))
    taken = set(names.values())
    for v in order:
        if v.parents and v not in names:
            names[v] = next(name for n in numbers if (name := f"v{n}") not in taken)
    operands = {v: names[v] if v in names else PYTHON.number(v.data).text for v in order}
    forward = [(names[v], "=", right_side(v, operands)) for v in order if v.parents]
    backward = list(contributions(order, operands))
    known = {name for name, _, _ in backward}
    inputs = [operands[v] for v in order if v.op == "input"]
    root = operands[order[-1]]
    results = ["1.0" if x == root else f"d_{x}" if f"d_{x}" in known else "0.0" for x in inputs]
    body = needed([*forward, *backward], results)
    return [*(" ".join(line) for line in body), f"return {', '.join(results)}{',' * (len(results) == 1)}"]


def right_side(v: Value, operands: Mapping[Value, str]) -> str:
    """An operation over the names of its operands."""
    words = [Written(operands[p], 3 if operands[p].startswith("-") else 100) for p in v.parents]
    return PYTHON.operation(v.op, words).text


def contributions(order: Sequence[Value], operands: Mapping[Value, str]) -> list[Line]:
    """What each operation sends to each of its operands: its slope times the derivative by the operation."""
    root, reached, lines = order[-1], {order[-1]}, list[Line]()
    for v in reversed(order):
        if v not in reached:
            continue
        for i, parent in enumerate(v.parents):
            slope = slope_text(v, i, operands) if parent.op != "constant" else None
            if slope is None:
                continue
            sign = "+=" if parent in reached else "="
            lines.append((f"d_{operands[parent]}", sign, product(slope, None if v is root else f"d_{operands[v]}")))
            reached.add(parent)
    return lines


def product(slope: str, upstream: str | None) -> str:
    """slope * upstream; a factor of one is not written, and what is blocked is 0, whatever comes from above."""
    tree = ast.parse(slope, mode="eval").body
    text = ast.unparse(tree if upstream is None else scaled(tree, upstream))
    return re.sub(rf"\b{BLOCKED}\b", "0", text)


def scaled(slope: ast.expr, upstream: str) -> ast.expr:
    """slope * upstream; each side of a choice by itself, so that no 0 meets an inf or a nan."""
    if isinstance(slope, ast.IfExp):
        return ast.IfExp(slope.test, scaled(slope.body, upstream), scaled(slope.orelse, upstream))
    if isinstance(slope, ast.Name) and slope.id == BLOCKED:
        return slope
    is_one = isinstance(slope, ast.Constant) and slope.value == 1
    return ast.Name(upstream) if is_one else ast.BinOp(slope, ast.Mult(), ast.Name(upstream))


def slope_text(v: Value, i: int, operands: Mapping[Value, str]) -> str | None:
    """The slope of one operand by the rule of the table, over names; None where the rule has none."""
    op, names = TABLE[v.op], [operands[parent] for parent in v.parents]
    if not op.variadic:
        rule = op.slopes[i]
        return None if rule is None else substituted(rule, dict(zip("abc", names)) | {"y": operands[v]})
    rule = op.slopes[0]
    if rule is None:
        return None
    if rule == "ones(xs)":
        return "1"
    if rule == "swapped(xs)":
        return names[(i + len(names) // 2) % len(names)]
    return f"{rule.replace('xs', '[' + ', '.join(names) + ']')}[{i}]"


def substituted(rule: str, names: Mapping[str, str]) -> str:
    """A rule over other names; `where` becomes a choice."""
    return ast.unparse(_Substitution(names).visit(ast.parse(rule, mode="eval")))


class _Substitution(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "where":
            return ast.IfExp(*node.args)
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.parse(self.names.get(node.id, node.id), mode="eval").body


def needed(lines: Sequence[Line], results: Sequence[str]) -> list[Line]:
    """The lines that the results depend on."""
    used, kept = set(results), list[Line]()
    for line in reversed(lines):
        name, _, right = line
        if name in used:
            kept.append(line)
            used.update(re.findall(r"[^\W\d]\w*", right))
    return kept[::-1]
