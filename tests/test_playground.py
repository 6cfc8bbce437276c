"""The playground's Python: what each tab answers, what contains a hostile program, and how its parts are fetched."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import zipfile
import zipimport
from io import BytesIO
from pathlib import Path

import pytest

from autodiff import Value
from autodiff.cli import main
from autodiff.errors import ArgumentError, MissingExtraError
from autodiff.playground import bridge, bytecode, packages, precompiling, program, site
from autodiff.render.steps.link import pack

SQUARE = "from autodiff import Value\nx = Value(3.0)\ny = x * x\n"


def ask(tab, source=SQUARE, **more):
    """The answer to a request, and what was said meanwhile."""
    said = []
    return json.loads(bridge.answer(json.dumps({"tab": tab, "source": source, **more}), said.append)), list(map(json.loads, said))


def output(said):
    return "".join(each.get("output", "") for each in said)


@pytest.fixture(autouse=True)
def _the_network_that_a_grader_refuses_is_there_again(monkeypatch):
    for owner, name in ((socket.socket, "connect"), (socket, "create_connection"), (socket, "getaddrinfo")):
        monkeypatch.setattr(owner, name, getattr(owner, name))


# Tabs

def test_the_step_tab_gives_the_page_of_the_last_result_with_the_programs_names_and_lines():
    answer, _ = ask("step")
    assert answer["kind"] == "page" and answer["values"] == ["y", "x"] and answer["value"] == "y"
    assert "y = x * x" in answer["page"] and '"labels":["x"' in answer["page"]


def test_a_graph_too_large_for_a_page_is_shown_around_its_result_and_says_so():
    answer, _ = ask("step", SQUARE + "for _ in range(600):\n    y = y + x\n")
    assert answer["kind"] == "page" and "at most 500 nodes" in answer["note"]


def test_a_saved_step_page_leads_back_to_the_playground_with_its_program():
    answer, _ = ask("step", address="http://127.0.0.1:8000/index.html")
    assert f'"playground":"http://127.0.0.1:8000/index.html#tab=step\\u0026program={pack(SQUARE)}"' in answer["page"]
    for address in ({}, {"address": "app://site/index.html"}):    # where nothing on the web is, there is no link
        assert '"playground":""' in ask("step", **address)[0]["page"]


def test_the_draw_tab_has_gradients_even_where_the_program_did_not_go_backward():
    answer, _ = ask("draw")
    assert answer["picture"].startswith("<svg") and "grad 6" in answer["text"]
    own, _ = ask("draw", SQUARE + "y.backward()\ny.backward()\n")
    assert "grad 12" in own["text"]


def test_the_explain_tab_explains_one_input_or_all():
    source = SQUARE + "z = Value(2.0)\ny = y * z\n"
    every, _ = ask("explain", source)
    one, _ = ask("explain", source, input="z")
    assert every["text"].count("d y / d") == 2 and every["inputs"] == ["x", "z"]
    assert one["text"].startswith("d y / d z = 9") and one["text"].count("d y / d") == 1


def test_the_formula_tab_writes_three_forms():
    answer, _ = ask("formula", SQUARE + "z = y + 1\n", value="z")
    assert answer["parts"]["text"] == "y = x * x\nz = y + 1" and "def df(x)" in answer["parts"]["python"]


def test_the_train_tab_has_the_losses_the_parameters_and_a_map_of_the_model():
    answer, said = ask("train", site.examples()[2]["source"])
    assert answer["losses"][0] > 0.6 > 0.05 > answer["losses"][-1] and len(answer["losses"]) == 150
    assert [each["loss"] for each in said if "loss" in each] == answer["losses"]
    assert len(answer["map"]) == len(answer["map"][0]) == 24 and len(answer["parameters"]) == 17


def test_the_train_tab_tells_a_loss_that_is_no_number_as_a_gap_and_asks_for_a_backward_pass():
    answer, _ = ask("train", SQUARE + "(y - y.data * x).log().backward()\n")
    assert answer["losses"] == [None] and answer["map"] is None
    assert "loss.backward()" in ask("train")[0]["sentence"]


@pytest.mark.slow
@pytest.mark.parametrize("key, sentence", [("bug_sum", "overwrites the gradient"), ("bug_tanh", "`tanh`: its local derivative"), ("bug_order", "in topological order")])
def test_the_grade_tab_names_the_fault_of_each_engine_to_practise_on(key, sentence):
    [source] = [each["source"] for each in site.examples() if each["key"] == key]
    answer, said = ask("grade", source)
    assert answer["kind"] == "report" and not answer["right"] and sentence in answer["text"].split("\n")[2]
    assert answer["line"] == {"bug_sum": 27, "bug_tanh": 40, "bug_order": None}[key]
    assert {"fails", "holds"} <= {each["state"] for each in answer["properties"]}
    assert said[0]["examined"] and len(said) == said[0]["of"]


@pytest.mark.parametrize("source, sentence", [
    ("x = 1\n", "expected a class with a method backward()"),
    ("class Value:\n    def backward(self): pass\n", "expected a value made from a number"),
    ("class Value:\n    def backward(self): pass\n1 / 0\n", "Value() takes no arguments"),
    ("class Value:\n", "expected a class with a method backward()"),
])  # fmt: skip
def test_what_is_no_engine_gets_a_sentence(source, sentence):
    answer, _ = ask("grade", source)
    assert sentence in str(answer)


def test_the_quiz_asks_the_same_question_for_the_same_number_and_judges_answers():
    first, again, other = (ask("quiz", seed=1, number=n, level=3)[0] for n in (0, 0, 1))
    assert first == again != other
    answers = [ask("quiz", seed=1, number=0, level=3, answer=text)[0] for text in ("-6", "-3", "six")]
    assert [each["right"] for each in answers] == [True, False, False]
    assert [each["read"] for each in answers] == [True, True, False]
    assert "the last contribution alone" in answers[1]["said"]


@pytest.mark.parametrize("example", [each for each in site.examples() if each["tab"] != "grade"], ids=lambda each: each["key"])
def test_every_example_is_answered_in_its_tab(example):
    answer, _ = ask(example["tab"], example["source"])
    assert answer["kind"] in ("page", "picture", "training")


# Programs that fail, or mean harm

def test_an_exception_is_a_sentence_with_its_line_and_the_output_before_it_stays():
    answer, said = ask("step", SQUARE + "print('so far')\ny / None\n")
    assert answer["line"] == 5 and "TypeError" in answer["sentence"] or "OperandError" in answer["sentence"]
    assert output(said) == "so far\n"


def test_a_misspelt_program_is_a_sentence_with_its_line():
    assert ask("draw", "x = 1\nif x\n")[0] == {"kind": "error", "sentence": "program.py line 2 is not a Python program: expected ':'", "line": 2}


def test_a_program_without_a_value_is_told_to_make_one():
    assert "expected a program that makes a Value" in ask("explain", "x = 1\n")[0]["sentence"]


def test_a_flood_of_output_ends_with_a_sentence_whatever_the_program_catches():
    source = SQUARE + "while True:\n    try:\n        print('x' * 1000)\n    except Exception:\n        pass\n"
    answer, said = ask("step", source)
    assert "printed more than 100,000 letters" in answer["sentence"] and len(output(said)) == program.MOST_OUTPUT


def test_a_program_of_ten_megabytes_is_refused_and_not_run():
    answer, said = ask("step", "print(1)\n" + "#" * 10_000_000)
    assert "at most 200,000 letters" in answer["sentence"] and not said    # what the program before printed stays


def test_input_is_refused_with_what_to_do():
    assert "assign the value in the program" in ask("step", "x = input('number? ')\n")[0]["sentence"]


def test_a_package_that_is_not_there_is_told_with_what_there_is(monkeypatch):
    assert "no other package" in ask("step", "import no_such_package\n")[0]["sentence"]
    monkeypatch.setitem(sys.modules, "numpy", None)
    answer, _ = ask("step", "import math\nimport numpy as np\n")
    assert "has no NumPy, and compile" in answer["sentence"] and answer["line"] == 2
    assert ask("step", "import os.no_such\n")[0]["sentence"].endswith("'os' is not a package")


def test_a_program_that_is_run_anew_says_so_and_one_that_is_not_does_not():
    source = SQUARE + "print('once')\n"
    assert ask("step", source)[1][0] == {"began": True} and ask("draw", source)[1] == []


@pytest.mark.parametrize("ending", ["raise SystemExit", "raise KeyboardInterrupt", "def f(): f()\nf()", "raise BaseException('x')"])
def test_a_program_may_end_in_any_way(ending):
    answer, _ = ask("step", SQUARE + ending + "\n")
    assert answer["kind"] == "error" and answer["sentence"].startswith("program.py ")


def test_a_program_that_replaces_what_prints_leaves_the_next_one_as_it_was():
    ask("step", SQUARE + "import sys, builtins\nsys.stdout = None\nbuiltins.input = print\nraise ValueError\n")
    answer, said = ask("step", SQUARE + "print('here')\n")
    assert answer["kind"] == "page" and output(said) == "here\n" and program.builtins.input.__name__ == "input"


def test_two_processes_do_not_write_over_one_anothers_programs():
    code = "from autodiff.playground.program import folder; print(folder(), folder().is_dir())"
    places = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() for _ in range(2)]
    assert places[0][0] != places[1][0] and places[0][1] == "True"
    assert not Path(places[0][0]).exists()


def test_a_program_is_run_once_for_all_tabs_and_again_when_it_changes():
    _, first = ask("step", SQUARE + "print(1)\n")
    _, second = ask("draw", SQUARE + "print(1)\n")
    _, third = ask("draw", SQUARE + "print(1) \n")
    assert output(first) and output(third) and not second


# Strings

def catalogue(language):
    return json.loads(site.asset(f"strings_{language}.json"))


def test_the_strings_of_each_language_are_those_of_the_english_one():
    english = catalogue("en")
    for language in site.LANGUAGES:
        strings = catalogue(language)
        assert english.keys() - strings.keys() == set(), f"{language} lacks these"
        assert strings.keys() - english.keys() == set(), f"{language} has these, which nothing says"
        for key, text in strings.items():
            assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english[key])), key


def test_every_string_that_the_page_asks_for_is_there():
    scripts = "".join(site.asset(name).decode() for name in site.PAGE if name.endswith(".js"))
    asked = set(re.findall(r"\bt\(\"([^\"]+)\"", scripts)) | set(re.findall(r'data-t="([^"]+)"', site.asset("index.html").decode()))
    patterns = {re.sub(r"\$\{[^}]*\}", "(.+)", each) for each in re.findall(r"\bt\(`([^`]+)`", scripts)}
    english = catalogue("en")
    assert asked <= english.keys()
    spoken = asked | {key for key in english for pattern in patterns if re.fullmatch(pattern, key)}
    assert english.keys() == spoken, "strings that nobody asks for"
    assert {f"example {key}" for key in site.EXAMPLES} <= english.keys()


# What others have made

def test_without_npm_a_sentence_says_what_to_install(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("AUTODIFF_CACHE", str(tmp_path / "cache"))
    assert main(["playground", "--out", str(tmp_path / "site")]) == 2
    assert "needs npm" in capsys.readouterr().err and not (tmp_path / "site").exists()


def command(folder, name, script):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_what_npm_says_where_it_reaches_nothing_is_handed_on(tmp_path, monkeypatch):
    command(tmp_path, "npm", "echo network unreachable >&2; exit 1")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingExtraError, match="could not fetch pyodide@.*network unreachable"):
        packages.fetch(tmp_path / "cache")


def test_what_has_another_hash_than_the_pinned_one_is_not_used(tmp_path, monkeypatch):
    for name in ("npm", "uvx"):
        command(tmp_path, name, "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(packages, "find_spec", lambda name: None)
    (tmp_path / packages.NPM[0].file).write_bytes(b"something else")
    assert packages.NPM[0].file in packages.missing(tmp_path)
    with pytest.raises(MissingExtraError, match="another hash"):
        packages.fetch(tmp_path)


def test_a_file_in_the_place_of_the_folder_is_an_error(tmp_path):
    (tmp_path / "site").write_text("")
    with pytest.raises(ArgumentError, match="expected a folder"):
        site.build(tmp_path / "site", tmp_path)


def test_the_cache_is_where_the_user_says(monkeypatch, tmp_path):
    monkeypatch.setenv("AUTODIFF_CACHE", str(tmp_path))
    assert packages.cache_folder() == tmp_path
    monkeypatch.delenv("AUTODIFF_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert packages.cache_folder() == tmp_path / "autodiff"


def test_our_own_part_of_the_site_is_the_package_without_what_no_browser_can_use():
    names = zipfile.ZipFile(BytesIO(site.zip_files(site.own_sources()))).namelist()
    assert {"autodiff/value.py", "autodiff/native/__init__.py", "autodiff/render/assets/page.css", "autodiff/playground/bridge.py"} <= set(names)
    assert not [name for name in names if name.endswith((".c", ".so", ".pyc")) or "/mutants/" in name]
    assert site.zip_files(site.own_sources()) == site.zip_files(site.own_sources())


def test_modules_that_are_loaded_get_bytecode_that_python_imports_and_the_others_stay_as_they_are(tmp_path):
    place = str(Path(program.__file__).parents[2])
    sources = {"autodiff/graph.py": Path(place, "autodiff/graph.py").read_bytes(), "autodiff/no_such.py": b"1 +", "autodiff/data.txt": b"x"}
    kept = bytecode.with_bytecode(site.zip_files(iter(sources.items())), place, keep=True)
    names = zipfile.ZipFile(BytesIO(kept)).namelist()
    assert set(names) == {*sources, f"autodiff/__pycache__/graph.{sys.implementation.cache_tag}.pyc"}
    archive = tmp_path / "library.zip"
    archive.write_bytes(bytecode.with_bytecode(site.zip_files(iter(sources.items())), place, keep=False))
    code = zipimport.zipimporter(f"{archive}/autodiff").get_code("graph")
    assert code.co_filename == f"{place}/autodiff/graph.py" and "autodiff/graph.py" not in zipfile.ZipFile(archive).namelist()


def test_without_node_a_sentence_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingExtraError, match="needs node .* install Node.js"):
        precompiling.precompile({}, {}, tmp_path)
    command(tmp_path, "node", "echo 'no such module' >&2; exit 1")
    with pytest.raises(MissingExtraError, match="could not compile its modules; it said: no such module"):
        precompiling.precompile({"autodiff.zip": b""}, {}, tmp_path)
    assert not (tmp_path / "compiled").exists()


def test_modules_are_compiled_once_for_the_same_parts_and_anew_for_others(tmp_path, monkeypatch):
    runs = []
    monkeypatch.setattr(precompiling, "_compile", lambda parts, request: runs.append(parts) or {name: parts["x"] for name in precompiling.ARCHIVES})
    first, again, other = (precompiling.precompile({"x": data}, {}, tmp_path) for data in (b"1", b"1", b"2"))
    assert first == again != other and len(runs) == 2 and len(list((tmp_path / "compiled").iterdir())) == 2


def test_the_service_worker_lists_every_file_and_its_version_is_theirs():
    one, other = site.service_worker({"index.html": b"a", "b.js": b"b"}), site.service_worker({"index.html": b"a", "b.js": b"c"})
    assert b'["./", "b.js"]' in one and one != other and b"@" not in one


def test_the_losses_of_a_program_are_its_roots_numbers():
    ran = program.run(SQUARE + "y.backward()\nx.backward()\n", lambda text: None)
    assert ran.losses.numbers == [9.0] and ran.choose() is ran.names["y"] and type(ran.choose("x")) is Value
