"""The operations in C against Python's: the same bits at ordinary and at special numbers, and the same blocked slopes."""

import math
import struct
from math import inf, nan
from pathlib import Path

import pytest
from hypothesis import example, given, settings, strategies as st

from autodiff.native import generate
from autodiff.numbers import FLOATS
from autodiff.ops import TABLE

native = pytest.importorskip("autodiff._native", reason="the engine in C is not built")

CODES = {name: code for code, name in enumerate(TABLE)}
FIXED = [op.name for op in TABLE.values() if not op.variadic]
LISTS = [op.name for op in TABLE.values() if op.variadic]
SPECIAL = [0.0, 1.0, 0.5, 2.0, 3.0, 5e-324, 2.5e-308, 1e-200, 1e200, 709.78, 709.79, 745.13, 20.0, 40.0, 1.7976931348623157e308]
SPECIAL += [0.1, 1e16, 2.0**52 + 1, inf, nan, 1.2784645427610737, 0.7517915246935645, 8.0, 700.0, 60.0, 1.0000000001]
SPECIAL += [-x for x in SPECIAL]
numbers = st.sampled_from(SPECIAL) | st.floats() | st.floats(-4, 4)


def bits(x):
    """A number told from every other, -0.0 from 0.0 too; all nans are one."""
    return x if x is None else "nan" if x != x else struct.pack("<d", x)


def agree(name, operands):
    y = FLOATS.apply(name, operands)
    assert bits(native.value(CODES[name], operands)) == bits(y), (name, operands)
    slopes = FLOATS.slopes(name, operands, y)
    assert [*map(bits, native.slopes(CODES[name], operands, y))] == [*map(bits, slopes)], (name, operands)


@pytest.mark.parametrize("name", FIXED)
@given(st.data())
def test_an_operation_has_the_same_bits_in_both_languages(name, data):
    agree(name, [data.draw(numbers) for _ in range(TABLE[name].arity)])


@pytest.mark.parametrize("name", [name for name in FIXED if TABLE[name].arity < 3])
def test_every_special_number_and_every_pair_of_them(name):
    pairs = [[x] for x in SPECIAL] if TABLE[name].arity == 1 else [[x, y] for x in SPECIAL for y in SPECIAL]
    for operands in pairs:
        agree(name, operands)


@pytest.mark.parametrize("name", LISTS)
@given(st.lists(numbers, min_size=1, max_size=9))
@example([1e308, 1e308, -1e308])
@example([1.7976931348623157e308, 9.9792015476736e291])
@example([1.0, 1e-16, 1e-300])
@example([-0.0, -0.0])
@example([inf, -inf])
def test_an_operation_on_a_list_has_the_same_bits_in_both_languages(name, xs):
    agree(name, xs * 2 if name == "dot" else xs)


@settings(deadline=None)
@given(st.lists(st.integers(-1074, 1023), min_size=50, max_size=300), st.randoms())
def test_a_sum_of_numbers_of_every_size_is_rounded_once(exponents, random):
    xs = [math.ldexp(random.choice((-1, 1)) * random.random(), exponent) for exponent in exponents]
    agree("total", xs)
    agree("total", [x for x in xs for x in (x, -x / 2)])
    agree("total", [math.ldexp(1.0, exponent) for exponent in range(-1074, 1023, 2)] + xs)


def test_hypot_of_many_sizes_is_what_python_makes_of_it(rng):
    for _ in range(20_000):
        a = math.ldexp(rng.random(), rng.randrange(-1074, 1024))
        agree("hypot", [a, rng.choice((math.ldexp(rng.random(), rng.randrange(-1074, 1024)), a * rng.random() * 4))])


def test_the_files_in_c_are_written_where_they_are_not_what_the_table_gives(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(generate, "FOLDER", tmp_path)
    texts = generate.files()
    for missing in ({"ops.h", "ops.c"}, set(), {"ops.c"}):
        for name in missing:
            (tmp_path / name).write_text("int x;")
        generate.write_files()
        assert {Path(line.removeprefix("wrote ")).name for line in capsys.readouterr().out.splitlines()} == missing
        assert {path: path.read_text(encoding="utf8") for path in tmp_path.iterdir()} == texts


def test_a_code_or_a_number_of_operands_that_does_not_exist_is_refused():
    for code, operands in [(-1, [1.0]), (len(TABLE), [1.0]), (CODES["add"], [1.0]), (CODES["total"], [])]:
        with pytest.raises(ValueError, match="an operation's code and its operands"):
            native.value(code, operands)
        with pytest.raises(ValueError, match="an operation's code and its operands"):
            native.slopes(code, operands, 0.0)
