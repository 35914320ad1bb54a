"""The exam: who may take over, who may not, and what is said and shown of it.

Each picture here carries what the two networks will read in it: a bright pixel in the first row
for the champion, in the second for the challenger.
"""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
import pytest

from webapp.models import Evaluation
from worker.recognition.arrays import NO_DIGIT
from worker.recognition.network.calibration import Calibration
from worker.recognition.network.classifier import Classifier
from worker.training.evaluation_sets import EvaluationSet
from worker.training.promotion_gate import EvaluatedChallenger, evaluate_challenger

CHAMPION, CHALLENGER = 4, 12  # the row of the picture in which each of them reads
Case = tuple[int, int, int]  # the truth, what the champion reads, what the challenger reads


def network_that_reads(row: int, *, temperature: float = 1.0) -> Classifier:
    layers = [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10)]
    network = keras.Sequential(layers)
    weights = np.zeros((784, 10), np.float32)
    for label in range(10):
        for near in (row - 1, row, row + 1):  # it may be looked at from a pixel aside
            weights[near * 28 + label, label] = 20
    network.set_weights([weights, np.full(10, -10, np.float32)])
    return Classifier(network, Calibration(temperature=temperature))


@pytest.fixture(scope="module")
def champion() -> Classifier:
    return network_that_reads(CHAMPION)


@pytest.fixture(scope="module")
def challenger() -> Classifier:
    return network_that_reads(CHALLENGER)


def evaluation_set(cases: Sequence[Case], *, margin: float = 0.001) -> EvaluationSet:
    images = np.zeros((len(cases), 28, 28), np.uint8)
    for image, (_, *readings) in zip(images, cases, strict=True):
        for row, reading in zip((CHAMPION, CHALLENGER), readings, strict=True):
            if reading != NO_DIGIT:
                image[row, reading] = 255
    labels = np.array([truth for truth, *_ in cases], np.uint8)
    return EvaluationSet("A paper", images, labels, margin=margin, digit_margin=0.005)


def both_right(each: int) -> list[Case]:
    return [(digit, digit, digit) for digit in range(10) for _ in range(each)]


def evaluated(
    cases: Sequence[Case], challenger: Classifier, champion: Classifier | None
) -> EvaluatedChallenger:
    result = evaluate_challenger(
        [evaluation_set(cases)], challenger, champion, 1 if champion else None
    )
    stored = result.evaluation.to_json()
    return EvaluatedChallenger(Evaluation.from_json(stored), result.pictures)


def evaluation_of(
    cases: Sequence[Case], challenger: Classifier, champion: Classifier | None
) -> Evaluation:
    return evaluated(cases, challenger, champion).evaluation


def test_a_challenger_that_reads_as_well_passes(
    challenger: Classifier, champion: Classifier
) -> None:
    evaluation = evaluation_of(both_right(100), challenger, champion)

    assert evaluation.passed
    assert evaluation.summary[0] == "It passed its evaluation."


def test_one_that_reads_worse_than_the_margin_allows_is_refused_in_words(
    challenger: Classifier, champion: Classifier
) -> None:
    lost = [(digit, digit, (digit + 1) % 10) for digit in (0, 3, 5)]

    evaluation = evaluation_of([*both_right(100), *lost], challenger, champion)

    assert not evaluation.passed
    assert evaluation.summary[:2] == [
        "It did not pass its evaluation.",
        "A paper: it reads 1,000 of 1,003 right, the live model 1,003.",
    ]


def test_one_that_gains_as_much_as_it_loses_is_refused_for_the_digit_it_unlearned(
    challenger: Classifier, champion: Classifier
) -> None:
    unlearned, learned = [(7, 7, 1)] * 3, [(4, 9, 4)] * 3

    evaluation = evaluation_of([*both_right(100), *unlearned, *learned], challenger, champion)

    assert not evaluation.passed
    assert "of the 103 pictures of a 7 it reads 100 right" in evaluation.summary[1]


def test_one_picture_of_a_small_set_is_chance(challenger: Classifier, champion: Classifier) -> None:
    assert evaluation_of([*both_right(2), (7, 7, 1)], challenger, champion).passed


def test_one_whose_confidence_misleads_is_refused(champion: Classifier) -> None:
    unsure = network_that_reads(CHALLENGER, temperature=20)

    evaluation = evaluation_of(both_right(10), unsure, champion)

    assert not evaluation.passed
    assert "its confidence is off by" in evaluation.summary[1]


def test_the_first_network_has_nobody_to_be_measured_against(challenger: Classifier) -> None:
    evaluation = evaluation_of([(7, 7, 1)] * 5, challenger, None)

    assert evaluation.passed
    assert evaluation.results[0].champion is None
    assert evaluation.results[0].challenger.accuracy == 0


def test_what_was_gained_and_lost_can_be_shown(
    challenger: Classifier, champion: Classifier
) -> None:
    cases = [*both_right(2), (7, 7, 1), (4, 9, 4), (3, 5, 8)]
    result = evaluated(cases, challenger, champion)

    lost = [one for one in result.pictures if one.is_lost]
    gained = [one for one in result.pictures if one.is_gained]
    assert [(shown.truth, shown.challenger) for shown in lost] == [(7, 1)]
    assert [(shown.truth, shown.champion) for shown in gained] == [(4, 9)]
    assert len(result.pictures) == 3
    assert result.pictures[0].png.startswith(b"\x89PNG")
    assert result.evaluation.results[0].challenger.confusion[7][1] == 1


def test_what_is_no_digit_is_right_when_it_is_rejected(
    challenger: Classifier, champion: Classifier
) -> None:
    result = evaluated([(NO_DIGIT, 3, NO_DIGIT), (5, 5, 5)], challenger, champion)

    [scores] = result.evaluation.results
    assert scores.challenger.accuracy == 1.0
    assert scores.champion is not None and scores.champion.accuracy == 0.5
    assert [shown.truth for shown in result.pictures if shown.is_gained] == [None]


def test_many_errors_keep_a_bounded_number_of_pictures(
    challenger: Classifier, champion: Classifier
) -> None:
    assert len(evaluated([(4, 4, 9)] * 500, challenger, champion).pictures) < 20
