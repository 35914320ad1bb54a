"""The exam: challenger and champion read the same pictures; only a worthy challenger passes."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from webapp.models import Exam
from webapp.models import exam as record
from webapp.models.exam import HELD_OUT, MNIST, NEVER_AGAIN
from worker.corrections import Corrections
from worker.digits.classifier import Classifier
from worker.digits.datasets import NO_DIGIT, Images, Labels, Mnist
from worker.digits.evaluation import calibration_error

# How much less may be read rightly, as a share of the pictures. Two trainings that differ in
# their seed alone lie about 0.1 points apart on MNIST, and half a point on one of its digits.
OVERALL_MARGIN = 0.001
DIGIT_MARGIN = 0.005
# Corrections are few and hard, so that chance weighs more.
CORRECTIONS_MARGIN = 0.02
# In a small set one picture more or less is chance, whatever share of the set it is.
CHANCE = 1
# Confidences that err by a hundredth more mislead nobody.
CALIBRATION_MARGIN = 0.01

PICTURES_A_CELL = 8  # of a confusion matrix, kept to be shown
PICTURES_A_PAPER = 160


@dataclass(frozen=True)
class Questions:
    """Labelled pictures for both networks to read."""

    name: str
    images: Images  # (n, 28, 28)
    labels: Labels  # (n,), 0..9 or NO_DIGIT
    margin: float  # of all pictures
    digit_margin: float | None = None  # of each digit's pictures; None: not judged by digit
    may_refuse: bool = True  # whether "no digit" is an answer, as it is to people's pictures
    ink_sha256: NDArray[np.str_] | None = None  # (n,), of corrections
    always_shown: Sequence[int] = ()  # indices of pictures to keep, however they are read

    def allowed(self, count: int, margin: float) -> int:
        """How many fewer of `count` pictures may be read rightly."""
        return max(CHANCE, int(margin * count))


@dataclass(frozen=True)
class Answers:
    """What one network read."""

    read: Labels  # (n,), 0..9 or NO_DIGIT
    confidence: NDArray[np.float32]  # (n,), 0..1


def papers_of(mnist: Mnist, corrections: Corrections) -> list[Questions]:
    """The papers of an exam. Past errors are asked again, whether they were learned or not."""
    held_out, misread = corrections.to_examine, corrections.misread
    return [
        Questions(
            MNIST,
            mnist.test_images,
            mnist.test_labels,
            OVERALL_MARGIN,
            DIGIT_MARGIN,
            may_refuse=False,
        ),
        _of_people(HELD_OUT, held_out),
        _of_people(NEVER_AGAIN, misread),
    ]


def _of_people(name: str, asked: Corrections) -> Questions:
    return Questions(
        name, asked.images, asked.labels, CORRECTIONS_MARGIN, ink_sha256=asked.ink_sha256
    )


def hold_exam(
    papers: Iterable[Questions],
    challenger: Classifier,
    champion: Classifier | None,
    champion_id: int | None,
) -> Exam:
    """Let both read every paper, and judge. Papers without pictures are left out."""
    exams = [
        _compare(
            paper,
            answer(paper, challenger),
            answer(paper, champion) if champion else None,
        )
        for paper in papers
        if len(paper.labels)
    ]
    complaints = [complaint for exam in exams for complaint in exam.complaints]
    decision = "It passed its exam." if not complaints else "It did not pass its exam."
    return Exam(
        passed=not complaints,
        verdict=[decision, *complaints, *(exam.summary for exam in exams)],
        champion_id=champion_id,
        margin=OVERALL_MARGIN,
        papers=[exam.paper for exam in exams],
        pictures=[picture for exam in exams for picture in exam.pictures],
    )


def answer(questions: Questions, classifier: Classifier) -> Answers:
    """What a network says of each picture, as people would be told."""
    scores = classifier.classify(questions.images.astype(np.float32) / np.float32(255))
    read = scores.probabilities.argmax(axis=1).astype(np.uint8)
    if questions.may_refuse:
        read[scores.digitness < classifier.calibration.refuse_below] = NO_DIGIT
    return Answers(read, scores.probabilities.max(axis=1))


@dataclass(frozen=True)
class _Compared:
    paper: record.Paper
    pictures: list[record.Picture]
    summary: str
    complaints: list[str]


def _compare(questions: Questions, challenger: Answers, champion: Answers | None) -> _Compared:
    return _Compared(
        paper=record.Paper(
            name=questions.name,
            count=len(questions.labels),
            challenger=_marks(questions, challenger),
            champion=_marks(questions, champion) if champion else None,
        ),
        pictures=_worth_showing(questions, challenger, champion),
        summary=_summary(questions, challenger, champion),
        complaints=_complaints(questions, challenger, champion) if champion else [],
    )


def _marks(questions: Questions, answers: Answers) -> record.Marks:
    right = answers.read == questions.labels
    confusion = np.zeros((NO_DIGIT + 1, NO_DIGIT + 1), np.int64)
    np.add.at(confusion, (questions.labels, answers.read), 1)
    return record.Marks(
        accuracy=float(right.mean()),
        confusion=confusion[:NO_DIGIT, :NO_DIGIT].tolist(),
        calibration_error=calibration_error(answers.confidence, right),
    )


def _complaints(questions: Questions, challenger: Answers, champion: Answers) -> list[str]:
    """Why the challenger does not pass, a sentence each."""
    right, before = challenger.read == questions.labels, champion.read == questions.labels
    sentences = []
    if _fell(right, before) > questions.allowed(len(right), questions.margin):
        sentences.append(
            f"{questions.name}: it reads {right.sum():,} of {len(right):,} rightly, "
            f"the live model {before.sum():,}."
        )
    if questions.digit_margin is None:
        return sentences
    for digit in range(NO_DIGIT):
        of_digit = questions.labels == digit
        allowed = questions.allowed(int(of_digit.sum()), questions.digit_margin)
        if _fell(right[of_digit], before[of_digit]) > allowed:
            sentences.append(
                f"{questions.name}: of the {of_digit.sum():,} pictures of a {digit} it reads "
                f"{right[of_digit].sum():,} rightly, the live model {before[of_digit].sum():,}."
            )
    error = calibration_error(challenger.confidence, right)
    error_before = calibration_error(champion.confidence, before)
    if error > error_before + CALIBRATION_MARGIN + CHANCE / len(right):
        sentences.append(
            f"{questions.name}: its confidence is off by {error:.1%} on average, "
            f"the live model's by {error_before:.1%}."
        )
    return sentences


def _fell(right: NDArray[np.bool_], before: NDArray[np.bool_]) -> int:
    return int(before.sum()) - int(right.sum())


def _summary(questions: Questions, challenger: Answers, champion: Answers | None) -> str:
    right = challenger.read == questions.labels
    told = f"{questions.name}: {right.sum():,} of {len(right):,} read rightly"
    if champion is None:
        return f"{told}."
    before = champion.read == questions.labels
    gained, lost = int((right & ~before).sum()), int((before & ~right).sum())
    return f"{told}; {before.sum():,} by the live model. {gained:,} gained, {lost:,} lost."


def _worth_showing(
    questions: Questions, challenger: Answers, champion: Answers | None
) -> list[record.Picture]:
    """Pictures read wrongly by either: those gained or lost first, few for each confusion."""
    others = champion.read if champion else np.full_like(challenger.read, NO_DIGIT)
    wrong = challenger.read != questions.labels
    if champion:
        wrong |= others != questions.labels
    indices = sorted(
        np.flatnonzero(wrong), key=lambda index: challenger.read[index] == others[index]
    )
    chosen = dict.fromkeys(questions.always_shown)
    cells: Counter[tuple[int, int, int]] = Counter()
    for index in indices:
        cell = int(questions.labels[index]), int(challenger.read[index]), int(others[index])
        cells[cell] += 1
        if cells[cell] <= PICTURES_A_CELL and len(chosen) < PICTURES_A_PAPER:
            chosen[int(index)] = None
    return [
        record.Picture(
            paper=questions.name,
            truth=_label(questions.labels[index]),
            challenger=_label(challenger.read[index]),
            champion=_label(others[index]),
            png=_png(questions.images[index]),
            ink_sha256="" if questions.ink_sha256 is None else str(questions.ink_sha256[index]),
        )
        for index in chosen
    ]


def _label(label: int) -> int | None:
    return None if label == NO_DIGIT else int(label)


def _png(image: NDArray[np.uint8]) -> str:
    """(28, 28) as a grey PNG in base64."""
    return base64.b64encode(cv2.imencode(".png", image)[1].tobytes()).decode()
