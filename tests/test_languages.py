"""Pages in another language: what each catalogue lacks is listed here, and a page says all of itself in it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest

from autodiff import Value, explain, maximum, nn, relu, steps, tanh, training_page
from autodiff.errors import ArgumentError
from autodiff.render.language import catalogue, languages, speaking, find_language
from autodiff.render.quiz.exercises import exercises
from autodiff.render.quiz.asking import tell_exercise
from autodiff.stepping import Log, snapshot
from autodiff.stepping.judging import headline, verdict
from autodiff.stepping.quiz import HINTS, MISCONCEPTIONS, UNREAD, judge, question
from autodiff.stepping.training import STAGES
from autodiff.testing.conform.properties import PROPERTIES
from tests.browser import Browser

ASSETS = files("autodiff.render").joinpath("assets")
OTHERS = [language for language in languages() if language != "en"]
HOLE = re.compile(r"\{(\w+)[#…,]?\}")


class Texts(HTMLParser):
    """The texts of a page's markup, and of the attributes that are read out or shown."""

    def __init__(self, markup):
        super().__init__()
        self.found = set()
        self.feed(markup)

    def handle_starttag(self, tag, attributes):
        self.found |= {value for key, value in attributes if key in ("title", "aria-label", "alt")}

    def handle_data(self, data):
        self.found.add(re.sub(r"\n\s*", " ", data).strip())


def english_words(text):
    return re.search(r"[A-Za-z]{3}", text)


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_of_the_pages_markup_and_every_fixed_sentence_is_in_each_catalogue(language):
    texts = {text for name in ("page", "training", "worksheet") for text in Texts(ASSETS.joinpath(f"{name}.html").read_text()).found}
    texts |= {*MISCONCEPTIONS.values(), *HINTS.values(), *STAGES.values(), UNREAD, *(text for each in PROPERTIES for text in (each.name, each.says))}
    assert {text for text in texts if english_words(text)} - catalogue(language).keys() == set()


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_uses_the_holes_that_its_english_has(language):
    for english, other in catalogue(language).items():
        assert {hole[1] for hole in HOLE.finditer(other)} <= {hole[1] for hole in HOLE.finditer(english)}, english


def say(texts, language):
    """Texts as the script says them."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node, which comes with npm")
    script = ASSETS.joinpath("language.js").read_text() + """
        const {texts, catalogue} = JSON.parse(require("fs").readFileSync(0, "utf8")), said = translator(catalogue);
        console.log(JSON.stringify(texts.map(said)));"""
    given = json.dumps({"texts": texts, "catalogue": catalogue(language)})
    return json.loads(subprocess.run([node, "-e", script], input=given, capture_output=True, text=True, check=True).stdout)


def sentences():
    """What steps, questions, explanations and verdicts say, of graphs of many kinds."""
    a, b = Value(3.0, name="a"), Value(-2.0, name="b")
    shared, w = a + a, Value(0.5, name="w")
    product = w * 2.0
    roots = [relu(a * b) + a * a + maximum(a, b), tanh(a * 20) * b, shared + shared, (a - a) * b, Value(2.0)]
    logs = [Log(snapshot(y)) for y in roots] + [steps((product - 3.0) ** 2, parameters=[w], rate=0.1, prediction=product)]
    logs += [Log(snapshot(shared + shared), order) for order in ("depth-first", "breadth-first")]
    for log in logs:
        yield from (str(step) for step in log)
        asked = [found for step in log if (found := question(log, step.index))]
        yield from (found.text for found in asked)
        yield from (judge(found, text, hint)[1] for found in asked for text in ("1", "99", "x") for hint in ("", HINTS["seed"]))
        yield from (f"gradient of {step.label}" for step in log)
    for y in roots[:4]:
        yield from (line for x in (a, b) for line in str(explain(y, x)).split("\n") if not {"→", "←"} & {*line})
    for log in logs[-2:]:
        yield from [*headline(log).split("\n"), *verdict(log).split("\n")]
    for _, exercise in zip(range(10), exercises(1)):
        yield tell_exercise(exercise)


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_said_in_each_language_and_keeps_its_names_and_numbers(language):
    texts = list(dict.fromkeys(sentences()))
    said = say(texts, language)
    assert [text for text, other in zip(texts, said) if text == other] == [], f"{language} lacks these"
    for text, other in zip(texts, said):
        assert set(re.findall(r"\d+", text)) <= set(re.findall(r"\d+", other)), (text, other)
        assert not re.search(r"\b(the|is|of|and|sends)\b", other), (text, other)


@pytest.mark.parametrize("language", OTHERS)
def test_what_the_grader_says_first_of_every_planted_fault_is_said_in_each_language(language):
    table = (Path(__file__).parent.parent / "docs" / "faults-named.md").read_text(encoding="utf-8").split("| faults |")[0]
    first = [re.split(r" \| ", row.strip("| "))[-1] for row in table.splitlines() if row.startswith("| ")][1:]
    headlines = ["Value: 14 of 24 properties hold, 3 could not be examined, 3 do not apply", "not examined: sums, depth: waits until `a * b` is right"]
    texts = [f"1. {text}" for text in dict.fromkeys(first)] + headlines
    said = say(texts, language)
    assert len(texts) > 60 and [text for text, other in zip(texts, said) if re.search(r"\b(the|and|gradient|until)\b", re.sub("`.*?`", "", other))] == []


def test_what_a_catalogue_lacks_stays_english_and_names_are_not_translated():
    texts = ["no such sentence here", "Back is 3.", "$& is $1.", "a\n  gradient 3", "is 4", ""]
    words = {"Back": "뒤로", "{x} is {n#}.": "{x}: {n}", "gradient {n#}": "기울기 {n}"}
    node = shutil.which("node") or pytest.skip("needs node, which comes with npm")
    script = ASSETS.joinpath("language.js").read_text() + f"console.log(JSON.stringify({json.dumps(texts)}.map(translator({json.dumps(words)}))))"
    said = json.loads(subprocess.run([node, "-e", script], capture_output=True, text=True, check=True).stdout)
    assert said == ["no such sentence here", "Back: 3", "$& is $1.", "a\n  기울기 3", "is 4", ""]


def test_the_language_is_that_of_the_block_else_of_the_environment_else_english(monkeypatch):
    x = Value(2.0, name="x")
    assert find_language() == "en" and "단계" not in steps(x * x).html() and '<html lang="en">' in steps(x * x).html()
    with speaking("ko"):
        assert "다음" in steps(x * x).html() and '<html lang="ko">' in steps(x * x).html()
    monkeypatch.setenv("AUTODIFF_LANGUAGE", "ko")
    assert find_language() == "ko"
    with speaking("en"):
        assert find_language() == "en"
    monkeypatch.setenv("AUTODIFF_LANGUAGE", "tlh")
    with pytest.raises(ArgumentError, match="one of en, ko, got 'tlh'"):
        find_language()
    with pytest.raises(ArgumentError, match="expected a language"), speaking("../en"):
        pass


ENGLISH_LEFT = """(() => {
  const found = [], texts = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT), names = "script, style, math, .label, .made, .data, .sum, [scope=row]";
  const note = (text) => { if (/\\b(the|is|of|and|to|no|gradient|step|steps)\\b/.test(text)) found.push(text); };
  while (texts.nextNode()) if (!texts.currentNode.parentElement.closest(names)) note(texts.currentNode.data);
  for (const each of document.querySelectorAll("[title], [aria-label], [aria-valuetext]")) for (const name of ["title", "aria-label", "aria-valuetext"]) note(each.getAttribute(name) ?? "");
  return found;
})()"""


@pytest.mark.slow
@pytest.mark.browser
def test_a_page_is_in_korean_wherever_one_looks_and_still_works(browser_path, tmp_path):
    a, b = Value(2.0, name="a"), Value(-3.0, name="b")
    shared = a * b
    model = nn.MLP(2, [3, 1], activation="tanh", output="sigmoid", seed=1)
    with speaking("ko"):
        result = tanh(shared + a) + relu(shared)
        page = steps(result).save(tmp_path / "steps.html")
        wrong = steps(shared + shared * a, order="breadth-first").save(tmp_path / "wrong.html")
        error = (model([0.0, 1.0]) - 1.0) ** 2
        trained = steps(error, parameters=model.parameters(), rate=0.5).save(tmp_path / "trained.html")
        training = training_page(model, *nn.data.xor(), nn.losses.binary_crossentropy, rate=1.0).save(tmp_path / "training.html")
    with Browser(browser_path) as browser:
        shown = browser.open(page)
        assert shown.text("#next") == "다음" and shown.run("document.title").startswith("단계별 계산")
        shown.run("for (const each of document.querySelectorAll('details')) each.open = true")
        for _ in range(int(shown.attribute("#slider", "max"))):
            shown.click("#next")
            assert shown.run(ENGLISH_LEFT) == []
        assert shown.text("#title") == "result"
        names = [title.split("\n")[0].split(" =")[0] for title in shown.texts("svg .node title")]
        assert "result" in names and shown.run("$('board').querySelector('.output .box').getAttribute('aria-label')").startswith("result")
        shown.click("#first")
        shown.click("#quiz")
        shown.run("moves.last()")
        shown.click("#hint")
        shown.click("#answer")
        shown.type("12345")
        shown.press("Enter")
        assert shown.text("#judged").startswith("아닙니다.") and shown.run(ENGLISH_LEFT) == []
        shown.run("typed(live.inputs[0], fields.get(live.inputs[0]))")
        assert shown.problems == []
        shown = browser.open(trained)
        shown.run("moves.last()")
        assert shown.texts("#equations td")[0] == "갱신된 layers[1].neurons[0].b" and shown.run("$('equations').querySelectorAll('wbr').length") > 1
        shown.run("go(steps.findIndex((step) => step.kind === 'contribution' && steps.indexOf(step) > 0 && log.nodes[step.target].label.endsWith('w[0]')))")
        assert shown.texts("#equations td")[8].endswith(".w[0]의 기울기") and shown.run(ENGLISH_LEFT) == []
        for other in (wrong, training):
            shown = browser.open(other)
            shown.run("$('last') ? moves.last() : moves.one()")
            assert shown.run(ENGLISH_LEFT) == [] and shown.problems == []
