"""Right engines in ways of writing that no catalogue has are accused of nothing, and what most share in a fault is told once."""

import importlib
import sys

import pytest

from autodiff.testing import conformance
from autodiff.testing.conform.shared_faults import PATTERNS, Got, find_pattern
from autodiff.testing.conform.properties import PROPERTIES
from autodiff.testing.mutants.styles import load

NAMES = [each.name for each in PROPERTIES if each.name != "drawn programs"]
RETURNED = """
class Num:
    def __init__(self, x, deps=()):
        self.x, self.deps = x, deps
    def __add__(self, other):
        return Num(self.x + other.x, ((self, 1.0), (other, 1.0)))
    def __mul__(self, other):
        return Num(self.x * other.x, ((self, other.x), (other, self.x)))

def gradients(out):
    order = []
    def walk(n):
        if n not in order:
            for d, _ in n.deps:
                walk(d)
            order.append(n)
    walk(out)
    grads = {out: 1.0}
    for n in reversed(order):
        for d, slope in n.deps:
            grads[d] = grads.get(d, 0.0) + slope * grads[n]
    return grads
"""
ZEROED = """
TAPE = []

class Num:
    def __init__(self, value, deps=()):
        self.value, self.dot, self.deps = value, 0.0, deps
        TAPE.append(self)
    def __add__(self, b):
        return Num(self.value + b.value, ((self, 1.0), (b, 1.0)))
    def __mul__(self, b):
        return Num(self.value * b.value, ((self, b.value), (b, self.value)))
    def backward(self):
        for each in TAPE:
            each.dot = 0.0
        self.dot = 1.0
        for each in reversed(TAPE):
            for x, slope in each.deps:
                x.dot += each.dot * slope
"""
READ_ONLY = """
class Num:
    def __init__(self, number, *, name):
        self.__number, self.__gradient, self.deps = number, 0.0, ()
    value = property(lambda self: self.__number)
    gradient = property(lambda self: self.__gradient)
    def _of(self, number, *deps):
        out = Num(number, name="")
        out.deps = deps
        return out
    def __add__(self, b):
        return self._of(self.value + b.value, (self, 1.0), (b, 1.0))
    def __mul__(self, b):
        return self._of(self.value * b.value, (self, b.value), (b, self.value))
    def differentiate(self):
        order = []
        def walk(n):
            if n not in order:
                for d, _ in n.deps:
                    walk(d)
                order.append(n)
        walk(self)
        for n in order:
            n.__gradient = 0.0
        self.__gradient = 1.0
        for n in reversed(order):
            for x, slope in n.deps:
                x.__gradient += n.__gradient * slope
"""
DECORATED = """
import math
RULES = {}

class Num:
    def __init__(self, number):
        self.number, self.grad, self.made = number, 0.0, None
    def __add__(self, o): return add(self, o)
    def __mul__(self, o): return mul(self, o)
    def backward(self):
        order = []
        def walk(n):
            if n not in order:
                for x in n.made[1] if n.made else ():
                    walk(x)
                order.append(n)
        walk(self)
        self.grad = 1.0
        for n in reversed(order):
            if n.made:
                f, xs = n.made
                for x, rule in zip(xs, RULES[f]):
                    x.grad += rule(n.grad, *[x.number for x in xs])

def primitive(*rules):
    def register(f):
        def wrapped(*xs):
            out = Num(f(*[x.number for x in xs]))
            out.made = f, xs
            return out
        RULES[f] = rules
        return wrapped
    return register

@primitive(lambda g, a, b: g, lambda g, a, b: g)
def add(a, b): return a + b

@primitive(lambda g, a, b: g * a, lambda g, a, b: g * b)
def mul(a, b): return a * b

@primitive(lambda g, a: math.exp(a))
def exp(a): return math.exp(a)
"""


SESSION = """
import math

class Tape:
    def __init__(self):
        self.nodes = []

class Num:
    def __init__(self, tape, value, *deps):
        self.tape, self.value, self.index = tape, value, len(tape.nodes)
        tape.nodes.append(deps)
    def __add__(self, o):
        return Num(self.tape, self.value + o.value, (self.index, 1.0), (o.index, 1.0))
    def __mul__(self, o):
        return Num(self.tape, self.value * o.value, (self.index, o.value), (o.index, self.value))
    def grad(self):
        d = [0.0] * len(self.tape.nodes)
        d[self.index] = 1.0
        for n in reversed(range(len(d))):
            for i, slope in self.tape.nodes[n]:
                d[i] += slope * d[n]
        return Grad(d)

class Grad:
    def __init__(self, d):
        self.d = d
    def wrt(self, v):
        return self.d[v.index]
"""
LAZY = """
class Num:
    def __init__(self, value=None, inputs=()):
        self.value, self.inputs, self.grad = value, inputs, 0.0
    def forward(self):
        for each in self.inputs:
            each.forward()
        self.compute()
    def compute(self): pass
    def local(self): return []
    def __add__(self, o): return Add(None, (self, o))
    def __mul__(self, o): return Mul(None, (self, o))
    def backward(self, g=1.0):
        self.grad += g
        for each, slope in zip(self.inputs, self.local()):
            each.backward(g * slope)

class Add(Num):
    def compute(self): self.value = self.inputs[0].value + self.inputs[1].value
    def local(self): return [1.0, 1.0]

class Mul(Num):
    def compute(self): self.value = self.inputs[0].value * self.inputs[1].value
    def local(self): return [self.inputs[1].value, self.inputs[0].value]
"""

ENTERED = """
class Tape:
    now = None
    def __enter__(self):
        self.records, Tape.now = [], self
        return self
    def __exit__(self, *error):
        Tape.now = None
    def gradient(self, y, xs):
        found = {id(y): 1.0}
        for out, edges in reversed(self.records):
            for x, slope in edges:
                found[id(x)] = found.get(id(x), 0.0) + slope * found.get(id(out), 0.0)
        return [found.get(id(x), 0.0) for x in xs]

class Num:
    def __init__(self, data, edges=()):
        self.data = data
        if Tape.now is not None:
            Tape.now.records.append((self, edges))
    def __add__(self, o): return Num(self.data + o.data, ((self, 1.0), (o, 1.0)))
    def __mul__(self, o): return Num(self.data * o.data, ((self, o.data), (o, self.data)))
"""
FUNCTIONS = """
class Num:
    def __init__(self, data, edges=()):
        self.data, self.grad, self.edges = data, 0.0, edges

def add(a, b): return Num(a.data + b.data, ((a, 1.0), (b, 1.0)))
def mul(a, b): return Num(a.data * b.data, ((a, b.data), (b, a.data)))

def backward(y):
    order = []
    def visit(node):
        if node not in order:
            for x, _ in node.edges:
                visit(x)
            order.append(node)
    visit(y)
    y.grad = 1.0
    for node in reversed(order):
        for x, slope in node.edges:
            x.grad += slope * node.grad
"""
SHAPED = """
import numpy as np

class Num:
    def __init__(self, data, deps=()):
        if data.ndim < 1:
            raise ValueError("an array of at least one dimension")
        self.data, self.grad, self.deps = data, np.zeros_like(data), deps
    def __add__(self, o): return Num(self.data + o.data, ((self, 1.0), (o, 1.0)))
    def __mul__(self, o): return Num(self.data * o.data, ((self, o.data), (o, self.data)))
""" + FUNCTIONS.partition("\n\n")[2].partition("\n\n")[2].replace("edges", "deps").replace("= 1.0", "= np.ones_like(y.data)")
STRANGE = {
    "returned": RETURNED, "zeroed": ZEROED, "read only": READ_ONLY, "session": SESSION, "lazy": LAZY, "entered": ENTERED,
    "functions": FUNCTIONS, "shaped": SHAPED,
}  # fmt: skip


@pytest.fixture
def engine(tmp_path, monkeypatch):
    """The class in a text, as a module of its own."""

    def load(text, name="strange_engine"):
        (tmp_path / f"{name}.py").write_text(text, encoding="utf8")
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, name, raising=False)
        return importlib.import_module(name).Num

    return load


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_a_right_engine_in_a_strange_style_is_accused_of_nothing(engine, text):
    report = conformance(engine(text), properties=NAMES)
    assert [each.sentence for each in report.findings if each.accuses] == []
    assert not any(" cannot be examined" in sentence for sentence in report.sentences)


def test_operations_made_by_one_decorator_are_not_taken_for_built_on_one_another(engine):
    findings = conformance(engine(DECORATED), properties=NAMES).findings
    assert [each.sentence.partition(":")[0] for each in findings if each.accuses] == ["`a * b`", "`exp` forgets the upstream gradient"]
    assert findings[0].line.endswith("@primitive(lambda g, a, b: g * a, lambda g, a, b: g * b)")


def test_what_most_operations_do_alike_is_one_pattern_and_one_operation_is_none():
    points = {"add": (1.0, 1.0), "sub": (1.0, -1.0), "mul": (0.41234567, 0.75123456), "div": (2.51234567, -4.71234567),
              "exp": (2.11234567,), "sin": (0.71234567,)}  # fmt: skip
    for sentence, expected in PATTERNS:
        got = [Got(op, place, expected(place, wanted), wanted) for op, wanted in points.items() for place in range(len(wanted))]
        found = find_pattern(got)
        assert found is not None and found[0] == sentence and len(found[1]) > 1
    right = [Got(op, place, wanted[place], wanted) for op, wanted in points.items() for place in range(len(wanted))]
    assert find_pattern(right) is None
    assert find_pattern([each._replace(given=0.0) if each.op == "exp" else each for each in right]) is None


def test_a_fault_in_one_form_names_the_form(engine):
    text = ZEROED.replace("self.value * b.value, (", "self.value * b.value, (").replace(
        "    def __mul__(self, b):\n", "    def __mul__(self, b):\n        if not isinstance(b, Num):\n            return Num(self.value * b, ((self, 1.0),))\n")
    first = conformance(engine(text), properties=NAMES).findings[0]
    assert first.sentence.startswith("`a * b` with a plain number on the right: its local derivative along a comes out as `1`")
    assert first.line == "strange_engine.py, line 12: return Num(self.value * b, ((self, 1.0),))"


@pytest.mark.parametrize(("text", "old", "new"), [(SESSION, "(o.index, self.value)", "(o.index, o.value)"), (LAZY, ", self.inputs[0].value]", ", self.inputs[1].value]"),
    (ENTERED, "(o, self.data)", "(o, o.data)"), (FUNCTIONS, "(b, a.data)", "(b, b.data)")])
def test_the_program_of_an_engine_with_a_tape_or_one_that_waits_runs(engine, text, old, new):
    Num = engine(text.replace(old, new))
    finding = conformance(Num, properties=NAMES).findings[0]
    assert finding.sentence == "`a * b`: its local derivative along b comes out as `b`, and should be `a`"
    scope = vars(sys.modules[Num.__module__]).copy()
    exec(finding.program, scope)
    read, _, given = finding.result.partition("  # gives ")
    assert eval(read, scope) == float(given.partition(",")[0])


def test_operations_of_one_operand_that_are_not_gone_on_from_are_told_together(engine):
    text = DECORATED.replace("g: math.exp(a)", "g * math.exp(a)").replace("lambda g, a: math.exp(a)", "lambda g, a: g * math.exp(a)")
    text = text.replace("lambda g, a, b: g * a, lambda g, a, b: g * b", "lambda g, a, b: g * b, lambda g, a, b: g * a")
    text += "\n@primitive(lambda g, a: g * math.cos(a))\ndef sin(a): return math.sin(a)\n"
    text = text.replace("n.made[1] if n.made else", "n.made[1] if n.made and len(n.made[1]) == 2 else")
    first = conformance(engine(text), properties=NAMES).findings[0]
    assert first.sentence.startswith("backward goes on from operations with two operands only")


def accused(Num, **options):
    return [each.sentence for each in conformance(Num, **options).findings if each.accuses]


def test_a_wrong_order_is_told_once_though_drawn_programs_show_it_too(engine):
    text = ZEROED.replace("TAPE = []", "TAPE = []\nfrom collections import deque").partition("        for each in TAPE:")[0] + '''
        self.dot, queue = 1.0, deque([self])
        while queue:
            n = queue.popleft()
            for x, slope in n.deps:
                x.dot += n.dot * slope
                if x not in queue:
                    queue.append(x)
'''
    once = accused(engine(text, "reached_again"), examples=25)
    assert len(once) == 1 and once[0].startswith("a node passes its gradient on again each time it is reached")


@pytest.mark.slow
def test_a_tape_that_a_pass_empties_is_a_limit_and_a_mark_on_nodes_a_fault(engine):
    emptied = ZEROED.replace("        for each in TAPE:\n            each.dot = 0.0\n", "") + "        TAPE.clear()\n"
    report = conformance(engine(emptied, "emptied"), examples=25)
    assert [each.sentence for each in report.findings if each.accuses] == []
    assert "a second backward pass reaches nothing: a pass empties the tape on which all values are recorded" in report.sentences
    marked = load("vectors", "mark that outlives the pass")
    assert accused(marked, examples=25)[0].startswith("a second backward pass reaches nothing: a mark on visited nodes")


EXPRESSIONS = """
class Num:
    def __init__(self, value): self.value = value
    def __add__(self, o): return Sum(self, o)
    def __mul__(self, o): return Product(self, o)
    def grad(self, x): return 1.0 if x is self else 0.0

class Sum(Num):
    def __init__(self, a, b): self.a, self.b, self.value = a, b, a.value + b.value
    def grad(self, x): return 1.0 if x is self else self.a.grad(x) + self.b.grad(x)

class Product(Num):
    def __init__(self, a, b): self.a, self.b, self.value = a, b, a.value * b.value
    def grad(self, x): return 1.0 if x is self else self.a.grad(x) * self.b.value + self.a.value * self.b.grad(x)
"""


@pytest.mark.slow
def test_a_gradient_asked_of_the_output_is_that_of_its_own_class(engine):
    assert accused(engine(EXPRESSIONS, "expressions"), examples=25) == []
    wrong = EXPRESSIONS.replace("self.a.value * self.b.grad(x)", "self.b.value * self.b.grad(x)")
    assert accused(engine(wrong, "wrong_expressions"), examples=25)[0].startswith("`a * b`: its local derivative along b comes out as `b`")


def test_an_operator_that_is_inherited_from_float_is_not_the_engines(engine):
    text = ZEROED.replace("class Num:\n    def __init__(self, value, deps=()):\n", '''class Num(float):
    __hash__, __eq__ = object.__hash__, object.__eq__
    def __new__(cls, value, deps=()):
        return float.__new__(cls, value)
    def __init__(self, value, deps=()):
''')
    report = conformance(engine(text, "floats"), examples=25)
    assert not any(sentence.startswith(("`+a`", "`abs(a)`")) for sentence in report.sentences)


def test_a_method_named_abs_is_examined(engine):
    text = ZEROED.replace("    def backward", "    def abs(self):\n        return Num(abs(self.value), ((self, 1.0),))\n    def backward")
    finding = conformance(engine(text, "absolute"), examples=25).findings[0]
    assert finding.sentence.startswith("`abs`: its local derivative along a") and "y = a.abs()" in finding.program


BY_NUMBER = """
class Num:
    def __init__(self, value, deps=()):
        self.value, self.dot, self.deps = value, 0.0, deps
    def __add__(self, b):
        return Num(self.value + b.value, ((self, 1.0), (b, 1.0)))
    def __mul__(self, b):
        return Num(self.value * b.value, ((self, b.value), (b, self.value)))
    def backward(self):
        order, seen = [], set()
        def walk(n):
            if n.value not in seen:
                seen.add(n.value)
                for x, _ in n.deps:
                    walk(x)
                order.append(n)
        walk(self)
        self.dot = 1.0
        for each in reversed(order):
            for x, slope in each.deps:
                x.dot += each.dot * slope
"""
BY_LEVELS = BY_NUMBER[: BY_NUMBER.index("        order, seen")] + """\
        Num.passes += 1
        self.dot, seen, level = 1.0, {self}, [self]
        while level:
            below = {}
            for each in level:
                for x, slope in each.deps:
                    x.dot += each.dot * slope
                    below[x] = None
            level = [x for x in below if x not in seen][:: 1 if Num.passes % 2 else -1]  # in another order each time
            seen.update(level)
    passes = 0
"""


def test_breadth_first_is_blamed_for_its_order_though_it_changes_each_time(engine):
    assert accused(engine(BY_LEVELS, "levels"), properties=["operators", "sums"]) == [
        "a node is read before all its users have written: backward needs a topological order (a gets 2.0 instead of 10.0)"]


def test_nodes_that_are_marked_by_their_numbers_are_told_so_with_the_input_that_goes_wrong(engine):
    finding = conformance(engine(BY_NUMBER, "numbers"), properties=["operators", "inner nodes"]).findings[0]
    assert finding.sentence.endswith("backward must mark the nodes it has visited, not their numbers")
    assert finding.result == "b.dot  # gives 0.0, and should give 3.125"


def test_what_is_not_written_yet_is_told_once_and_in_full(engine):
    what = "the product, which every operation below it waits for; its local derivatives are the other factors (chapter 1)"
    text = BY_NUMBER.replace("return Num(self.value * b.value, ((self, b.value), (b, self.value)))", f"raise NotImplementedError({what!r})")
    text += "    def __neg__(self):\n        return self * Num(-1.0)\n    def __sub__(self, b):\n        return self + -b\n"
    told = conformance(engine(text, "gaps"), properties=["operators", "local derivatives"]).findings
    assert [each.sentence for each in told if each.accuses] == [f"`a * b` is not written yet: {what}"]
    assert {"`-a` does not work", "`a - b` does not work"} <= set(told[0].follows)
