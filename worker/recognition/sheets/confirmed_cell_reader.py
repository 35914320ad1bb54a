"""The confirmed cell reader: the string network reads each crop, the digit classifier checks it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from worker.recognition.arrays import Image
from worker.recognition.sheets.cell_reader import OTHER_MARK, CellReader, CellText

DISAGREEING = 0.5  # the highest confidence of a number that the digit classifier reads otherwise
SURE = 0.9  # confidence from which on one piece is a digit that the classifier takes for a mark
CERTAIN = 0.95  # confidence from which on the string network alone says how many digits there are
FRACTIONS = "½¼¾"
_LETTERS = 3  # pieces that look like no digit make a word, where they are at least half of it


class ConfirmedCellReader:
    """Reads whole numbers with their signs; where the second reader disagrees they are unsure."""

    def __init__(self, strings: CellReader, digits: CellReader) -> None:
        self.strings = strings
        self.digits = digits

    def read_cells(self, crops: Sequence[Image]) -> list[CellText]:
        texts, others = self.strings.read_cells(crops), self.digits.read_cells(crops)
        return [_agreed(text, other) for text, other in zip(texts, others, strict=True)]


def _agreed(text: CellText, other: CellText) -> CellText:
    """The text of the string network, less sure where the classifier reads other digits.

    What the classifier takes for letters, or for one mark, is no number.
    """
    digits, others = _digits(text.text), _digits(other.text)
    has_fraction = any(fraction in text.text for fraction in FRACTIONS)
    if digits == others or (has_fraction and others.startswith(digits)):
        return text  # the classifier reads the parts of a fraction as other digits
    if other.text.count(OTHER_MARK) >= max(_LETTERS, 0.5 * len(other.text)):
        return CellText(OTHER_MARK * len(other.text), other.confidence, other.boxes)
    if other.text == OTHER_MARK and text.confidence < SURE:
        return CellText(OTHER_MARK, other.confidence, other.boxes)
    if len(digits) > 1 and len(digits) != len(others) and text.confidence >= CERTAIN:
        return text  # digits that touch, or are in pieces, are not read one by one
    return replace(text, confidence=min(text.confidence, DISAGREEING))


def _digits(text: str) -> str:
    return "".join(character for character in text if character in "0123456789")
