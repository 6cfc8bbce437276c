"""The page's evaluator: every operation of the table agrees with Python to 12 digits, value and slopes, in a browser."""

import itertools
import json
import math
import random

import pytest

from autodiff.numbers import FLOATS
from autodiff.ops import TABLE
from autodiff.render.steps.evaluator import source
from tests.browser import Browser

ORDINARY = [0.5, -0.75, 1.0, 2.0, -3.0, 1 / 3, 7.25]
EXTREME = [1e-8, -1e-8, 20.0, -40.0, 709.5, -745.5, 1e16, -1e200, 1e300, 5e-324, -1e-310, 2.2250738585072014e-308, 1e-200, 1e8 + 0.5]
SPECIAL = [0.0, -0.0, math.inf, -math.inf, math.nan]
NUMBERS = ORDINARY + EXTREME + SPECIAL


def cases(op):
    """Inputs to try: every combination of two, and a sample of those of three and more."""
    if op.arity == 1:
        return [[x] for x in NUMBERS]
    if op.arity == 2:
        return [list(pair) for pair in itertools.product(NUMBERS, repeat=2)]
    generator = random.Random(op.name)
    sizes = [op.arity] if op.arity else [2, 4, 6]
    drawn = [[generator.choice(NUMBERS) for _ in range(generator.choice(sizes))] for _ in range(300)]
    mild = [[generator.uniform(-3, 3) for _ in range(generator.choice(sizes))] for _ in range(100)]
    return drawn + mild


def evaluated(rule, op, xs, y=None):
    letters = {"xs": xs} if op.variadic else dict(zip(op.inputs, xs))
    return rule.evaluate({**FLOATS.names, **letters, "y": y})


def expected(op, xs):
    y = evaluated(op.rule, op, xs)
    if op.variadic:
        rule = op.slope_along(0)
        return [y, *(evaluated(rule, op, xs, y) if rule is not None else [])]
    return [y, *(None if rule is None else evaluated(rule, op, xs, y) for rule in op.slope_rules)]


def written(x):
    return None if x is None or isinstance(x, type(Ellipsis)) else "nan" if x != x else repr(float(x))


def equal(mine, theirs):
    if mine is None or theirs is None:
        return mine is theirs
    a, b = float(mine), float(theirs)
    if a != a or b != b:
        return a != a and b != b
    if a == b:
        return a != 0 or math.copysign(1, a) == math.copysign(1, b)
    return abs(a - b) <= 1e-12 * max(abs(a), abs(b)) or abs(a - b) <= 4 * 5e-324


SCRIPT = """(cases) => Object.fromEntries(Object.entries(cases).map(([name, lists]) => [name, lists.map((texts) => {
  const row = table[name], xs = texts.map(Number), y = row.list === undefined ? row.value(...xs) : row.value(xs);
  const slopes = row.list === undefined ? row.slopes.map((one) => one && one.of(...xs, y)) : row.list ? row.list(xs, y) : [];
  return [y, ...slopes].map((x) => x === null ? null : Number.isNaN(x) ? "nan" : Object.is(x, -0) ? "-0" : String(x));
})]))"""


def javascript(x):
    return "NaN" if x != x else {math.inf: "Infinity", -math.inf: "-Infinity"}.get(x, repr(x))


@pytest.mark.slow
@pytest.mark.browser
def test_every_operation_of_the_table_agrees_with_python_to_12_digits(browser_path, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(f"<!doctype html><meta charset='utf-8'><script>{source(TABLE)}</script>", encoding="utf-8")
    tried = {name: cases(op) for name, op in TABLE.items()}
    with Browser(browser_path) as browser:
        texts = {name: [[javascript(x) for x in xs] for xs in lists] for name, lists in tried.items()}
        found = browser.open(page).run(f"({SCRIPT})({json.dumps(texts)})")
    wrong = []
    for name, lists in tried.items():
        for xs, answers in zip(lists, found[name], strict=True):
            right = expected(TABLE[name], xs)
            right = [None if repr(x) == "blocked" or x is None else float(x) for x in right]
            pairs = zip(answers, right, strict=True)
            if not all(equal(float(a.replace("Infinity", "inf")) if a is not None else None, b) for a, b in pairs):
                wrong.append((name, xs, answers, right))
    assert not wrong, f"{len(wrong)}: {wrong[:10]}"


def test_only_the_operations_that_are_used_are_written():
    text = source(["mul", "tanh"])
    assert "sech" in text and "gelu" not in text and "erf" not in text and len(text) < 2_000
