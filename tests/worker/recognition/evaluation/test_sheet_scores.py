"""Scores of pages: numbers count as they are written, and some sources are kept apart."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from worker.recognition.evaluation.sheet_scores import (
    LabelledPage,
    read_labelled_pages,
    score_page,
    table_of,
)
from worker.recognition.reading import Box
from worker.recognition.sheets.sheet_reading import CellKind, CellReading, SheetReading

BOX = Box(0, 0, 10, 10)


def page(source: str) -> LabelledPage:
    return LabelledPage(Path("page.png"), "table", source, [["7", "4½", "p:1"], ["", "~", "5.2"]])


def reading(*texts: tuple[str, bool]) -> SheetReading:
    cells = [
        CellReading(0, column, BOX, CellKind.NUMBER, text, 1.0, is_unsure)
        for column, (text, is_unsure) in enumerate(texts)
    ]
    return SheetReading(1, len(cells), tuple(cells), np.zeros((10, 10, 3), np.uint8))


def test_numbers_are_compared_as_they_are_written_and_print_is_wrong() -> None:
    score = score_page(page("a"), reading(("7", False), ("4.5", True), ("1", False), ("5,2", True)))

    assert (score.numbers, score.exact, score.wrong) == (3, 3, 1)
    assert (score.readings, score.sure, score.sure_right) == (4, 2, 1)


def test_the_sources_kept_apart_have_rows_of_their_own() -> None:
    pages = [page("a source"), page("another"), page("a third"), page("the last")]
    apart = sum(one.is_kept_apart for one in pages)
    assert 0 < apart < 4

    lines = table_of([(one, score_page(one, reading(("7", False)))) for one in pages]).splitlines()

    counts = {line[:13].strip(): line[13:].split()[0] for line in lines[1:]}
    assert counts == {"table": "4", "all": "4", "apart table": str(apart), "apart all": str(apart)}


def test_the_manifest_names_the_source_of_each_page(tmp_path: Path) -> None:
    with (tmp_path / "manifest.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["file", "kind", "source_repo"])
        rows.writerow(["one.png", "list", "somebody/pages"])
        rows.writerow(["two.png", "line", "somebody/pages"])
    (tmp_path / "one.csv").write_text("7 8\n9\n")

    [labelled] = read_labelled_pages(tmp_path)

    assert (labelled.source, labelled.labels) == ("somebody/pages", [["7", "8"], ["9"]])
