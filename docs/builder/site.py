"""The site: the course, the guides, the reference, the benchmarks and the playground, as one folder of static pages.

`build` returns a sentence for each link that leads nowhere.
"""

import json
import re
import shutil
from collections.abc import Iterator
from configparser import ConfigParser
from html import escape, unescape
from pathlib import Path
from typing import NamedTuple

from autodiff.errors import MissingExtraError
from autodiff.playground import packages
from autodiff.playground import site as playground

from . import markup
from .course import course_pages
from .reference import reference_page
from .words import AROUND

ROOT = Path(__file__).resolve().parent.parent.parent
ASSETS = Path(__file__).resolve().parent / "assets"
GUIDES = ("gallery", "stepping", "drawing", "training", "compiling", "derivatives", "testing", "recipes", "playground",
          "teaching", "glossary", "mutants", "faults-named")  # fmt: skip
FILES = {"README.md": "index.html", "benchmarks/README.md": "benchmarks.html", "CHANGELOG.md": "changes.html",
         "CONTRIBUTING.md": "contributing.html", "README.ko.md": "index.ko.html"}  # fmt: skip
MENU = {"Home": "index.html", "한국어": "index.ko.html", "Course": "course/index.html", "Reference": "reference.html",
        "Benchmarks": "benchmarks.html", "Changes": "changes.html", "Contributing": "contributing.html"}  # fmt: skip


class Page(NamedTuple):
    """A page: its address in the site, its title and its body."""

    address: str
    title: str
    body: str
    language: str = "en"


def build(out: Path) -> list[str]:
    """Write the site; return a sentence for each dead link."""
    out.mkdir(parents=True, exist_ok=True)
    has_playground = add_playground(out / "playground")
    pages = [*guides(), *map(Page._make, course_pages(has_playground))]
    pages.append(Page("reference.html", "Reference", reference_page()))
    for page in pages:
        place = out / page.address
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(whole(page, has_playground), encoding="utf-8")
    shutil.copytree(ROOT / "docs" / "images", out / "images", dirs_exist_ok=True)
    shutil.copy(ROOT / "benchmarks" / "rolling.svg", out / "rolling.svg")
    shutil.copy(ASSETS / "site.js", out / "site.js")
    style = (ASSETS / "site.css").read_text(encoding="utf-8") + markup.colours()
    (out / "site.css").write_text(style, encoding="utf-8")
    (out / "search.js").write_text(f"window.searchIndex = {json.dumps(list(index(pages)))};\n", encoding="utf-8")
    return dead_links(out, pages)


def add_playground(folder: Path) -> bool:
    """Build the playground inside the site; where its parts cannot be had, say so, and leave it out."""
    try:
        playground.build(folder, packages.cache_folder())
        return True
    except MissingExtraError as error:
        print(f"The site has no playground. {error}")
        return False


def guides() -> Iterator[Page]:
    """The pages that are written in Markdown: the readme as the first page, the guides, the benchmarks, the changes."""
    files = dict(FILES) | {f"docs/{name}.md": f"{name}.html" for name in GUIDES}
    for file, address in files.items():
        text = (ROOT / file).read_text(encoding="utf-8")
        title = next(re.finditer(r"^# (.*)", text, re.MULTILINE))[1]
        body = markup.html(text, lambda link, file=file: where(file, link, files))  # type: ignore[misc]
        yield Page(address, title, body, "ko" if file.endswith(".ko.md") else "en")


def where(file: str, link: str, files: dict[str, str]) -> str:
    """Where a link in a file leads: to a page of the site, to a picture in it, else to the file in the repository."""
    if re.match(r"[a-z]+:|#", link):
        return link
    path, _, anchor = link.partition("#")
    target = (ROOT / file).parent.joinpath(path).resolve().relative_to(ROOT).as_posix()
    if target in files:
        return files[target] + ("#" + anchor if anchor else "")
    if target.startswith("docs/images/"):
        return target.removeprefix("docs/")
    if target == "benchmarks/rolling.svg":
        return "rolling.svg"
    return f"{home()}/blob/main/{target}"


def home() -> str:
    """The address of the repository, which stands in setup.cfg alone."""
    config = ConfigParser(interpolation=None)
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    return config["metadata"]["url"].rstrip("/")


def whole(page: Page, has_playground: bool) -> str:
    """A page with its head, menu and foot."""
    up = "../" * page.address.count("/")
    menu = MENU | ({"Playground": "playground/index.html"} if has_playground else {})
    names = {name.replace("-", " ").capitalize(): f"{name}.html" for name in GUIDES}
    said = AROUND.get(page.language, {})
    links, guides = ("".join(item(up + target, said.get(name, name), page.address == target)
                             for name, target in part.items()) for part in (menu, names))  # fmt: skip
    parts = {"title": escape(page.title), "up": up, "menu": links, "guides": guides, "body": page.body,
             "language": page.language}  # fmt: skip
    frame = re.sub(r"\[\[(.*?)\]\]", lambda mark: said.get(mark[1], mark[1]), frame_text())
    return re.sub("@([a-z]+)@", lambda mark: parts[mark[1]], frame)


def frame_text() -> str:
    """What every page stands in: @part@ is a part of the page, and [[words]] are said in its language."""
    return (ASSETS / "page.html").read_text(encoding="utf-8")


def item(target: str, name: str, is_here: bool) -> str:
    here = ' aria-current="page"' if is_here else ""
    return f'<li><a href="{target}"{here}>{escape(name)}</a></li>'


def index(pages: list[Page]) -> Iterator[dict[str, str]]:
    """What the search looks through: each section of each page, by its heading."""
    for page in pages:
        for part in re.split(r"(?=<h[123] id=)", page.body):
            heading = re.match(r'<h[123] id="([^"]*)"[^>]*>(.*?)</h', part, re.DOTALL)
            title = plain(heading[2]) if heading else page.title
            address = page.address + (f"#{heading[1]}" if heading else "")
            yield {"page": page.title, "title": title, "address": address, "text": plain(part)[:4000]}


def plain(html: str) -> str:
    """The text of HTML, without scripts, frames and marks."""
    text = re.sub(r"<(script|style|iframe|svg)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def dead_links(out: Path, pages: list[Page]) -> list[str]:
    """A sentence for each link of a page to a file or an anchor of the site that is not there."""
    found = []
    for page in pages:
        text = (out / page.address).read_text(encoding="utf-8")
        for link in re.findall(r'(?:href|src)="([^"]*)"', re.sub(r'srcdoc="[^"]*"', "", text)):
            if re.match(r"[a-z]+:", link) or not link:
                continue
            path, _, anchor = unescape(link).partition("#")
            target = (out / page.address).parent.joinpath(path).resolve() if path else out / page.address
            if not target.exists():
                found.append(f"{page.address}: {link} leads nowhere")
            elif anchor and "playground" not in path and f'id="{anchor}"' not in target.read_text(encoding="utf-8"):
                found.append(f"{page.address}: {link} names a place that is not on that page")
    return found
