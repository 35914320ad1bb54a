"""A reading: what the recogniser says of one picture, digit by digit, or why it will not say."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from worker.recognition.arrays import Image, Ink


class Box(NamedTuple):
    """A rectangle in the upright picture, in its pixels."""

    x: int
    y: int
    width: int
    height: int


class Refusal(StrEnum):
    """Why a picture got no number."""

    BLANK = "blank"
    TOO_FAINT = "too faint"
    CUT_OFF = "cut off"
    TOO_MANY = "too many"
    UNLIKE_DIGITS = "unlike digits"
    UNSURE = "unsure"

    @property
    def sentence(self) -> str:
        return _SENTENCES[self]


_SENTENCES = {
    Refusal.BLANK: "No digit found: the picture looks blank.",
    Refusal.TOO_FAINT: "No digit found: what is written is too faint to read. "
    "Try a darker pen or more light.",
    Refusal.CUT_OFF: "I can't tell: the writing runs over the edge of the picture. "
    "Leave some paper around it.",
    Refusal.TOO_MANY: "I can't tell: there are too many marks in this picture to be one number. "
    "Try a closer photo.",
    Refusal.UNLIKE_DIGITS: "I can't tell: what I see is unlike any digit I have learned.",
    Refusal.UNSURE: "I can't tell: it could be more than one digit.",
}


@dataclass(frozen=True)
class Step:
    """One picture on the way from the photo to 28×28, small enough to be shown."""

    name: str  # "photo", "evened", "ink", …
    image: Image


@dataclass(frozen=True)
class Glyph:
    """One mark that may be a digit, cut out and brought to MNIST's convention."""

    box: Box
    row: int  # 0 at the top
    ink: Ink


@dataclass(frozen=True)
class DigitReading:
    """One digit as it was read."""

    glyph: Glyph
    label: int  # 0..9
    confidence: float  # 0..1, calibrated
    probabilities: tuple[float, ...]  # ten, one a label
    in_distribution_score: float = 1.0  # 0..1, how much the mark looks like any digit at all


@dataclass(frozen=True)
class Reading:
    """A picture's answer: digits in reading order, or a refusal (with what was seen)."""

    size: tuple[int, int] = field(kw_only=True)  # width, height; of the upright picture, in pixels
    digits: tuple[DigitReading, ...] = ()
    refusal: Refusal | None = None
    steps: tuple[Step, ...] = field(default=(), repr=False)

    @property
    def number(self) -> str | None:
        """The digits as text, rows parted by a bar: "42", "12|34". None for a refusal."""
        if self.refusal is not None or not self.digits:
            return None
        rows = groupby(self.digits, key=lambda digit: digit.glyph.row)
        return "|".join("".join(str(digit.label) for digit in row) for _, row in rows)

    @property
    def in_distribution_score(self) -> float:
        """How much the most digit-like mark looks like a digit; 0 where there is none."""
        return max((digit.in_distribution_score for digit in self.digits), default=0.0)

    @property
    def confidence(self) -> float | None:
        """That of the least sure digit."""
        return min((digit.confidence for digit in self.digits), default=None)
