"""Promises about touching digits: a cut is offered where they touch, and none where none can be."""

from __future__ import annotations

from tests.support.pictures import opened
from tests.worker.recognition.drawn_pages import (
    Pixels,
    file_of,
    likeness,
    only_ink_in,
    sheet,
    written,
)
from worker.recognition.page.binarisation import binarise
from worker.recognition.reading import Glyph
from worker.recognition.segmentation.grouping import find_glyphs
from worker.recognition.segmentation.touching_digits import ways_to_split


def cuts_of(page: Pixels) -> list[tuple[Glyph, ...]]:
    traces = binarise(opened(file_of(page)))
    (glyph,) = find_glyphs(traces)
    return ways_to_split(traces, glyph)


def test_touching_digits_can_be_cut_where_they_touch() -> None:
    page = written(written(sheet(400, 500), "3", (90, 280)), "5", (196, 280))
    three, five = (only_ink_in(written(sheet(), digit)) for digit in "35")

    cuts = cuts_of(page)

    assert any(
        len(cut) == 2 and likeness(cut[0].ink, three) > 0.8 and likeness(cut[1].ink, five) > 0.8
        for cut in cuts
    )
    assert all(cut[0].box.x < cut[1].box.x for cut in cuts)


def test_a_narrow_digit_is_not_cut() -> None:
    assert cuts_of(written(sheet(), "1")) == []
