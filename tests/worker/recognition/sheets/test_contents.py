"""What the neighbours of a cell say about it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.worker.recognition.sheets.drawn_sheets import blank, line, write
from worker.recognition.arrays import Image
from worker.recognition.reading import Box
from worker.recognition.sheets.contents import Content, considered_together
from worker.recognition.sheets.places import Place
from worker.recognition.sheets.sheet_reading import CellKind


def stroke() -> Image:
    page = blank(40, 80)
    line(page, (20, 8), (18, 70))
    return np.asarray(page[..., 0])


def seven() -> Image:
    page = blank(60, 80)
    write(page, "7", (10, 60))
    return np.asarray(page[..., 0])


def number(text: str, crop: Image, *, is_free: bool) -> Content:
    place = Place(0, 0, 0, Box(10, 10, 40, 80), (), is_free=is_free)
    return Content(place, CellKind.NUMBER, text, 0.99, crop)


def texts(contents: list[Content]) -> list[str]:
    return [content.text for content in considered_together(contents)]


def test_a_straight_stroke_beside_a_table_is_no_number() -> None:
    in_table = number("7", seven(), is_free=False)

    assert texts([in_table, number("1", stroke(), is_free=True)]) == ["7"]


@pytest.mark.parametrize(
    ("text", "crop"), [("7", seven()), ("17", np.hstack([stroke(), seven()[:80]]))]
)
def test_a_sure_number_beside_a_table_stays(text: str, crop: Image) -> None:
    in_table = number("1", stroke(), is_free=False)

    assert texts([in_table, number(text, crop, is_free=True)]) == ["1", text]


def test_a_straight_stroke_on_a_page_without_a_table_stays() -> None:
    assert texts([number("1", stroke(), is_free=True)]) == ["1"]
