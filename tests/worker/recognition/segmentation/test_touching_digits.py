"""Touching digits: a split is proposed where digits touch, and none for a narrow digit."""

from __future__ import annotations

from tests.support.pictures import opened
from tests.worker.recognition.drawn_pages import (
    Pixels,
    blank_page,
    correlation,
    file_of,
    only_ink_in,
    with_text,
)
from worker.recognition.page.binarisation import binarise
from worker.recognition.reading import Glyph
from worker.recognition.segmentation.grouping import find_glyphs
from worker.recognition.segmentation.touching_digits import propose_splits


def splits_of(page: Pixels) -> list[tuple[Glyph, ...]]:
    binarised = binarise(opened(file_of(page)))
    (glyph,) = find_glyphs(binarised)
    return propose_splits(binarised, glyph)


def test_touching_digits_are_split_where_they_touch() -> None:
    page = with_text(with_text(blank_page(400, 500), "3", (90, 280)), "5", (196, 280))
    three, five = (only_ink_in(with_text(blank_page(), digit)) for digit in "35")

    splits = splits_of(page)

    assert any(
        len(split) == 2
        and correlation(split[0].ink, three) > 0.8
        and correlation(split[1].ink, five) > 0.8
        for split in splits
    )
    assert all(split[0].box.x < split[1].box.x for split in splits)


def test_a_narrow_digit_is_not_split() -> None:
    assert splits_of(with_text(blank_page(), "1")) == []
