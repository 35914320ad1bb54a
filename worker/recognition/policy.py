"""The policy: when a mark is a digit, when a number is told, and when the answer is "I can't tell".

The network judges; these rules weigh what it says. Their thresholds lie in its calibration.
"""

from __future__ import annotations

from collections.abc import Sequence

from worker.recognition.network.calibration import Calibration
from worker.recognition.reading import DigitReading, Refusal

# A guess that turns or cuts what was found gets several chances to look like a digit by luck,
# so that it has to convince more than a mark that is read as it stands.
CONVINCING_IN_DISTRIBUTION = 0.998
CONVINCING_CONFIDENCE = 0.9
CONVINCING_ALONE = 0.99  # the confidence asked of a single mark, for which no other speaks


def decide(
    digits: Sequence[DigitReading], calibration: Calibration
) -> tuple[Sequence[DigitReading], Refusal | None]:
    """Which digits are answered, and whether the whole is refused instead.

    Marks unlike any digit are dropped from beside a number, but where they are at least half of
    what was found, the picture is of something else. One unsure digit makes the number unsure.
    A refusal keeps all digits, so that a person can be shown what was seen.
    """
    alike = [digit for digit in digits if is_digit(digit, calibration)]
    if len(alike) * 2 <= len(digits):
        return digits, Refusal.UNLIKE_DIGITS
    if min(digit.confidence for digit in alike) < calibration.unsure_below:
        return digits, Refusal.UNSURE
    return alike, None


def is_digit(digit: DigitReading, calibration: Calibration) -> bool:
    return digit.in_distribution_score >= calibration.refuse_below


def is_convincing(digits: Sequence[DigitReading]) -> bool:
    """Whether marks that were cut or turned look so much like digits that they must be."""
    least = CONVINCING_ALONE if len(digits) == 1 else CONVINCING_CONFIDENCE
    sure = [
        digit.in_distribution_score >= CONVINCING_IN_DISTRIBUTION and digit.confidence >= least
        for digit in digits
    ]
    return sum(sure) > 0.75 * len(digits) if len(digits) > 3 else all(sure)


def likeness(digits: Sequence[DigitReading]) -> float:
    """How much the least convincing of several marks looks like a digit, 0..1."""
    return min(digit.in_distribution_score * digit.confidence for digit in digits)
