"""No mark of a number is dropped silently: it is read, the gap is shown, or there is doubt."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.worker.recognition.drawn_pages import blank_page, with_text
from worker.recognition.network.classifier import Classifier
from worker.recognition.reader import Reader
from worker.recognition.reading import Reading
from worker.recognition.strings.recogniser import StringRecogniser

MODELS = Path(__file__).parents[4] / "models"
TEXTS = (
    "5.23", "5,23", "-42", "12/04", "12-04", "12:30", "(42)", "45%", "3+4", "4=4", "1,250",
    "1.250.000", "$42", "42A", "4R2", "#42", "42&", "3/4", "4*2", "~42",
)  # fmt: skip


@pytest.fixture(scope="module")
def readings() -> dict[str, Reading]:
    """Each text, written on a page of its own."""
    strings = StringRecogniser.load(MODELS / "strings.keras")
    reader = Reader(Classifier.load(MODELS / "cifra.keras"), strings)
    pages = [
        with_text(blank_page(300, 200 + 110 * len(text)), text, at=(90, 200), scale=4.0, pen=9)
        for text in TEXTS
    ]
    return dict(zip(TEXTS, reader.read(pages), strict=True))


@pytest.mark.parametrize("text", TEXTS)
def test_no_mark_is_dropped_silently(text: str, readings: dict[str, Reading]) -> None:
    reading = readings[text]

    is_shown = reading.number is not None and (
        reading.number == text or "?" in reading.number or len(reading.number) == len(text)
    )
    assert is_shown or reading.is_unsure or reading.refusal is not None, reading.number


def test_the_plain_signs_are_read(readings: dict[str, Reading]) -> None:
    numbers = [readings[text].number for text in ("5.23", "-42", "12/04", "12:30")]

    assert sum(number is not None and not number.isdecimal() for number in numbers) >= 3
