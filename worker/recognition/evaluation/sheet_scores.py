"""Scores of photographed pages: numbers found as written, grids, empty cells, and sure readings."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from hashlib import sha256
from operator import add
from pathlib import Path

from worker.recognition.sheets.sheet_reading import CellKind, SheetReading

PRINTED, MARK, UNREADABLE = "p:", "~", "?"
LINES = "line"  # the kind of crops of one line, which are no pages
HALVES = re.compile(r"(\d+) +1/2")

Labels = list[list[str]]


@dataclass(frozen=True)
class LabelledPage:
    """A page with its labels: a number as it is written, p:… printed, ~ a mark, "" empty."""

    path: Path
    kind: str  # "table", "form" or "list"
    source: str  # whose page it is
    labels: Labels

    @property
    def is_kept_apart(self) -> bool:
        """Whether nothing may be tuned on the pages of its source: about half of the sources."""
        return sha256(self.source.encode()).digest()[0] % 2 == 1

    @property
    def numbers(self) -> Counter[str]:
        return Counter(normalised(c) for row in self.labels for c in row if _is_number(c))

    @property
    def unreadable(self) -> int:
        return sum(cell == UNREADABLE for row in self.labels for cell in row)


@dataclass(frozen=True)
class SheetScore:
    """The counts of one page, or of several added up."""

    pages: int = 0
    numbers: int = 0  # handwritten
    exact: int = 0  # read as they are written, whatever their place
    wrong: int = 0  # readings that are no handwritten number of the page
    readings: int = 0
    sure: int = 0  # readings that are not marked unsure
    sure_right: int = 0
    tables: int = 0  # ruled tables and forms with a label of several rows and columns
    grids: int = 0  # of those: a table of so many rows and columns is among the page's

    def __add__(self, other: SheetScore) -> SheetScore:
        return SheetScore(*map(add, astuple(self), astuple(other)))


def read_labelled_pages(folder: Path) -> list[LabelledPage]:
    """The pages of a folder with manifest.csv, each with a CSV of labels beside it."""
    with (folder / "manifest.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] != LINES]
    return [
        LabelledPage(
            folder / row["file"],
            row["kind"],
            row["source_repo"],
            _labels(folder / row["file"], row["kind"]),
        )
        for row in rows
    ]


def _labels(picture: Path, kind: str) -> Labels:
    with picture.with_suffix(".csv").open(newline="") as file:
        rows = list(csv.reader(file))
    return [[w for cell in row for w in cell.split()] for row in rows] if kind == "list" else rows


def score_page(page: LabelledPage, reading: SheetReading) -> SheetScore:
    """Numbers are compared as texts: "," and a raised point are ".", "½" is .5, "0.x" is ".x"."""
    expected = page.numbers
    found = [(normalised(cell.text), cell.is_unsure) for cell in reading.numbers]
    hits = expected & Counter(text for text, _ in found)
    left, sure_right = Counter(expected), 0
    for text, is_unsure in found:
        if not is_unsure and left[text] > 0:
            left[text] -= 1
            sure_right += 1
    exact = hits.total()
    rows, columns = len(page.labels), max((len(row) for row in page.labels), default=0)
    is_table = page.kind == "table" and rows > 1 and columns > 1
    return SheetScore(
        pages=1,
        numbers=expected.total(),
        exact=exact,
        wrong=max(0, len(found) - exact - page.unreadable),
        readings=len(found),
        sure=sum(not is_unsure for _, is_unsure in found),
        sure_right=sure_right,
        tables=is_table,
        grids=is_table and _written_size(reading) == _written_size_of(page.labels),
    )


def _written_size(reading: SheetReading) -> tuple[int, int]:
    """How many rows and columns of the sheet hold handwriting."""
    written = [c for c in reading.cells if c.kind in (CellKind.NUMBER, CellKind.MARK)]
    return len({cell.row for cell in written}), len({cell.column for cell in written})


def _written_size_of(labels: Labels) -> tuple[int, int]:
    written = [
        (row, column)
        for row, texts in enumerate(labels)
        for column, text in enumerate(texts)
        if text and not text.startswith(PRINTED)
    ]
    return len({row for row, _ in written}), len({column for _, column in written})


def total(scores: Iterable[SheetScore]) -> SheetScore:
    return sum(scores, SheetScore())


def table_of(scores: Sequence[tuple[LabelledPage, SheetScore]]) -> str:
    """The scores by kind and in all, then those of the sources kept apart, as text."""
    lines = ["kind          pages  numbers  exact  wrong  sure  right of sure  grids"]
    apart = [(page, score) for page, score in scores if page.is_kept_apart]
    for prefix, some in (("", scores), ("apart ", apart)):
        for name in (*sorted({page.kind for page, _ in some}), "all"):
            score = total(s for page, s in some if name in ("all", page.kind))
            lines.append(_line(prefix + name, score))
    return "\n".join(lines)


def _line(name: str, score: SheetScore) -> str:
    return (
        f"{name:<13} {score.pages:>5}  {score.numbers:>7}  {_share(score.exact, score.numbers)}"
        f"  {_share(score.wrong, score.readings)}  {_share(score.sure, score.readings)}"
        f"  {_share(score.sure_right, score.sure)}  {score.grids} of {score.tables}"
    )


def normalised(text: str) -> str:
    text = text.strip().replace("−", "-").replace("–", "-").replace("·", ".").replace("½", " 1/2")
    halves = HALVES.fullmatch(text.strip())
    if halves:
        text = f"{halves[1]}.5"
    elif text.strip() == "1/2":
        text = ".5"
    text = text.replace(",", ".").replace(" ", "")
    return text[1:] if text.startswith("0.") else text


def _is_number(label: str) -> bool:
    return bool(label) and label not in (MARK, UNREADABLE) and not label.startswith(PRINTED)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:6.1%}" if whole else "     –"
