"""The reader with the network that ships: pages that lie on their side, and what is around them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.worker.recognition.drawn_pages import Pixels, sheet, written
from worker.recognition.network.classifier import Classifier
from worker.recognition.reader import Reader
from worker.recognition.reading import Reading, Refusal

SHIPPED = Path(__file__).parents[3] / "models" / "cifra.keras"


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(Classifier.load(SHIPPED))


def read(reader: Reader, pixels: Pixels) -> Reading:
    return reader.read([pixels])[0]


@pytest.mark.parametrize("quarters", [0, 1, 3])
@pytest.mark.parametrize("digit", ["2", "3", "4", "5", "7", "8"])
def test_a_digit_is_read_upright_and_on_either_side(
    digit: str, quarters: int, reader: Reader
) -> None:
    page = written(sheet(400, 600), digit)

    assert read(reader, np.rot90(page, quarters)).number == digit


@pytest.mark.parametrize("quarters", [0, 1, 3])
def test_so_is_a_number(quarters: int, reader: Reader) -> None:
    page = written(written(sheet(400, 800), "2", at=(110, 280)), "4", at=(540, 280))

    assert read(reader, np.rot90(page, quarters)).number == "24"


@pytest.mark.parametrize("quarters", [1, 3])
@pytest.mark.parametrize("digit", ["6", "9"])
def test_a_six_that_may_be_a_nine_is_refused(digit: str, quarters: int, reader: Reader) -> None:
    page = written(sheet(400, 600), digit)

    assert read(reader, np.rot90(page, quarters)).refusal is Refusal.UNLIKE_DIGITS


def test_a_dash_is_no_one_on_its_side(reader: Reader) -> None:
    assert read(reader, written(sheet(), "-")).number is None


def test_a_reading_tells_the_size_of_the_picture_as_it_was_given(reader: Reader) -> None:
    assert read(reader, written(sheet(1500, 3000), "7")).size == (3000, 1500)
