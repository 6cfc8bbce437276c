"""What every test shares: which tests run, how hard Hypothesis tries, reproducible randomness, and no network.

A failed run is repeated by the seed in its header:  AUTODIFF_SEED=123 python3 tests -k name_of_the_test
"""

from __future__ import annotations

import os
import random
import sys
import shutil
import socket
from collections.abc import Callable
from functools import wraps

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

from autodiff.compiled import check, codegen
from emitted import undefined

IN_CI = os.environ.get("CI") == "true"
# In CI the same examples each time: a change is to fail for what it changes. New ones are tried wherever else it runs.
SEED = int(os.environ.get("AUTODIFF_SEED") or (0 if IN_CI else random.SystemRandom().randrange(10**9)))
os.environ["AUTODIFF_SEED"] = str(SEED)    # for the processes that share the tests: all are to collect the same

# A deadline, and a check of how fast examples are drawn, would fail a test for the load of the machine; the blob repeats
# a failure that no database has kept.
SURE = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture], "print_blob": True}
settings.register_profile("fast", max_examples=25, **SURE, derandomize=IN_CI)
settings.register_profile("thorough", max_examples=200, **SURE, derandomize=IN_CI)    # by --hypothesis-profile=thorough
settings.load_profile("fast")
if IN_CI and hasattr(providers, "_get_local_constants"):
    # Hypothesis draws constants of all modules that are loaded, too: not the same ones in each process that shares the tests.
    providers._get_local_constants = lambda: providers._local_constants


# Which tests run

def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", default=IN_CI, help="run the slow tests as well")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the slow tests, unless they are asked for by --slow or by an expression of markers."""
    if config.option.slow or config.option.markexpr:
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    items[:] = [item for item in items if not item.get_closest_marker("slow")]
    config.hook.pytest_deselected(items=slow)


# Randomness that a failure can be repeated from

def pytest_report_header() -> str:
    return f"AUTODIFF_SEED={SEED}"


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    """A random generator that depends on the seed and the test alone, so that one test can be repeated by itself."""
    return random.Random(f"{SEED} {request.node.nodeid}")


# The world outside

@pytest.fixture
def browser_path() -> str:
    """The path of Chromium; without one the test is skipped, but in CI it fails, since nothing is skipped there."""
    path = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
    if path is None:
        (pytest.fail if IN_CI else pytest.skip)("needs Chromium: `apt-get install chromium`")
    return path


class NetworkUse(RuntimeError):
    """A test reached for the network. Not an OSError, which the code under test could take for a lost connection."""


def pytest_configure(config: pytest.Config) -> None:
    """Let sockets reach this machine only: a test must pass, and fail, the same on a train."""
    patch = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex", "sendto"):
        patch.setattr(socket.socket, name, refusing_far_addresses(getattr(socket.socket, name)))
    patch.setattr(socket, "getaddrinfo", refusing_far_hosts(socket.getaddrinfo))
    patch.setattr(codegen, "source", checking(codegen.source))
    config.add_cleanup(patch.undo)


def checking(emit: Callable) -> Callable:
    """Every program that a test builds is a sound one, and every name in the code written from it is defined."""
    @wraps(emit)
    def guarded(programs, target):
        for program in programs.values():
            check(program)
        text = emit(programs, target)
        assert not undefined(text), f"{undefined(text)} in\n{text}"
        return text
    return guarded


def refusing_far_addresses(method: Callable) -> Callable:
    @wraps(method)
    def guarded(self, *arguments):
        address = arguments[-1]
        if isinstance(address, tuple):    # the address of a Unix socket is a path
            require_local(address[0])
        return method(self, *arguments)
    return guarded


def refusing_far_hosts(function: Callable) -> Callable:
    @wraps(function)
    def guarded(host, *arguments, **options):
        require_local(host)
        return function(host, *arguments, **options)
    return guarded


def require_local(host: object) -> None:
    name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    if not (name in ("localhost", "::1") or name.startswith("127.")):
        raise NetworkUse(f"A test may reach this machine only, and this one reached for {name!r}: "
                         "serve what it needs on localhost, or keep a copy of it under tests/.")


@pytest.fixture(autouse=True)
def _the_precision_of_jax_ends_with_its_test():
    """A test that turns double precision on in JAX turns it on for its process; the next one begins as before."""
    yield
    jax = sys.modules.get("jax")
    if jax is not None and hasattr(jax, "config") and jax.config.jax_enable_x64:
        jax.config.update("jax_enable_x64", False)
