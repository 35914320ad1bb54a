"""The code stays small and in standard terms: what no linter checks."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAX_MODULE_LINES = 250
MAX_FUNCTION_LINES = 40
MODULES = sorted(
    path for folder in ("webapp", "worker", "scripts") for path in (ROOT / folder).rglob("*.py")
)
TEXTS = [*MODULES, *sorted((ROOT / "webapp" / "templates").rglob("*.html"))]

# Words that this project once used in a sense of its own. docs/glossary.md has the standard terms.
PRIVATE_WORDS = re.compile(
    r"\b("
    r"bells?|rings?|rung|hearing|heard|deaf|deeds?|occasions?|ledgers?|exam(s|ined|ination)?|"
    r"ballots?|lessons?|digitness|held.(back|out)|worn|calm(er)?|last touches|murmur\w*|"
    r"visitors?|give_way|undelayed|renewals?|onward|not_accepted|"
    r"sheets? of questions|the house|crew|strangers?"
    r")\b",
    re.IGNORECASE,
)
# Addresses and stored names that stay, so that links, cookies and old rows go on working.
ALLOWED = re.compile(
    r"/exam\b|/ledger\b|/renewal\b|/attempts\b|cifra_visitor|salt=\"visitor\"|\"visitor\"",
)


def functions_of(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_are_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MAX_MODULE_LINES
    long = [
        function.name
        for function in functions_of(path)
        if (function.end_lineno or 0) - function.lineno + 1 > MAX_FUNCTION_LINES
    ]
    assert not long


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_standard_terms_are_used(path: Path) -> None:
    text = ALLOWED.sub("", path.read_text())
    found = [match.group(0) for match in PRIVATE_WORDS.finditer(text)]
    assert not found


def test_no_two_classes_share_a_name() -> None:
    packages = [path for path in MODULES if not path.is_relative_to(ROOT / "scripts")]
    names = [
        node.name
        for path in packages
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    assert [name for name, count in Counter(names).items() if count > 1] == []
