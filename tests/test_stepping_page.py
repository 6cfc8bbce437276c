"""The page, as a person uses it in a real browser: every control, the keyboard, the quiz, and no number but the log's."""

from __future__ import annotations

import importlib.util
import json
import random
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from functools import partial
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from zlib import decompress

import pytest
from hypothesis import given

from autodiff import Value, functions as f, nn, steps
from autodiff.errors import ArgumentError
from autodiff.render.steps.data import collect_data
from autodiff.render.graph.layout import layout
from autodiff.render.steps.html import page
from autodiff.stepping import Log, snapshot
from autodiff.stepping.explanation import explain_gradient
from autodiff.stepping.judging import beside, unlike
from autodiff.stepping.quiz import HINTS, MISCONCEPTIONS, judge, question
from autodiff.stepping.narrate import describe_origin, describe_origin_within
from autodiff.stepping.wording import name, short
from tests.browser import Browser
from tests.test_stepping import graphs

_open: list[Browser] = []


@pytest.fixture
def browser(browser_path: str) -> Browser:
    if not _open:
        _open.append(Browser(browser_path))
    return _open[0]


@pytest.fixture(scope="module", autouse=True)
def closing() -> Iterator[None]:
    yield
    while _open:
        _open.pop().__exit__()


def chain_rule():
    w0, x0, w1, x1, w2 = Value(2.0), Value(-1.0), Value(-3.0), Value(-2.0), Value(-3.0)
    out = 1 / (1 + f.exp(-(w0 * x0 + w1 * x1 + w2)))
    return steps(out)


def xor_row():
    random.seed(3)
    model = nn.MLP(2, [8, 1])
    out = model([1.0, 0.0])
    prediction = f.sigmoid(out[0] if isinstance(out, list) else out)
    loss = (prediction - 1.0) ** 2
    return steps(loss, parameters=model.parameters(), rate=0.1, prediction=prediction)


def odd_numbers():
    x, y, dead = Value(0.0, name="x"), Value(-0.0), Value(-1.0)
    z = f.sqrt(x) * y + f.relu(dead) + f.log(y) * 1e-320 + x / y
    return steps(z * x)


def two_paths():
    a = Value(3.0)
    b = a + a
    c = b * a + b
    return c, steps(c)


@pytest.fixture
def opened(browser, tmp_path):
    def open_page(log, **options):
        target = tmp_path / "steps.html"
        target.write_text(log.html(**{k: v for k, v in options.items() if k in ("focus", "depth", "quiz", "playground", "program")}), encoding="utf-8")
        return browser.open(target, **{k: v for k, v in options.items() if k in ("width", "height", "dark")})
    return open_page


SEEN = """({
  say: document.querySelector('#say').textContent, place: document.querySelector('#place').textContent,
  equations: [...document.querySelectorAll('#equations tbody tr')].map((r) => [...r.children].map((c) => (c.querySelector('math')?.getAttribute('alttext') ?? c.textContent))),
  data: [...document.querySelectorAll('.node')].map((n) => n.querySelector('.data').textContent),
  gradient: [...document.querySelectorAll('.node')].map((n) => n.querySelector('.gradient').textContent),
  complete: [...document.querySelectorAll('.node')].map((n) => n.querySelector('.gradient').classList.contains('complete')),
  labels: [...document.querySelectorAll('.node .box')].map((n) => n.getAttribute('aria-label')),
  active: [...document.querySelectorAll('.node')].map((n) => n.classList.contains('active')),
  pill: document.querySelector('.pill').getAttribute('visibility') === 'visible' ? document.querySelector('.pill text').textContent : '',
  slider: document.querySelector('#slider').value,
})"""


# What is on the screen is what the log says

@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("make", [chain_rule, xor_row, odd_numbers])
def test_at_every_step_the_screen_shows_the_logs_numbers(opened, make):
    log = make()
    shown = opened(log)
    drawn = [node for node in log.graph.nodes if node.operation != "constant"]
    blocked = set()
    for step in log:
        seen = shown.run(SEEN)
        blocked |= {step.target} if step.blocked else set()
        assert seen["say"] == str(step) and seen["equations"] == [list(row) for row in step.equations]
        assert seen["place"] == f"step {step.index} of {len(log) - 1}" and int(seen["slider"]) == step.index
        for i, node in enumerate(drawn):
            data, gradient = log.state(node.number, step.index)
            assert seen["data"][i] == ("" if data is None else short(data))
            nothing = "blocked" if node.number in blocked else ""
            assert seen["gradient"][i] == (nothing if gradient is None else f"gradient {short(gradient.gradient_after)}")
            assert seen["complete"][i] == (gradient is not None and gradient.arrived == gradient.expected)
            assert ("no gradient" in seen["labels"][i]) == (gradient is None)
            if gradient is not None:
                assert f"gradient {gradient.gradient_after!r}, {gradient.arrived} of {gradient.expected}" in seen["labels"][i]
        assert [drawn[i].number for i, active in enumerate(seen["active"]) if active] == [step.target]
        on_edge = short(step.contribution) if step.kind == "contribution" else "blocked" if step.blocked else ""
        assert seen["pill"] == on_edge
        shown.press("ArrowRight")
    assert shown.problems == []


@pytest.mark.browser
def test_running_sums_stand_on_the_nodes(opened):
    _, log = two_paths()
    shown = opened(log)
    sums = []
    for _ in range(len(log)):
        sums.append(shown.run("document.querySelector('.node.input .sum').textContent"))
        shown.press("ArrowRight")
    assert list(dict.fromkeys(sums)) == ["", "6 + ? + ?", "6 + 4 + ?", "6 + 4 + 4"]


# The link to the playground

ADDRESSES = ["https://example.org/play/index.html", "HTTP://localhost:8000", "index.html", "../play/?language=ko", "a/b:c", "https://example.org/<b>\"'&"]
NO_ADDRESSES = ["", "javascript:alert(1)", " JavaScript:alert(1)", "java\nscript:alert(1)", "\x01javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//example.org/",
                "\\\\example.org\\", "/\t/example.org", "https:///x", "https:example.org", "C:/site/index.html", "index.html#tab=draw", "a b", 3, b"index.html"]  # fmt: skip


def program_in(text):
    '''The address and the program of the link in a page.'''
    address, program = json.loads(re.search(r'"playground":("[^"\\]*(?:\\.[^"\\]*)*")', text)[1]).split("#tab=step&program=")
    return address, decompress(urlsafe_b64decode(program + "===")).decode()


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_has_a_link_that_carries_its_program(address):
    program = "</script><b>'ß\u2028 한국어\"\n"
    assert program_in(chain_rule().html(playground=address, program=program)) == (address, program)
    assert '"playground":""' in chain_rule().html()


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_an_address_that_is_not_of_the_web_is_refused(address, tmp_path):
    with pytest.raises(ArgumentError, match="playground: expected an address"):
        chain_rule().save(tmp_path / "steps.html", playground=address, program="1")
    assert not (tmp_path / "steps.html").exists()


def test_a_playground_needs_a_program_and_a_program_a_playground():
    with pytest.raises(ArgumentError, match="program: expected the text of a program"):
        chain_rule().html(playground="index.html")
    with pytest.raises(ArgumentError, match="playground: expected an address"):
        chain_rule().html(program="1")


@pytest.mark.browser
def test_the_link_to_the_playground_is_there_where_it_can_be_followed(opened, tmp_path):
    shown = opened(chain_rule())
    assert not shown.visible("#playground")
    shown = opened(chain_rule(), playground='play.html?"><b/id=evil>', program="y = 1")
    assert shown.visible("#playground") and shown.run("document.querySelector('#evil')") is None
    (tmp_path / "play.html").write_text("<h1>play</h1>")
    shown.click("#playground")
    shown.wait("document.querySelector('h1')?.textContent === 'play'")
    assert shown.run("location.hash").startswith("#tab=step&program=eN")
    framed = f'<iframe sandbox="allow-scripts allow-same-origin" srcdoc="{escape(chain_rule().html(playground="play.html", program="1"))}"></iframe>'
    (tmp_path / "play.html").write_text(framed)
    shown.run("location.reload()")
    shown.wait("document.querySelector('iframe')?.contentDocument?.querySelector('#say')?.textContent")
    assert shown.run("document.querySelector('iframe').contentDocument.querySelector('#playground').hidden")


# The controls

@pytest.mark.browser
def test_every_button_slider_node_and_list_entry_goes_where_it_says(opened):
    c, log = two_paths()
    shown, end = opened(log), len(log) - 1
    place = lambda: int(shown.text("#place").split()[1])  # noqa: E731
    for control, expected in [("#next", 1), ("#next", 2), ("#back", 1), ("#last", end), ("#first", 0), ("#stages button:nth-child(2)", log.seed_index)]:
        shown.click(control)
        assert place() == expected
    shown.run("(() => { const s = document.querySelector('#slider'); s.value = 2; s.dispatchEvent(new Event('input')); })()")
    assert place() == 2
    target = log.graph.number("a")
    visits = []
    for _ in range(5):
        shown.click(f".node:nth-of-type({1 + target})")
        visits.append(place())
    mine = [step.index for step in log if step.target == target]
    assert visits == [i for i in mine if i > 2] + [mine[0]] + mine[1 : 5 - len([i for i in mine if i > 2])]
    shown.click("#list summary")
    shown.click("#steps li:nth-child(2) button")
    assert place() == 1 and shown.attribute("#steps li:nth-child(2) button", "aria-current") == "true"
    shown.click("#first")
    assert shown.run("document.querySelector('#back').disabled && document.querySelector('#first').disabled")
    shown.click("#last")
    assert shown.run("document.querySelector('#next').disabled && document.querySelector('#last').disabled")
    assert shown.problems == []


@pytest.mark.slow
@pytest.mark.browser
def test_play_goes_on_by_itself_and_pause_stops_it(opened):
    shown = opened(chain_rule())
    shown.click("#play")
    assert shown.text("#play") == "Pause"
    shown.wait("!document.querySelector('#place').textContent.startsWith('step 0 ')")
    shown.press(" ")    # the button has the focus, so the space presses it
    assert shown.text("#play") == "Play"
    shown.run("document.activeElement.blur()")
    shown.press(" ")
    assert shown.text("#play") == "Pause"
    shown.press("End")
    assert shown.text("#play") == "Play" and shown.text("#place") == "step 25 of 25"
    shown.click("#play")    # from the end it begins again
    assert shown.text("#place") == "step 0 of 25"


@pytest.mark.browser
def test_the_keyboard_reaches_everything(opened):
    shown = opened(chain_rule())
    place = lambda: int(shown.text("#place").split()[1])  # noqa: E731
    shown.press("ArrowRight", 3)
    shown.press("ArrowLeft")
    assert place() == 2
    shown.press("End")
    assert place() == 25
    shown.press("Home")
    assert place() == 0
    reached = set()
    for _ in range(40):
        shown.press("Tab")
        reached.add(shown.run("document.activeElement.id || document.activeElement.getAttribute('class') || document.activeElement.tagName"))
    assert {"next", "last", "play", "slider", "quiz", "node input", "node operation active"} & reached >= {"next", "play", "slider", "quiz"}
    assert "box" in reached and "SUMMARY" in reached
    shown.run("document.querySelector('.node.output .box').focus()")
    shown.press("Enter")
    assert place() == next(step.index for step in chain_rule() if step.label == "out")
    shown.press(" ")
    assert place() == next(step.index for step in chain_rule() if step.kind == "seed")
    shown.run("document.querySelector('#slider').focus()")
    shown.press("ArrowRight")
    assert place() == next(step.index for step in chain_rule() if step.kind == "seed") + 1


@pytest.mark.browser
def test_a_screen_reader_hears_each_step(opened):
    shown = opened(chain_rule())
    assert shown.attribute("#say", "aria-live") == "polite" and shown.attribute("#say", "role") == "status"
    tree = shown.call("Accessibility.getFullAXTree")["nodes"]
    names = {(node["role"]["value"], node.get("name", {}).get("value")) for node in tree if not node.get("ignored")}
    assert {("button", "Next"), ("slider", "Step"), ("button", "w0; is 2.0; no gradient yet")} <= names
    assert not [node for node in names if node[0] in ("button", "slider", "checkbox", "textbox") and not node[1]]


# Predict, then reveal

@pytest.mark.browser
def test_the_quiz_hides_the_next_number_asks_for_it_and_names_the_slip(opened):
    c, log = two_paths()
    shown = opened(log, quiz=True)
    assert shown.run("document.querySelector('#quiz').checked")
    right = wrong = 0
    while shown.text("#place").split()[1] != str(len(log) - 1):
        at = int(shown.text("#place").split()[1])
        asked = question(log, at + 1)
        shown.press("ArrowRight") if not shown.run("document.activeElement.id") else shown.click("#next")
        if asked is None:
            continue
        assert shown.visible("#ask") and shown.text("#question") == asked.text
        assert shown.text("#say") == str(log[at])    # nothing of the next step is shown yet
        assert shown.run("document.activeElement.id") == "answer"
        if asked.wrong and at % 2:
            shown.type(repr(asked.wrong[0][1]))
            shown.press("Enter")
            assert shown.text("#judged") == slip(asked, asked.wrong[0][1]) and shown.visible("#ask")
            assert shown.text("#say") == str(log[at]) and shown.run("document.activeElement.id") == "answer"
            wrong += 1
        shown.type(repr(asked.answer))    # what was wrong is selected, and typing replaces it
        shown.press("Enter")
        right += 1
        assert shown.text("#judged") == judge(asked, repr(asked.answer))[1] and not shown.visible("#ask")
        assert shown.text("#score") == f"{right} of {right} right, {right + wrong} {'try' if right + wrong == 1 else 'tries'}"
        assert shown.text("#say") == str(log[at + 1])
    assert right and wrong and shown.problems == []


def slip(asked, x):
    """What the page says of a wrong answer: the reason, as Python has it, and not the answer."""
    return judge(asked, repr(x))[1].removesuffix(f" It is {short(asked.answer)}.") + " Try again, or ask for a hint."


@pytest.mark.browser
def test_after_a_wrong_answer_there_is_a_hint_then_the_working_and_no_key_reveals_what_was_not_asked(opened):
    c, log = two_paths()
    shown = opened(log, quiz=True)
    shown.press("ArrowRight")
    asked = question(log, int(shown.text("#place").split()[1]) + 1)
    shown.click("#hint")
    assert shown.texts("#working p") == [HINTS[log[asked.step].kind]]
    shown.click("#hint")
    assert shown.texts("#working p")[1:] == [f"{' = '.join(line[:3])} = ?" for line in log[asked.step].equations]
    assert shown.run("document.querySelector('#hint').disabled")
    shown.click("#last")
    assert shown.text("#question") == asked.text and shown.text("#place").startswith(f"step {asked.step - 1} ")
    shown.run("document.querySelector('#slider').value = 9; document.querySelector('#slider').dispatchEvent(new Event('input'))")
    assert shown.text("#place").startswith(f"step {asked.step - 1} ") and shown.text("#score") == ""
    shown.click("#reveal")
    shown.click("#first")
    shown.click("#last")
    assert shown.text("#place").startswith(f"step {asked.step} ") and shown.visible("#ask") and shown.problems == []


@pytest.mark.browser
@pytest.mark.parametrize("make", [chain_rule, xor_row])
def test_a_whole_graph_is_filled_in_checked_and_solved(opened, make):
    log = make()
    shown = opened(log)
    shown.click("#exercise summary")
    shown.wait("blanks.length")
    nodes = [node for node in log.graph.nodes if node.operation != "constant"]
    moved = {step.target: step.result for step in log if step.kind == "update"}
    expected = [x for node in nodes for x in (node.data if node.parents else None, log.gradient(node.number) or 0.0, moved.get(node.number)) if x is not None]
    assert shown.run("blanks.map((one) => Number(answers()[one.place][one.key][1]))") == expected
    assert not any(text for text in shown.texts(".node .gradient"))
    fill = "blanks.forEach((one, i) => {{ one.field.value = {}; }}); mark(); document.querySelector('#filled').textContent"
    assert shown.run(fill.format("i ? '' : '99'")).startswith(f"0 of {len(expected)} right, 1 try")
    assert shown.run("document.querySelectorAll('#blanks .wrong').length") == 1
    assert shown.run(fill.format(f"{json.dumps([f'{x:.4g}' for x in expected])}[i]")) == "All right, 2 tries."
    shown.click("#again")
    shown.click("#solve")
    assert shown.run("blanks.every((one) => one.field.value === answers()[one.place][one.key][0])") and shown.problems == []


@pytest.mark.slow
@pytest.mark.browser
def test_every_misconception_of_every_question_is_recognised_on_the_page_as_in_python(opened):
    log = xor_row()
    shown = opened(log)
    asked = [found for step in log if (found := question(log, step.index))]
    tried = [[found.step, repr(x)] for found in asked for _, x in found.wrong]
    said = shown.run(
        f"{json.dumps(tried)}.map(([i, x]) => {{ go(i - 1); ask(steps[i].ask); judge(x);"
        " return document.querySelector('#judged').textContent; })"
    )
    assert said == [slip(found, x) for found in asked for _, x in found.wrong] and len(said) > 200


@pytest.mark.browser
def test_the_quiz_can_be_declined_and_answers_that_are_no_numbers_are_asked_again(opened):
    c, log = two_paths()
    shown = opened(log, quiz=True)
    shown.press("ArrowRight")
    shown.type("about six")
    shown.press("Enter")
    assert "write a number" in shown.text("#judged") and shown.visible("#ask")
    shown.click("#reveal")
    assert shown.text("#place").startswith("step 1 ") and not shown.visible("#ask") and shown.text("#score") == ""
    shown.click("#next")
    assert shown.visible("#ask")
    shown.click("#quiz")
    assert not shown.visible("#ask")
    for text, value in [("1/3", "1 / 3"), ("−2", "-2"), ("1e-3", "0.001"), (" .5 ", "0.5"), ("-inf", "-Infinity"), ("0x10", "undefined"),
                        ("1/0", "undefined"), ("", "undefined"), ("1e", "undefined")]:
        assert shown.run(f"Object.is(number({json.dumps(text)}), {value})"), text


def test_each_question_has_an_answer_that_differs_from_every_slip():
    for log in (chain_rule(), xor_row(), two_paths()[1]):
        for step in log:
            asked = question(log, step.index)
            if asked:
                assert judge(asked, repr(asked.answer))[0]
                for key, x in asked.wrong:
                    right, sentence = judge(asked, repr(x))
                    assert not right and key in MISCONCEPTIONS
    asked = question(two_paths()[1], len(two_paths()[1]) - 1)
    assert "Please write a number" in judge(asked, "\x1b[31m")[1] and "\x1b" not in judge(asked, "\x1b[31m")[1]


@given(graphs())
def test_questions_can_be_asked_of_any_graph(y):
    log = Log(snapshot(y))
    for step in log:
        asked = question(log, step.index)
        if asked:
            assert asked.text.isprintable() and judge(asked, repr(asked.answer))[0]


# Names from outside

@given(graphs())
def test_no_name_leaves_the_data_of_the_page(y):
    text = page(Log(snapshot(y)))
    inside = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1]
    assert not set("<>&") & set(inside) and inside.isascii()
    data = json.loads(inside)
    labels = [name(node.label) for node in snapshot(y).nodes]
    assert set(data["live"]["labels"]) <= set(labels)
    assert text.count("<script") == 2 and text.encode()


@given(graphs(most=5))
def test_in_a_notebook_no_name_leaves_the_frame(y):
    log = steps(y)
    found = []
    reader = HTMLParser()
    reader.handle_starttag = lambda tag, attributes: found.append((tag, dict(attributes)))
    reader.feed(log._repr_html_())
    assert [tag for tag, _ in found] == ["iframe"] and found[0][1]["sandbox"] == "allow-scripts"
    assert found[0][1]["srcdoc"] == log.html()


@pytest.mark.browser
def test_hostile_names_show_as_text(opened):
    names = ["</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"'><svg onload=alert(1)>", "\x1b[31mred", "a\nb",
             "\u202eabc", "@data@", "&lt;b&gt;", "${1+1}", "\ud800", "x" * 500, " "]
    y = f.total([Value(1.0, name=text) * 2.0 for text in names])
    shown = opened(steps(y))
    shown.press("End")
    labels = shown.texts(".node.input .label")
    assert labels[0].startswith("</script><script>alert") and labels[4] == "a\\nb" and all(len(label) <= 60 for label in labels)
    assert shown.run("document.querySelectorAll('img, iframe').length") == 0 and shown.problems == []


@pytest.mark.browser
def test_the_policy_stops_what_the_page_did_not_bring(opened, browser, tmp_path):
    text = chain_rule().html().replace("<body>", "<body><script>document.title='taken'</script><img src='http://127.0.0.1:9/x.png'>")
    target = tmp_path / "tampered.html"
    target.write_text(text, encoding="utf-8")
    shown = browser.open(target)
    assert shown.text("title") != "taken" and len([p for p in shown.problems if "Content Security Policy" in p]) >= 2


# Looks

@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True])
def test_it_follows_the_readers_light_or_dark_and_keeps_its_contrast(opened, dark):
    shown = opened(chain_rule(), dark=dark)
    ground = "rgb(20, 23, 26)" if dark else "rgb(255, 255, 255)"
    assert shown.run("getComputedStyle(document.body).backgroundColor") == ground

    def light(color):
        red, green, blue = (int(x) / 255 for x in re.findall(r"\d+", color)[:3])
        return sum(k * (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4) for k, c in ((0.2126, red), (0.7152, green), (0.0722, blue)))

    shown.press("End")
    pairs = shown.run(
        "[...document.querySelectorAll('.node text')].filter((t) => t.textContent)"
        ".map((t) => [getComputedStyle(t).fill, getComputedStyle(t.parentElement.querySelector('rect')).fill])"
    )
    for text, back in pairs:
        one, two = sorted((light(text), light(back)))
        assert (two + 0.05) / (one + 0.05) >= 4.5, (text, back)


@pytest.mark.browser
def test_no_text_overflows_its_box_and_no_boxes_overlap(opened):
    for log in (chain_rule(), xor_row(), odd_numbers()):
        shown = opened(log)
        shown.press("End")
        assert shown.run("""[...document.querySelectorAll('.node')].every((n) => {
          const r = n.querySelector('rect').getBBox();
          return [...n.querySelectorAll('text')].every((t) => !t.textContent || t.getBBox().x + t.getBBox().width <= r.x + r.width + 1); })""")


@given(graphs())
def test_the_layout_keeps_boxes_apart_and_goes_from_left_to_right(y):
    nodes = snapshot(y).nodes
    edges = [(p, node.number) for node in nodes for p in node.parents]
    sizes = [(50.0 + 7 * (i % 5), 30.0 + 16 * (i % 3)) for i in range(len(nodes))]
    placed = layout(sizes, edges)
    boxes = [(x, y, x + w, y + h) for (x, y), (w, h) in zip(placed.places, sizes)]
    assert all(x0 >= 0 and y0 >= 0 and x1 <= placed.size[0] and y1 <= placed.size[1] for x0, y0, x1, y1 in boxes)
    assert all(boxes[source][2] < boxes[target][0] for source, target in edges)
    for i, one in enumerate(boxes):
        for two in boxes[:i]:
            assert one[2] <= two[0] or two[2] <= one[0] or one[3] <= two[1] or two[3] <= one[1]


@pytest.mark.browser
def test_the_page_explains_each_gradient_and_lights_the_path_that_carries_most(opened):
    a, unused, dead = Value(3.0), Value(1.0), Value(-1.0)
    b = a + a
    c = b * a + f.relu(dead) + f.where(False, unused, a)
    log = steps(c)
    shown = opened(log)
    lit = "[...document.querySelectorAll('.%s.path')].length"
    assert not shown.visible("#because") and not shown.run(lit % "edge")
    shown.click("#why summary")
    shown.wait("document.querySelector('#because').textContent")
    leaves = [node.number for node in log.graph.nodes if node.operation == "input"]
    assert shown.texts("#of option") == [log.graph.nodes[number].label for number in leaves]
    for place, number in enumerate(leaves):
        shown.run(f"(of => {{ of.selectedIndex = {place}; of.dispatchEvent(new Event('change')); }})(document.querySelector('#of'))")
        found = explain_gradient(log.graph, number, 5)
        assert shown.text("#because") == str(found)
        assert shown.run(lit % "edge") == (len(found.paths[0].slopes) if found.paths else 0)
        assert shown.run(lit % "node") == (len(found.paths[0].nodes) if found.paths else 0)
    shown.run("document.querySelector('#of').focus()")
    shown.press("End")
    assert shown.text("#place").startswith("step 0 ")  # the keys are those of the list while it has them
    shown.click("#why summary")
    shown.wait("!document.querySelector('.edge.path')")
    assert shown.problems == []


def test_a_part_of_a_large_graph_explains_nothing_and_an_edge_taken_twice_is_told_apart():
    x = y = Value(1.0)
    for _ in range(1200):
        y = y * 1.0
    assert '"why":{}' in steps(y).html(focus=x)
    a, b = Value(2.0), Value(5.0)
    squared = Value(3.0) * f.dot([a, a], [b, Value(7.0)])
    log = steps(squared, order="depth-first")
    why = collect_data(log, set(range(9)), [n.number for n in log.graph.nodes], [])["why"]
    rows = zip(*(column[0] for column in (why["nodes"], why["edges"])), strict=True)
    assert all(len(set(edges)) == len(edges) == len(nodes) - 1 for nodes, edges in rows)


@pytest.mark.browser
@pytest.mark.parametrize("make", [chain_rule, xor_row])
def test_on_a_phone_graph_sentence_and_buttons_are_in_view_together(opened, make):
    shown = opened(make(), width=390, height=844)
    for _ in range(3):
        shown.press("ArrowRight", 8)
        bottom, top = shown.run("[document.querySelector('#say').getBoundingClientRect().bottom, document.querySelector('#controls').getBoundingClientRect().top]")
        assert bottom <= top and shown.run("document.documentElement.scrollWidth <= 390")


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("make", [chain_rule, xor_row])
def test_on_a_small_screen_the_controls_hide_no_row_and_no_question(opened, make):
    log = make()
    shown = opened(log, width=1280, height=860)
    below = "document.querySelector('#controls').getBoundingClientRect().top - {}.getBoundingClientRect().bottom"
    for _ in log:
        assert shown.run(below.format("document.querySelector('#equations')")) > 0, shown.text("#place")
        shown.press("ArrowRight")
    shown.press("Home")
    shown.click("#quiz")
    shown.run("scrollTo(0, 0)")
    while not shown.visible("#ask"):
        shown.click("#next")
    for size in ((1280, 860), (390, 800)):
        shown.call("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1, mobile=False)
        shown.run("(() => { scrollTo(0, 0); document.activeElement.blur(); document.querySelector('#answer').focus(); })()")
        assert shown.run(below.format("document.querySelector('#answer')")) > 0


@pytest.mark.browser
def test_it_prints_with_all_its_steps(opened):
    shown = opened(chain_rule())
    assert shown.pdf().startswith(b"%PDF") and shown.run("document.querySelector('#list').open")


@pytest.mark.browser
def test_what_is_printed_is_light_whatever_the_reader_prefers(opened):
    colours = "['.input rect', '.operation rect', '.output rect'].map((x) => getComputedStyle(document.querySelector(x)).fill)"
    printed = []
    for dark in (False, True):
        shown = opened(chain_rule(), dark=dark)
        shown.press("End")
        shown.call("Emulation.setEmulatedMedia", media="print", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}, {"name": "prefers-reduced-motion", "value": "reduce"}])
        printed.append(shown.run(colours))
    assert printed[0] == printed[1]


@pytest.mark.browser
def test_a_wrong_order_is_marked_where_it_goes_wrong(opened):
    a = Value(3.0)
    b = a + a
    c = b + b
    log = steps(c, order="depth-first")
    shown = opened(log)
    assert "in depth-first order" in shown.text("h1") and not shown.visible("#verdict")
    shown.press("ArrowRight", log.first_premature)
    assert shown.visible("#verdict") and "reads the gradient of b when 1 of 2" in shown.text("#verdict")
    assert "Too early" in shown.text("#say")


TABLE = "[...document.querySelectorAll('%s tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent))"


@pytest.mark.browser
def test_a_wrong_order_stands_beside_the_right_one_and_why_speaks_of_both(opened):
    a = Value(3.0)
    b = a + a
    c = b + b
    log = steps(c, order="depth-first")
    shown = opened(log)
    shown.press("End")
    assert shown.run(TABLE % "#gradients") == [["a", "6", "4"], ["b", "2", "2"], ["c", "1", "1"]]
    assert shown.run("document.querySelectorAll('#gradients .off').length") == 1 and shown.visible("#gradients")
    assert [tuple(row) for row in shown.run(TABLE % "#beside")] == beside(log) and len(beside(log)) == 6
    assert shown.texts("#beside td.off") == ["! b → a: 1", "! b → a: 2"] and shown.texts("#beside td.now") == ["  b → a: 6"]
    shown.click("#why summary")
    shown.wait("document.querySelector('#because').textContent")
    why = shown.text("#because").splitlines()
    assert why[0] == "The gradient of a is 6 = 1 + 1 + 2 + 2 in depth-first order. The right one:"
    assert why[1].startswith("d c / d a = 4: the sum over 4 paths")
    assert shown.problems == []


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1280, 860), (1000, 800), (390, 844)])
def test_what_the_two_orders_end_with_is_in_view_with_the_controls(opened, size):
    x0, x1 = Value(1.0), Value(0.0)
    net = (nn.MLP(2, [4, 4, 1], activation="tanh", seed=3)([x0, x1]) - 1) ** 2
    shown = opened(steps(net, order="depth-first"), width=size[0], height=size[1])
    shown.press("End")
    row = shown.run("document.querySelector('#gradients tr.off').getBoundingClientRect().bottom")
    assert row <= shown.run("document.querySelector('#controls').getBoundingClientRect().top") or size[0] < 400
    assert shown.run("document.documentElement.scrollWidth") <= size[0]
    assert shown.run("document.querySelector('#gradients').scrollWidth <= document.querySelector('#now').clientWidth")


@pytest.mark.browser
def test_an_order_that_does_no_harm_says_so_without_alarm_and_the_right_order_stands_alone(opened):
    a = Value(3.0)
    c = a * 2
    shown = opened(steps(c, order="breadth-first"))
    shown.press("End")
    assert shown.attribute("#verdict", "class") == "right" and not shown.visible("#gradients") and shown.visible("#beside")
    shown = opened(steps(c))
    shown.press("End")
    assert not any(map(shown.visible, ("#verdict", "#gradients", "#beside", "#orders")))


def test_why_tells_a_gradient_that_was_held_from_what_this_pass_adds():
    a = Value(3.0)
    c = a * a
    a.grad = 5.0
    log = steps(c, held=True)
    assert unlike(log, 0, 6.0) == "The gradient of a is 11 = 5 + 3 + 3, with the 5 that it held before. What this pass adds:"
    assert unlike(steps(c), 0, 6.0) == ""


BROKEN = """[...document.querySelectorAll('#say, #equations td, #gradients td')].flatMap((part) => {
  const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT), broken = [];
  for (let text = texts.nextNode(); text; text = texts.nextNode())
    for (const word of text.data.matchAll(/[^\\s]+/g)) {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map((box) => box.top)).size > 1) broken.push(word[0]);
    }
  return broken;
})"""


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("size", [(1280, 900), (1000, 800), (800, 600), (390, 844)])
def test_no_number_and_no_word_is_broken_over_two_lines_and_the_current_node_is_in_view(opened, size):
    x0, x1 = Value(1.0), Value(0.0)
    loss = (nn.MLP(2, [8, 1], seed=3)([x0, x1]) - 1) ** 2
    shown = opened(steps(loss), width=size[0], height=size[1])
    for _ in steps(loss):
        assert shown.run(BROKEN) == [], shown.text("#place")
        assert shown.run("document.documentElement.scrollWidth") <= size[0]
        assert shown.run("""(() => {
          const board = document.querySelector('#board').getBoundingClientRect(), box = document.querySelector('.node.active').getBoundingClientRect();
          return box.left >= board.left && box.right <= board.right && box.top >= board.top && box.bottom <= board.bottom; })()"""), shown.text("#place")
        shown.press("ArrowRight")


def test_a_long_formula_keeps_its_operands_in_a_box_and_all_of_it_in_the_title():
    x0, x1 = Value(1.0), Value(0.0)
    log = steps(nn.MLP(2, [8, 1], seed=3)([x0, x1]))
    dots = [node for node in log.graph.nodes if node.operation == "dot"]
    assert [describe_origin_within(log, node, 30) for node in dots[-2:]] == ["dot([…w[0], …w[1]], [x0, x1])", "dot([…w[0], …], [v15, …])"]
    assert describe_origin_within(log, dots[-1], 200) == describe_origin(log, dots[-1])[0]
    long = Value(1.0, name="model.blocks[11].attention.heads[3].query[0]")
    data = collect_data(steps(long * long), {0, 1}, [0, 1], [])
    assert data["nodes"]["label_line"] == [["…query[0]", None]] and data["live"]["labels"][0] == long.name


@pytest.mark.browser
def test_in_a_notebook_it_runs_in_a_frame_of_its_own(browser, tmp_path):
    target = tmp_path / "notebook.html"
    target.write_text(f"<!DOCTYPE html><meta charset='utf-8'><title>n</title>{chain_rule()._repr_html_()}", encoding="utf-8")
    shown = browser.open(target)
    frame = shown.call("Page.getFrameTree")["frameTree"]["childFrames"][0]["frame"]["id"]
    world = shown.call("Page.createIsolatedWorld", frameId=frame)["executionContextId"]
    answer = shown.call("Runtime.evaluate", expression="document.querySelector('#say').textContent", contextId=world)
    assert answer["result"]["value"] == "w0 is 2."


def test_the_demo_writes_its_pages_and_tells_the_chain_rule(tmp_path, monkeypatch, capsys):
    path = Path(__file__).parent.parent / "demos" / "step.py"
    specification = importlib.util.spec_from_file_location("demo_step", path)
    demo = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(demo)
    monkeypatch.setattr(demo, "OUT", tmp_path)
    monkeypatch.setattr(demo, "ROOT", tmp_path)
    demo.main([])
    out = capsys.readouterr().out
    assert "Gradients: w0 -0.196612, x0 0.393224, w1 -0.393224, x1 -0.589836, w2 0.196612" in out
    assert "6, and should be 4" in out
    assert sorted(file.name for file in tmp_path.iterdir()) == ["step_chain_rule.html", "step_order.html", "step_xor.html"]


# Size and limits

def xor_rows(order="topological"):
    model = nn.MLP(2, [8, 1], activation="relu", output="sigmoid", seed=1)
    return steps(nn.losses.binary_crossentropy([0, 1, 1, 0], [model(row) for row in ([0, 0], [0, 1], [1, 0], [1, 1])]), order)


@pytest.mark.parametrize("make, kilobytes", [(chain_rule, 90), (xor_row, 120), (xor_rows, 180), (partial(xor_rows, "breadth-first"), 250)])
def test_a_page_stays_small(make, kilobytes):
    assert len(make().html().encode()) <= 1_000 * kilobytes


def test_a_graph_too_large_for_a_page_is_refused_with_a_way_out():
    x = Value(1.0)
    y = x
    for _ in range(600):
        y = y * 1.01 + x
    log = steps(y)
    with pytest.raises(ArgumentError, match=r"at most 500 nodes and 2,000 steps.*focus=NODE.*text\(\)"):
        log.html()
    assert "at most 500 nodes" in log._repr_html_() and "<iframe" not in log._repr_html_()
    with pytest.raises(ArgumentError, match="smaller depth"):
        log.html(focus=y, depth=2000)
    assert len(log.html(focus=y, depth=3).encode()) < 60_000
    for wrong in (-1, 1.5, True):
        with pytest.raises(ArgumentError, match="depth of 0 or more"):
            log.html(focus=y, depth=wrong)


@pytest.mark.browser
def test_a_part_of_a_graph_shows_the_whole_logs_numbers(opened):
    w = Value(1.5)
    y = w
    for _ in range(40):
        y = f.tanh(y * w)
    log = steps(y)
    shown = opened(log, focus=10, depth=1)
    assert "(a part)" in shown.text("h1")
    shown.press("End")
    seen = shown.run(SEEN)
    assert any(short(log.gradient(10)) in text for text in seen["gradient"]) and seen["say"] in {str(step) for step in log}
    assert shown.problems == []


@pytest.mark.browser
@pytest.mark.parametrize("width, height", [(1280, 800), (390, 844)])
def test_the_reply_to_a_wrong_answer_and_the_hint_are_not_behind_the_controls(opened, width, height):
    page = opened(chain_rule(), width=width, height=height, quiz=True)
    page.run("show(20), onward(), judge('1')")
    hidden = "document.querySelector('#judged').getBoundingClientRect().bottom - document.querySelector('#controls').getBoundingClientRect().top"
    assert page.text("#judged").startswith("Not quite") and page.run(hidden) <= 0
    page.run("help()")
    assert page.run(hidden) <= 0 and page.text("#working")
