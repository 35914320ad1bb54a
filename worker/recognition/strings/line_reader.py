"""The line reader: completes readings of single digits with the text of their lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from worker.recognition.network.calibration import Calibration
from worker.recognition.reading import Box, DigitReading, Glyph, Reading, Refusal
from worker.recognition.segmentation.components import PageComponents
from worker.recognition.strings.agreement import LineAnswer, agree_on_line, agree_on_row
from worker.recognition.strings.cutting import cut_digits
from worker.recognition.strings.line_finding import FoundLine, find_line, line_of
from worker.recognition.strings.line_image import LineImage, cut_line
from worker.recognition.strings.recogniser import StringReading, StringRecogniser

MAX_LINES = 24  # of one picture; more are left as segmentation read them
MAX_SYMBOLS = 40  # of one line; a longer one is left as segmentation read it, and unsure
MAX_TEXT = 255  # symbols of a picture, as many as are stored
WIDE = 0.95  # times its height: a wider digit may be two that touch
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
    is_alone: bool = True  # there is no other line in the picture


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
        confirmed = self._classify(_cut(pages, lines, read))
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
        if len(read.symbols) > MAX_SYMBOLS:
            text = "".join(str(digit.label) for digit in line.digits)
            confidence = min((digit.confidence for digit in line.digits), default=0.0)
            return LineAnswer(text, line.digits, confidence, is_unsure=True) if text else None
        agree = agree_on_line if line.is_alone else agree_on_row
        return agree(
            line.digits,
            read,
            confirmed,
            has_other_marks=line.has_other_marks,
            calibration=self._calibration,
        )


def _lines(picture: int, found: PageComponents, reading: Reading) -> list[_Line]:
    """The lines of a picture that are worth reading."""
    digits = reading.digits if reading.refusal is None else ()
    line = find_line(found)
    if line is not None:
        return [] if _is_single_digit(digits, line) else [_line(picture, found, line, digits)]
    rows = [tuple(row) for _, row in groupby(digits, key=lambda digit: digit.glyph.row)]
    if len(rows) > MAX_LINES:
        return []
    boxes = [[_box(found, digit) for digit in row] for row in rows]
    return [
        replace(_line(picture, found, line_of(found, some), row), is_alone=False)
        for row, some in zip(rows, boxes, strict=True)
    ]


def _cut(
    pages: Sequence[PageComponents | None],
    lines: Sequence[_Line],
    read: Sequence[StringReading],
) -> list[list[Glyph]]:
    """The digits of each line, cut out where they were read; none of an overlong line."""
    return [
        cut_digits(page.page, line.image, text.symbols, line.row)
        if (page := pages[line.picture]) and 0 < len(text.symbols) <= MAX_SYMBOLS
        else []
        for line, text in zip(lines, read, strict=True)
    ]


def _is_single_digit(digits: Sequence[DigitReading], line: FoundLine) -> bool:
    """Whether a line is one digit that is not as wide as two, with nothing beside it."""
    if len(digits) != 1 or len(line.marks) > 1:
        return False
    return line.box.width < WIDE * line.box.height


def _line(
    picture: int, found: PageComponents, line: FoundLine, digits: tuple[DigitReading, ...]
) -> _Line:
    boxes = [_box(found, digit) for digit in digits]
    height = max((box.height for box in boxes), default=0)
    others = [
        mark
        for mark in line.marks
        if mark.size >= _OTHER_MARK * height and not any(_covers(box, mark.box) for box in boxes)
    ]
    image = cut_line(found.page, line.box, line.tilt)
    row = digits[0].glyph.row if digits else 0
    return _Line(picture, row, digits, bool(others), image)


def _box(found: PageComponents, digit: DigitReading) -> Box:
    return found.page.picture.box_in_working(digit.glyph.box)


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
        return replace(reading, refusal=reading.refusal or Refusal.UNSURE)
    text = "|".join(answer.text for answer in known)
    if len(text) > MAX_TEXT:
        return reading
    return replace(
        reading,
        digits=tuple(digit for answer in known for digit in answer.digits),
        refusal=None,
        text=text,
        text_confidence=min(answer.confidence for answer in known),
        is_unsure=any(answer.is_unsure for answer in known),
    )
