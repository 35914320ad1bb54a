"""The reader with the shipped network: upright and sideways pages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.worker.recognition.drawn_pages import Pixels, blank_page, with_text
from worker.recognition.network.classifier import Classifier
from worker.recognition.reader import Reader
from worker.recognition.reading import Reading, Refusal

SHIPPED = Path(__file__).parents[3] / "models" / "cifra.keras"


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(Classifier.load(SHIPPED))


def read(reader: Reader, pixels: Pixels) -> Reading:
    return reader.read([pixels])[0]


@pytest.mark.parametrize("quarter_turns", [0, 1, 3])
@pytest.mark.parametrize("digit", ["2", "3", "4", "5", "7", "8"])
def test_a_digit_is_read_upright_and_on_either_side(
    digit: str, quarter_turns: int, reader: Reader
) -> None:
    page = with_text(blank_page(400, 600), digit)

    assert read(reader, np.rot90(page, quarter_turns)).number == digit


@pytest.mark.parametrize("quarter_turns", [0, 1, 3])
def test_a_number_is_read_upright_and_on_either_side(quarter_turns: int, reader: Reader) -> None:
    page = with_text(with_text(blank_page(400, 800), "2", at=(110, 280)), "4", at=(540, 280))

    assert read(reader, np.rot90(page, quarter_turns)).number == "24"


@pytest.mark.parametrize("quarter_turns", [1, 3])
@pytest.mark.parametrize("digit", ["6", "9"])
def test_a_six_that_may_be_a_nine_is_refused(
    digit: str, quarter_turns: int, reader: Reader
) -> None:
    page = with_text(blank_page(400, 600), digit)

    assert read(reader, np.rot90(page, quarter_turns)).refusal is Refusal.UNLIKE_DIGITS


def test_a_dash_is_not_read_as_a_sideways_one(reader: Reader) -> None:
    assert read(reader, with_text(blank_page(), "-")).number is None


def test_a_reading_has_the_size_of_the_original_picture(reader: Reader) -> None:
    assert read(reader, with_text(blank_page(1500, 3000), "7")).size == (3000, 1500)
