"""The policy: which glyphs count as digits, and when a picture is refused.

The network scores the glyphs; these rules weigh its scores. The thresholds are part of the
network's calibration.
"""

from __future__ import annotations

from collections.abc import Sequence

from worker.recognition.network.calibration import Calibration
from worker.recognition.reading import DigitReading, Refusal

# Rotating or splitting a glyph gives it several chances to resemble a digit by accident, so that
# it has to convince more than a glyph that is read as it is.
CONVINCING_IN_DISTRIBUTION = 0.998
CONVINCING_CONFIDENCE = 0.9
CONVINCING_CONFIDENCE_ALONE = 0.99  # of a single glyph, which no other supports


def decide(
    digits: Sequence[DigitReading], calibration: Calibration
) -> tuple[Sequence[DigitReading], Refusal | None]:
    """Which digits are answered, and whether the whole picture is refused instead.

    Glyphs that do not look like digits are dropped from beside a number, but where they are at
    least half of all glyphs the picture shows something else. One unsure digit makes the number
    unsure. A refusal keeps all digits, so that the page can show them.
    """
    accepted = [digit for digit in digits if looks_like_digit(digit, calibration)]
    if len(accepted) * 2 <= len(digits):
        return digits, Refusal.UNLIKE_DIGITS
    if min(digit.confidence for digit in accepted) < calibration.unsure_below:
        return digits, Refusal.UNSURE
    return accepted, None


def looks_like_digit(digit: DigitReading, calibration: Calibration) -> bool:
    return digit.in_distribution_score >= calibration.refuse_below


def is_convincing(digits: Sequence[DigitReading]) -> bool:
    """Whether split or rotated glyphs look so much like digits that they must be digits."""
    sure = [is_sure(digit, is_alone=len(digits) == 1) for digit in digits]
    return sum(sure) > 0.75 * len(digits) if len(digits) > 3 else all(sure)


def is_sure(digit: DigitReading, *, is_alone: bool = False) -> bool:
    """Whether a split or rotated glyph convinces by itself."""
    confidence = CONVINCING_CONFIDENCE_ALONE if is_alone else CONVINCING_CONFIDENCE
    return (
        digit.in_distribution_score >= CONVINCING_IN_DISTRIBUTION and digit.confidence >= confidence
    )


def weakest_score(digits: Sequence[DigitReading]) -> float:
    """The score of the least convincing digit, in-distribution score times confidence, 0..1."""
    return min(digit.in_distribution_score * digit.confidence for digit in digits)
