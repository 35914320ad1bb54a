"""The reader: from pictures to readings, with one network call for all digits of all pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from worker.digits.calibration import Calibration
from worker.digits.classifier import Classifier, Scores
from worker.digits.normalize import Traces, find_ink, open_picture
from worker.digits.reading import (
    DigitReading,
    Glyph,
    Reading,
    Refusal,
    UnreadablePictureError,
)
from worker.digits.segment import find_glyphs


class Reader:
    """Reads pictures with one network."""

    def __init__(self, classifier: Classifier) -> None:
        self.classifier = classifier

    def read(self, pictures: Sequence[bytes]) -> list[Reading | UnreadablePictureError]:
        """One answer a picture, in order; a picture that does not open spoils no other."""
        sights = [_look(data) for data in pictures]
        inks = [
            glyph.ink for sight in sights if isinstance(sight, _Sight) for glyph in sight.glyphs
        ]
        scores = self.classifier.classify(_stacked(inks))
        answers: list[Reading | UnreadablePictureError] = []
        start = 0
        for sight in sights:
            if isinstance(sight, UnreadablePictureError):
                answers.append(sight)
                continue
            end = start + len(sight.glyphs)
            mine = Scores(scores.probabilities[start:end], scores.digitness[start:end])
            answers.append(_answer(sight, mine, self.classifier.calibration))
            start = end
        return answers


@dataclass(frozen=True)
class _Sight:
    """What was found in a picture before the network has seen it."""

    traces: Traces
    glyphs: list[Glyph]
    refusal: Refusal | None


def _look(data: bytes) -> _Sight | UnreadablePictureError:
    try:
        traces = find_ink(open_picture(data))
    except UnreadablePictureError as error:
        return error
    found = find_glyphs(traces)
    if isinstance(found, Refusal):
        return _Sight(traces, [], found)
    return _Sight(traces, found, None)


def _stacked(inks: list[np.ndarray]) -> np.ndarray:
    """A list of (28, 28) to (n, 28, 28), n possibly 0."""
    return np.stack(inks) if inks else np.zeros((0, 28, 28), dtype=np.float32)


def _answer(sight: _Sight, scores: Scores, calibration: Calibration) -> Reading:
    steps = sight.traces.steps
    if sight.refusal is not None:
        return Reading(refusal=sight.refusal, steps=steps)
    digits = [
        DigitReading(
            glyph=glyph,
            label=int(probabilities.argmax()),
            confidence=float(probabilities.max()),
            probabilities=tuple(float(share) for share in probabilities),
            digitness=float(digitness),
        )
        for glyph, probabilities, digitness in zip(
            sight.glyphs, scores.probabilities, scores.digitness, strict=True
        )
    ]
    kept, refusal = decide(digits, calibration)
    return Reading(digits=tuple(kept), refusal=refusal, steps=steps)


def decide(
    digits: Sequence[DigitReading], calibration: Calibration
) -> tuple[Sequence[DigitReading], Refusal | None]:
    """Which digits are answered, and whether the whole is refused instead.

    Marks unlike any digit are dropped from beside a number, but where they are at least half of
    what was found, the picture is of something else. One unsure digit makes the number unsure.
    A refusal keeps all digits, so that a person can be shown what was seen.
    """
    alike = [digit.digitness >= calibration.refuse_below for digit in digits]
    if sum(alike) * 2 <= len(digits):
        return digits, Refusal.UNLIKE_DIGITS
    kept = [digit for digit, is_alike in zip(digits, alike, strict=True) if is_alike]
    if min(digit.confidence for digit in kept) < calibration.unsure_below:
        return digits, Refusal.UNSURE
    return kept, None
