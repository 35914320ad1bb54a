"""A reading: the recogniser's answer for one picture, digit by digit, or the reason for none."""

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
    """The reason why a picture has no number; `webapp.models.Reason` has a sentence for each."""

    BLANK = "blank"
    TOO_FAINT = "too_faint"
    CUT_OFF = "cut_off"
    TOO_MANY = "too_many"
    UNLIKE_DIGITS = "unlike_digits"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Step:
    """One stage between the photo and 28×28, as a picture small enough for a page."""

    name: str  # "photo", "evened", "ink", …
    image: Image


@dataclass(frozen=True)
class Glyph:
    """One component that may be a digit, cut out and in the format of MNIST."""

    box: Box
    row: int  # 0 at the top
    ink: Ink


@dataclass(frozen=True)
class DigitReading:
    """One glyph with the network's scores."""

    glyph: Glyph
    label: int  # 0..9
    confidence: float  # 0..1, calibrated
    probabilities: tuple[float, ...]  # ten, one for each label
    in_distribution_score: float = 1.0  # 0..1, of any digit at all


@dataclass(frozen=True)
class Reading:
    """A picture's answer: its digits in reading order, or a refusal with the glyphs found."""

    size: tuple[int, int] = field(kw_only=True)  # width, height; of the upright picture, in pixels
    digits: tuple[DigitReading, ...] = ()
    refusal: Refusal | None = None
    text: str | None = None  # as it is written: "-4.2", "4?2", "12|34"; None: its digits alone
    text_confidence: float | None = None  # 0..1, of the least certain symbol of the text
    is_unsure: bool = False  # whether the networks disagree, or are not certain of a sign

    @property
    def number(self) -> str | None:
        """The number as it is written, rows separated by a bar: "4.2", "12|34".

        "?" is a mark that could not be read. None for a refusal.
        """
        if self.refusal is not None or not self.digits:
            return None
        if self.text is not None:
            return self.text
        rows = groupby(self.digits, key=lambda digit: digit.glyph.row)
        return "|".join("".join(str(digit.label) for digit in row) for _, row in rows)

    @property
    def in_distribution_score(self) -> float:
        """The highest in-distribution score of a digit; 0 where there is none."""
        return max((digit.in_distribution_score for digit in self.digits), default=0.0)

    @property
    def confidence(self) -> float | None:
        """The lowest confidence of a digit or a sign; None where there is none."""
        if self.text_confidence is not None:
            return self.text_confidence
        return min((digit.confidence for digit in self.digits), default=None)
