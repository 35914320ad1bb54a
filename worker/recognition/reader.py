"""The reader: from pictures to readings, with few network calls for all pictures of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from worker.recognition.arrays import Image
from worker.recognition.network.classifier import Classifier
from worker.recognition.page.binarisation import BinarisedPage, binarise
from worker.recognition.page.working_image import working_image
from worker.recognition.policy import decide, is_convincing, is_digit, likeness
from worker.recognition.reading import DigitReading, Glyph, Reading, Refusal
from worker.recognition.segmentation.grouping import find_glyphs, found_step
from worker.recognition.segmentation.touching_digits import ways_to_split

QUARTERS = (1, 3)  # a page lies on one side or the other; upside down, a 6 would be a 9

Digits = list[DigitReading]


class Reader:
    """Reads pictures with one network."""

    def __init__(self, classifier: Classifier) -> None:
        self.classifier = classifier
        self.calibration = classifier.calibration

    def read(self, pictures: Sequence[Image]) -> list[Reading]:
        """One reading a picture, in order; boxes and sizes are in the picture's own pixels."""
        sights = [_look(pixels) for pixels in pictures]
        found = self._judge([sight.glyphs for sight in sights])
        found = self._part(sights, found)
        found = self._turn(sights, found)
        return [self._answer(*pair) for pair in zip(sights, found, strict=True)]

    def _judge(self, groups: Sequence[Sequence[Glyph]]) -> list[Digits]:
        """Each group of glyphs as it is read, in one network call for all."""
        inks = [glyph.ink for group in groups for glyph in group]
        if not inks:
            return [[] for _ in groups]
        scores = self.classifier.classify(np.stack(inks))
        rows = zip(scores.probabilities, scores.in_distribution_score, strict=True)
        return [[_digit(glyph, *next(rows)) for glyph in group] for group in groups]

    def _part(self, sights: Sequence[_Candidate], found: list[Digits]) -> list[Digits]:
        """Marks that look like no digit cut where digits may touch, if the pieces do."""
        asked = [
            (index, position, way)
            for index, digits in enumerate(found)
            for position, digit in enumerate(digits)
            if not is_digit(digit, self.calibration)
            for way in ways_to_split(sights[index].traces, digit.glyph)
        ]
        best: dict[tuple[int, int], Digits] = {}
        judged = self._judge([way for _, _, way in asked])
        for (index, position, _), pieces in zip(asked, judged, strict=True):
            rival = best.get((index, position))
            if is_convincing(pieces) and (rival is None or likeness(pieces) > likeness(rival)):
                best[index, position] = pieces
        return [
            [
                piece
                for position, digit in enumerate(digits)
                for piece in best.get((index, position), [digit])
            ]
            for index, digits in enumerate(found)
        ]

    def _turn(self, sights: Sequence[_Candidate], found: list[Digits]) -> list[Digits]:
        """Pictures that make no number upright read as lying on their side, if that makes one."""
        lying = [
            index
            for index, digits in enumerate(found)
            if digits and decide(digits, self.calibration)[1] is not None
        ]
        ways = [_lying(sights[index], quarters) for index in lying for quarters in QUARTERS]
        judged = iter(self._judge(ways))
        turns = {index: _upright([next(judged) for _ in QUARTERS]) for index in lying}
        return [turns.get(index) or digits for index, digits in enumerate(found)]

    def _answer(self, sight: _Candidate, digits: Digits) -> Reading:
        steps = (*sight.traces.steps, found_step(sight.traces, [d.glyph for d in digits]))
        size = (sight.traces.picture.width, sight.traces.picture.height)
        if sight.refusal is not None:
            return Reading(size=size, refusal=sight.refusal, steps=steps)
        kept, refusal = decide(digits, self.calibration)
        return Reading(size=size, digits=tuple(kept), refusal=refusal, steps=steps)


@dataclass(frozen=True)
class _Candidate:
    """What was found in a picture before the network has seen it."""

    traces: BinarisedPage
    glyphs: list[Glyph]
    refusal: Refusal | None


def _look(pixels: Image) -> _Candidate:
    traces = binarise(working_image(pixels))
    found = find_glyphs(traces)
    if isinstance(found, Refusal):
        return _Candidate(traces, [], found)
    return _Candidate(traces, found, None)


def _upright(ways: Sequence[Digits]) -> Digits | None:
    """The side on which a picture makes a convincing number; None where nobody could tell.

    Both sides must not make different ones. A lone 6 is a 9 from the other side, and a lone
    stroke that is a 1 from both is a dash.
    """
    convincing = [digits for digits in ways if digits and is_convincing(digits)]
    numbers = {tuple(digit.label for digit in digits) for digits in convincing}
    is_dash = numbers == {(1,)} and len(convincing) > 1
    if len(numbers) != 1 or numbers <= {(6,), (9,)} or is_dash:
        return None
    return max(convincing, key=likeness)


def _lying(sight: _Candidate, quarters: int) -> list[Glyph]:
    found = find_glyphs(sight.traces, quarters)
    return [] if isinstance(found, Refusal) else found


def _digit(glyph: Glyph, probabilities: np.ndarray, in_distribution_score: float) -> DigitReading:
    return DigitReading(
        glyph=glyph,
        label=int(probabilities.argmax()),
        confidence=float(probabilities.max()),
        probabilities=tuple(float(share) for share in probabilities),
        in_distribution_score=float(in_distribution_score),
    )
