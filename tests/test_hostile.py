"""No public function raises anything but an error of the library, or Python's own for a call that does not fit."""

import os

import pytest
from hostile import attack, found_in, subjects, wrong_options

ROUNDS = int(os.environ.get("AUTODIFF_HOSTILE_ROUNDS") or 300)  # calls of every name, in the slow test


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Files are saved under the names that are tried."""
    monkeypatch.chdir(tmp_path)


def test_bad_arguments_raise_errors_of_the_library(rng):
    found, calls = found_in(10, rng.random())
    assert not found, "\n".join(found)
    assert calls == 10 * len(subjects())


@pytest.mark.slow
def test_many_bad_arguments_raise_errors_of_the_library(rng):
    found, _ = found_in(ROUNDS, rng.random())
    assert not found, "\n".join(found)


@pytest.mark.slow
def test_bad_options_beside_sound_arguments_raise_errors_of_the_library():
    found, calls = wrong_options()
    assert not found, "\n".join(found)
    assert calls > 10_000


def test_the_search_sees_a_raw_error_from_inside_the_library(rng):
    from autodiff.compiled.record import call

    assert any(attack("join", call.Call.join, rng) for _ in range(50))
