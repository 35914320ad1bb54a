"""Agreement: one answer for a line from the string network and the digit classifier.

The string network reads the whole line, and the digit classifier each digit of it: those that
segmentation found, and those that are cut out where the string network read a digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from worker.recognition.network.calibration import Calibration
from worker.recognition.policy import looks_like_digit
from worker.recognition.reading import DigitReading
from worker.recognition.strings.alphabet import DIGITS, OTHER_MARK
from worker.recognition.strings.recogniser import StringReading

SURE = 0.9  # the probability of a text from which on it is not marked unsure
PLAUSIBLE = 0.5  # the probability below which a text is no answer where segmentation found none
CONFIRMING = 0.5  # the classifier's confidence in the label that the string network read

_EDGE_MARKS = ".,"  # at the end of a number they are punctuation, or dust


@dataclass(frozen=True)
class LineAnswer:
    """A line as it is answered."""

    text: str  # as it is written; OTHER_MARK is a gap
    digits: tuple[DigitReading, ...]  # one for each digit of the text
    confidence: float  # 0..1, of the least certain symbol
    is_unsure: bool


def agree_on_found(
    found: Sequence[DigitReading],
    read: StringReading,
    confirmed: Sequence[DigitReading],
    *,
    has_other_marks: bool,
    calibration: Calibration,
) -> LineAnswer:
    """The answer for a line whose digits segmentation found and the classifier accepted.

    `confirmed` are the classifier's readings of the digits of `read`, in order.
    """
    text = written(read)
    labels = "".join(str(digit.label) for digit in found)
    certainty = min(digit.confidence for digit in found)
    if digits_of(text) == labels:
        is_explained = read.confidence >= SURE or not (has_other_marks or text != labels)
        confidence = certainty if text == labels else min(certainty, _of_signs(read))
        return LineAnswer(text, tuple(found), confidence, not is_explained)
    if read.confidence >= SURE and _all_confirm(text, confirmed, calibration):
        return _as_read(text, read, confirmed, is_unsure=False)
    return LineAnswer(labels, tuple(found), min(certainty, 0.5), is_unsure=True)


def agree_on_refused(
    read: StringReading, confirmed: Sequence[DigitReading], calibration: Calibration
) -> LineAnswer | None:
    """The answer for a line that segmentation could not read; None where it stays refused."""
    text = written(read)
    if not digits_of(text) or read.confidence < PLAUSIBLE:
        return None
    if not _all_confirm(text, confirmed, calibration):
        return None
    return _as_read(text, read, confirmed, is_unsure=read.confidence < SURE)


def written(read: StringReading) -> str:
    """The text without punctuation at its end; marks beside each other are one gap."""
    text = read.text.rstrip(_EDGE_MARKS)
    while OTHER_MARK * 2 in text:
        text = text.replace(OTHER_MARK * 2, OTHER_MARK)
    return text


def digits_of(text: str) -> str:
    return "".join(symbol for symbol in text if symbol in DIGITS)


def _all_confirm(text: str, confirmed: Sequence[DigitReading], calibration: Calibration) -> bool:
    """Whether the classifier reads every digit of the text as the string network does."""
    return len(confirmed) > 0 and all(
        str(digit.label) == symbol
        and digit.confidence >= CONFIRMING
        and looks_like_digit(digit, calibration)
        for symbol, digit in zip(digits_of(text), confirmed, strict=True)
    )


def _as_read(
    text: str, read: StringReading, confirmed: Sequence[DigitReading], *, is_unsure: bool
) -> LineAnswer:
    certainty = min(digit.confidence for digit in confirmed)
    return LineAnswer(text, tuple(confirmed), min(certainty, read.confidence), is_unsure)


def _of_signs(read: StringReading) -> float:
    signs = [symbol.confidence for symbol in read.symbols if symbol.symbol not in DIGITS]
    return min(signs, default=1.0)
