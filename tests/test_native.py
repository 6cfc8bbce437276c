"""The two engines side by side in one process: the class in C, and the library's own Python text loaded beside it."""

import copy
import gc
import math
import os
import pickle
import subprocess
import sys
import sysconfig
import tracemalloc
from pathlib import Path

import numpy
import pytest
from hypothesis import given, strategies as st

import autodiff
from autodiff import Value, elementwise, reductions
from autodiff.errors import ArgumentError, MissingExtraError, OperandError
from autodiff.native import choose
from autodiff.ops import TABLE
from autodiff.testing.mutants import Mutant, load
from tests.test_native_operations import bits, numbers

if autodiff.engine != "native":
    pytest.skip("the engine in C does not run", allow_module_level=True)

UNCHANGED = Mutant("none", "ops", "", "", "", "")
OPERATORS = {"pos": "__pos__", "neg": "__neg__", "abs": "__abs__", "add": "__add__", "sub": "__sub__", "mul": "__mul__",
             "div": "__truediv__", "pow": "__pow__", "remainder": "__mod__"}
REFLECTED = {name: method.replace("__", "__r", 1) for name, method in OPERATORS.items() if TABLE[name].arity == 2}
NAMES = sorted(set(TABLE) - {"where"})


class Side:
    """One engine."""

    def __init__(self, Value, elementwise, reductions):
        self.Value, self.elementwise, self.reductions = Value, elementwise, reductions

    def apply(self, name, operands):
        """An operation of the table, by the way that a program takes to it."""
        if TABLE[name].variadic:
            return self.reductions.of_many(name, list(operands))
        if name in OPERATORS:
            if type(operands[0]) is self.Value:
                return getattr(operands[0], OPERATORS[name])(*operands[1:])
            return getattr(operands[1], REFLECTED[name])(operands[0])
        return getattr(self.elementwise, name)(*operands)


@pytest.fixture(scope="module")
def python():
    package = load(UNCHANGED).Value.__module__.rpartition(".")[0]
    return Side(*(getattr(sys.modules[f"{package}.{module}"], name, sys.modules[f"{package}.{module}"])
                  for module, name in (("value", "Value"), ("elementwise", ""), ("reductions", ""))))


NATIVE = Side(Value, elementwise, reductions)


def build(side, plan):
    """The nodes of a plan: inputs, then operations on earlier nodes or numbers."""
    inputs, lines = plan
    pool = [side.Value(x) for x in inputs]
    for name, operands in lines:
        given = [pool[x % len(pool)] if isinstance(x, int) else x for x in operands]
        if name in OPERATORS and side.Value not in map(type, given):
            given[0] = pool[0]
        fixed = [] if TABLE[name].variadic else [i for i, slope in enumerate(TABLE[name].slopes) if slope is None]
        given = [x.data if i in fixed and type(x) is side.Value else x for i, x in enumerate(given)]
        made = side.apply(name, given)
        pool.append(made if type(made) is side.Value else side.Value(made))
    return pool


def facts(node):
    return bits(node.data), bits(node.grad), node.op, node.name, tuple(map(bits, node.slopes)), len(node.parents)


@st.composite
def plans(draw):
    inputs = draw(st.lists(numbers, min_size=1, max_size=3))
    lines = []
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=12)):
        count = TABLE[name].arity or draw(st.integers(1, 4)) * (2 if name == "dot" else 1)
        lines.append((name, [draw(st.integers(0, 20) | numbers) for _ in range(count)]))
    return inputs, lines


@given(plans())
def test_a_program_has_the_same_bits_on_both_engines(python, plan):
    pools = [build(side, plan) for side in (NATIVE, python)]
    for _ in range(2):
        for pool in pools:
            pool[-1].backward()
            pool[len(pool) // 2].backward()
        assert [*map(facts, pools[0])] == [*map(facts, pools[1])]
    orders = [[pool.index(node) if node in pool else node.op for node in autodiff.graph.topological_order(pool[-1])]
              for pool in pools]
    assert orders[0] == orders[1]


STRANGERS = ["3", None, [3.0], 3j, numpy.ones(2), object, 10**400, True, numpy.float32(0.1), numpy.array(3.0), -(10**400), 2**70]


@pytest.mark.parametrize("stranger", STRANGERS, ids=repr)
@pytest.mark.parametrize("name", [name for name in NAMES if name not in OPERATORS or name in REFLECTED])
def test_what_may_stand_beside_a_value_and_the_sentence_about_the_rest_are_the_same(python, name, stranger):
    def outcome(side, place):
        operands = [1.5] * (TABLE[name].arity or 4)
        operands[place] = stranger
        if place or len(operands) == 1:
            operands[place - 1] = side.Value(2.0) if len(operands) > 1 else stranger
        try:
            found = side.apply(name, operands)
        except (OperandError, ArgumentError, TypeError, AttributeError, sys.modules[python.Value.__module__].OperandError) as error:
            return type(error).__name__, str(error)
        return facts(found) if type(found) is side.Value else bits(found)

    for place in range(TABLE[name].arity or 4):
        if not (name in OPERATORS and place == 0):
            assert outcome(NATIVE, place) == outcome(python, place)
    if name in REFLECTED:
        sides = [(getattr(side.Value(2.0), REFLECTED[name]), side) for side in (NATIVE, python)]
        found = []
        for method, side in sides:
            try:
                found.append(facts(method(stranger)))
            except TypeError as error:
                found.append(str(error))
        assert found[0] == found[1]


@pytest.mark.parametrize("x", [5.0, True, "5", None], ids=repr)
def test_a_method_is_one_of_values_and_takes_no_number_in_their_place(python, x):
    found = []
    for side in (NATIVE, python):
        with pytest.raises(AttributeError) as raised:
            side.Value.exp(x)
        found.append(str(raised.value))
    assert found[0] == found[1]


def test_what_an_operator_says_that_no_value_has_is_the_same(python):
    found = []
    for side in (NATIVE, python):
        with pytest.raises(TypeError) as raised:
            side.Value(7.0) // 2
        found.append(str(raised.value))
    assert found == ["unsupported operand type(s) for //: 'Value' and 'int'"] * 2


@pytest.mark.parametrize("name", ["data", "grad", "name"])
@pytest.mark.parametrize("stranger", [*STRANGERS, "w"], ids=repr)
def test_what_may_be_written_is_the_same(python, name, stranger):
    found = []
    for side in (NATIVE, python):
        v = side.Value(1.0)
        try:
            setattr(v, name, stranger)
            found.append(facts(v))
        except TypeError as error:
            found.append(str(error))
    assert found[0] == found[1]


def test_the_class_in_c_has_every_attribute_of_the_python_class(python):
    mine, theirs = set(dir(Value)), set(dir(python.Value))
    assert theirs - mine <= {"__slots__", "__annotations__", "__getstate__"}


def test_an_attribute_that_does_not_exist_is_refused_by_both(python):
    for side in (NATIVE, python):
        with pytest.raises(AttributeError):
            side.Value(1.0).colour = "red"
    with pytest.raises(AttributeError, match="keep what is yours in a dict by Value"):
        Value(1.0).fool = "red"  # and not: did you mean floor?


def test_parents_are_made_on_demand_and_are_the_nodes_themselves():
    a = Value(2.0)
    y = a * a + 1
    assert y.parents[0].parents[0] is a and y.parents is not y.parents and y.parents == y.parents
    with pytest.raises(AttributeError, match="fixed when it is made"):
        y.parents = (a,)
    with pytest.raises(AttributeError, match="fixed when it is made"):
        a.parents = (y,)


def test_a_node_cannot_be_made_again_over_its_parents():
    y = Value(2.0) * 3
    with pytest.raises(AttributeError, match="fixed when it is made"):
        y.__init__(1.0)
    assert y.data == 6.0 and len(y.parents) == 2


def test_a_label_without_a_truth_is_an_error():
    with pytest.raises(ValueError, match="ambiguous"):
        Value(1.0, label=numpy.ones(2))


@pytest.mark.parametrize("number", [numpy.float64(0.1), numpy.float64("nan"), 3, True, numpy.float32(0.1), numpy.int64(3)])
def test_a_number_of_numpy_is_taken_for_what_it_is_on_both_engines(python, number):
    for make in (lambda v: v * number, lambda v: number - v, lambda v: v ** number, lambda v: type(v)(number)):
        assert facts(make(NATIVE.Value(1.5))) == facts(make(python.Value(1.5)))
    assert (NATIVE.Value(1.5) < number) is (python.Value(1.5) < number)


def test_a_float_of_a_class_of_ones_own_is_asked_for_its_number(python):
    class Shifted(float):
        def __float__(self):
            return 7.0

    for side in (NATIVE, python):
        assert (side.Value(1.0) * Shifted(2.0)).data == 7.0


def test_a_node_of_two_operands_takes_at_most_110_bytes():
    count, x = 100_000, Value(1.0)
    y = x
    tracemalloc.start()
    for _ in range(count):
        y = y + x
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size <= 110 * count and sys.getsizeof(y) <= 110
    assert not gc.is_tracked(y)


def resident():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def small_graph(x, w):
    y = (x * w + 1.5).tanh() / 3 - abs(x) ** 2
    z = autodiff.logsumexp(y, x, w, 2.0) + autodiff.maximum(x, 0.5) + autodiff.where(x > w, y, w)
    z = z + autodiff.dot([x, w, 1.0], [w, 2.0, y])
    z.name = "z"
    z.backward()
    copy.copy(z), z.parents, z.slopes, z.op, z.data, z.grad, repr(z)
    for stranger in ("3", None):
        try:
            z + stranger
        except OperandError:
            pass
    return z


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("count", [20_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_graphs_that_are_dropped_leave_nothing_behind(count):
    x, w = Value(0.5), Value(-2.0)
    for _ in range(2_000):
        small_graph(x, w)
    held, before = [sys.getrefcount(thing) for thing in (x, w)], resident()
    for _ in range(count):
        small_graph(x, w)
    assert resident() - before < 2**20
    assert [sys.getrefcount(thing) for thing in (x, w)] == held
    for _ in range(100):
        pickle.loads(pickle.dumps(small_graph(x, w))), copy.deepcopy(small_graph(x, w))
    assert [sys.getrefcount(thing) for thing in (x, w)] == held


MEMORY = """
import resource, sys
from autodiff import Value, total, dot
x = Value(1.0)
y = x
for _ in range(300_000):
    y = y + x
many = [x] * 400_000
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 4_000_000, -1))
kept, failed = [], 0
for make in (lambda: y.backward(), lambda: total(many), lambda: dot(many, many), lambda: y.parents):
    try:
        make()
    except MemoryError:
        failed += 1
try:
    while True:
        kept.append(y * 2.0)
except MemoryError:
    failed += 1
resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
assert failed >= 3, failed
assert x.grad == 0.0 and y.grad == 0.0
y.backward()
assert x.grad == 300_001.0, x.grad
assert all(node.parents[0] is y and node.data == 2 * y.data for node in kept[-3:])
total(many).backward()
print("whole")
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits its own memory")
def test_running_out_of_memory_raises_and_leaves_the_graph_whole():
    done = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True)
    assert done.stdout == "whole\n", done.stderr


STARVED = '''
import copy, sys
import numpy, starve
from autodiff import Value, compile, exp, leaky_relu, native, softmax, total
x, w = Value(0.5), Value(-2.0)
y = (x * w + 1.5).tanh() / 3 - total([x, w, x])
f = compile(lambda a, b: exp(a) * b + total([a, b, a]), "native")
many, rows = native.module.of_many, numpy.ones(3)
counted = {  # all in C: what fails gives back what it held (Python's own list(...) does not)
    "operators": lambda: (x * w + 1.5) / 3 - abs(x) ** w + numpy.float64(2.0),
    "functions": lambda: (exp(x), leaky_relu(x, 0.2)),
    "many": lambda: (many("total", [x, w, 1.0]), many("dot", [x, w, w, 2.0]), many("logsumexp", [x, w, 3.0])),
    "backward": y.backward,
}
jobs = counted | {
    "read": lambda: (y.parents, y.slopes, repr(y)),
    "softmax": lambda: softmax(x, w),
    "made": lambda: (Value(1.5, "v"), Value(numpy.float32(2.0))),
    "copied": lambda: (copy.copy(y), copy.deepcopy(y)),
    "run": lambda: f.value_and_grad(0.5, 2.0),
    "rows": lambda: f.value_and_grad(rows, 2.0),
}
for name, job in jobs.items():
    job(), job()
    failed = 0
    for allocation in range(100_000):
        x.grad = w.grad = 0.0
        held = [*map(sys.getrefcount, (x, w, y))]
        starve.at(allocation)
        try:
            job()
            fell = False
        except MemoryError:
            fell = True
        left = starve.left()
        starve.at(-1)
        failed += fell
        assert name not in counted or [*map(sys.getrefcount, (x, w, y))] == held, (name, allocation)
        assert not fell or x.grad == w.grad == 0.0, (name, allocation)
        if left >= 0:
            break
    assert failed, name
x.grad = w.grad = 0.0
y.backward()
print(x.grad, w.grad, y.data)
'''


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="builds a module by cc")
def test_every_allocation_that_fails_raises_and_leaves_the_graph_whole(tmp_path):
    source, module = Path(__file__).with_name("starve.c"), tmp_path / "starve.so"
    include = sysconfig.get_path("include")
    subprocess.run(["cc", "-shared", "-fPIC", f"-I{include}", str(source), "-o", str(module)], check=True)
    path = os.pathsep.join([str(tmp_path), *sys.path])
    done = subprocess.run([sys.executable, "-c", STARVED], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path})
    x, w = Value(0.5), Value(-2.0)
    y = (x * w + 1.5).tanh() / 3 - autodiff.total([x, w, x])
    y.backward()
    assert done.stdout.split() == [*map(repr, (x.grad, w.grad, y.data))], done.stderr


@pytest.mark.slow
def test_a_chain_of_ten_million_additions_goes_forward_backward_and_away():
    program = (
        "import resource; from autodiff import Value\nx = y = Value(1.0)\nfor _ in range(10_000_000): y = y + x\n"
        "y.backward(); assert x.grad == 10_000_001.0\ndel y\n"
        "try: peak = next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM'))\n"
        "except OSError: peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(peak)"  # not ru_maxrss where there is another: it is at least what the process had that started this one
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert int(done.stdout) < 1.3e6, done.stderr


# graphs as arrays


@given(plans(), st.data())
def test_a_graph_as_arrays_is_the_same_from_c_and_from_python(plan, data):
    from autodiff.compiled.record.tape import _arrays, _arrays_in_c

    pool = build(NATIVE, plan)
    nodes = [node for node in dict.fromkeys(pool) if node.parents]
    leaves = data.draw(st.lists(st.sampled_from(pool[: len(plan[0])]), max_size=3))
    wanted = data.draw(st.lists(st.sampled_from(pool), max_size=4))
    found = []
    for arrays in (_arrays, _arrays_in_c):
        mine = list(leaves)
        codes, operands, starts, numbers = arrays(list(nodes), mine, list(wanted))
        found.append((codes.tolist(), operands.tolist(), starts.tolist(), numbers, [*map(id, mine)]))
    assert found[0] == found[1]


# which engine runs


def run_with(engine, program):
    return subprocess.run([sys.executable, "-c", program], env={**os.environ, "AUTODIFF_ENGINE": engine}, capture_output=True, text=True)


@pytest.mark.parametrize("engine", ["native", "python", ""])
def test_the_environment_chooses_the_engine(engine):
    done = run_with(engine, "import autodiff; print(autodiff.engine, type(autodiff.Value.__add__).__name__)")
    assert done.stdout.split()[0] == (engine or "native"), done.stderr
    assert (done.stdout.split()[1] == "function") == (engine == "python")


ON_BOTH = ["value", "value_names", "names", "backward", "functions", "differentiate", "second_order", "structure", "ops", "register",
           "expression", "compiled_math", "compiled_agrees", "compiled_comparisons", "compiled_roll", "compiled_shared",
           "stepping", "stepping_explain", "nn_layers", "nn_losses", "nn_step", "architecture"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ON_BOTH)
def test_the_tests_of_values_pass_on_the_python_engine(name):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"tests/test_{name}.py"]
    done = subprocess.run(command, env={**os.environ, "AUTODIFF_ENGINE": "python"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]


def test_an_engine_that_does_not_exist_is_refused():
    with pytest.raises(ArgumentError, match="AUTODIFF_ENGINE: expected 'native' or 'python', got 'fortran'"):
        choose("fortran")


def test_the_engine_in_c_is_missed_only_where_it_was_asked_for(monkeypatch):
    monkeypatch.setitem(sys.modules, "autodiff._native", None)
    monkeypatch.delattr(autodiff, "engine", raising=False)
    assert choose("") == ("python", None)
    with pytest.raises(MissingExtraError, match="AUTODIFF_ENGINE=native asks for the engine in C.*C compiler"):
        choose("native")


@pytest.mark.parametrize("change", ["table", "stable"])
def test_an_engine_that_was_built_from_other_rules_is_not_used_and_that_is_said(monkeypatch, change):
    monkeypatch.delattr(autodiff, "engine", raising=False)
    if change == "table":
        monkeypatch.setitem(TABLE, "neg", TABLE["neg"]._replace(slopes=("-2",)))
    else:
        text = autodiff.native.source_of(autodiff.stable)
        monkeypatch.setattr(autodiff.native, "source_of", lambda module: text.replace("2.0 * e", "3.0 * e"))
    with pytest.warns(RuntimeWarning, match="autodiff runs its Python engine, since .* another table of operations"):
        assert choose("") == ("python", None)
    with pytest.raises(MissingExtraError, match="another table of operations: build it again"):
        choose("native")


def test_without_the_source_of_stable_the_table_tells_whether_the_build_fits(monkeypatch):
    monkeypatch.delattr(autodiff, "engine", raising=False)
    monkeypatch.setattr(autodiff.native, "source_of", lambda module: "")
    assert choose("")[0] == "native"


def test_the_engine_in_c_runs_in_one_interpreter_and_others_have_the_python_engine():
    program = """
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
import sys
from autodiff import Value
legacy = {} if "_xx" in interpreters.__name__ else {"config": "legacy"}
other = interpreters.create(*legacy.values())
run = getattr(interpreters, "exec", None) or interpreters.run_string
run(other, "import autodiff; x = autodiff.Value(3.0); (x * x).backward(); assert (autodiff.engine, x.grad) == ('python', 6.0)")
interpreters.destroy(other)
x = Value(2.0, "x")
try:
    x + "3"
except TypeError as error:
    print(error)
del sys.modules["autodiff._native"]
import autodiff._native
assert autodiff._native.Value is Value
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "add: expected a Value or a real number (int, float, NumPy scalar), got '3' (str)\n", done.stderr


def test_a_pickle_of_one_engine_is_read_by_the_other(tmp_path):
    path = tmp_path / "graph.pickle"
    write = f"import pickle, autodiff; x = autodiff.Value(3.0, name='x'); pickle.dump(x * x, open({str(path)!r}, 'wb'))"
    read = (f"import pickle; y = pickle.load(open({str(path)!r}, 'rb')); y.backward(); "
            "print(y.op, y.parents[0].name, y.parents[1].grad)")
    for writer, reader in (("native", "python"), ("python", "native")):
        assert run_with(writer, write).returncode == 0
        assert run_with(reader, read).stdout == "mul x 6.0\n"


def test_a_function_in_c_is_the_declared_function_to_those_who_look():
    import inspect

    assert inspect.signature(autodiff.leaky_relu).parameters["slope"].default == 0.01
    assert "def exp(x):" in inspect.getsource(autodiff.exp) and "power x" in autodiff.exp.__doc__
    assert pickle.loads(pickle.dumps(autodiff.exp)) is autodiff.exp and copy.deepcopy(autodiff.exp) is autodiff.exp
    assert autodiff.exp(x=Value(0.0)).data == 1.0 and autodiff.elu(Value(-1.0), alpha=2.0).parents[1].data == 2.0
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        autodiff.exp()
    with pytest.raises(TypeError, match="unexpected keyword"):
        Value(1.0).tanh(fast=True)


def test_threads_build_and_free_graphs_at_once():
    from concurrent.futures import ThreadPoolExecutor

    shared = Value(0.5)

    def work(seed):
        y = Value(float(seed))
        for _ in range(2_000):
            y = (y * shared).tanh() + 1.0
        y.backward()
        return y.data

    with ThreadPoolExecutor(8) as pool:
        assert len(set(map(math.isfinite, pool.map(work, range(32))))) == 1


HOSTILE = {
    "more rows than memory has": ("""
program = native.Interpreter(*map(ints, ([0], [0, 1], [0])), 1, 1, numbers([]), ints([1]), ints([]), b"", ints([0]))
program.rows(2**61, (numbers([]),), (numbers([]),), None, False)
""", "ValueError: rows: expected how many rows there are, got 2305843009213693952"),
    "a list that shrinks while its numbers are read": ("""
class Shrinking:
    def __float__(self):
        xs.clear()
        return 1.0
xs = [Shrinking(), *map(float, range(100_000))]
raise SystemExit(native.value(native.OPERATIONS.index("total"), xs))
""", "4999950001.0"),
    "an array of items without a size": ("""
raise SystemExit(native.rectified(numpy.zeros(3, "V0")))
""", ""),
    "codes that empty the list of nodes": ("""
nodes = [autodiff.Value(1.0) + 2.0 for _ in range(100_000)]
class Codes(dict):
    def __missing__(self, name):
        nodes.clear()
        return 7
raise SystemExit(str(set(memoryview(native.recorded(nodes, [], Codes(), [])[0]).cast("h"))))
""", "{7}"),
}  # fmt: skip


@pytest.mark.parametrize("program, end", HOSTILE.values(), ids=HOSTILE)
def test_what_would_read_outside_of_memory_is_refused_or_has_no_effect(program, end):
    head = """
import autodiff, numpy
from autodiff import _native as native
ints, numbers = lambda xs: numpy.array(xs, numpy.int32), lambda xs: numpy.array(xs, float)
"""
    done = run_with("native", head + program)
    assert done.returncode in (0, 1) and (done.stderr.strip().splitlines() or [""])[-1] == end


def test_a_graph_that_a_collector_records_meanwhile_changes_no_number_of_this_one():
    from autodiff._native import recorded

    x = Value(1.0)
    y = x + 2.0
    z = y * y
    codes, nodes, leaves, wanted = {"mul": 0, "add": 1, "input": 2}, [y, z], [], [z, y]
    enough = [[] for _ in range(500)]  # so that the next list is a new one, before which a collector may run

    def record_another(phase, info):
        recorded([z, x], [], codes, [])

    before = gc.get_threshold()
    gc.callbacks.append(record_another)
    gc.set_threshold(1)
    try:
        found = recorded(nodes, leaves, codes, wanted)
    finally:
        gc.set_threshold(*before)
        gc.callbacks.remove(record_another)
    assert len(enough) == 500 and leaves[0] is x and len(leaves) == 2
    assert (list(memoryview(found[2]).cast("q")), found[3]) == ([2, 3, 0, 0], [1, 0])


def test_a_watcher_is_told_of_each_number_of_a_vector_also_where_it_is_known():
    from autodiff.hooks import Watcher
    from autodiff.nn.training.vectors import Vector

    values, told = [Value(1.0), Value(2.0)], []
    vector = Vector(values)
    vector.read()
    watcher = Watcher()
    watcher.read = told.append
    with watcher:
        assert vector.read().tolist() == [1.0, 2.0]
    assert told == values
