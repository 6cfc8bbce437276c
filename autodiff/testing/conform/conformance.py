"""What is right and what is wrong with anyone's scalar engine, in plain words.

>>> from autodiff import Value
>>> print(conformance(Value, examples=20))
Value: 24 of 24 properties hold
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from time import process_time
from typing import Any

from ...errors import ArgumentError, shown
from ..engines.detect import adapter_for
from ..derive.answers import describe
from .examiner import ROUNDS, TWICE, Exam, NotApplicable, Skipped, Unsteady
from .findings import WRONG, Finding
from .locate import line_with_set
from .properties import PROPERTIES, Property
from .properties.operations import UNSTEADY
from .results import Conformance, Result


def conformance(
    Value: Any,
    *,
    examples: int = 200,
    seed: int = 0,
    properties: Iterable[str] | None = None,
    known: Mapping[str, str] | None = None,
    **found: Any,
) -> Conformance:
    """Examine an engine: the class of its values, or an `Adapter`; true if every property holds.

    `examples` is how many programs are drawn (from `seed` on), `properties` the names of those to examine, `known` a
    reason for each property that this engine is documented not to have. Other keywords go to `adapter_for`.
    """
    engine = adapter_for(Value, **found)
    chosen = _choose(properties)
    exam = Exam(engine, examples, seed)
    results = [result_of(exam, each, {**engine.known, **(known or {})}) for each in chosen]
    return Conformance(engine.name, results, exam.built_on, engine.notes)


def _choose(names: Iterable[str] | None) -> list[Property]:
    known = {each.name: each for each in PROPERTIES}
    for name in names or ():
        if name not in known:
            raise ArgumentError(f"properties: expected names among {', '.join(known)}, got {shown(name)}")
    return list(known.values()) if names is None else [known[name] for name in names]


NEED_NO_GRADIENT = ("values", "operators", "float data", "extreme numbers")


def result_of(exam: Exam, each: Property, known: Mapping[str, str]) -> Result:
    """What one property's examination found; what has examined nothing does not hold."""
    start, asked = process_time(), exam.asked
    findings: list[Finding] = []
    skipped = not_applicable = ""
    try:
        if exam.stopped and (each.name not in NEED_NO_GRADIENT or exam.stopped == ROUNDS):
            raise Skipped(exam.stopped)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an engine's warnings are no part of its report
            for finding in each.examine(exam):
                findings.append(finding if finding.rank else finding._replace(rank=each.rank))
        if not findings and exam.asked == asked:
            skipped = "waits until the operations that it would examine are right"
    except MemoryError:
        raise
    except Skipped as reason:
        skipped = "" if findings else str(reason)
    except NotApplicable as reason:
        not_applicable = str(reason)
    except Unsteady as shown:
        exam.stopped = TWICE
        findings[:] = [Finding(UNSTEADY, exam.source(shown.program), WRONG, line=line_with_set(exam, shown.program))]
    except Exception as error:  # the engine may raise anywhere, and that is a finding too
        findings.append(Finding(f"{each.name} cannot be examined: {describe(error)}", rank=each.rank))
    seconds = process_time() - start
    return Result(each.name, each.says, findings, known.get(each.name, ""), seconds, skipped, not_applicable)


NEEDED = ("operators", "local derivatives", "inner nodes", "upstream gradient", "accumulation")


class ConformanceTests:
    """A pytest class to inherit from: one test for each property of your engine.

        class TestMyEngine(ConformanceTests):
            Value = MyValue
    """

    Value: Any = None
    examples = 200

    def pytest_generate_tests(self, metafunc: Any) -> None:
        if "property_name" in metafunc.fixturenames:
            metafunc.parametrize("property_name", [each.name for each in PROPERTIES])

    def test_property(self, property_name: str) -> None:
        """The property holds; earlier ones are examined with it, so that it is not blamed for their faults."""
        if self.Value is None:
            raise ArgumentError("ConformanceTests: set `Value` in your subclass to the class of your engine's values")
        names = [each.name for each in PROPERTIES]
        needed = [name for name in NEEDED if name in names[: names.index(property_name)]]
        report = conformance(self.Value, examples=self.examples, properties=[*needed, property_name])
        result = report.results[-1]
        if result.not_applicable:
            import pytest

            pytest.skip(result.not_applicable)
        if not result.holds:
            lines = [result.skipped] if result.skipped else [each.text() for each in result.findings]
            raise AssertionError("\n".join(lines))
