"""Metrics: the accuracy of a network on MNIST and on labelled photographs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from worker.recognition.arrays import Image, Images, Labels
from worker.recognition.evaluation.photo_sets import LabelledPicture
from worker.recognition.network.classifier import Classifier
from worker.recognition.reader import Reader
from worker.recognition.reading import Reading

BATCH = 32  # pictures read together

Decode = Callable[[bytes], Image | None]  # None for a file that would be refused


@dataclass(frozen=True)
class Scorecard:
    """The scores of a network on labelled 28×28 pictures."""

    count: int
    accuracy: float  # 0..1
    confusion: NDArray[np.int64]  # (10, 10): rows are the truth, columns what was read
    calibration_error: float  # expected calibration error, 0..1

    @property
    def accuracy_by_digit(self) -> list[float]:
        """The share read right of each digit, 0..1; 1.0 where there was none to read."""
        counts = self.confusion.sum(axis=1)
        return [float(self.confusion[d, d] / counts[d]) if counts[d] else 1.0 for d in range(10)]


def score(classifier: Classifier, images: Images, labels: Labels) -> Scorecard:
    """Score a network on (n, 28, 28) uint8 pictures in MNIST's format and (n,) labels."""
    ink = images.astype(np.float32) / np.float32(255)
    probabilities = classifier.classify(ink).probabilities
    read = probabilities.argmax(axis=1)
    confusion = np.zeros((10, 10), np.int64)
    np.add.at(confusion, (labels, read), 1)
    return Scorecard(
        count=len(labels),
        accuracy=float((read == labels).mean()),
        confusion=confusion,
        calibration_error=calibration_error(probabilities.max(axis=1), read == labels),
    )


def milliseconds_a_picture(classifier: Classifier, calls: int = 50) -> float:
    """The wall time for one 28×28 picture alone: the median of several calls."""
    ink = np.zeros((1, 28, 28), np.float32)
    spent = []
    for _ in range(calls):
        began = time.perf_counter()
        classifier.logits(ink)
        spent.append(time.perf_counter() - began)
    return float(np.median(spent)) * 1000


def calibration_error(
    confidences: NDArray[np.floating[Any]], right: NDArray[np.bool_], bins: int = 15
) -> float:
    """Expected calibration error: how far confidence and accuracy lie apart (Guo et al. 2017)."""
    if len(confidences) == 0:
        return 0.0
    which = np.minimum((confidences * bins).astype(int), bins - 1)
    gaps = [
        abs(float(confidences[which == b].mean()) - float(right[which == b].mean()))
        * float((which == b).mean())
        for b in range(bins)
        if (which == b).any()
    ]
    return float(sum(gaps))


@dataclass(frozen=True)
class Outcome:
    """The reading of one labelled picture."""

    picture: LabelledPicture = field(repr=False)
    reading: Reading | None = field(repr=False)  # None: the file was refused
    milliseconds: float  # of processor time, its share of its batch

    @property
    def number(self) -> str | None:
        return self.reading.number if self.reading else None

    @property
    def is_refused(self) -> bool:
        return self.number is None

    @property
    def is_right(self) -> bool:
        return self.number == self.picture.label

    @property
    def in_distribution_score(self) -> float:
        """How sure the reader was that there is a number at all: 0 where no mark was found."""
        return self.reading.in_distribution_score if self.reading else 0.0

    @property
    def truth(self) -> str:
        """The label's digits, row after row."""
        return (self.picture.label or "").replace("|", "")

    @property
    def digits_right(self) -> int:
        """The number of the label's digits that were read, in their order."""
        read = (self.number or "").replace("|", "")
        return _longest_common(self.truth, read)

    @property
    def rows(self) -> list[bool]:
        """Of each row of the label, whether it was read exactly."""
        truth, read = (self.picture.label or "").split("|"), (self.number or "").split("|")
        return [index < len(read) and read[index] == row for index, row in enumerate(truth)]


def read_all(reader: Reader, pictures: Iterable[LabelledPicture], decode: Decode) -> list[Outcome]:
    """Decode and read every picture, in batches."""
    outcomes = []
    remaining = iter(pictures)
    while some := list(islice(remaining, BATCH)):
        began = time.process_time()
        decoded = [decode(picture.data) for picture in some]
        readings = iter(reader.read([pixels for pixels in decoded if pixels is not None]))
        spent = (time.process_time() - began) * 1000 / len(some)
        for picture, pixels in zip(some, decoded, strict=True):
            reading = None if pixels is None else next(readings)
            outcomes.append(Outcome(picture, reading, spent))
    return outcomes


def _longest_common(left: str, right: str) -> int:
    """The length of the longest common subsequence."""
    lengths = [0] * (len(right) + 1)
    for a in left:
        before = 0
        for index, b in enumerate(right, start=1):
            above = lengths[index]
            lengths[index] = before + 1 if a == b else max(above, lengths[index - 1])
            before = above
    return lengths[-1]


@dataclass(frozen=True)
class SetSummary:
    """One set of pictures, counted. Shares lie in 0..1; None where the set cannot tell."""

    name: str
    pictures: int
    right: float | None  # of pictures with digits: the whole number right
    wrong: float  # answered, and not rightly
    refused: float
    digits_right: float | None
    rows_right: float | None
    milliseconds: float  # of processor time a picture, the median


def summarise(name: str, outcomes: list[Outcome]) -> SetSummary:
    """Count one set's outcomes, of which there is at least one."""
    count = len(outcomes)
    with_digits = [outcome for outcome in outcomes if outcome.picture.is_digit]
    rows = [row for outcome in with_digits for row in outcome.rows]
    digits = sum(len(outcome.truth) for outcome in with_digits)
    return SetSummary(
        name=name,
        pictures=count,
        right=sum(o.is_right for o in with_digits) / count if with_digits else None,
        wrong=sum(not o.is_refused and not o.is_right for o in outcomes) / count,
        refused=sum(o.is_refused for o in outcomes) / count,
        digits_right=sum(o.digits_right for o in with_digits) / digits if digits else None,
        rows_right=sum(rows) / len(rows) if rows else None,
        milliseconds=float(np.median([outcome.milliseconds for outcome in outcomes])),
    )


def refusal_auroc(outcomes: list[Outcome]) -> float:
    """The area under the ROC curve of the in-distribution score, digits against the rest: 0..1.

    It is the probability that a digit scores above another picture (Hanley, McNeil 1982).
    """
    digits = np.array([o.in_distribution_score for o in outcomes if len(o.truth) == 1])
    others = np.array([o.in_distribution_score for o in outcomes if not o.picture.is_digit])
    if len(digits) == 0 or len(others) == 0:
        return float("nan")
    above = (digits[:, None] > others[None, :]).mean()
    level = (digits[:, None] == others[None, :]).mean()
    return float(above + level / 2)


def photo_calibration_error(outcomes: list[Outcome]) -> float:
    """Expected calibration error over the single digits that were answered."""
    answered = [o for o in outcomes if len(o.truth) == 1 and o.reading and not o.is_refused]
    confidences = np.array([o.reading.confidence for o in answered if o.reading], np.float64)
    return calibration_error(confidences, np.array([o.is_right for o in answered], np.bool_))
