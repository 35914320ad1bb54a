"""The promotion gate: which challenger passes, which does not, and what is shown of it.

Each picture here contains the label that each network reads in it: a bright pixel in one row for
the champion, in another for the challenger, in a third for the best version ever published.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import pytest

from webapp.models import Evaluation
from webapp.models.evaluation import MNIST, NEVER_AGAIN
from worker.recognition.arrays import NO_DIGIT
from worker.recognition.evaluation.datasets import Mnist
from worker.recognition.network.calibration import Calibration
from worker.recognition.network.classifier import Classifier
from worker.training.correction_dataset import CorrectionDataset
from worker.training.evaluation_sets import EvaluationSet, evaluation_sets
from worker.training.promotion_gate import EvaluatedChallenger, Opponent, evaluate_challenger

CHAMPION, CHALLENGER, BEST = 4, 12, 20  # the row of the picture that each of them reads
Case = tuple[int, ...]  # the true label, then those of the champion, the challenger and the best

NO_CORRECTIONS = CorrectionDataset(
    images=np.zeros((0, 28, 28), np.uint8),
    labels=np.zeros(0, np.uint8),
    read_as=np.zeros(0, np.uint8),
    validation=np.zeros(0, np.bool_),
    ink_sha256=np.zeros(0, np.str_),
)


def network_that_reads(row: int, *, temperature: float = 1.0) -> Classifier:
    layers = [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10)]
    network = keras.Sequential(layers)
    weights = np.zeros((784, 10), np.float32)
    for label in range(10):
        for near in (row - 1, row, row + 1):  # test-time views are shifted by a pixel
            weights[near * 28 + label, label] = 20
    network.set_weights([weights, np.full(10, -10, np.float32)])
    return Classifier(network, Calibration(temperature=temperature))


@pytest.fixture(scope="module")
def champion() -> Opponent:
    return Opponent(1, network_that_reads(CHAMPION))


@pytest.fixture(scope="module")
def best() -> Opponent:
    return Opponent(7, network_that_reads(BEST))


@pytest.fixture(scope="module")
def challenger() -> Classifier:
    return network_that_reads(CHALLENGER)


def evaluation_set(cases: Sequence[Case], **rules: Any) -> EvaluationSet:
    images = np.zeros((len(cases), 28, 28), np.uint8)
    for image, (_, *readings) in zip(images, cases, strict=True):
        for row, reading in zip((CHAMPION, CHALLENGER, BEST), readings, strict=False):
            if reading != NO_DIGIT:
                image[row, reading] = 255
    labels = np.array([truth for truth, *_ in cases], np.uint8)
    rules = {"margin": 0.001, "digit_margin": 0.005, "with_best": True} | rules
    return EvaluationSet("Validation", images, labels, **rules)


def both_right(each: int) -> list[Case]:
    return [(digit, digit, digit) for digit in range(10) for _ in range(each)]


def evaluated(
    cases: Sequence[Case],
    challenger: Classifier,
    champion: Opponent | None,
    best: Opponent | None = None,
    **rules: Any,
) -> EvaluatedChallenger:
    result = evaluate_challenger([evaluation_set(cases, **rules)], challenger, champion, best)
    stored = result.evaluation.to_json()
    return EvaluatedChallenger(Evaluation.from_json(stored), result.pictures)


def evaluation_of(
    cases: Sequence[Case],
    challenger: Classifier,
    champion: Opponent | None,
    best: Opponent | None = None,
    **rules: Any,
) -> Evaluation:
    return evaluated(cases, challenger, champion, best, **rules).evaluation


def test_a_challenger_that_reads_as_well_passes(challenger: Classifier, champion: Opponent) -> None:
    evaluation = evaluation_of(both_right(100), challenger, champion)

    assert evaluation.passed
    assert evaluation.summary[0] == "It passed its evaluation."


def test_one_that_reads_worse_than_the_margin_allows_fails_with_a_sentence(
    challenger: Classifier, champion: Opponent
) -> None:
    lost = [(digit, digit, (digit + 1) % 10) for digit in (0, 3, 5)]

    evaluation = evaluation_of([*both_right(100), *lost], challenger, champion)

    assert not evaluation.passed
    assert evaluation.summary[:2] == [
        "It did not pass its evaluation.",
        "Validation: it reads 1,000 of 1,003 right, the live model 1,003.",
    ]


def test_one_that_gains_as_much_as_it_loses_fails_for_the_digit_that_it_lost(
    challenger: Classifier, champion: Opponent
) -> None:
    lost, gained = [(7, 7, 1)] * 3, [(4, 9, 4)] * 3

    evaluation = evaluation_of([*both_right(100), *lost, *gained], challenger, champion)

    assert not evaluation.passed
    assert "of the 103 pictures of a 7 it reads 100 right" in evaluation.summary[1]


def test_one_picture_of_a_small_set_is_chance(challenger: Classifier, champion: Opponent) -> None:
    assert evaluation_of([*both_right(2), (7, 7, 1)], challenger, champion).passed


def test_one_with_misleading_confidence_fails(champion: Opponent) -> None:
    unsure = network_that_reads(CHALLENGER, temperature=20)

    evaluation = evaluation_of(both_right(10), unsure, champion)

    assert not evaluation.passed
    assert "its confidence is off by" in evaluation.summary[1]


def test_the_first_network_has_no_opponent(challenger: Classifier) -> None:
    evaluation = evaluation_of([(7, 7, 1)] * 5, challenger, None)

    assert evaluation.passed
    assert evaluation.results[0].champion is None
    assert evaluation.results[0].challenger.accuracy == 0


def test_gained_and_lost_pictures_are_kept_to_be_shown(
    challenger: Classifier, champion: Opponent
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


def test_a_picture_of_no_digit_is_right_when_it_is_rejected(
    challenger: Classifier, champion: Opponent
) -> None:
    result = evaluated([(NO_DIGIT, 3, NO_DIGIT), (5, 5, 5)], challenger, champion)

    [scores] = result.evaluation.results
    assert scores.challenger.accuracy == 1.0
    assert scores.champion is not None and scores.champion.accuracy == 0.5
    assert [shown.truth for shown in result.pictures if shown.is_gained] == [None]


def test_many_errors_keep_a_bounded_number_of_pictures(
    challenger: Classifier, champion: Opponent
) -> None:
    assert len(evaluated([(4, 4, 9)] * 500, challenger, champion).pictures) < 20


def test_small_losses_do_not_add_up_because_the_best_ever_is_an_opponent_too(
    challenger: Classifier, champion: Opponent, best: Opponent
) -> None:
    """It loses one picture to the champion, which had lost two to the best one before."""
    agreed = [(digit,) * 4 for digit in range(10) for _ in range(50)]
    cases = [*agreed, (3, 3, 8, 3), (5, 6, 6, 5), (8, 9, 9, 8)]

    assert evaluation_of(cases, challenger, champion, margin=0.004).passed
    evaluation = evaluation_of(cases, challenger, champion, best, margin=0.004)

    assert not evaluation.passed
    assert evaluation.best_id == 7
    assert evaluation.summary[1] == (
        "Validation: it reads 500 of 503 right, version 7, the best ever published, 503."
    )


def test_below_the_floor_nothing_passes_however_poor_its_opponents_are(
    challenger: Classifier, champion: Opponent
) -> None:
    cases = [(7, 1, 1)] * 2 + [(4, 9, 4)] * 8

    for opponent in (champion, None):
        evaluation = evaluation_of(cases, challenger, opponent, floor=0.95)
        assert not evaluation.passed
        assert "it reads 80.0% right; at least 95% are required." in evaluation.summary[1]


def test_of_never_again_not_one_picture_is_lost_whatever_is_gained(
    challenger: Classifier, champion: Opponent
) -> None:
    gained, lost = [(4, 9, 4)] * 20, [(7, 7, 1)]
    rules = {"none_lost": True, "margin": 0.0, "digit_margin": None}

    assert evaluation_of(gained, challenger, champion, **rules).passed
    evaluation = evaluation_of([*gained, *lost], challenger, champion, **rules)

    assert not evaluation.passed
    assert evaluation.summary[1] == (
        "Validation: it misreads 1 picture that the live model reads right."
    )


def test_the_test_set_is_reported_and_decides_nothing(mnist: Mnist) -> None:
    *that_decide, on_test_set = evaluation_sets(mnist, NO_CORRECTIONS)

    assert on_test_set.name == MNIST
    assert (on_test_set.images == mnist.test_images).all()
    assert not on_test_set.decides
    assert all(one.decides for one in that_decide)
    assert {one.name for one in that_decide if one.none_lost} == {NEVER_AGAIN}


def test_what_is_only_reported_does_not_change_the_decision(
    challenger: Classifier, champion: Opponent
) -> None:
    evaluation = evaluation_of([(7, 7, 1)] * 50, challenger, champion, floor=0.95, decides=False)

    assert evaluation.passed
    assert evaluation.results[0].challenger.accuracy == 0.0
    assert "0 of 50 read right" in evaluation.summary[1]
