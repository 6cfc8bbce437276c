"""The layers: an import goes down, never up or sideways."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import autodiff
from autodiff.ops import TABLE

PACKAGE = Path(autodiff.__file__).parent
# From the ground up; modules of one line do not import one another.
LAYERS = [
    ["errors", "hooks", "frames", "printable", "suggest"], ["json_text", "kernels", "files", "door", "additions"], ["stable", "coerce", "ufuncs", "structure"], ["rule"], ["definitions", "slopes"], ["ops"], ["notation"], ["rules", "graph", "clike"], ["native"], ["numbers"], ["dual_numbers", "trace"],
    ["generated"], ["methods", "compatibility", "copying"], ["value"], ["signatures"], ["elementwise", "anomaly", "scoping", "names", "kinks"], ["reductions"], ["functions", "over_values"], ["selection"], ["replaying"],
    ["traced_call", "stepping", "expression"], ["differentiate"], ["compiled"],
    ["admission"],
    ["registration"],
    ["nn", "render"],
    ["testing"],
    ["playground"],
    ["commands"],
    ["cli"],
]  # fmt: skip
HEIGHT = {module: height for height, layer in enumerate(LAYERS) for module in layer}


def parts():
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if name not in ("__init__", "__main__"):
            yield name, path


def imported(path):
    """The top parts of the package that a file imports, at its head or inside a function."""
    depth = len(path.relative_to(PACKAGE).parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
        if isinstance(node, ast.ImportFrom) and (node.level == depth or (node.module or "").startswith("autodiff")):
            module = (node.module or "").removeprefix("autodiff").strip(".")
            yield from [module.split(".")[0]] if module else [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith("autodiff."))


def test_every_import_goes_down():
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {target}, which is not below {name}"
        for name, path in parts()
        for target in imported(path)
        if target != name and target in HEIGHT and HEIGHT[target] >= HEIGHT[name]
    ]
    assert not wrong, "\n".join(wrong)


def test_every_module_has_a_layer():
    assert {name for name, _ in parts()} <= set(HEIGHT)


def test_importing_autodiff_imports_nothing_third_party_and_no_heavy_module():
    program = "import sys; before = set(sys.modules); import autodiff; print(*sorted(set(sys.modules) - before))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    roots = {name.split(".")[0] for name in loaded} - {"autodiff"}
    assert roots <= set(sys.stdlib_module_names)
    assert "inspect" not in roots and "autodiff.functions" not in loaded


def test_public_names_are_sorted_and_all_there():
    assert autodiff.__all__ == sorted({"Value", "nn", *autodiff._HOME} - {"compile"})
    assert all(getattr(autodiff, name) is not None for name in autodiff.__all__)
    assert set(autodiff.__all__) <= set(dir(autodiff))


def test_a_name_that_is_not_there_is_an_attribute_error():
    try:
        autodiff.sinn
    except AttributeError as error:
        assert "sinn" in str(error)
    else:
        raise AssertionError("autodiff.sinn exists")


def test_no_public_name_is_hidden_by_a_module_of_its_name():
    """Importing `autodiff.x` sets the attribute x of the package to the module, whatever stood there."""
    assert set(autodiff._HOME).isdisjoint(name for name, _ in parts())


def builtin_calls(path):
    """Where a file calls exec, eval or compile, those of Python's own and not a function of ours by the name."""
    tree = ast.parse(path.read_text(encoding="utf8"))
    own = {alias.asname or alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    own |= {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(tree):
        name = getattr(node, "id", None) or (node.attr if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") in
                                             ("builtins", "__builtins__") else None)  # fmt: skip
        if name in {"exec", "eval", "compile", "__import__"} - own:
            yield f"{path.relative_to(PACKAGE)}, line {node.lineno}: {name}"


def test_one_module_is_the_only_door_from_text_to_code():
    found = [place for _, path in parts() for place in builtin_calls(path)]
    assert found and all(place.startswith("door.py") for place in found), "\n".join(found)


def test_one_module_parses_python_and_so_one_thread_at_a_time():
    found = [path.name for _, path in parts() if "ast.parse(" in path.read_text(encoding="utf8")]
    assert found == ["door.py"]


# Folders inside a package, from the ground up, then the modules that stand in the package itself.
INSIDE = {
    "compiled": [["ir"], ["backends"], ["record"], ["codegen", "vectorize"], ["specialization"], ["recordings"], ["batch"], ["function"]],
    "nn": [["checks", "composed", "elsewhere", "notebook"], ["keywords"], ["schedules"], ["progress", "registry"], ["activations"], ["initializers"], ["regularizers"], ["layers"], ["hyperparameters"],
           ["idx", "measures", "optimizer"], ["adam"], ["data", "losses", "optimizers"], ["metrics"], ["training"], ["models", "plots"], ["callbacks", "estimators"]],
    "render": [["graph", "language"], ["output", "formula"], ["steps", "drawing"], ["quiz", "training"]],
    "testing": [["draw"], ["engines"], ["derive"], ["check"], ["conform"], ["mutants"], ["routes"]],
}  # fmt: skip


def imported_inside(package, path):
    """The parts of the same package that a file imports."""
    parents = path.relative_to(PACKAGE / package).parts[:-1]
    here = ("autodiff", package, *parents)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            whole = (*here[: len(here) - node.level + 1], *((node.module or "").split(".") if node.module else ()))
            for target in [whole] if len(whole) > 2 else [(*whole, alias.name) for alias in node.names]:
                if target[:2] == ("autodiff", package) and len(target) > 2:
                    yield target[2]


@pytest.mark.parametrize("package", INSIDE)
def test_inside_a_package_every_import_goes_down_as_well(package):
    height = {part: level for level, parts in enumerate(INSIDE[package]) for part in parts}
    wrong = []
    for path in sorted((PACKAGE / package).rglob("*.py")):
        part = path.relative_to(PACKAGE / package).parts[0].removesuffix(".py")
        if part != "__init__":
            assert part in height, f"{package}/{part} has no layer"
            wrong += [f"{path.relative_to(PACKAGE)} imports {target}, which is not below {part}"
                      for target in imported_inside(package, path) if target != part and height.get(target, -1) >= height[part]]
    assert not wrong, "\n".join(wrong)


WITHOUT_CIRCLES = ["commands", "native", "nn", "playground", "render", "stepping"]


def imports_of_files(package):
    """For each file of a package the files of it that it imports, at its head, for a type checker, or inside a function."""
    files = {path.relative_to(PACKAGE).with_suffix("").parts: path for path in (PACKAGE / package).rglob("*.py")}
    for here, path in files.items():
        found = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            if isinstance(node, ast.ImportFrom) and 0 < node.level <= len(here):
                base = (*here[: len(here) - node.level], *((node.module or "").split(".") if node.module else ()))
                found |= {(*base, alias.name) if (*base, alias.name) in files else base for alias in node.names}
        yield here, found & set(files)


@pytest.mark.parametrize("package", WITHOUT_CIRCLES)
def test_no_files_of_a_package_import_one_another_in_a_circle(package):
    left = dict(imports_of_files(package))
    assert left

    def outermost():
        """The files that import none of those that are left, or that none of them imports: they are in no circle."""
        imported = set().union(*left.values())
        return [here for here, found in left.items() if not found & set(left) or here not in imported]

    while free := outermost():
        for here in free:
            del left[here]
    assert not left, f"these import one another: {', '.join(sorted('/'.join(here) for here in left))}"


def test_the_files_that_the_docstring_of_a_package_names_exist():
    missing = []
    for path in PACKAGE.rglob("__init__.py"):
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf8"))) or ""
        missing += [f"{path.relative_to(PACKAGE)} names {name}" for name in re.findall(r"(?<![/\w])\w+\.py\b", text)
                    if not any(path.parent.rglob(name))]
    assert not missing, "\n".join(missing)


def test_the_files_that_the_guide_for_contributors_names_exist():
    names = re.findall(r"`([\w/]+/|[\w/]+\.py)`", (PACKAGE.parent / "CONTRIBUTING.md").read_text(encoding="utf8"))
    places = [PACKAGE, PACKAGE.parent, PACKAGE / "compiled/codegen"]
    assert len(names) > 15
    assert [name for name in names if not any((place / name).exists() for place in places)] == []


# The table, the words of its rules, and what writes rules in another language.
TABLES_OWN = ("ops.py", "rule.py", "rules.py", "stable.py", "kernels.py", "notation.py", "clike.py", "native/", "compiled/codegen/",
              "render/formula/mathml.py", "render/steps/evaluator.py")  # fmt: skip
# Who else may name operations as strings, and why. What an operation is like is a column or a property of its row.
NAMING = {
    "__init__.py": "the public names are written out, for type checkers",
    "numbers.py": "a number system says what each word means",
    "over_values.py": "a number system says what each word means",
    "testing/derive/oracles.py": "a number system says what each word means",
    "suggest.py": "names of other libraries, and ours",
    "ufuncs.py": "names of NumPy, and ours",
    "testing/engines/operations.py": "names of other engines, and ours",
    "testing/engines/packages.py": "names of packages, and ours",
    "testing/draw/strategies.py": "what brings a number into a domain",
    "testing/conform/textbook.py": "derivatives as books say them in words",
    "testing/conform/properties/edges.py": "programs that were reported",
    "testing/conform/properties/numbers.py": "operations that return an int in engines that were reported",
    "testing/conform/properties/values.py": "an order of trials, the simplest first",
    "testing/mutants/catalogue.py": "faults of single operations",
}
# Where such a word means something else; in nn/ it is an activation, or a layer.
HOMONYMS = {
    "compatibility.py": {"exp"},  # an example
    "door.py": {"add", "maximum"},  # attributes of arrays
    "compiled/record/condition.py": {"abs", "add", "floor", "mul", "neg", "pos", "pow", "sub"},  # methods of a bool
    "playground/examples/xor.py": {"sigmoid", "tanh"},
    "render/output/engines.py": {"dot"},  # Graphviz
    "render/quiz/exercises.py": {"abs"},  # letters in a text
    "stepping/quiz.py": {"sign"},  # a mistake
    "stepping/reasons.py": {"largest"},
    "testing/routes/models.py": {"elu", "gelu", "leaky_relu", "relu", "sigmoid", "sign", "silu", "softplus", "tanh"},
}  # fmt: skip


def operations_named(path):
    """The strings of a file, but for those that stand alone as texts, that are names of operations."""
    tree = ast.parse(path.read_text(encoding="utf8"))
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    strings = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and type(node.value) is str]
    return {node.value for node in strings if node.value in TABLE and id(node) not in alone}


def test_few_files_name_operations():
    files = {str(path.relative_to(PACKAGE).as_posix()): operations_named(path) for path in PACKAGE.rglob("*.py")}
    found = {file: words for file, words in files.items() if words and not file.startswith((*TABLES_OWN, "nn/"))}
    stale = {file: words - found.get(file, set()) for file, words in HOMONYMS.items()}
    assert not {file: words for file, words in stale.items() if words}
    assert {file for file, words in found.items() if words - HOMONYMS.get(file, set())} == set(NAMING)
    assert len(NAMING) < 15
