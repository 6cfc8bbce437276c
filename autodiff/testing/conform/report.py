"""A conformance report as text, JSON, JUnit XML, and the results.json that Gradescope reads."""

import json
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from ...errors import ArgumentError, shown
from .results import Conformance, Result

FORMATS = ("text", "json", "junit", "gradescope")


def written(report: Conformance, form: str, points: Mapping[str, float] | None = None) -> str:
    """The report in one of `FORMATS`; `points` says what each property is worth to Gradescope, 1 by default."""
    if form not in FORMATS:
        raise ArgumentError(f"format: expected one of {', '.join(FORMATS)}, got {shown(form)}")
    if form == "gradescope":
        return as_gradescope(report, points or {})
    return as_json(report) if form == "json" else as_junit(report) if form == "junit" else str(report)


def as_json(report: Conformance) -> str:
    """For programs: every property with its findings."""
    properties = [_plain(result) for result in report.results]
    return json.dumps({"engine": report.engine, "holds": bool(report), "properties": properties}, indent=2)


def _plain(result: Result) -> dict[str, Any]:
    return {
        "name": result.name, "says": result.says, "holds": result.holds, "known": result.known, "waits": result.waits,
        "absent": result.absent,
        "seconds": round(result.seconds, 3), "findings": [finding._asdict() for finding in result.findings],
    }  # fmt: skip


def as_junit(report: Conformance) -> str:
    """For continuous integration: one test case for each property."""
    seconds = sum(result.seconds for result in report.results)
    counts = {"tests": str(len(report.results)), "failures": str(len(report.failures)), "errors": "0"}
    counts["skipped"] = str(sum(bool(result.waits or result.absent) for result in report.results))
    name = f"autodiff conformance of {_legal(report.engine)}"
    suite = ElementTree.Element("testsuite", {"name": name, **counts, "time": f"{seconds:.3f}"})
    for result in report.results:
        told = {"classname": "conformance", "name": result.name, "time": f"{result.seconds:.3f}"}
        case = ElementTree.SubElement(suite, "testcase", told)
        if result.waits or result.absent:
            ElementTree.SubElement(case, "skipped", message=_legal(result.waits or result.absent))
        elif not result.holds:
            failure = ElementTree.SubElement(case, "failure", message=_legal(result.findings[0].sentence))
            failure.text = _legal(_told(result))
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def as_gradescope(report: Conformance, points: Mapping[str, float]) -> str:
    """For Gradescope: a score for each property that applies."""
    names = {result.name for result in report.results}
    for name in points:
        if name not in names:
            raise ArgumentError(f"points: expected names among {', '.join(sorted(names))}, got {shown(name)}")
    tests = []
    for result in report.results:
        if result.absent:
            continue
        worth = points.get(result.name, 1)
        tests.append({
            "name": result.name, "score": worth if result.holds else 0, "max_score": worth, "visibility": "visible",
            "status": "passed" if result.holds else "failed", "output": _told(result) or result.waits or result.says,
        })  # fmt: skip
    return json.dumps({"tests": tests, "output": report.headline}, indent=2)


def _told(result: Result) -> str:
    return "\n\n".join(f"{each.sentence}\n{each.program}".strip() for each in result.findings)


def _legal(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return "".join(letter if letter in "\t\n" or letter.isprintable() else "?" for letter in text)
