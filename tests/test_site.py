"""The site: every page is made, no link is dead, and what its scripts do a reader can do."""

from __future__ import annotations

import json
import re

import pytest

import autodiff
from autodiff.errors import MissingExtraError
from docs.builder import markup, reference, site
from docs.builder.words import AROUND
from tests.browser import Browser


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    patch = pytest.MonkeyPatch()
    patch.setattr(site.playground, "build", absent)    # what it is made of may not be there, and is tested elsewhere
    dead = site.build(folder)
    patch.undo()
    return folder, dead


def absent(*_):
    raise MissingExtraError("npm cannot be reached")


@pytest.mark.slow
def test_no_link_is_dead(built):
    assert built[1] == []


def test_a_dead_link_is_found(tmp_path):
    page = site.Page("a.html", "A", '<a href="b.html">b</a> <a href="#c">c</a> <a href="https://example.org">far</a>')
    (tmp_path / "a.html").write_text(page.body)
    assert site.dead_links(tmp_path, [page]) == ["a.html: b.html leads nowhere", "a.html: #c names a place that is not on that page"]


def test_every_public_name_is_in_the_reference(built):
    text = (built[0] / "reference.html").read_text(encoding="utf-8")
    for name in {*autodiff.__all__, "compile", "steps"}:
        assert f'id="autodiff.{name}"' in text, name
    assert 'id="autodiff.nn.Adam"' in text and 'id="autodiff.testing.check_gradients"' in text


def searched(folder):
    """What the search looks through."""
    return json.loads((folder / "search.js").read_text(encoding="utf-8").removeprefix("window.searchIndex = ").rstrip(";\n"))


def test_every_guide_is_a_page_and_the_search_knows_it(built):
    folder, _ = built
    known = {each["address"].partition("#")[0] for each in searched(folder)}
    assert {f"{name}.html" for name in site.GUIDES} <= known and "course/lesson_10_a_scalar_gpt.html" in known
    assert {path.stem for path in (site.ROOT / "docs").glob("*.md")} == set(site.GUIDES)


def test_the_gallery_shows_every_picture_once_and_is_in_the_menu(built):
    text = (built[0] / "gallery.html").read_text(encoding="utf-8")
    shown = re.findall(r'<img src="images/([^"]*)" alt="([^"]+)"', text)
    assert sorted(name for name, _ in shown) == sorted(path.name for path in (site.ROOT / "docs" / "images").iterdir())
    assert '<a href="../gallery.html">Gallery</a>' in (built[0] / "course" / "index.html").read_text(encoding="utf-8")


def test_the_menu_is_said_in_the_language_of_its_page_and_nothing_is_missing(built):
    wanted = {*site.MENU, "Playground", *(name.replace("-", " ").capitalize() for name in site.GUIDES), *re.findall(r"\[\[(.*?)\]\]", site.frame_text())}
    for language, said in AROUND.items():
        assert wanted - {"한국어"} == said.keys(), language
    english, korean = ((built[0] / address).read_text(encoding="utf-8") for address in ("course/index.html", "course/ko/index.html"))
    assert all(f">{name}<" in korean and name not in english for name in ("검색", "메뉴", "안내서", "용어집", "갤러리"))
    assert ">Glossary<" in english and ">Search<" in english and "[[" not in korean.split("<main")[0] + english.split("<main")[0]


def test_headings_get_the_anchors_that_links_to_them_name():
    assert markup.anchor("Why `+=`, and not =") == "why--and-not-"
    assert 'id="a-b"' in markup.html("# A *b*")


def test_documentation_is_escaped():
    assert "&lt;b&gt;" in reference.prose("<b> is `code`") and "<code>code</code>" in reference.prose("<b> is `code`")


# In a browser

@pytest.fixture(scope="module")
def browser(built):
    open_browsers = []
    yield lambda path: (open_browsers or open_browsers.append(Browser(path)) or open_browsers)[0]
    for each in open_browsers:
        each.__exit__()


@pytest.mark.browser
def test_a_question_is_checked_and_its_working_shown(built, browser, browser_path):
    page = browser(browser_path).open(built[0] / "course" / "lesson_01_one_multiplication.html")
    first = ".question"
    for answer, said in (("", "Please write a number"), ("7", "Not yet"), ("−2", "Right")):
        page.run("document.querySelector('.question input').value = ''")
        page.click(f"{first} input")
        if answer:
            page.type(answer)
        page.press("Enter")
        assert page.text(f"{first} .said").startswith(said)
        assert page.visible(f"{first} .why") == (said == "Right")
    assert page.run("document.querySelectorAll('iframe.steps').length") == 1


@pytest.mark.browser
def test_the_search_finds_a_section_by_its_words(built, browser, browser_path):
    page = browser(browser_path).open(built[0] / "course" / "index.html")
    page.click("#query")
    page.type("logsumexp")
    page.wait("document.querySelectorAll('#found li').length > 0")
    assert page.attribute("#found a", "href") == "../reference.html#autodiff.logsumexp"
    page.type("zzzz")
    page.wait("document.querySelector('#found').textContent.startsWith('Nothing found')")


@pytest.mark.browser
@pytest.mark.parametrize("address", ["index.html", "course/index.html", "course/lesson_06_xor.html", "course/ko/lesson_02_the_chain_rule.html", "reference.html", "testing.html"])
def test_a_page_fits_a_phone(built, browser, browser_path, address):
    page = browser(browser_path).open(built[0] / address, width=390, height=844)
    assert page.run("document.documentElement.scrollWidth") <= 390
    assert not page.run("document.querySelector('#menu details').open")
