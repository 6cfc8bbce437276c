"""Rules as trees: read once, filled in, evaluated, rewritten, and written with the brackets that they need."""

import ast
import copy
import inspect
import math
import pickle
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

import autodiff
from autodiff import Value, elementwise, stable
from autodiff.compiled import codegen
from autodiff.errors import TableError
from autodiff.notation import CLike, Conditional, Notation
from autodiff.numbers import FLOATS
from autodiff.ops import TABLE
from autodiff.definitions import apply, define, expand, text_of
from autodiff.rule import COMPARISONS, Binary, Call, Choice, Each, Items, Name, Number, Part, Rule, Unary, parse
from autodiff.slopes import contribution, decide, may_block, opening

TEXTS = sorted({text for op in TABLE.values() for text in (op.formula, *filter(None, op.slopes), *op.kinks)})
WORDS = {"a": 0.7, "b": 2.0, "c": 3.0, "y": 0.5, "xs": [1.0, 2.0, 0.5, 4.0]}

atoms = st.sampled_from([Name("a"), Name("b"), Number(2), Number(0.1), Number(3), Unary("-", Name("c")), Number(-1.5)])


def grown(parts):
    comparison = st.builds(Binary, st.sampled_from(sorted(COMPARISONS)), parts, parts)
    logic = st.builds(Binary, st.sampled_from("&|"), comparison, comparison)
    return st.one_of(
        st.builds(Binary, st.sampled_from(["+", "-", "*", "/"]), parts, parts),
        st.builds(lambda x, n: Binary("**", Call("abs", (x,)), n), parts, st.sampled_from([Number(2), Number(0.5), Unary("-", Number(1))])),
        st.builds(Unary, st.just("-"), parts),
        st.builds(lambda x: Call("tanh", (x,)), parts),
        st.builds(Choice, st.one_of(comparison, logic, st.builds(Unary, st.just("not"), logic)), parts, parts),
    )


rules = st.recursive(atoms, grown, max_leaves=12)


def same(x, y):
    return x == y or x != x and y != y


@pytest.mark.parametrize("text", TEXTS)
def test_a_rule_of_the_table_is_written_as_it_was_read(text):
    assert Notation().write(parse(text)) == text


@given(rules)
def test_text_and_tree_are_one_to_one_where_floats_tell_brackets_apart(rule):
    """Read again, the text is the tree that it was written from, but for numbers below 0, which are read as signed."""
    signed = rule.rebuilt(lambda x: Unary("-", Number(-x.value)) if isinstance(x, Number) and x.value < 0 else x)
    assert parse(Notation().write(rule)) == signed


@given(rules)
def test_what_is_evaluated_is_what_the_written_python_gives(rule):
    numbers = FLOATS.names | WORDS
    text = Conditional().write(rule.rebuilt(divisions))
    try:
        right = eval(text, dict(numbers))
    except (OverflowError, TypeError):  # a complex power, or too large
        return
    assert same(rule.evaluate(numbers), right), text


def divisions(rule: Rule) -> Rule:
    named = {"/": "divide", "**": "pow"}
    return Call(named[rule.sign], (rule.left, rule.right)) if isinstance(rule, Binary) and rule.sign in named else rule


@given(rules)
def test_the_language_of_c_groups_as_python_does(rule):
    """C's text over doubles, with its operators spelled as Python's, gives the same number."""

    class Spelled(CLike):
        signs = {"&": "and", "|": "or", "not": "not "}
        levels = {**CLike.levels, "not": 4.5}  # Python's not holds less tightly than a comparison

        def choice(self, condition, chosen, other):
            return self.call("pick", (condition, chosen, other))

        def binary(self, sign, left, right):
            return self.call("divide", (left, right)) if sign == "/" else super().binary(sign, left, right)

    text = Spelled().write(rule)
    numbers = FLOATS.names | WORDS | {"pick": lambda c, x, y: x if c else y}
    assert same(float(eval(text, dict(numbers))), float(rule.evaluate(numbers))), text


def test_c_brackets_what_c_would_group_otherwise():
    written = {
        "(a < b) & (b < c) | (a == b)": "a < b && b < c || a == b",
        "((a < b) | (b < c)) & (a == b)": "(a < b || b < c) && a == b",
        "where(a > 0, where(b > 0, 1, 2), 3) + 1": "(a > 0.0 ? b > 0.0 ? 1.0 : 2.0 : 3.0) + 1.0",
        "--a": "-(-a)",  # in C, --a changes a
        "-a ** 2": "-pow(a, 2.0)",
        "1 / 2 * a": "1.0 / 2.0 * a",
    }
    assert {text: CLike().write(parse(text)) for text in written} == written
    assert CLike().write(opening(parse("where((a <= b) | (a >= c), blocked, 1)"))) == "!(a <= b || a >= c)"


def test_c_spells_what_is_no_number_by_name():
    class C(CLike):
        words = {"inf": "INFINITY", "nan": "NAN", "pi": "M_PI", "abs": "fabs"}

    rule = parse("abs(a) * pi").substitute({"a": Number(-math.inf)})
    assert C().write(rule) == "fabs(-INFINITY) * M_PI"
    assert C().write(Number(math.nan)) == "NAN"
    with pytest.raises(ValueError, match="contribution"):
        C().write(parse("where(a <= 0, blocked, 1)"))


def test_brackets_that_change_the_last_bit_stay():
    for text in ("a * (b / c)", "a + (b + c)", "a * (b * c)", "a - (b - c)", "a / (b / c)", "(a ** b) ** c", "a ** b ** c", "(-a) ** b"):
        assert Notation().write(parse(text)) == text
    assert Notation().write(parse("(a * b) / c + (a ** (b ** c))")) == "a * b / c + a ** b ** c"


def test_a_rule_is_a_constant():
    rule = parse("a * 2")
    with pytest.raises(AttributeError, match="cannot be changed"):
        rule.left = Name("b")
    assert rule == parse("a*2") and hash(rule) == hash(parse("a*2")) and rule is parse("a * 2")
    assert rule != parse("a * 2.0") and Number(0.0) != Number(-0.0)  # they are written, and divide, in other ways
    assert pickle.loads(pickle.dumps(rule)) == rule == copy.deepcopy(rule)


def test_names_are_filled_in_at_once_and_not_again():
    assert parse("a / b").substitute({"a": Name("b"), "b": Name("a")}) == parse("b / a")
    assert parse("[exp(x) for x in xs]").words() == {"exp", "xs"}
    assert parse("where(a < pi, blocked, hypot(a, y))").words() == {"where", "a", "pi", "hypot", "y"}


def test_a_part_is_replaced_wherever_it_stands_and_nothing_else_is():
    rule = parse("where(a * b > 0, exp(a * b) + b * a, a)")
    assert rule.replaced(parse("a * b"), Name("p")) == parse("where(p > 0, exp(p) + b * a, a)")
    assert rule.replaced(rule, Name("p")) == Name("p") and rule.replaced(Name("c"), Name("p")) == rule


def test_a_rule_without_all_its_parts_is_refused_and_one_of_no_known_kind_has_no_value():
    class Root(Rule):
        operand: Rule

    with pytest.raises(ValueError):
        Binary("+", Number(1))
    with pytest.raises(AssertionError, match=r"no kind of rule: Root\(Number\(4\)\)"):
        Root(Number(4)).evaluate({})    # None would be a slope that is blocked


def test_lists_are_evaluated():
    numbers = FLOATS.names | WORDS
    assert parse("[2 * x for x in xs]").evaluate(numbers) == [2.0, 4.0, 1.0, 8.0]
    assert parse("swapped([a, b])[1]").evaluate(numbers) == 0.7
    assert parse("swapped([a, b])[1]") == Part(Call("swapped", (Items((Name("a"), Name("b"))),)), 1)
    assert parse("[x for x in xs]") == Each(Name("x"), "x", Name("xs"))


@pytest.mark.parametrize(
    "text", ["", "a +", "a if b else c", "lambda: a", "a.b", "a[b]", "f(*xs)", "f(x=a)", "True", "'a'", "a := b", "a < b < c",
             "{a}", "a and b", "where(a, b)", "a @ b", "[a for x in xs if x]", "1j", "None", "...", "a % b"]
)  # fmt: skip
def test_what_no_rule_can_be_is_refused_in_a_sentence(text):
    with pytest.raises(TableError, match="the rule "):
        parse(text)


def test_a_rule_too_deep_to_read_is_refused():
    with pytest.raises(TableError):
        parse("-" * 100_000 + "a")


SLOPES = sorted({slope for op in TABLE.values() if not op.variadic for slope in op.slopes if slope})


@pytest.mark.parametrize("slope", SLOPES)
def test_a_contribution_is_the_slope_times_what_comes_and_zero_where_it_is_blocked(slope):
    rule, sent, opened = parse(slope), contribution(parse(slope)), opening(parse(slope))
    for a in (-1.5, -1.0, 0.0, 0.5, 1.0, 2.0):
        for b in (-1.5, 0.5, 1.0, 2.0):
            numbers = FLOATS.names | {"a": a, "b": b, "c": 1.5, "y": 0.3}
            given = rule.evaluate(numbers)
            assert bool(opened.evaluate(numbers)) == (given is not None)
            assert same(sent.evaluate(numbers | {"g": -0.7}), 0.0 if given is None else given * -0.7)
            if given is None:
                assert sent.evaluate(numbers | {"g": math.inf}) == 0.0
    assert may_block(rule) == ("blocked" in slope)


def test_choices_are_decided_where_the_condition_is_known():
    rule = parse("where(a < 0, nan, where(b == 0, 0, a / abs(b)))")
    assert decide(rule, lambda condition: "b" in condition.words() and None) == parse("where(b == 0, 0, a / abs(b))")
    assert decide(rule, lambda condition: condition.evaluate({"a": 1.0, "b": 0.0})) == Number(0)


def test_a_function_is_put_in_place_of_its_call_and_of_the_calls_in_it():
    bodies = {"twice": define("def twice(x):\n    return x + x"), "four": define("def four(x):\n    return twice(twice(x))")}
    assert expand(parse("four(a * b)"), bodies.get).evaluate({"a": 3.0, "b": 1.0}) == 12.0
    assert apply(bodies["twice"], [parse("a")]) == parse("a + a")
    assert expand(parse("four(a)"), lambda name: None) is not None


STRAIGHT = [name for name in stable.NAMES if name not in ("logsumexp", "softmax", "polynomial")]


@pytest.mark.parametrize("name", STRAIGHT)
def test_the_body_of_a_stable_function_is_rules_that_give_its_bits(name):
    """So that another language can be written from it."""
    function = getattr(stable, name)
    try:
        found = define(text_of(function))
    except NotImplementedError:
        assert any(isinstance(node, ast.Subscript | ast.For) for node in ast.walk(ast.parse(text_of(function)))), name
        return
    for xs in [(-1.25, 0.5, 2.0), (0.0, 2.0, 1.0), (710.0, -3.0, 0.5), (3.0, 3.0, 1.0)]:
        numbers = vars(stable) | FLOATS.names | dict(zip(found.parameters, xs))
        for word, rule in found.steps:
            numbers[word] = rule.evaluate(numbers)
        assert repr(found.result.evaluate(numbers)) == repr(function(*xs[: len(found.parameters)]))


# ---- the source of what is written ----


def test_a_bound_stable_function_calls_the_names_that_it_was_given():
    bound = stable.bind({"exp": lambda x: 3.0, "abs": abs, "where": lambda c, x, y: x if c else y})
    assert bound["sigmoid"](2.0) == 0.25 and bound["silu"](2.0) == 0.5 and stable.sigmoid(0.0) == 0.5


def test_the_source_of_every_generated_method_and_function_is_its_own():
    """Value.exp and the function exp have one name, and each its own text."""
    texts = {}
    for name, item in [*vars(Value).items(), *((f"elementwise.{name}", item) for name, item in vars(elementwise).items())]:
        code = getattr(item, "__code__", None)
        if code and code.co_filename.startswith("<autodiff "):
            text = inspect.getsource(item)
            assert text.startswith(f"def {item.__code__.co_name}(") and text.splitlines()[code.co_firstlineno - 1] in text
            assert texts.setdefault(code.co_filename, name) == name, f"{name} and {texts[code.co_filename]} share a file"
    assert len(texts) > 60
    assert inspect.getsource(Value.exp).startswith("def exp(self)") and inspect.getsource(autodiff.exp).startswith("def exp(x)")


def test_each_compiled_program_has_a_file_and_a_source_of_its_own():
    functions = [autodiff.compile(f, "math") for f in (lambda x: x * x, lambda x: x + 2.0)]
    files = set()
    for function in functions:
        function(3.0)
        found = codegen.functions(function.source, "compiled")["value"]
        files.add(found.__code__.co_filename)
        assert inspect.getsource(found) in function.source
    assert len(files) == 2


def test_no_other_module_reads_python():
    """Rules are parsed in one place; what else reads Python reads emitted code, a user's program, or guards the door."""
    package = Path(autodiff.__file__).parent
    readers = {
        str(path.relative_to(package)) for path in package.rglob("*.py")
        if any(isinstance(node, ast.Attribute) and node.attr in ("parse", "NodeTransformer", "unparse")
               and isinstance(node.value, ast.Name) and node.value.id == "ast" for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))))
    }  # fmt: skip
    writers = {path for path in readers if path.startswith("compiled/codegen/")}
    users_programs = {"expression.py", "stepping/lines.py", "testing/conform/loading.py", "testing/conform/target.py"}
    assert readers - writers - users_programs <= {"rule.py", "clike.py", "door.py"}
