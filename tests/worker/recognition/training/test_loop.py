"""Training: recipes that learn, tell how it goes, and stop when asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.support.networks import tiny_mnist
from worker.recognition.arrays import NO_DIGIT
from worker.recognition.evaluation.datasets import Mnist
from worker.recognition.network.architectures import ARCHITECTURES, build
from worker.recognition.network.calibration import Calibration
from worker.recognition.training.batches import TrainingCorrections, make_batches
from worker.recognition.training.first_filters import first_filters
from worker.recognition.training.loop import Champion, train
from worker.recognition.training.progress import EpochRecord, StepRecord, TrainingStoppedError
from worker.recognition.training.recipes import RECIPES

BRIEF = replace(RECIPES["quick"], architecture="mlp", epochs=2, batch=32, outliers=8, drawn=4)


@pytest.fixture(scope="module")
def mnist() -> Mnist:
    return tiny_mnist()


def test_a_training_records_every_epoch_and_gives_a_network_that_has_learned(
    mnist: Mnist,
) -> None:
    records: list[EpochRecord] = []
    trained = train(replace(BRIEF, epochs=12), mnist, on_epoch=records.append)
    assert [record.epoch for record in records] == list(range(1, 13))
    assert records[-1].loss < records[0].loss
    assert records[-1].validation_loss < records[0].validation_loss
    assert records[-1].training_accuracy > records[0].training_accuracy
    assert trained.accuracy > 0.5
    assert trained.data_sha256 == mnist.sha256


def test_a_training_that_is_asked_to_stop_stops_between_two_steps(mnist: Mnist) -> None:
    with pytest.raises(TrainingStoppedError):
        train(BRIEF, mnist, should_stop=lambda: True, check_seconds=0.0)


def test_a_training_that_is_asked_to_stop_while_the_program_draws_stops_there(mnist: Mnist) -> None:
    asked: list[bool] = []

    def stop() -> None:
        asked.append(True)
        raise TrainingStoppedError

    with pytest.raises(TrainingStoppedError):
        make_batches(RECIPES["quick"], mnist, np.random.default_rng(0), between=stop)
    assert asked == [True]


def test_a_training_reports_its_steps_and_the_first_filters_as_they_change(mnist: Mnist) -> None:
    steps: list[StepRecord] = []
    train(BRIEF, mnist, on_step=steps.append, check_seconds=0.0)

    an_epoch = BRIEF.steps_on(mnist.validation_split(len(mnist) // 5)[0])
    assert (steps[0].epoch, steps[0].step) == (0, 0), "the filters before the training"
    first = [one.step for one in steps if one.epoch == 1]
    assert first[0] == 1
    assert first[-1] == an_epoch == steps[-1].steps
    assert first == sorted(first)
    assert steps[0].filters is not None
    assert steps[-1].filters is not None
    assert not np.array_equal(steps[0].filters.weights, steps[-1].filters.weights)


@pytest.mark.parametrize(
    ("architecture", "shape"),
    [("cnn", (16, 3, 3)), ("mlp", (24, 28, 28)), ("rnn", (24, 1, 28)), ("transformer", (24, 4, 4))],
)
def test_the_first_filters_of_every_architecture_lie_on_the_picture(
    architecture: str, shape: tuple[int, int, int]
) -> None:
    filters = first_filters(build(architecture))
    assert filters is not None
    assert filters.shape == shape
    assert np.abs(filters.weights).max() == 127
    assert len(filters.to_bytes()) == np.prod(shape)


def test_the_same_seed_trains_the_same_network(mnist: Mnist) -> None:
    one, other = (train(BRIEF, mnist) for _ in range(2))
    for left, right in zip(one.model.get_weights(), other.model.get_weights(), strict=True):
        assert np.allclose(left, right, atol=1e-4)


def test_weights_that_a_browser_loads_are_rounded_to_float16_and_read_as_well(mnist: Mnist) -> None:
    trained = train(replace(RECIPES["origin"], epochs=8, validation_split=80), mnist)

    rounded = trained.rounded_to_float16(mnist)

    for weight, before in zip(
        rounded.model.get_weights(), trained.model.get_weights(), strict=True
    ):
        assert np.array_equal(weight.astype(np.float16).astype(np.float32), weight)
        assert np.allclose(weight, before, rtol=1e-3, atol=1e-6)
    assert rounded.accuracy == pytest.approx(trained.accuracy, abs=0.02)


def test_batches_mix_digits_with_pictures_of_no_digit(mnist: Mnist) -> None:
    ink, labels = next(iter(make_batches(BRIEF, mnist, np.random.default_rng(0))))
    assert ink.shape == (44, 28, 28, 1)
    assert (labels.numpy() == NO_DIGIT).sum() == 8
    assert ink.numpy().min() >= 0
    assert ink.numpy().max() <= 1


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_architecture_turns_ink_into_ten_scores(architecture: str) -> None:
    model = build(architecture)
    assert model.name == architecture
    assert model(np.zeros((3, 28, 28, 1), np.float32)).shape == (3, 10)


def test_the_default_network_stays_under_half_a_million_parameters() -> None:
    assert build("cnn").count_params() < 500_000


def test_the_first_network_of_the_project_has_exactly_its_layers() -> None:
    kinds = [type(layer).__name__ for layer in build("mlp").layers]
    assert kinds == ["Flatten", "Dense", "Dropout", "Dense", "Dense"]
    assert build("mlp").count_params() == 784 * 256 + 256 + 256 * 128 + 128 + 128 * 10 + 10


def corrections_of(mnist: Mnist, count: int) -> TrainingCorrections:
    return TrainingCorrections(mnist.train_images[:count], np.full(count, 3, np.uint8))


@pytest.mark.parametrize(("taught", "share"), [(1, 1), (5, 5), (100, 16)])
def test_corrections_have_a_share_of_every_batch_and_a_single_one_does_not_fill_it(
    mnist: Mnist, taught: int, share: int
) -> None:
    batches = make_batches(BRIEF, mnist, np.random.default_rng(0), corrections_of(mnist, taught))
    for ink, labels in batches.take(2):
        assert ink.shape[0] == 44 + share
        assert (labels.numpy()[44:] == 3).all()


def test_a_recipe_without_outliers_leaves_out_what_people_call_no_digit(mnist: Mnist) -> None:
    training_corrections = TrainingCorrections(
        mnist.train_images[:4], np.array([NO_DIGIT, 5, NO_DIGIT, 6], np.uint8)
    )
    recipe = replace(BRIEF, outliers=0)
    _, labels = next(
        iter(make_batches(recipe, mnist, np.random.default_rng(0), training_corrections))
    )
    assert set(labels.numpy()[-2:]) == {5, 6}
    assert len(labels) == 38


def test_a_fine_tuning_goes_on_from_the_champion_and_keeps_its_thresholds(mnist: Mnist) -> None:
    network = build("cnn")
    champion = Champion(network, Calibration(refuse_below=0.8, unsure_below=0.7))
    still = replace(RECIPES["fine-tune"], epochs=1, steps=1, learning_rate=0.0, weight_decay=0.0)
    trained = train(still, mnist, champion=champion, training_corrections=corrections_of(mnist, 3))
    for left, right in zip(trained.model.get_weights(), network.get_weights(), strict=True):
        assert np.allclose(left, right)
    assert trained.calibration.refuse_below == 0.8
    assert trained.calibration.unsure_below == 0.7


def test_only_a_network_of_the_same_architecture_is_fine_tuned(mnist: Mnist) -> None:
    champion = Champion(build("mlp"), Calibration())
    with pytest.raises(ValueError, match="no cnn to fine-tune"):
        train(RECIPES["fine-tune"], mnist, champion=champion)


def test_the_recipe_that_ships_ends_with_averaging_stages_on_weaker_augmentation() -> None:
    stages = RECIPES["full"].stages()
    assert [stage.epochs for stage in stages] == [40, 8, 8, 8]
    rates = [stage.learning_rate for stage in stages]
    assert rates == sorted(rates, reverse=True)
    assert len({stage.seed for stage in stages}) == 4


def test_a_training_in_stages_counts_its_epochs_through(mnist: Mnist) -> None:
    records: list[EpochRecord] = []
    train(replace(BRIEF, epochs=8, averaging_stages=2), mnist, on_epoch=records.append)
    assert [record.epoch for record in records] == list(range(1, 9))
