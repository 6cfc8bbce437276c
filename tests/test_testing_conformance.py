"""Anyone's engine is examined, and what is wrong with it is said in the right words; right engines raise no alarm."""

import json
import math
import random
import warnings
from pathlib import Path
from xml.etree import ElementTree

import pytest

from autodiff import Value
from autodiff.errors import ArgumentError
from autodiff.testing import Adapter, ConformanceTests, adapter_for, conformance
from autodiff.testing.engines import packages as engines
from autodiff.testing.engines.detect import ours
from autodiff.testing.conform.diagnosis import Sample, explain, find_formula
from autodiff.testing.conform.examiner import Exam
from autodiff.testing.mutants.score import as_markdown, verdict
from autodiff.testing.mutants.wrong_engines import MUTANTS, Mutant, load, source
from autodiff.testing.conform.properties import PROPERTIES, operations
from autodiff.testing.conform.properties.drawn import find_smallest, is_wrong
from autodiff.testing.conform.report import write_report
from autodiff.testing.conform.results import Conformance

ORDERS = ["order: breadth first", "order: depth first", "order: every path", "order: leaves first"]


class TestThisEngine(ConformanceTests):
    Value = ours()
    examples = 30


def test_a_right_engine_holds_every_property():
    assert str(conformance(Value, examples=30)) == f"Value: {len(PROPERTIES)} of {len(PROPERTIES)} properties hold"


def test_micrograd_is_told_only_what_it_does():
    micrograd = pytest.importorskip("micrograd.engine", reason="needs micrograd")
    report = conformance(micrograd.Value, examples=30)
    assert [result.name for result in report.failures] == [
        "operators", "second backward", "two roots", "numbers kept", "float data", "extreme numbers", "tails", "depth",
        "repeatable",
    ]  # fmt: skip
    said = "\n".join(report.sentences)
    for sentence in ["`0.75 ** a` does not work: TypeError", "adds interior gradients again",
                     "backward reads `data` again", "the int 0 in `data`", "raises ZeroDivisionError", "recursion depth at 9",
                     "puts the complex", "the derivative of `0.0 ** 0.0` cannot be had: ZeroDivisionError",
                     "last bits differ between runs: parents are kept in a set"]:  # fmt: skip
        assert sentence in said


@pytest.mark.slow
@pytest.mark.parametrize("name", ["hips", pytest.param("torch", marks=pytest.mark.slow), pytest.param("jax", marks=pytest.mark.slow)])
def test_other_packages_hold_all_but_what_is_documented_as_theirs(name):
    package = {"hips": "autograd"}.get(name, name)
    pytest.importorskip(package, reason=f"needs {package}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report = conformance(getattr(engines, name)(), examples=15)
    assert report, str(report)


def micrograd():
    return adapter_for(pytest.importorskip("micrograd.engine", reason="needs micrograd").Value)


RIGHT = {"autodiff": ours, "autograd": engines.hips, "torch": engines.torch, "jax": engines.jax, "micrograd": micrograd}


@pytest.mark.slow
@pytest.mark.parametrize("package", RIGHT)
def test_four_thousand_right_programs_raise_no_alarm_through_an_adapter(package, rng):
    pytest.importorskip(package, reason=f"needs {package}")
    exam = Exam(RIGHT[package](), examples=4000, seed=rng.randrange(10**9))
    assert [*operations.local_derivatives(exam), *operations.operators(exam)] == [] or package == "micrograd"  # whose ** takes no value
    alarm = find_smallest(exam, [op for op in exam.operations if op not in ("floor", "sign", "largest")], shrink=False)
    assert alarm is None, exam.source(alarm)


@pytest.mark.slow
@pytest.mark.parametrize("name", random.Random(0).sample(sorted(MUTANTS), 3))
def test_a_wrong_engine_is_killed_and_named(name):
    found = verdict(MUTANTS[name])
    assert found.named, found.sentences


@pytest.mark.slow
def test_every_wrong_engine_is_killed_and_named_and_the_table_in_the_docs_says_so():
    verdicts = [verdict(mutant) for mutant in MUTANTS.values()]
    assert [each.mutant.name for each in verdicts if not each.named] == []
    table = (Path(__file__).parent.parent / "docs" / "mutants.md").read_text(encoding="utf8")
    assert [line.split("|")[1:3:2] for line in table.splitlines()] == [line.split("|")[1:3:2] for line in as_markdown(verdicts).splitlines()]


def test_the_table_in_the_docs_lists_every_wrong_engine():
    table = (Path(__file__).parent.parent / "docs" / "mutants.md").read_text(encoding="utf8")
    for name, mutant in MUTANTS.items():
        assert any(line.startswith(f"| {name} | ") and mutant.says in line for line in table.splitlines()), name


@pytest.mark.parametrize("name", MUTANTS)
def test_every_substitution_still_applies(name):
    mutant = MUTANTS[name]
    compile(source(mutant), name, "exec")
    assert source(mutant) != source(Mutant("none", mutant.module, "", "", "", ""))


def test_a_substitution_that_no_longer_applies_is_told():
    with pytest.raises(ArgumentError, match="'no such text' in graph.py"):
        source(Mutant("stale", "graph", "no such text", "", "", ""))


def test_a_wrong_engine_leaves_the_right_one_alone():
    load(MUTANTS["mul: own data"])
    a, b = Value(2.0), Value(5.0)
    (a * b).backward()
    assert a.grad == 5.0


@pytest.mark.slow
@pytest.mark.parametrize("name", ORDERS[:1])
def test_drawn_programs_alone_find_a_wrong_order(name):
    exam = Exam(load(MUTANTS[name]).adapter, examples=500, seed=2)
    program = find_smallest(exam, ["add", "mul", "tanh", "sub"])
    assert program is not None and is_wrong(exam, program)
    assert len(program.steps) <= 6    # shrinking ends at one that no single change makes smaller: 3 would do


@pytest.mark.slow
@pytest.mark.parametrize("name", ORDERS)
def test_a_wrong_order_is_found_within_500_examples_in_99_of_100_seeds(name):
    engine = load(MUTANTS[name]).adapter
    exams = [Exam(engine, examples=500, seed=number) for number in range(100)]
    found = [find_smallest(exam, ["add", "sub", "mul", "neg", "tanh", "exp"], shrink=False) for exam in exams]
    assert 100 - found.count(None) >= 99


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        (lambda a, b: 0.0, "no gradient reaches a"),
        (lambda a, b: -b, "its local derivative along a has the wrong sign"),
        (lambda a, b: a * a, "its local derivative along a comes out as `a * a`, and should be `b`"),
        (lambda a, b: 3.7 * b, "its local derivative along a is 3.7 times what it should be, `b`"),
        (lambda a, b: b + 0.123456, "its local derivative along a is 2.123456 at a = 0.5, b = 2.0, and should be 2.0, which is `b`"),
    ],
)
def test_a_wrong_slope_is_described(numbers, sentence):
    samples = [Sample({"a": a, "b": b, "y": a * b}, numbers(a, b), b) for a, b in [(0.5, 2.0), (1.5, 0.3), (-1.0, 0.7)]]
    assert sentence in explain("mul", 0, samples)


def test_no_formula_is_made_up():
    assert find_formula([Sample({"a": a, "y": a}, math.sin(7 * a), 1.0) for a in (0.1, 0.2, 0.3)]) is None


class Odd:
    """An engine with other names for everything."""

    def __init__(self, x):
        self.val, self.adjoint, self.made = x, 0.0, ()

    def __add__(self, other):
        new = type(self)(self.val + (other.val if isinstance(other, Odd) else other))
        new.made = (self, other)
        return new

    def backprop(self):
        self.adjoint = 1.0
        for x in self.made:
            if isinstance(x, Odd):
                x.adjoint += 1.0


def test_other_names_are_found_by_looking():
    engine = adapter_for(Odd)
    x = engine.make(2.0)
    engine.backward(engine.apply("add", x, x))
    assert engine.data(x) == 2.0 and engine.grad(x) == 2.0 and list(engine.operations) == ["add"]


def test_a_gradient_of_an_odd_name_is_found_though_nothing_seeds_it():
    def start(self, x):
        self.val, self.bend = x, 0.0

    engine = adapter_for(type("Unseeded", (), {"__init__": start, "backward": lambda self: None}))
    x = engine.make(2.0)
    x.bend = 7.0
    assert engine.grad(x) == 7.0


def test_what_cannot_be_found_can_be_given():
    engine = adapter_for(Odd, data=lambda v: v.val, grad="adjoint", backward="backprop", operations={"exp": lambda v: v})
    assert isinstance(engine, Adapter) and "exp" in engine.operations
    with pytest.raises(ArgumentError, match="expected make, data, grad, backward, operations, got gradd"):
        adapter_for(Odd, gradd="adjoint")


@pytest.mark.parametrize(
    ("thing", "sentence"),
    [
        (3.0, r"expected the class of an engine's values, got 3.0 \(float\)"),
        (type("V", (), {}), r"V\(2.0\) raises TypeError"),
        (type("V", (), {"__init__": lambda self, x: None}), "V has no attribute named data"),
    ],
)
def test_what_is_no_engine_is_told(thing, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        conformance(thing)


class OneSided(Odd):
    """Adds numbers on its right only, and backward goes wrong: the one must not hide the other."""

    def backprop(self):
        self.adjoint = 1.0


def test_a_form_that_does_not_work_hides_nothing_else():
    report = conformance(OneSided, properties=["operators", "local derivatives"])
    assert [result.name for result in report.failures] == ["operators", "local derivatives"]
    assert report.sentences[1].startswith("`0.75 + a` does not work") and report.sentences[0].startswith("`a + b`: no gradient reaches a")


def test_what_cannot_be_examined_is_neither_right_nor_wrong():
    report = conformance(OneSided, properties=["operators", "local derivatives", "sums", "gradient sizes", "second backward"])
    assert [result.skipped for result in report.results] == [
        "", "", "waits until `a + b` is right", "waits for `a * b`, which the engine does not have", "waits until `a + b` is right",
    ]  # fmt: skip
    assert [result.holds for result in report.results] == [False] * 5 and len(report.failures) == 2
    assert write_report(report, "text").splitlines()[0] == "OneSided: 0 of 5 properties hold, 3 could not be examined"
    assert ElementTree.fromstring(write_report(report, "junit")).get("skipped") == "3"
    scored = json.loads(write_report(report, "gradescope"))["tests"][2]
    assert scored["score"] == 0 and scored["output"] == "not examined: waits until `a + b` is right"


def test_the_pytest_class_says_what_is_wrong_and_what_waits():
    class Tests(ConformanceTests):
        Value, examples = OneSided, 5

    for name, sentence in [("local derivatives", r"`a \+ b`: no gradient reaches a, wherever it was tried\n    a, b = "), ("sums", r"waits until `a \+ b` is right")]:
        with pytest.raises(AssertionError, match=sentence):
            Tests().test_property(name)
    with pytest.raises(ArgumentError, match="set `Value` in your subclass"):
        ConformanceTests().test_property("sums")


class Small:
    """A right engine as many write it: `**` takes plain exponents only."""

    def __init__(self, data, made=()):
        self.data, self.grad, self.made = float(data), 0.0, made

    def __add__(self, other):
        other = other if isinstance(other, Small) else type(self)(other)
        return type(self)(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, Small) else type(self)(other)
        return type(self)(self.data * other.data, ((self, other.data), (other, self.data)))

    __radd__, __rmul__ = __add__, __mul__

    def __pow__(self, k):
        return type(self)(math.pow(self.data, k), ((self, self.slope(self.data, k)),))

    def slope(self, a, k):
        return k * math.pow(a, k - 1) if k else 0.0

    def relu(self):
        return type(self)(max(self.data, 0.0), ((self, float(self.data > 0)),))

    def tanh(self):
        return type(self)(math.tanh(self.data), ((self, 1 / math.cosh(self.data) ** 2),))

    def backward(self):
        for node in (order := self.order()):
            node.grad = 0.0 if node.made else node.grad
        self.grad += 1.0
        for node in order:
            for parent, slope in node.made:
                parent.grad += slope * node.grad

    def order(self):
        order, stack, seen = [], [(self, False)], set()
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                stack += [(node, True), *((parent, False) for parent, _ in node.made)]
        return order[::-1]


def but(**changed):
    """The small engine with something written otherwise."""
    return type("Small", (Small,), changed)


def test_powers_without_values_as_exponents_are_examined_and_right():
    report = conformance(Small, examples=30)
    assert {result.name for result in report.failures} == {"operators", "extreme numbers"}
    assert all(sentence.startswith(("`a ** b`", "`0.75 ** a`", "`0.0 ** -1.0`", "`tanh(360.0)`")) for sentence in report.sentences)
    assert not any(result.skipped for result in report.results)


@pytest.mark.parametrize(
    ("slope", "sentence"),
    [
        (lambda a, k: k * abs(a) ** (k - 1), "`a ** b` at a negative base: its local derivative along a has the wrong sign"),
        (lambda a, k: abs(k) * a ** (k - 1), "`a ** b` with a negative exponent: its local derivative along a has the wrong sign"),
        (lambda a, k: (2 if k == 3 else k) * a ** (k - 1), "`a ** b` with the exponent 3: its local derivative along a is 0.6666666667 times"),
        (lambda a, k: a ** (k - 1), "`a ** b`: its local derivative along a"),
        (lambda a, k: 0.0 if k == 2 else k * a ** (k - 1), "with the exponent 2: no gradient reaches a, wherever it was tried"),
        (lambda a, k: (2 if k == -2 and a < 0 else k) * a ** (k - 1),
         "with the exponent -2 at a negative base: its local derivative along a has the wrong sign"),
    ],
)  # fmt: skip
def test_a_wrong_power_is_found_where_only_plain_exponents_are_taken(slope, sentence):
    report = conformance(but(slope=lambda self, a, k: slope(a, k)), properties=["operators", "local derivatives"])
    assert len(report.sentences) == 3 and sentence in report.sentences[0]


def test_powers_stay_in_drawn_programs_where_only_values_as_exponents_are_refused():
    wrong = but(slope=lambda self, a, k: 1.5 if k == 2 and 0 < a < 1.5 and a != 0.6 else Small.slope(self, a, k))
    (finding,) = conformance(wrong, properties=["operators", "local derivatives", "drawn programs"]).results[-1].findings
    assert finding.sentence.startswith("pow at ") and "** 2.0" in finding.program


def test_what_a_power_does_at_0_is_examined():
    report = conformance(but(slope=lambda self, a, k: Small.slope(self, a, k) if a else 1.0), properties=["operators", "local derivatives", "tails"])
    assert report.sentences[:1] == ["`0.0 ** 0.0` has the derivative 1.0 along a, and should have 0.0"]


def test_no_gradient_is_said_to_be_missing_where_some_arrives():
    gated = but(relu=lambda self: type(self)(max(self.data, 0.0), ((self, float(self.data > 1)),)))
    (sentence,) = [each for each in conformance(gated, properties=["local derivatives"]).sentences if "relu" in each]
    assert sentence.startswith("`relu`: its local derivative along a is 0.0 at a = 0.75, and should be 1.0")


def test_no_cause_is_told_that_is_none():
    steep = but(tanh=lambda self: type(self)(math.tanh(self.data), ((self, (1.001 if abs(self.data) > 2 else 1) / math.cosh(self.data) ** 2),)))
    (sentence,) = [each for each in conformance(steep, properties=["tails"]).sentences if "tanh" in each]
    assert sentence.startswith("`tanh(5.0)` has the derivative 0.00018") and sentence.endswith("should have 0.0001815832309438067")


def test_an_overflow_is_told_where_it_begins():
    def tanh(self):
        y = (math.exp(2 * self.data) - 1) / (math.exp(2 * self.data) + 1)
        return type(self)(y, ((self, 1 - y * y),))

    sentences = conformance(but(tanh=tanh), properties=["extreme numbers"]).sentences
    assert "`tanh(360.0)` raises OverflowError, and should give 1.0" in sentences


def test_ints_are_examined_beside_floats():
    class Strict(Small):
        def __add__(self, other):
            if type(other) is int:
                raise TypeError("no ints")
            return super().__add__(other)

        def __mul__(self, other):
            return super().__mul__(3.0 if type(other) is int else other)

        __radd__ = __add__

    sentences = conformance(Strict, properties=["operators"]).sentences
    assert sentences[:3] == [
        "`a * 2` at 1.5 gives 4.5 and the derivative 3.0, where `a * 2.0` gives 3.0 and the derivative 2.0",
        "`a + 2` does not work, though `a + 2.0` does: TypeError: no ints",
        "`2 + a` does not work, though `2.0 + a` does: TypeError: no ints",
    ]


def changing(self, other):
    self.data += other
    return self


def refusing(self, other):
    raise TypeError("no addition in place")


@pytest.mark.parametrize(
    ("method", "sentences"),
    [
        (changing, ["`a += 2.5` changes its input: after `b = a` and `a += 2.5`, b is 4.0 instead of 1.5"]),
        (lambda self, other: self + other + 1, ["`a += 2.5` makes 5.0 of 1.5 instead of 4.0"]),
        (lambda self, other: Small(self.data + other),
         ["`a += 2.5` has another derivative than `a + 2.5`: after `b = a` and `a += 2.5`, b gets 0.0 instead of 1.0"]),
        (lambda self, other: self + other, []),
        (refusing, []),
    ],
)  # fmt: skip
def test_operators_in_place_are_examined(method, sentences):
    assert conformance(but(__iadd__=method), properties=["inputs unchanged"]).sentences == sentences


class Hollow:
    def __init__(self, x):
        self.data, self.grad = x, 0.0

    def backward(self):
        self.grad += 1.0


def test_nothing_is_worth_no_points():
    report = conformance(Hollow)
    assert [result.name for result in report.results if result.holds] == ["values"] and not report
    scores = json.loads(write_report(report, "gradescope"))["tests"]
    assert sum(each["score"] for each in scores) == 1 and len(scores) == len(PROPERTIES)
    assert report.results[1].skipped == "waits for an operation"


def test_a_backward_pass_that_does_nothing_is_worth_the_operators_alone():
    report = conformance(but(backward=lambda self: None, __pow__=None, relu=None, tanh=None), examples=5)
    assert [result.name for result in report.results if result.holds] == ["operators", "extreme numbers"]
    assert report.sentences == ["backward reaches nothing: no gradient arrives at the operands of any operation"]
    assert report.results[-1].skipped == "waits until a backward pass reaches anything"


def test_what_does_not_apply_is_neither_right_nor_wrong_nor_counted():
    report = conformance(but(relu=None, __pow__=None), properties=["sums", "kinks"])
    assert report and report.results[1].not_applicable == "the engine has no operation with a kink" and not report.results[1].holds
    assert write_report(report, "text") == "Small: 1 of 2 properties hold, 1 does not apply"
    assert write_report(report, "all").splitlines()[2] == "kinks does not apply: the engine has no operation with a kink"
    assert ElementTree.fromstring(write_report(report, "junit")).get("skipped") == "1"
    assert [each["score"] for each in json.loads(write_report(report, "gradescope"))["tests"]] == [1, 1]
    scores = json.loads(write_report(report, "gradescope", not_applicable="zero"))["tests"]
    assert [each["score"] for each in scores] == [1, 0] and scores[1]["output"].startswith("does not apply: ")
    with pytest.raises(pytest.skip.Exception, match="no operation with a kink"):
        type("Tests", (ConformanceTests,), {"Value": but(relu=None)})().test_property("kinks")


def test_a_form_that_something_waits_for_is_named():
    def mul(self, other):
        if type(other) is float:
            raise TypeError("no floats")
        return Small.__mul__(self, other)

    report = conformance(but(__mul__=mul), properties=["operators", "gradient sizes"])
    assert report.sentences[0] == "`a * 0.4` does not work: TypeError: no floats" and report.results[1].holds  # wrapped
    wrong = but(__mul__=lambda self, other: Small.__mul__(self, other + 1.0 if type(other) is float else other))
    report = conformance(wrong, properties=["operators", "gradient sizes"])
    assert report.results[1].skipped == "waits until `a * 2.0` is right"


def test_what_differs_as_documented_is_counted_apart():
    known = {"operators": "no value is taken as an exponent", "extreme numbers": "it raises"}
    report = conformance(Small, properties=["values", *known, "local derivatives"], known=known)
    assert report and report.headline == "Small: 2 of 4 properties hold, 2 differ as documented"
    assert "as documented: operators (no value is taken as an exponent): `a ** b` does" in write_report(report, "text")


def test_an_unknown_property_is_told():
    with pytest.raises(ArgumentError, match="expected names among values, .*got 'speed'"):
        conformance(Value, properties=["speed"])


def test_an_engine_that_raises_anywhere_is_reported_and_not_raised():
    class Broken(Odd):
        def __add__(self, other):
            return Broken(self.val + (other.val if isinstance(other, Odd) else other))

        def backprop(self):
            raise RuntimeError("no backward today")

    report = conformance(Broken, properties=["values", "local derivatives", "sums"])
    assert not report and all("no backward today" in sentence for sentence in report.sentences)


@pytest.fixture(scope="module")
def report() -> Conformance:
    return conformance(load(MUTANTS["sub: sign of b"]).adapter, properties=["local derivatives", "sums"])


def test_a_report_as_text_shows_the_program(report):
    assert write_report(report, "text").splitlines()[:7] == [
        "Value: 1 of 2 properties hold", "", "1. `a - b`: its local derivative along b has the wrong sign",
        "    a, b = Value(0.75), Value(0.4)", "    y = a - b", "    y.backward()",
        "    b.grad  # gives 1.0, and should give -1.0",
    ]  # fmt: skip
    assert "  mathematics: d(a - b)/db = -1, times the gradient of the result" in write_report(report, "text")


def test_a_report_as_json_has_every_property(report):
    told = json.loads(write_report(report, "json"))
    assert told["holds"] is False and [each["holds"] for each in told["properties"]] == [False, True]


def test_a_report_as_junit_is_xml_with_one_failure(report):
    suite = ElementTree.fromstring(write_report(report, "junit"))
    assert suite.get("tests") == "2" and suite.get("failures") == "1"
    assert "wrong sign" in suite.find("testcase/failure").get("message")


def test_a_report_for_gradescope_scores_each_property(report):
    told = json.loads(write_report(report, "gradescope", {"local derivatives": 5}))
    assert [(each["score"], each["max_score"]) for each in told["tests"]] == [(0, 5), (1, 1)]
    with pytest.raises(ArgumentError, match="points: expected names among local derivatives, sums, got 'style'"):
        write_report(report, "gradescope", {"style": 2})


def test_an_unknown_format_is_told(report):
    with pytest.raises(ArgumentError, match="one of text, all, json, junit, gradescope, got 'pdf'"):
        write_report(report, "pdf")
