"""The reader: from pictures to readings, with few network calls for all pictures of a batch.

The work for one picture is bounded before it is done: a page with too many components or glyphs
is refused early, few glyphs are split, and each side of a page is sampled before it is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from worker.recognition.arrays import Image
from worker.recognition.network.classifier import Classifier
from worker.recognition.page.binarisation import BinarisedPage, binarise
from worker.recognition.page.working_image import working_image
from worker.recognition.policy import (
    decide,
    is_convincing,
    is_sure,
    looks_like_digit,
    weakest_score,
)
from worker.recognition.reading import DigitReading, Glyph, Reading, Refusal
from worker.recognition.segmentation.components import PageComponents, find_components
from worker.recognition.segmentation.grouping import (
    Region,
    cut_out,
    find_regions,
)
from worker.recognition.segmentation.touching_digits import is_wide, propose_splits
from worker.recognition.strings.line_reader import LineReader
from worker.recognition.strings.recogniser import StringRecogniser

SIDEWAYS = (1, 3)  # quarter turns; a page is not tried upside down, where a 6 would be a 9
MAX_SPLIT_GLYPHS = 8  # of one picture
MAX_SIDEWAYS_GLYPHS = 240  # of one picture, on both sides together
SAMPLE_SIZE = 12  # glyphs of a side that are read before its others

DigitReadings = list[DigitReading]


class Reader:
    """Reads pictures with a digit classifier and, if there is one, a string network."""

    def __init__(self, classifier: Classifier, strings: StringRecogniser | None = None) -> None:
        self.classifier = classifier
        self.calibration = classifier.calibration
        self.strings = strings
        self._lines = LineReader(strings, self._classify, self.calibration) if strings else None

    def read(self, pictures: Sequence[Image]) -> list[Reading]:
        """One reading for each picture, in order; its boxes are in the picture's pixels."""
        candidates = [_segment(pixels) for pixels in pictures]
        digits = self._classify([candidate.glyphs for candidate in candidates])
        digits = self._split_touching(candidates, digits)
        readings = list(map(self._reading, candidates, digits))
        if self._lines is not None:
            readings = self._lines.complete([one.found for one in candidates], readings)
        sideways = self._try_sideways(candidates, digits, readings)
        for index, group in sideways.items():
            readings[index] = self._reading(candidates[index], group)
        return readings

    def _classify(self, groups: Sequence[Sequence[Glyph]]) -> list[DigitReadings]:
        """Each group of glyphs as it is read, in one network call for all."""
        inks = [glyph.ink for group in groups for glyph in group]
        if not inks:
            return [[] for _ in groups]
        scores = self.classifier.classify(np.stack(inks))
        rows = zip(scores.probabilities, scores.in_distribution_score, strict=True)
        return [[_digit_reading(glyph, *next(rows)) for glyph in group] for group in groups]

    def _split_touching(
        self, candidates: Sequence[_Candidate], digits: list[DigitReadings]
    ) -> list[DigitReadings]:
        """Glyphs that look like no digit are split where digits may touch, if that convinces."""
        proposals = [
            (index, position, pieces)
            for index, candidate in enumerate(candidates)
            for position in self._splittable(digits[index])
            for pieces in propose_splits(candidate.page, digits[index][position].glyph)
        ]
        best: dict[tuple[int, int], DigitReadings] = {}
        classified = self._classify([pieces for _, _, pieces in proposals])
        for (index, position, _), pieces in zip(proposals, classified, strict=True):
            rival = best.get((index, position))
            is_better = rival is None or weakest_score(pieces) > weakest_score(rival)
            if is_convincing(pieces) and is_better:
                best[index, position] = pieces
        return [
            [
                piece
                for position, digit in enumerate(group)
                for piece in best.get((index, position), [digit])
            ]
            for index, group in enumerate(digits)
        ]

    def _splittable(self, digits: DigitReadings) -> list[int]:
        """The positions of the glyphs that may be touching digits, at most MAX_SPLIT_GLYPHS."""
        positions = [
            position
            for position, digit in enumerate(digits)
            if not looks_like_digit(digit, self.calibration) and is_wide(digit.glyph)
        ]
        return positions[:MAX_SPLIT_GLYPHS]

    def _try_sideways(
        self,
        candidates: Sequence[_Candidate],
        digits: Sequence[DigitReadings],
        readings: Sequence[Reading],
    ) -> dict[int, DigitReadings]:
        """The digits on the side of a page, of those that make no number upright."""
        undecided = [
            index
            for index, (group, reading) in enumerate(zip(digits, readings, strict=True))
            if group and reading.refusal and decide(group, self.calibration)[1]
        ]
        sides = [
            _Side.of(candidates[index], index, quarter_turns)
            for index in undecided
            for quarter_turns in SIDEWAYS
        ]
        read = iter(self._read_sides(sides))
        upright = {index: _upright_side([next(read) for _ in SIDEWAYS]) for index in undecided}
        return {index: group for index, group in upright.items() if group}

    def _read_sides(self, sides: Sequence[_Side]) -> list[DigitReadings]:
        """The digits of each side; those of its sample alone where that does not look like digits.

        A promising side beyond the limit has no digits.
        """
        digits = self._classify([side.sample() for side in sides])
        sampled = [index for index, side in enumerate(sides) if side.is_sampled]
        promising = [i for i in sampled if sum(map(is_sure, digits[i])) * 2 >= len(digits[i])]
        affordable = _affordable(sides, digits, promising)
        read = self._classify([sides[index].glyphs() for index in affordable])
        for index in promising:
            digits[index] = []
        for index, group in zip(affordable, read, strict=True):
            digits[index] = group
        return digits

    def _reading(self, candidate: _Candidate, digits: DigitReadings) -> Reading:
        page = candidate.page
        size = (page.picture.width, page.picture.height)
        if candidate.refusal is not None:
            return Reading(size=size, refusal=candidate.refusal)
        kept, refusal = decide(digits, self.calibration)
        return Reading(size=size, digits=tuple(kept), refusal=refusal)


@dataclass(frozen=True)
class _Candidate:
    """One picture after segmentation, before classification."""

    page: BinarisedPage
    found: PageComponents | None = None
    glyphs: Sequence[Glyph] = ()
    refusal: Refusal | None = None


@dataclass(frozen=True)
class _Side:
    """A page seen from one side."""

    picture: int  # its place in the batch
    found: PageComponents
    regions: Sequence[Region]

    @classmethod
    def of(cls, candidate: _Candidate, picture: int, quarter_turns: int) -> _Side:
        """The side after counter-clockwise quarter turns; without regions where it is refused."""
        assert candidate.found is not None  # a picture without components has no digits
        regions = find_regions(candidate.found, quarter_turns)
        return cls(picture, candidate.found, () if isinstance(regions, Refusal) else regions)

    @property
    def is_sampled(self) -> bool:
        """Whether the sample is less than the whole."""
        return len(self.regions) > SAMPLE_SIZE

    def sample(self) -> list[Glyph]:
        """Glyphs from all over the page, at most SAMPLE_SIZE."""
        every = max(1, -(-len(self.regions) // SAMPLE_SIZE))
        return cut_out(self.found, self.regions[::every])

    def glyphs(self) -> list[Glyph]:
        return cut_out(self.found, self.regions)


def _affordable(
    sides: Sequence[_Side], samples: Sequence[DigitReadings], promising: Sequence[int]
) -> list[int]:
    """The indices of the promising sides that are read in full.

    Where both sides of a picture have too many glyphs together, only a side with a convincing
    sample is read: digits that are upside down resemble others, but fewer of them.
    """
    chosen: list[int] = []
    for picture in dict.fromkeys(sides[index].picture for index in promising):
        of_picture = [index for index in promising if sides[index].picture == picture]
        convincing = [index for index in of_picture if is_convincing(samples[index])]
        for choice in (of_picture, convincing):
            if sum(len(sides[index].regions) for index in choice) <= MAX_SIDEWAYS_GLYPHS:
                chosen += choice
                break
    return chosen


def _segment(pixels: Image) -> _Candidate:
    page = binarise(working_image(pixels))
    found = find_components(page)
    if isinstance(found, Refusal):
        return _Candidate(page, refusal=found)
    regions = find_regions(found)
    if isinstance(regions, Refusal):
        return _Candidate(page, found, refusal=regions)
    return _Candidate(page, found, cut_out(found, regions))


def _upright_side(sides: Sequence[DigitReadings]) -> DigitReadings | None:
    """The side on which a picture makes a convincing number; None where that is ambiguous.

    The two sides must not make different numbers. A lone 6 is a 9 from the other side, and a lone
    stroke that is a 1 from both sides is a dash.
    """
    convincing = [digits for digits in sides if digits and is_convincing(digits)]
    numbers = {tuple(digit.label for digit in digits) for digits in convincing}
    is_dash = numbers == {(1,)} and len(convincing) > 1
    if len(numbers) != 1 or numbers <= {(6,), (9,)} or is_dash:
        return None
    return max(convincing, key=weakest_score)


def _digit_reading(
    glyph: Glyph, probabilities: np.ndarray, in_distribution_score: float
) -> DigitReading:
    return DigitReading(
        glyph=glyph,
        label=int(probabilities.argmax()),
        confidence=float(probabilities.max()),
        probabilities=tuple(float(share) for share in probabilities),
        in_distribution_score=float(in_distribution_score),
    )
