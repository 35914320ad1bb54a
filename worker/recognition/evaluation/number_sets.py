"""Number sets: folders of pictures of one number each, with the text that is written on them.

`manifest.csv` has one row for each file, with `file` and `kind`. The label is in its column
`value`, or in a CSV file beside the picture. Rows of whole pages (`table`, `form`, `list`) are left
out: this is about single numbers.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from worker.recognition.reading import Reading

PAGES = ("table", "form", "list")


@dataclass(frozen=True)
class LabelledNumber:
    """One picture and the text on it."""

    name: str
    kind: str
    label: str
    data: bytes


@dataclass(frozen=True)
class NumberSummary:
    """The readings of one kind, counted."""

    kind: str
    pictures: int
    right: int
    unsure: int  # answered, and marked unsure
    wrong: int  # answered wrongly, and not marked unsure
    refused: int


def read_number_set(folder: Path) -> Iterator[LabelledNumber]:
    """The labelled numbers of a folder, in the manifest's order.

    Raises FileNotFoundError when there is no manifest.
    """
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["kind"] in PAGES:
            continue
        path = folder / row["file"]
        label = row.get("value") or path.with_suffix(".csv").read_text(encoding="utf-8").strip()
        yield LabelledNumber(path.name, row["kind"], label, path.read_bytes())


def is_right(text: str | None, label: str) -> bool:
    """Whether a text is the label, apart from how points, minus signs and halves are written."""
    return text is not None and _normalised(text) == _normalised(label)


def summarise_numbers(
    numbers: Iterable[LabelledNumber], readings: Iterable[Reading | None]
) -> list[NumberSummary]:
    """The readings counted by kind; None is a file that was refused."""
    counts: dict[str, Counter[str]] = {}
    for number, reading in zip(numbers, readings, strict=True):
        count = counts.setdefault(number.kind, Counter())
        count["pictures"] += 1
        count[_outcome(number, reading)] += 1
        count["unsure"] += bool(reading and reading.number and reading.is_unsure)
    fields = ("pictures", "right", "unsure", "wrong", "refused")
    return [
        NumberSummary(kind, *(count[field] for field in fields)) for kind, count in counts.items()
    ]


def _outcome(number: LabelledNumber, reading: Reading | None) -> str:
    if reading is None or reading.number is None:
        return "refused"
    if is_right(reading.number, number.label):
        return "right"
    return "doubted" if reading.is_unsure else "wrong"


def _normalised(text: str) -> str:
    text = re.sub("[−–—]", "-", text.strip())
    text = re.sub(r"(\d+) ?½", r"\1.5", text).replace("½", ".5")
    text = re.sub("[,·]", ".", text).replace(" ", "")
    return text.removeprefix("0") if text.startswith("0.") else text
