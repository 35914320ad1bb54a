"""Agreement: one answer for a line from the string network and the digit classifier.

The string network reads the whole line, and the digit classifier each digit of it: those that
segmentation found, and those that are cut out where the string network read a digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from worker.recognition.network.calibration import Calibration
from worker.recognition.reading import DigitReading
from worker.recognition.strings.alphabet import DIGITS, OTHER_MARK
from worker.recognition.strings.recogniser import StringReading

# Of the probability of a text, by the string network:
SURE = 0.9  # from here on, a text that the classifier confirms is not marked unsure
EXCLUDES = 0.97  # from here on, a text without a mark that was found beside the digits is complete
EXPLAINS = 0.7  # from here on, its signs are believed where the digits agree with segmentation
PLAUSIBLE = 0.5  # from here on, a text is an answer where no digit was found otherwise
POSSIBLE = 0.2  # below, a text that disagrees with segmentation leaves the picture refused

CONFIRMING = 0.5  # the classifier's confidence in a label, and its score of any digit at all

_EDGE_MARKS = ".,"  # at the end of a number they are punctuation, or dust


@dataclass(frozen=True)
class LineAnswer:
    """A line as it is answered."""

    text: str  # as it is written; OTHER_MARK is a gap
    digits: tuple[DigitReading, ...]  # one for each digit of the text
    confidence: float  # 0..1, of the least certain symbol
    is_unsure: bool


def agree_on_line(
    found: Sequence[DigitReading],
    read: StringReading,
    confirmed: Sequence[DigitReading],
    *,
    has_other_marks: bool,
    calibration: Calibration,
) -> LineAnswer | None:
    """The answer for a line; None where it is refused, or stays so.

    `found` are the digits that segmentation found and the classifier accepted, none for a refused
    picture; `confirmed` the classifier's readings of the digits of `read`, in order.
    """
    text = written(read)
    share = _share_confirmed(text, confirmed, calibration)
    is_confirmed = share == 1
    if not found:
        is_answer = (is_confirmed and read.confidence >= PLAUSIBLE) or (
            share >= 0.5 and read.confidence >= SURE and len(digits_of(text)) > 1
        )
        return _as_read(text, read, confirmed, is_confirmed) if is_answer else None
    labels = "".join(str(digit.label) for digit in found)
    if digits_of(text) == labels:
        return _agreed(found, text, read, has_other_marks)
    is_doubtful = read.confidence < PLAUSIBLE and not is_confirmed
    if len(labels) == 1 and (len(digits_of(text)) < 2 or is_doubtful):
        # Single digits are what the classifier is best at.
        may_be_several = len(digits_of(text)) > 1 and read.confidence >= POSSIBLE
        is_unsure = has_other_marks or may_be_several or read.confidence >= SURE
        return LineAnswer(labels, tuple(found), found[0].confidence, is_unsure)
    if not digits_of(text) or read.confidence < POSSIBLE:
        return None
    return _as_read(text, read, confirmed, is_confirmed)


def agree_on_row(
    found: Sequence[DigitReading],
    read: StringReading,
    confirmed: Sequence[DigitReading],
    *,
    has_other_marks: bool,
    calibration: Calibration,
) -> LineAnswer:
    """The answer for a row among others: as segmentation found it, unless the text convinces."""
    text = written(read)
    labels = "".join(str(digit.label) for digit in found)
    if digits_of(text) == labels:
        return _agreed(found, text, read, has_other_marks)
    if read.confidence >= SURE and _share_confirmed(text, confirmed, calibration) == 1:
        return _as_read(text, read, confirmed, is_confirmed=True)
    certainty = min(digit.confidence for digit in found)
    return LineAnswer(labels, tuple(found), certainty, read.confidence >= PLAUSIBLE)


def _agreed(
    found: Sequence[DigitReading], text: str, read: StringReading, has_other_marks: bool
) -> LineAnswer:
    """The digits that both found, with the signs that the string network read between them."""
    certainty = min(digit.confidence for digit in found)
    labels = "".join(str(digit.label) for digit in found)
    is_dust = len(labels) == 1 and read.confidence < EXPLAINS
    if text == labels or is_dust:
        is_unsure = has_other_marks and read.confidence < EXCLUDES
        return LineAnswer(labels, tuple(found), certainty, is_unsure)
    confidence = min(certainty, _of_signs(read))
    return LineAnswer(text, tuple(found), confidence, read.confidence < EXPLAINS)


def written(read: StringReading) -> str:
    """The text without punctuation at its end; marks beside each other are one gap."""
    text = read.text.rstrip(_EDGE_MARKS)
    while OTHER_MARK * 2 in text:
        text = text.replace(OTHER_MARK * 2, OTHER_MARK)
    return text


def digits_of(text: str) -> str:
    return "".join(symbol for symbol in text if symbol in DIGITS)


def _share_confirmed(
    text: str, confirmed: Sequence[DigitReading], calibration: Calibration
) -> float:
    """The share of the text's digits, 0..1, that the classifier reads as the string network does.

    Digits confirm each other; a lone one must look as much like a digit as anywhere else.
    """
    if not confirmed:
        return 0.0
    least = CONFIRMING if len(confirmed) > 1 else calibration.refuse_below
    agreeing = [
        str(digit.label) == symbol
        and digit.confidence >= CONFIRMING
        and digit.in_distribution_score >= least
        for symbol, digit in zip(digits_of(text), confirmed, strict=True)
    ]
    return sum(agreeing) / len(agreeing)


def _as_read(
    text: str, read: StringReading, confirmed: Sequence[DigitReading], is_confirmed: bool
) -> LineAnswer:
    """The text of the string network; each digit has the classifier's confidence in its label."""
    digits = tuple(
        replace(digit, label=int(symbol), confidence=digit.probabilities[int(symbol)])
        for symbol, digit in zip(digits_of(text), confirmed, strict=True)
    )
    certainty = min(digit.confidence for digit in digits)
    is_unsure = not is_confirmed or read.confidence < SURE
    return LineAnswer(text, digits, min(certainty, read.confidence), is_unsure)


def _of_signs(read: StringReading) -> float:
    signs = [symbol.confidence for symbol in read.symbols if symbol.symbol not in DIGITS]
    return min(signs, default=1.0)
