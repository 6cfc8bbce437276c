"""No public function raises anything but an error of the library, or Python's own for a call that does not fit."""

import os

import pytest
from hostile import attack, found_in, subjects

SECONDS = float(os.environ.get("AUTODIFF_HOSTILE_SECONDS") or 60)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Files are saved under the names that are tried."""
    monkeypatch.chdir(tmp_path)


def test_bad_arguments_raise_errors_of_the_library(rng):
    found, calls = found_in(8, rng.random())
    assert not found, "\n".join(found)
    assert calls > len(subjects())


@pytest.mark.slow
def test_bad_arguments_raise_errors_of_the_library_for_a_minute(rng):
    found, _ = found_in(SECONDS, rng.random())
    assert not found, "\n".join(found)


def test_the_search_sees_a_raw_error_from_inside_the_library(rng):
    from autodiff.compiled.record import call

    assert any(attack("join", call.Call.joined, rng) for _ in range(50))
