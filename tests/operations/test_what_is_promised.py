"""The documents about security name tests that exist, and leave out no line of the standard."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ("SECURITY.md", "docs/asvs.md")
A_TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")

# How many requirements of level 1 each chapter of the standard's version 5.0.0 has.
LEVEL_1 = {1: 8, 2: 4, 3: 8, 4: 2, 5: 4, 6: 13, 7: 6, 8: 4, 9: 4, 10: 5, 11: 3, 12: 3} | {
    13: 1,
    14: 2,
    15: 3,
}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_test_that_a_document_names_exists(document: str) -> None:
    named = A_TEST.findall((ROOT / document).read_text())

    assert named
    for path, name in named:
        assert (ROOT / path).is_file(), path
        assert re.search(rf"^def {name}\(", (ROOT / path).read_text(), re.MULTILINE), name


def test_the_checklist_has_every_line_of_level_1_with_a_test_or_a_reason() -> None:
    rows = re.findall(r"^\| (\d+)\.(\d+\.\d+) \|(.*)\|$", text := asvs(), re.MULTILINE)

    chapters = [int(chapter) for chapter, _, _ in rows]
    assert {chapter: chapters.count(chapter) for chapter in chapters} == LEVEL_1
    assert len({(chapter, number) for chapter, number, _ in rows}) == len(rows)
    for _, _, row in rows:
        asked, standing, shown = (cell.strip() for cell in row.split(" | "))
        assert asked
        assert shown
        assert standing in ("met", "partly", "not met", "does not apply")
        assert standing != "met" or A_TEST.search(shown) or "make check" in shown, asked
    for standing in ("met", "partly", "not met", "does not apply"):
        count = sum(row.split(" | ")[1].strip() == standing for _, _, row in rows)
        assert f"{count} {standing}" in text, f"the summary counts {standing} wrongly"


def asvs() -> str:
    return (ROOT / "docs" / "asvs.md").read_text()
