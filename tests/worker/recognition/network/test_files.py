"""Model files: what was saved is what is loaded, and nothing else is let in."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from worker.recognition.network import files as model_file
from worker.recognition.network.calibration import Calibration
from worker.recognition.network.classifier import Classifier
from worker.recognition.network.files import ModelFileError
from worker.recognition.network.model_card import read_card


def small_network(*, shape: tuple[int, ...] = (28, 28, 1), outputs: int = 10) -> keras.Model:
    layers = [keras.Input(shape), keras.layers.Flatten(), keras.layers.Dense(outputs)]
    return keras.Sequential(layers, name="small")


def some_inks(count: int = 3) -> np.ndarray:
    return np.random.default_rng(0).random((count, 28, 28), dtype=np.float32)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_saved_network_comes_back_with_its_calibration(tmp_path: Path, suffix: str) -> None:
    network = small_network()
    calibration = Calibration(temperature=1.7, energy_offset=2.0, unsure_below=0.6)
    path = tmp_path / f"network{suffix}"

    model_file.save(network, path, calibration, scores={"accuracy": 0.5})

    before = Classifier(network, calibration).classify(some_inks())
    after = Classifier.load(path)
    probabilities = after.classify(some_inks()).probabilities
    np.testing.assert_allclose(probabilities, before.probabilities, atol=1e-6)
    assert after.calibration == calibration
    card = read_card(path)
    assert card is not None
    assert (card.architecture, card.parameters) == ("small", 7850)
    assert card.scores == {"accuracy": 0.5}
    assert [file.name for file in tmp_path.iterdir()] == [path.name], "nothing is left beside"


def test_the_optimizer_does_not_swell_the_file(tmp_path: Path) -> None:
    network = small_network()
    network.compile("adam", "mse")
    network.fit(np.zeros((4, 28, 28, 1)), np.zeros((4, 10)), verbose=0)
    path = tmp_path / "network.keras"

    model_file.save(network, path, Calibration())

    assert path.stat().st_size < 2 * 4 * network.count_params()


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_tutorials_network_with_softmax_keeps_its_probabilities(
    tmp_path: Path, suffix: str
) -> None:
    layers = [keras.Input((28, 28)), keras.layers.Flatten()]
    network = keras.Sequential([*layers, keras.layers.Dense(10, activation="softmax")])
    path = tmp_path / f"tutorial{suffix}"
    network.save(path)

    classifier = Classifier.load(path)

    probabilities = classifier.calibration.probabilities(classifier.logits(some_inks()))
    np.testing.assert_allclose(probabilities, network(some_inks()).numpy(), atol=1e-5)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("content", [b"", b"no network", b"PK\x03\x04 cut off"])
def test_a_file_that_is_no_network_is_an_error_with_a_sentence(
    tmp_path: Path, suffix: str, content: bytes
) -> None:
    path = tmp_path / f"wrong{suffix}"
    path.write_bytes(content)

    with pytest.raises(ModelFileError, match="damaged or no Keras model"):
        model_file.load(path)


@pytest.mark.parametrize(
    ("network", "sentence"),
    [
        (small_network(shape=(32, 32, 1)), "needs 28×28 pixels"),
        (small_network(shape=(28, 28, 3)), "needs 28×28 pixels"),
        (small_network(outputs=11), "needs ten scores"),
    ],
)
def test_a_network_for_something_else_is_turned_away(
    tmp_path: Path, network: keras.Model, sentence: str
) -> None:
    network.save(tmp_path / "other.keras")

    with pytest.raises(ModelFileError, match=sentence):
        model_file.load(tmp_path / "other.keras")


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_code_inside_a_file_is_not_run(tmp_path: Path, suffix: str) -> None:
    layers = [keras.Input((28, 28, 1)), keras.layers.Lambda(lambda ink: ink * 2)]
    network = keras.Sequential([*layers, keras.layers.Flatten(), keras.layers.Dense(10)])
    network.save(tmp_path / f"code{suffix}")

    with pytest.raises(ModelFileError):
        model_file.load(tmp_path / f"code{suffix}")


def test_a_network_whose_scores_are_no_numbers_is_turned_away() -> None:
    network = small_network()
    network.set_weights([weights * np.nan for weights in network.get_weights()])

    with pytest.raises(ModelFileError, match="not numbers"):
        Classifier(network, Calibration())


@pytest.mark.parametrize("count", [0, 1, 5, 300])
def test_any_number_of_inks_gets_as_many_scores(count: int) -> None:
    scores = Classifier(small_network(), Calibration()).classify(some_inks(count))

    assert scores.probabilities.shape == (count, 10)
    assert scores.in_distribution_score.shape == (count,)
    np.testing.assert_allclose(scores.probabilities.sum(axis=1), 1, atol=1e-5)
