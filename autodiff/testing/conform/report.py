"""A conformance report as text, JSON, JUnit XML, and the results.json that Gradescope reads."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from ...coerce import is_one_of
from ...errors import ArgumentError, shown
from .results import Conformance, Result

FORMATS = ("text", "all", "json", "junit", "gradescope")
CREDIT = ("full", "zero")  # what a property is worth that could not be examined, or does not apply


def write_report(
    report: Conformance,
    form: str,
    points: Mapping[str, float] | None = None,
    not_examined: str = "zero",
    not_applicable: str = "full",
) -> str:
    """The report in one of `FORMATS`; `points` says what each property is worth to Gradescope, 1 by default.

    The total is the same for every engine: a property that could not be examined, or does not apply, counts as said.
    """
    if not is_one_of(form, FORMATS):
        raise ArgumentError(f"format: expected one of {', '.join(FORMATS)}, got {shown(form)}")
    if form == "gradescope":
        return as_gradescope(report, points or {}, not_examined, not_applicable)
    if form in ("text", "all"):
        return report.text(form == "all")
    return as_json(report) if form == "json" else as_junit(report)


def as_json(report: Conformance) -> str:
    """For programs: the findings in order of importance, and every property with its own."""
    whole = {
        "engine": report.engine, "holds": bool(report), "notes": report.notes,
        "findings": [finding._asdict() for finding in report.findings],
        "built_on": {op: sorted(below) for op, below in report.built_on.items() if below},
        "properties": [_plain(result) for result in report.results],
    }  # fmt: skip
    return json.dumps(whole, indent=2)


def _plain(result: Result) -> dict[str, Any]:
    return {
        "name": result.name, "says": result.says, "holds": result.holds, "known": result.known,
        "skipped": result.skipped, "not_applicable": result.not_applicable, "seconds": round(result.seconds, 3),
        "findings": [finding._asdict() for finding in result.findings],
    }  # fmt: skip


def as_junit(report: Conformance) -> str:
    """For continuous integration: one test case for each property."""
    seconds = sum(result.seconds for result in report.results)
    counts = {"tests": str(len(report.results)), "failures": str(len(report.failures)), "errors": "0"}
    counts["skipped"] = str(sum(bool(result.skipped or result.not_applicable) for result in report.results))
    name = f"autodiff conformance of {_legal(report.engine)}"
    suite = ElementTree.Element("testsuite", {"name": name, **counts, "time": f"{seconds:.3f}"})
    for result in report.results:
        case = _case(suite, result.name, time=f"{result.seconds:.3f}")
        if result.skipped or result.not_applicable:
            ElementTree.SubElement(case, "skipped", message=_legal(result.skipped or result.not_applicable))
        elif not result.holds:
            failure = ElementTree.SubElement(case, "failure", message=_legal(result.findings[0].sentence))
            failure.text = _legal(_findings(result))
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ElementTree.Element, name: str, **more: str) -> ElementTree.Element:
    return ElementTree.SubElement(suite, "testcase", {"classname": "conformance", "name": name, **more})


def write_refusal(
    target: str, reason: str, form: str, points: Mapping[str, float] | None = None, names: Sequence[str] = ()
) -> str:
    """Write the report on an engine that cannot be run, in any of the formats; its total is that of any other."""
    from .properties import PROPERTIES

    sentence = f"{target} cannot be run: {reason}"
    chosen = [each.name for each in PROPERTIES if not names or each.name in names]
    if form == "json":
        return json.dumps({"engine": target, "holds": False, "cannot": reason, "properties": []}, indent=2)
    if form == "junit":
        counts = {"tests": str(len(chosen)), "failures": "0", "errors": str(len(chosen))}
        suite = ElementTree.Element("testsuite", {"name": "autodiff conformance", **counts})
        for name in chosen:
            ElementTree.SubElement(_case(suite, name), "error", message=_legal(sentence))
        return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)
    if form == "gradescope":
        worth = points or {}
        tests = [_score(name, 0, worth.get(name, 1), False, sentence) for name in chosen]
        return json.dumps({"output": sentence, "tests": tests}, indent=2)
    return sentence


def _score(name: str, score: float, worth: float, passed: bool, output: str) -> dict[str, Any]:
    """What Gradescope reads of one property."""
    told = {"visibility": "visible", "status": "passed" if passed else "failed", "output": output}
    return {"name": name, "score": score, "max_score": worth, **told}


def as_gradescope(report: Conformance, points: Mapping[str, float], not_examined: str, not_applicable: str) -> str:
    """For Gradescope: a score for each property, and the report for people above them."""
    names = {result.name for result in report.results}
    for name in points:
        if name not in names:
            raise ArgumentError(f"points: expected names among {', '.join(sorted(names))}, got {shown(name)}")
    tests = []
    for result in report.results:
        worth = points.get(result.name, 1)
        credit = not_examined if result.skipped else not_applicable if result.not_applicable else "zero"
        full = result.holds or credit == "full"
        output = _findings(result) or _reason(result) or result.says
        tests.append(_score(result.name, worth if full else 0, worth, full, output))
    return json.dumps({"tests": tests, "output": report.text()}, indent=2)


def _reason(result: Result) -> str:
    if result.skipped:
        return f"not examined: {result.skipped}"
    return f"does not apply: {result.not_applicable}" if result.not_applicable else ""


def _findings(result: Result) -> str:
    return "\n\n".join(each.text() for each in result.findings)


def _legal(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return "".join(letter if letter in "\t\n" or letter.isprintable() else "?" for letter in text)
