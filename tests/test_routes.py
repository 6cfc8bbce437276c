"""Every route from a program to its value and its gradient agrees (P15), on random structured programs.

Where one fails, `python -m autodiff.testing.routes --seed S --programs N` repeats it; longer runs find rarer things.
"""

import math
import os
import random
import subprocess
import sys
from math import inf, nan

import pytest
from hypothesis import given, reject, settings

from autodiff import Value, differentiate
from autodiff.testing import routes
from autodiff.testing.routes import structured_programs
from autodiff.testing.routes.choices import Choices, shorten
from autodiff.testing.routes.rounding import Graph, allow
from autodiff.testing.routes.routes import ROUTES
from autodiff.testing.routes.second import HESSIANS
from autodiff.testing.routes.trial import Trial, add_up, find_complaint

# How long the slow test looks: so many seconds if they are given, else so many programs, the same on every machine.
SECONDS = float(os.environ.get("AUTODIFF_ROUTES_SECONDS") or 0)
MANY, MANY_MODELS, MANY_JAX = 2000, 500, 40
MODELS_AGREE = ["compiled", "predict", "changed"]
AGREE = ["math", "numpy", "numpy batch", "batch", "passed", "grad", "gradient_graph", "jvp", "second", "formula", "vjp", "native"]


def told(report):
    return "\n\n".join(map(str, report.findings))


def test_routes_agree_on_random_programs(rng):
    report = routes.search(seconds=inf, most=40, seed=rng.random(), routes=AGREE)
    assert not report.findings, told(report)
    assert report.programs > report.unusable


def test_arrays_agree_where_every_program_is_vectorized_however_small(rng, monkeypatch):
    monkeypatch.setattr("autodiff.compiled.recordings.LEAST", 0)
    monkeypatch.setattr("autodiff.compiled.recordings.worth", lambda *anything: 0.0)
    report = routes.search(seconds=inf, most=20, seed=rng.random(), routes=["numpy", "numpy batch", "passed"])
    assert not report.findings, told(report)


def test_other_array_modules_agree(rng):
    report = routes.search(seconds=inf, most=20, seed=rng.random(), routes=["array api"])
    assert not report.findings, told(report)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "names", "most"), [
    (routes.PROGRAMS, AGREE, MANY), (routes.PROGRAMS, ["jax batch"], MANY_JAX), (routes.PROGRAMS, ["array api"], MANY_MODELS),
    (routes.MODELS, MODELS_AGREE, MANY_MODELS),
], ids=["programs", "jax", "array api", "models"])  # fmt: skip
def test_routes_agree_on_random_programs_for_minutes(kind, names, most, rng):
    report = routes.search(seconds=SECONDS or inf, most=None if SECONDS else most, seed=rng.random(), routes=names, kind=kind)
    print(report)
    assert not report.findings, told(report)


def test_models_predict_what_they_give_row_by_row(rng):
    report = routes.search(seconds=inf, most=15, seed=rng.random(), routes=MODELS_AGREE, kind=routes.MODELS)
    assert not report.findings, told(report)


@given(structured_programs())
@settings(max_examples=10)
def test_programs_drawn_by_hypothesis_run(program):
    try:
        trial = routes.Trial(program)
    except routes.Unusable:
        reject()
    assert len(trial.rows) == program.count
    assert not list(trial.complaints(["grad"]))


def test_a_program_prints_as_python_that_gives_the_same():
    for seed in range(40):
        program = routes.draw_program(Choices(seed))
        names = {}
        exec(str(program), names)
        assert len(names["arguments"]) == len(program.arguments)
        try:
            row = routes.Trial(program).rows[0]
        except routes.Unusable:
            continue
        y = names["f"](*map(_first, names["arguments"]))
        assert _bits(getattr(y, "data", y)) == _bits(row.value)


def _first(x):
    return Value(x[0] if isinstance(x, list) else x)


def _bits(x):
    return "nan" if x != x else float(x).hex()


def test_the_same_seed_draws_the_same_programs():
    assert [str(routes.draw_program(Choices(n))) for n in range(20)] == [str(routes.draw_program(Choices(n))) for n in range(20)]


def test_a_sum_over_rows_may_overflow_on_its_way():
    assert add_up([1e308, 1e308, 1e308]) == inf and add_up([inf, 1.0]) == inf
    assert add_up([1e16, 1.0, -1e16]) == 1.0


def test_a_list_of_choices_becomes_short_and_low():
    assert shorten([7, 3, 9, 250, 4], lambda made: any(x > 100 for x in made)) == [101]


def test_a_planted_fault_is_found_and_shrinks(monkeypatch):
    def wrong(trial):
        for row in trial.rows:
            gradient = {name: -x if "sum(" in str(trial.program) else x for name, x in row.gradient.items()}
            yield from trial.compare_row(row, row.value, gradient)

    monkeypatch.setitem(ROUTES, "wrong", wrong)
    report = routes.search(seconds=60, most=3, seed=1, routes=["wrong"])  # few of the many findings: each takes a second to shrink
    assert report.findings
    assert all("sum(" in str(finding.subject) for finding in report.findings)
    assert min(len(finding.subject.lines) for finding in report.findings) <= 2


def test_an_error_on_a_route_is_a_finding(monkeypatch):
    def broken(trial):
        raise KeyError("d_view_9")
        yield

    monkeypatch.setitem(ROUTES, "broken", broken)
    report = routes.search(seconds=60, most=5, seed=1, routes=["broken"])
    assert len(report.findings) == 1 and "raises KeyError" in str(report.findings[0])


def test_a_complex_number_that_eager_did_not_meet_is_no_finding():
    line = "z = where(x > 0, 1.0, 0.0) + c ** c"
    inputs = routes.Input("x", (), ((2.0,),), "rows"), routes.Input("c", (), ((-0.5,),), "constant")
    program = routes.Program(inputs, (line, "y = x * 2.0"))
    text = find_complaint(ROUTES["batch"], Trial(program))
    assert "(complex)" in text and not list(Trial(program).complaints(["batch"]))


def test_a_direction_that_overflows_on_its_way_forward_is_no_finding_and_others_are(monkeypatch):
    for line, excused in [("y = tanh(x * 1e200 * 1e200)", True), ("y = tanh(x * 1e200)", False)]:
        program = routes.Program((routes.Input("x", (), ((0.5,), (-0.5,)), "rows"),), (line,))
        monkeypatch.setattr(differentiate, "jvp", lambda f, at, direction: (f(Value(*at)).data, nan))
        monkeypatch.setattr(random.Random, "choice", lambda self, among: 1.0)
        assert (not list(Trial(program).complaints(["jvp"]))) is excused


def test_a_row_that_eager_cannot_run_is_not_put_beside_another():
    lines = ("h = -2.0 * int(x > 0.0)", "z = 1.0 / h", "y = x * x")
    program = routes.Program((routes.Input("x", (), ((1.0,),), "rows"),), lines)
    with pytest.raises(ZeroDivisionError):
        program.function()(Value(-1.01))
    assert not list(Trial(program).complaints(["second"]))


def test_the_command_reports_counts_and_an_exit_code():
    command = [sys.executable, "-m", "autodiff.testing.routes", "--seconds", "60", "--programs", "5", "--routes", "grad"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0 and "5 programs, 5 answers" in done.stdout and "no disagreement" in done.stdout


def program(line, **inputs):
    """A program of one line, with a number for each argument."""
    return routes.Program(tuple(routes.Input(name, (), ((x,),), "rows") for name, x in inputs.items()), (f"y = {line}",))


def test_a_nan_beside_a_number_that_nobody_uses_is_excused_in_a_matrix_product_alone():
    trial = routes.Trial(program("min(x * 1e308 * 10.0, s)", x=1.0, s=2.0))
    assert not trial.rows[0].finite_beside and trial.rows[0].finite
    assert list(trial.compare_row(trial.rows[0], 2.0, {"x": nan}))
    trial.multiplies = lambda: True
    assert not list(trial.compare_row(trial.rows[0], 2.0, {"x": nan}))
    assert list(trial.compare_row(trial.rows[0], 2.0, {"x": 1.0}))


def test_rows_of_both_signs_may_gather_before_they_meet_an_infinite_slope():
    """Row by row the slopes are inf and -inf, and nan together; a program that computes s / a once gives -inf."""
    inputs = [routes.Input("x", (), ((1.0,), (-2.0,)), "rows"), routes.Input("s", (), ((1.0,),), "shared")]
    trial = routes.Trial(routes.Program(tuple(inputs), ("y = x * (s / 1e-310)",)))
    assert not list(trial.compare_batch([inf, -inf], {"x": [inf, inf], "s": -inf})) and trial.excused
    assert list(trial.compare_batch([inf, inf], {"x": [inf, inf], "s": -inf}))


def test_a_product_that_overflows_alone_may_not_in_a_sum_and_only_there():
    """A fused multiply-add does not round 1e400 before it adds."""
    trial = routes.Trial(program("x * y + s * y", x=1e200, s=-1e200, y=1e200))
    row = trial.rows[0]
    assert math.isnan(row.value) and row.overflows
    assert not list(trial.compare_row(row, inf, {"x": 1e200})) and trial.excused
    assert list(trial.compare_row(row, nan, {"x": 2e200}))
    assert not routes.Trial(program("x * s", x=inf, s=2.0)).rows[0].overflows


def test_inf_and_nan_have_to_be_where_eager_has_them():
    trial = routes.Trial(program("x * s", x=inf, s=2.0))
    row = trial.rows[0]
    assert not list(trial.compare_row(row, inf, {"x": 2.0, "s": inf}))
    for value, gradient in ((nan, {}), (-inf, {}), (1.0, {}), (inf, {"x": inf}), (inf, {"x": 2.1}), (inf, {"s": nan})):
        assert list(trial.compare_row(row, value, gradient))
    trial.multiplies = lambda: True
    assert not list(trial.compare_row(row, nan, {})) and list(trial.compare_row(row, -inf, {}))


def test_what_rounding_may_take_across_a_kink_is_not_steady():
    """1 + 1e200 - 1e200 + 1 is 2, 1 or 0 by the order; clipped to 1 and turned by abs it is 1 on both sides, and 0 between."""
    trial = routes.Trial(program("abs(clip(total([x, x * 1e200, x * -1e200, s]), -1.0, 1.0))", x=1.0, s=1.0))
    assert not trial.rows[0].room.steady
    trial = routes.Trial(program("abs(clip(total([x, x * 3.0, x * -2.5, s]), -9.0, 9.0))", x=1.0, s=1.0))
    assert trial.rows[0].room.steady


@pytest.mark.parametrize(("line", "x", "normal"), [
    ("x * 1.0", 1e-310, False), ("x * 1.0", 1e-300, True), ("abs(x) * 0.5", 3e-308, False), ("x * 1e-310 + 1.0", 0.0, False), ("x * x", 0.0, True),
    ("(x if x > 1e-310 else -x)", 1.0, False),
])  # fmt: skip
def test_jax_is_asked_where_no_number_is_subnormal(line, x, normal):
    assert routes.Trial(program(line, x=x)).rows[0].normal == normal


def test_at_a_kink_of_neither_side_every_route_warns_or_is_a_finding(monkeypatch):
    trial = routes.Trial(program("cos(abs(x)) * x", x=0.0))
    assert not list(trial.complaints(["second"])) and trial.excused
    monkeypatch.setitem(HESSIANS, "hessian", lambda function, numbers: [[0.0]])
    assert "no KinkWarning" in str(next(trial.complaints(["second"])))
    assert "hessian: entry" in str(next(routes.Trial(program("x * x", x=2.0)).complaints(["second"])))


def test_what_rounding_may_do_grows_with_the_root_of_the_number_of_roundings():
    def room(count):
        x = Value(0.3)
        y = x
        for _ in range(count):
            y = y * 1.1 / 1.1
        return allow(y, [x], closely=True).value / math.ulp(y.data)

    assert 4 < room(4) < 60 and room(400) < 20 * room(4)


@pytest.mark.parametrize(("line", "inputs", "route"), [
    ("gelu(x) + x", {"x": 1.422}, "second"),  # near sqrt(2), where the second derivative is a difference
    ("logsumexp(x, s)", {"x": 403.4287934927351, "s": -0.938}, "gradient_graph"),  # exp(s - x) of a rounded difference
])  # fmt: skip
def test_where_two_routes_seem_apart_the_rules_of_local_derivatives_are_disturbed_too(line, inputs, route, monkeypatch):
    trial = routes.Trial(program(line, **inputs))
    assert not list(trial.complaints([route]))
    monkeypatch.setattr(Graph, "_rounds", lambda graph, index: False)
    assert list(routes.Trial(program(line, **inputs)).complaints([route]))
