"""The playground in a real browser, from a local server: every tab, hostile programs, no connection, a phone, the keyboard.

It needs what the site is made of, which comes from npm and the package index: a test reaches for neither, so these are
skipped where `autodiff playground --out site` has not fetched it before (`.ci/run` does).
"""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import threading
from base64 import b64decode
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from autodiff.playground import packages, site
from tests.browser import Browser

pytestmark = [pytest.mark.slow, pytest.mark.browser]
SQUARE = "from autodiff import Value\nx = Value(3.0)\ny = x * x\n"
CACHE = packages.cache_folder()


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing of it."""

    def log_message(self, *_):
        pass


class Server:
    """A local server of a folder, until it is stopped."""

    def __init__(self, folder, port=0):
        handler = functools.partial(Quiet, directory=folder)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self.port = self._server.server_port
        self.address = f"http://127.0.0.1:{self.port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    absent = packages.missing(CACHE)
    if absent:
        pytest.skip(f"needs {absent[0]} and others in {CACHE}: `python -m autodiff playground --out site` fetches them")
    return site.build(tmp_path_factory.mktemp("playground") / "site", CACHE)


@pytest.fixture(scope="module")
def server(folder):
    running = Server(folder)
    yield running
    running.stop()


@pytest.fixture
def browser(browser_path):
    with Browser(browser_path) as running:
        yield running


@pytest.fixture
def page(browser, server):
    return started(browser, server.address)


def started(browser, address, **options):
    """A page whose first program has been answered."""
    page = browser.open(address, **options)
    page.wait("performance.getEntriesByName('first answer').length > 0")
    return page


def write(page, source):
    page.run("document.querySelector('.cm-content').focus()")
    page.call("Input.dispatchKeyEvent", type="keyDown", key="a", code="KeyA", windowsVirtualKeyCode=65, modifiers=2, commands=["selectAll"])
    page.type(source)


def answered(page):
    page.wait("document.querySelector('#stop').disabled && document.querySelector('#state').textContent !== ''")


def run(page, source=None):
    """Run a program, and wait for its answer."""
    if source is not None:
        write(page, source)
    page.click("#run")
    answered(page)


def turn_to(page, tab):
    page.click(f"#tab-{tab}")
    answered(page)


def strangers(page):
    """What the console complained of, and whatever was asked for beyond the server."""
    return [each for each in page.problems if not each.startswith("request: blob:")]


def choose(page, select, value):
    page.run(f"(() => {{ const s = document.querySelector({json.dumps(select)}); s.value = {json.dumps(value)}; s.dispatchEvent(new Event('change')); }})()")


def test_every_tab_shows_what_it_is_for_and_the_console_stays_silent(page):
    assert page.attribute("#view iframe", "sandbox") == "allow-scripts" and "7.0 times" in page.text("#output")
    assert f'"playground":"{page.run("location.href")}#tab=step' in page.attribute("#view iframe", "srcdoc")
    turn_to(page, "draw")
    assert "grad" in page.attribute("#view img", "alt") and page.run("document.querySelector('#view img').naturalWidth") > 300
    turn_to(page, "explain")
    assert "d loss / d a = 7" in page.text("#view pre") and "7.0 times" in page.text("#output")    # from tab to tab
    choose(page, "#input", "f")
    answered(page)
    assert page.text("#view pre").startswith("d loss / d f = 4")
    turn_to(page, "formula")
    assert "loss = (a * b + c) * f + a" in page.text("#view pre") or "loss = d * f + a" in page.text("#view pre")
    turn_to(page, "quiz")
    page.click("#answer")
    page.type("12345")
    page.press("Enter")
    page.wait("document.querySelector('#judged').textContent.startsWith('Not quite')")
    assert page.text("#score") == "0 of 1 right"
    choose(page, "#examples", "xor")
    page.wait("document.querySelectorAll('#view .map rect').length === 576")
    assert "and the model says" in page.text("#output") and len(page.texts("#view tbody tr")) == 17
    choose(page, "#examples", "bug_sum")
    page.wait("document.querySelector('#view .verdict') !== null")
    assert "overwrites the gradient" in page.text("#view pre") and len(page.texts("#view .fails")) >= 1
    assert strangers(page) == []


def test_the_budgets(browser, server, folder, capsys):
    import gzip

    size = sum(len(gzip.compress(path.read_bytes(), 9)) for path in folder.rglob("*") if path.is_file())
    assert size <= 9_000_000
    figures = []
    for kind in ("cold", "warm"):
        page = started(browser, server.address)
        figures.append(f"{kind} {page.run('performance.getEntriesByName(`first answer`)[0].startTime') / 1000:.1f} s")
        page.wait("navigator.serviceWorker.controller !== null || document.querySelector('#run').disabled === false")
    for number in range(3):
        run(page, SQUARE + f"# {number}\n")
    with capsys.disabled():
        print(f"\nplayground: {size / 1e6:.2f} MB compressed, {', '.join(figures)}, a run: {page.text('#state')}")


def test_an_exception_stands_at_its_line_and_the_next_run_is_clean(page):
    run(page, SQUARE + "print('before')\ny / None\n")
    assert "program.py line 5 ended with" in page.text("#error") and page.text(".cm-wrong") == "y / None"
    assert page.text("#output") == "before\n"
    run(page, SQUARE)
    assert not page.visible("#error") and page.texts(".cm-wrong") == []


def test_an_endless_loop_is_stopped_by_the_button_and_by_time_and_python_starts_anew(page):
    write(page, "print('on')\nwhile True: pass\n")
    page.click("#run")
    page.wait("document.querySelector('#output').textContent === 'on\\n'")
    page.click("#stop")
    page.wait("document.querySelector('#error').textContent.startsWith('You stopped the program')")
    run(page, SQUARE + "# once more\n")
    assert page.run("document.querySelector('#view iframe') !== null")
    write(page, "while True: pass\n")
    page.click("#run")
    page.wait("document.querySelector('#error').textContent.includes('after 10 seconds')")
    run(page, SQUARE)
    assert not page.visible("#error")


HOSTILE = {
    "network": ("import js\ntry:\n    js.importScripts('{0}')\nexcept BaseException as error:\n    print('no', type(error).__name__)\n"
                "async def f():\n    await js.fetch('{0}')\nfrom pyodide.ffi import run_sync\n"
                "js.XMLHttpRequest.new().open('GET', '{0}', False)\nrequest = js.XMLHttpRequest.new()\nrequest.open('GET', '{0}', False)\nrequest.send()\n"),
    "a socket": "import urllib.request\nurllib.request.urlopen('{0}')\n",
    "the page's nodes": "from js import document\ndocument.body.remove()\n",
    "a flood": "while True:\n    print('flood')\n",
    "ten megabytes": None,
    "forged messages": "import js\njs.postMessage('forged')\nraise ValueError('sent')\n",
}  # fmt: skip


def test_what_a_program_means_to_do_to_the_page_or_the_world_ends_in_a_sentence(page, server):
    for name, source in HOSTILE.items():
        if source is None:
            write(page, "x = 1\n" + "#" * 10_000_000)
            page.click("#run")
            page.wait("document.querySelector('#error').textContent.includes('at most 200000 letters')")
            write(page, SQUARE)
            continue
        run(page, source.replace("{0}", server.address + "secret"))
        assert page.visible("#error") and page.text("#error").startswith("program.py"), name
        assert len(page.text("#output")) <= 100_000
    assert page.run("document.querySelectorAll('main section').length") == 2
    assert not [each for each in page.problems if "secret" in each and each.startswith("request")]
    run(page, SQUARE)
    assert page.run("document.querySelector('#view iframe') !== null")


def test_a_long_chain_is_answered_and_freed_and_a_longer_one_that_is_not_kept_ends_in_a_sentence(page):
    chain = "from autodiff import Value\nx = y = Value(1.0)\nfor _ in range(5_000):\n    y = y + x\ny.backward()\nprint(x.grad)\n"
    run(page, chain)
    assert page.text("#output") == "5001.0\n" and "at most 500 nodes" in page.text("#note")
    run(page, SQUARE)    # the chain is let go
    assert not page.visible("#error")
    turn_to(page, "train")
    run(page, chain.replace("5_000", "50_000").replace("y.backward()", "y = None") + "(x * x).backward()\n")
    assert "came to an end" in page.text("#error")
    run(page, SQUARE + "y.backward()\n")
    assert not page.visible("#error")


def test_a_worker_that_a_program_closes_is_replaced(page):
    write(page, "import js\njs.self.close()\nwhile True: pass\n")
    page.click("#run")
    page.wait("document.querySelector('#error').textContent.includes('after 10 seconds')")
    run(page, SQUARE)
    assert not page.visible("#error")


def test_a_shared_link_opens_with_the_server_stopped(browser, folder):
    server = Server(folder)
    page = started(browser, server.address)
    run(page, SQUARE + "print('공유', x.data)\n")
    turn_to(page, "explain")
    page.click("#share")
    page.wait("document.querySelector('#address').value.includes('program=')")
    link = page.run("document.querySelector('#address').value")
    assert "tab=explain" in link and len(link) < 250
    page.wait("navigator.serviceWorker.controller !== null")
    page.run("navigator.serviceWorker.ready.then(() => true)")
    server.stop()
    other = started(browser, link)
    assert other.text("#output") == "공유 3.0\n" and "d y / d x = 6" in other.text("#view pre")


@pytest.mark.parametrize("part", ["!!!", "AAAA", "eJxLK8rPVUgqys9WKMnILFYAogqFRIWS1OISAF5zB40", "%00"])
def test_a_damaged_link_gives_a_sentence_and_the_examples(browser, server, part):
    page = started(browser, f"{server.address}#tab=draw&program={part}")
    assert "damaged" in page.text("#note") and page.visible("#note")
    assert "The chain rule" in page.text(".cm-content") and "The chain rule" in page.texts("#examples option")


def test_korean_is_spoken_at_once_and_remembered(page, browser, server):
    choose(page, "#language", "ko")
    page.wait("document.documentElement.lang === 'ko'")
    assert page.text("#run") == "실행" and page.text("#tab-train") == "학습" and "연쇄 법칙" in page.texts("#examples option")
    page.wait("document.querySelector('#view iframe').srcdoc.includes('lang=\"ko\"')")
    answered(page)
    turn_to(page, "explain")
    assert "국소 도함수를 곱해" in page.text("#view pre") and page.text("#output").startswith("If a grows")
    turn_to(page, "quiz")
    assert "순전파" in page.text("#view form")
    turn_to(page, "draw")
    run(page, "y = Value(1.0) +\n")
    assert page.text("#error").startswith("program.py의 1번째 줄이 파이썬 문법에 맞지 않습니다")
    choose(page, "#examples", "bug_sum")
    page.wait("document.querySelector('#view .verdict') !== null")
    assert "성립" in page.text("#view .verdict") and "덮어씁니다" in page.text("#view pre") and "국소 도함수" in page.texts("#view .properties b")
    assert page.text(".cm-content").startswith('"""오류가 하나 있는 엔진')
    again = started(browser, server.address)
    assert again.text("#run") == "실행" and "끝났습니다" in again.text("#state")


def test_a_phone_shows_everything_without_scrolling_sideways(browser, server):
    page = started(browser, server.address, width=390, height=844)
    for tab in ("step", "draw", "explain", "formula", "quiz"):
        turn_to(page, tab)
        assert page.run("document.documentElement.scrollWidth") <= 390, tab
        assert page.run("document.querySelector('#panel').getBoundingClientRect().width") > 340
    turn_to(page, "explain")
    page.run("scrollTo(0, 0)")
    run(page)
    page.wait("document.querySelector('#view').getBoundingClientRect().top < innerHeight")


def test_the_keyboard_alone_is_enough(page):
    focus = "document.activeElement.id || document.activeElement.className.split(' ')[0]"
    reached = []
    for _ in range(12):
        page.press("Tab")
        reached.append(page.run(focus))
        if reached[-1] == "cm-content":
            break
    assert reached[:1] == ["language"] and "run" in reached and reached[-1] == "cm-content"
    page.press("Escape")
    page.press("Tab")
    assert page.run(focus) == "output"
    page.press("Tab")
    assert page.run(focus) == "tab-step"
    page.press("ArrowRight")
    page.wait("document.querySelector('#view img') !== null")
    assert page.run(focus) == "tab-draw" and page.attribute("#tab-draw", "aria-selected") == "true"
    page.run("document.querySelector('.cm-content').focus()")
    page.run("document.querySelector('#view').replaceChildren()")
    page.call("Input.dispatchKeyEvent", type="keyDown", key="Enter", code="Enter", windowsVirtualKeyCode=13, modifiers=2)
    page.wait("document.querySelector('#view img') !== null")


# Who cannot see, or not well

AXE = packages.Package("axe-core", "4.14.1",
                       "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==", {})
SERIOUS = """axe.run(document, {iframes: false}).then((found) => found.violations.filter((each) => ["serious", "critical"].includes(each.impact))
             .map((each) => each.id + ": " + each.nodes.map((node) => node.target).join(", ")))"""


@pytest.mark.parametrize("dark, language", [(False, "en"), (True, "ko")], ids=["light", "dark and Korean"])
def test_axe_finds_nothing_serious_in_any_tab(browser, server, dark, language):
    if not packages.is_whole(CACHE / AXE.file, b64decode(AXE.digest)):
        pytest.skip(f"needs {AXE.file} in {CACHE}: `npm pack axe-core@4.14.1` there brings it")
    page = started(browser, server.address + "#example=bug_sum", dark=dark)
    choose(page, "#language", language)
    page.wait(f"document.documentElement.lang === '{language}' && document.querySelector('#view .verdict') !== null")
    page.run(packages.member(CACHE, AXE, "axe.min.js").decode() + ";0")
    assert page.run(SERIOUS) == []
    choose(page, "#examples", "xor")
    page.wait("document.querySelectorAll('#view .map rect').length === 576")
    for tab in ("train", "draw", "explain", "formula", "quiz", "step"):
        turn_to(page, tab)
        assert page.run(SERIOUS) == [], tab


# The core in the browser's Python

CORE = ("test_backward.py", "test_differentiate.py", "test_functions.py", "test_expression.py")


def test_the_tests_of_the_core_pass_under_pyodide(folder, tmp_path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node, which comes with npm")
    done = subprocess.run([node, "--stack-size=7000", str(Path(__file__).with_name("pyodide_core.mjs")), str(folder), str(own_pytest(tmp_path)), *CORE],
                          capture_output=True, text=True, timeout=600)
    assert " passed" in done.stdout and done.returncode == 0, (done.stdout + done.stderr)[-3000:]


def own_pytest(tmp_path):
    """A zip of the pytest that runs this, and of what it imports: all of it is pure Python."""
    from importlib.metadata import files

    content = {}
    for name in ("pytest", "pluggy", "iniconfig", "packaging", "pygments"):
        content |= {str(each): each.locate().read_bytes() for each in files(name) if each.suffix in (".py", ".txt") or each.name == "METADATA"}
    for name in ("__init__.py", *CORE):
        path = Path(__file__).with_name(name)
        content[f"tests/{name}"] = path.read_bytes() if path.exists() else b""
    target = tmp_path / "pytest.zip"
    target.write_bytes(site.zip_files(iter(content.items())))
    return target
