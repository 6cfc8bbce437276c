"""From Markdown to HTML, and from code to coloured code; headings get anchors, links to other pages their addresses."""

import re
import unicodedata
from collections.abc import Callable
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

Address = Callable[[str], str]


def coloured(code: str, language: str = "python") -> str:
    """Code as HTML; what is in no language that we colour stays as it is."""
    if language not in ("python", "pycon", "bash", "json"):
        return f"<pre tabindex='0'><code>{escape(code)}</code></pre>"
    html: str = highlight(code, get_lexer_by_name(language), HtmlFormatter(nowrap=True))
    return f"<pre tabindex='0' class='code'><code>{html}</code></pre>"


def colours() -> str:
    """The style of coloured code, on a light and on a dark page."""
    light = HtmlFormatter(style="vs").get_style_defs(".code")
    dark = HtmlFormatter(style="github-dark").get_style_defs(".code")
    keep = re.compile(r"^\.code \.\w+ \{.*\}", re.MULTILINE)
    light, dark = ("\n".join(keep.findall(re.sub(r"\s*/\*.*?\*/", "", text))) for text in (light, dark))
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n"


def anchor(heading: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    text = unicodedata.normalize("NFKC", re.sub(r"[`*_]", "", heading)).strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def html(text: str, address: Address = lambda link: link) -> str:
    """Markdown as HTML; `address` says where each link of the text leads."""
    parser = MarkdownIt("commonmark", {"html": True, "highlight": lambda code, name, _: coloured(code, name or "text")})
    parser.enable(["table", "strikethrough"])
    tokens = parser.parse(text)
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", anchor(tokens[place + 1].content))
        for child in token.children or ():
            lead(child, address)
    rendered: str = parser.renderer.render(tokens, parser.options, {})
    return rendered.replace("<table>", "<div class='wide'><table>").replace("</table>", "</table></div>")


def lead(token: Token, address: Address) -> None:
    """Give a link or an image its address on the site."""
    for key in ("href", "src"):
        link = token.attrGet(key)
        if isinstance(link, str):
            token.attrSet(key, address(link))
