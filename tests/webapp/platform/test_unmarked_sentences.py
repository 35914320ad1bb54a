"""Every sentence that a person reads is marked for translation, wherever it is written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from webapp.platform.languages import LANGUAGES
from webapp.settings import ROOT

ALL_TEMPLATES = sorted((ROOT / "webapp" / "templates").rglob("*.html"))
# Chapters are written once in each language: attention.en.html and attention.es.html.
CHAPTERS = [path for path in ALL_TEMPLATES if path.stem.split(".")[-1] in LANGUAGES]
TEMPLATES = [path for path in ALL_TEMPLATES if path not in CHAPTERS]
MODULES = sorted(path for folder in ("webapp", "worker") for path in (ROOT / folder).rglob("*.py"))
SCRIPTS = sorted((ROOT / "webapp" / "static" / "js").rglob("*.js"))

MARKERS = {"_", "gettext", "ngettext", "lazy_gettext", "lazy_ngettext", "gettext_noop", "Message"}
READ_ALOUD = {"alt", "aria-label", "title", "placeholder", "data-label", "content", "label"}
NOT_READ = {"script", "style", "code", "kbd", "pre"}
SAME_IN_BOTH = re.compile(
    r"\b(Cifra|MNIST|UTC|KB|MB|ms|px|CSV|JSON|XLSX|ZIP|PDF|SHA|JPEG|PNG|HEIC|CO₂"
    r"|log|tanh|seed)\b"
)
ATTRIBUTES = re.compile(r"[\w-]+=\"[^\"]*\"")  # of a macro that a template puts into a tag
WORD = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
SEVERAL_WORDS = re.compile(r"^[A-Z“][a-z]+[ .…:?!]|[a-z’',]+ [a-z]+ [a-z]+")


class VisibleText(HTMLParser):
    """Collects the text that a page shows or reads aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.skipped += tag in NOT_READ
        names = dict(attrs)
        if tag == "meta" and names.get("name") != "description":
            return
        self.texts += [value or "" for name, value in attrs if name in READ_ALOUD]

    def handle_endtag(self, tag: str) -> None:
        self.skipped -= tag in NOT_READ

    def handle_data(self, data: str) -> None:
        if not self.skipped:
            self.texts.append(ATTRIBUTES.sub("", data))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_shows_no_unmarked_text(path: Path) -> None:
    tree = Environment(extensions=["jinja2.ext.i18n"]).parse(path.read_text())
    page = VisibleText()
    page.feed("".join(_template_data(tree)))
    page.close()
    found = [text.strip() for text in page.texts if WORD.search(SAME_IN_BOTH.sub("", text))]
    found += [text for text in _constants(tree) if SEVERAL_WORDS.search(text)]
    assert not found


def test_every_chapter_is_written_in_every_language() -> None:
    for path in CHAPTERS:
        for language in LANGUAGES:
            *name, _ = path.stem.split(".")
            assert path.with_name(".".join([*name, language, "html"])).is_file()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_python_shows_no_unmarked_sentence(path: Path) -> None:
    assert not list(_unmarked_sentences(ast.parse(path.read_text())))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_shows_no_unmarked_sentence(path: Path) -> None:
    code = re.sub(r"^\s*//.*$|\s//\s.*$", "", path.read_text(), flags=re.MULTILINE)
    code = re.sub(r"\b(n?gettext)\(\s*(\"[^\"]*\"|`[^`]*`)(,\s*\"[^\"]*\")?", "", code)
    code = re.sub(r"throw new \w+\((\"[^\"]*\"|`[^`]*`)\)", "", code)  # for the console
    texts = [found[1:-1] for found in re.findall(r"\"[^\"\n]*\"|`[^`]*`", code)]
    assert not [text for text in texts if SEVERAL_WORDS.search(text)]


def _template_data(node: nodes.Node) -> Iterator[str]:
    """The HTML of a template, with a space for every expression."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.TemplateData):
            yield child.data
        elif isinstance(child, nodes.Expr):
            yield " "
        else:
            yield from _template_data(child)


def _constants(node: nodes.Node) -> Iterator[str]:
    """The strings of expressions, but for those that a marker translates."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Compare):
            continue  # with a stored code
        if isinstance(child, nodes.Call) and getattr(child.node, "name", "") in MARKERS:
            for keyword in child.kwargs:
                yield from _constants(keyword)
        elif isinstance(child, nodes.Const):
            if isinstance(child.value, str):
                yield child.value
        else:
            yield from _constants(child)


# The calls whose first argument a person reads, and the names that hold sentences.
SHOWN = {"flash", "echo", "secho", "ClickException", "UsageError", "prompt", "confirm", "abort"}


def _unmarked_sentences(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in SHOWN and node.args:
            yield from _sentences_in(node.args[0])
        if isinstance(node, ast.Call) and _name(node.func) == "jsonify":
            for keyword in node.keywords:
                if keyword.arg == "error":
                    yield from _sentences_in(keyword.value)
        if isinstance(node, ast.ClassDef):  # of errors
            for part in node.body:
                if isinstance(part, ast.Assign) and _name(part.targets[0]) == "sentence":
                    yield from _sentences_in(part.value)
        if isinstance(node, ast.keyword) and node.arg in ("help", "prompt", "problem"):
            yield from _sentences_in(node.value)


def _sentences_in(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Call):
        if _name(value.func) not in MARKERS:
            for argument in value.args:
                yield from _sentences_in(argument)
        return
    if isinstance(value, ast.Constant):
        if isinstance(value.value, str) and SEVERAL_WORDS.search(value.value):
            yield value.value
        return
    if isinstance(value, ast.JoinedStr):
        fixed = "{}".join(str(p.value) for p in value.values if isinstance(p, ast.Constant))
        if WORD.search(fixed):
            yield fixed
        return
    for child in ast.iter_child_nodes(value):
        if isinstance(child, ast.expr):
            yield from _sentences_in(child)


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
