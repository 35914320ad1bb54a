"""Labelled numbers: which pictures are read, and what counts as right."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from worker.recognition.evaluation.number_sets import (
    NumberSummary,
    is_right,
    read_number_set,
    summarise_numbers,
)
from worker.recognition.reading import Box, DigitReading, Glyph, Reading, Refusal


@pytest.mark.parametrize(
    ("text", "label", "expected"),
    [
        ("5.23", "5,23", True),
        ("−42", "-42", True),
        (".86", "0.86", True),
        ("4½", "4.5", True),
        ("404–1000", "404-1000", True),
        ("523", "5.23", False),
        ("013", "13", False),
        (None, "13", False),
    ],
)
def test_a_number_is_right_if_every_digit_and_sign_is(
    text: str | None, label: str, expected: bool
) -> None:
    assert is_right(text, label) is expected


def test_a_folder_gives_its_single_numbers_with_their_labels(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_text(
        "file,kind,value\na.png,line,\nb.png,table,\nc.png,circled,42\n"
    )
    for name in ("a.png", "b.png", "c.png"):
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "a.csv").write_text("5.23\n")

    numbers = list(read_number_set(tmp_path))

    assert [(n.name, n.kind, n.label) for n in numbers] == [
        ("a.png", "line", "5.23"),
        ("c.png", "circled", "42"),
    ]
    digit = DigitReading(
        Glyph(Box(0, 0, 1, 1), 0, np.zeros((28, 28), np.float32)), 5, 0.9, (0.1,) * 10
    )
    read = Reading(size=(9, 9), digits=(digit,), text="5.28")
    refused = Reading(size=(9, 9), refusal=Refusal.BLANK)
    assert summarise_numbers(numbers, [read, refused]) == [
        NumberSummary("line", pictures=1, right=0, unsure=0, wrong=1, refused=0),
        NumberSummary("circled", pictures=1, right=0, unsure=0, wrong=0, refused=1),
    ]
    doubted = replace(read, is_unsure=True)
    assert summarise_numbers(numbers, [doubted, None])[0] == NumberSummary(
        "line", pictures=1, right=0, unsure=1, wrong=0, refused=0
    )
