"""The line reader: completes readings of single digits with the text of their lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from worker.recognition.network.calibration import Calibration
from worker.recognition.reading import Box, DigitReading, Glyph, Reading
from worker.recognition.segmentation.components import PageComponents
from worker.recognition.strings.agreement import (
    LineAnswer,
    agree_on_found,
    agree_on_refused,
)
from worker.recognition.strings.cutting import cut_digits
from worker.recognition.strings.line_finding import FoundLine, find_line, line_of
from worker.recognition.strings.line_image import LineImage, cut_line
from worker.recognition.strings.recogniser import StringReading, StringRecogniser

MAX_LINES = 24  # of one picture; more are left as segmentation read them
_OTHER_MARK = 0.12  # of a digit's height: smaller marks beside a number are dust

Classify = Callable[[Sequence[Sequence[Glyph]]], list[list[DigitReading]]]


@dataclass(frozen=True)
class _Line:
    """A line to read: its place in the batch, and what is known of it."""

    picture: int
    row: int
    digits: tuple[DigitReading, ...]  # those that segmentation found; none of a refused picture
    has_other_marks: bool
    image: LineImage


class LineReader:
    """Reads lines with a string network, checked by a digit classifier."""

    def __init__(
        self, recogniser: StringRecogniser, classify: Classify, calibration: Calibration
    ) -> None:
        self._recogniser = recogniser
        self._classify = classify
        self._calibration = calibration

    def complete(
        self, pages: Sequence[PageComponents | None], readings: Sequence[Reading]
    ) -> list[Reading]:
        """The readings with their signs, doubts and gaps, in order; without a page, unchanged."""
        lines = [
            line
            for picture, (page, reading) in enumerate(zip(pages, readings, strict=True))
            if page is not None
            for line in _lines(picture, page, reading)
        ]
        if not lines:
            return list(readings)
        read = self._recogniser.read([line.image for line in lines])
        glyphs = [
            cut_digits(page.page, line.image, text.symbols, line.row)
            if text.symbols and (page := pages[line.picture])
            else []
            for line, text in zip(lines, read, strict=True)
        ]
        confirmed = self._classify(glyphs)
        answers: dict[int, list[LineAnswer | None]] = {}
        for line, text, digits in zip(lines, read, confirmed, strict=True):
            answers.setdefault(line.picture, []).append(self._answer(line, text, digits))
        return [
            _completed(reading, answers[picture]) if picture in answers else reading
            for picture, reading in enumerate(readings)
        ]

    def _answer(
        self, line: _Line, read: StringReading, confirmed: Sequence[DigitReading]
    ) -> LineAnswer | None:
        if not line.digits:
            return agree_on_refused(read, confirmed, self._calibration)
        return agree_on_found(
            line.digits,
            read,
            confirmed,
            has_other_marks=line.has_other_marks,
            calibration=self._calibration,
        )


def _lines(picture: int, found: PageComponents, reading: Reading) -> list[_Line]:
    """The lines of a picture that are worth reading."""
    if reading.refusal is not None:
        line = find_line(found)
        return [] if line is None else [_line(picture, found, line)]
    rows = [tuple(row) for _, row in groupby(reading.digits, key=lambda digit: digit.glyph.row)]
    if len(rows) > MAX_LINES:
        return []
    lines = []
    for row in rows:
        boxes = [found.page.picture.box_in_working(digit.glyph.box) for digit in row]
        lines.append(_line(picture, found, line_of(found, boxes), row, boxes))
    if len(lines) == 1 and len(rows[0]) == 1 and not lines[0].has_other_marks:
        return []  # a single digit, and nothing beside it
    return lines


def _line(
    picture: int,
    found: PageComponents,
    line: FoundLine,
    digits: tuple[DigitReading, ...] = (),
    boxes: Sequence[Box] = (),
) -> _Line:
    row = digits[0].glyph.row if digits else 0
    height = max((box.height for box in boxes), default=0)
    others = [
        mark
        for mark in line.marks
        if mark.size >= _OTHER_MARK * height and not any(_covers(box, mark.box) for box in boxes)
    ]
    return _Line(picture, row, digits, bool(others), cut_line(found.page, line.box, line.tilt))


def _covers(box: Box, other: Box) -> bool:
    """Whether the middle of the other box is in this one, or nearly."""
    x, y = other.x + other.width / 2, other.y + other.height / 2
    margin = 3
    return (
        box.x - margin <= x <= box.x + box.width + margin
        and box.y - margin <= y <= box.y + box.height + margin
    )


def _completed(reading: Reading, answers: Sequence[LineAnswer | None]) -> Reading:
    known = [answer for answer in answers if answer is not None]
    if not known:
        return reading
    return replace(
        reading,
        digits=tuple(digit for answer in known for digit in answer.digits),
        refusal=None,
        text="|".join(answer.text for answer in known),
        text_confidence=min(answer.confidence for answer in known),
        is_unsure=any(answer.is_unsure for answer in known),
    )
