"""What is right and what is wrong with anyone's scalar engine, in plain words.

>>> from autodiff import Value
>>> print(conformance(Value, examples=20))
Value: 20 of 20 properties hold
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from time import perf_counter
from typing import Any

from ...errors import ArgumentError, shown
from .examiner import Absent, Exam, Finding, Waits, told
from ..engines.detect import adapter_for
from .properties import PROPERTIES, Property
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
    chosen = _chosen(properties)
    exam = Exam(engine, examples, seed)
    return Conformance(engine.name, [result_of(exam, each, {**engine.known, **(known or {})}) for each in chosen])


def _chosen(names: Iterable[str] | None) -> list[Property]:
    known = {each.name: each for each in PROPERTIES}
    for name in names or ():
        if name not in known:
            raise ArgumentError(f"properties: expected names among {', '.join(known)}, got {shown(name)}")
    return list(known.values()) if names is None else [known[name] for name in names]


def result_of(exam: Exam, each: Property, known: Mapping[str, str]) -> Result:
    """What one property's examination found; what has examined nothing does not hold."""
    start, asked = perf_counter(), exam.asked
    findings: list[Finding] = []
    waits = absent = ""
    try:
        findings.extend(each.examine(exam))
        if not findings and exam.asked == asked:
            waits = "waits until the operations that it would examine are right"
    except MemoryError:
        raise
    except Waits as reason:
        waits = str(reason)
    except Absent as reason:
        absent = str(reason)
    except Exception as error:  # the engine may raise anywhere, and that is a finding too
        findings.append(Finding(f"{each.name} cannot be examined: {told(error)}"))
    return Result(each.name, each.says, findings, known.get(each.name, ""), perf_counter() - start, waits, absent)


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
        needed = [name for name in ("operators", "slopes") if name in names[: names.index(property_name)]]
        report = conformance(self.Value, examples=self.examples, properties=[*needed, property_name])
        result = report.results[-1]
        if result.absent:
            import pytest

            pytest.skip(result.absent)
        if not result.holds:
            told = [result.waits] if result.waits else [f"{each.sentence}\n{each.program}" for each in result.findings]
            raise AssertionError("\n".join(told))
