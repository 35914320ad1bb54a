"""Direct networks: the same scores as Keras gives, and Keras for every other network."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from worker.model_files.store import SHIPPED
from worker.recognition.network import files
from worker.recognition.network.architectures import build
from worker.recognition.network.calibration import Calibration
from worker.recognition.network.classifier import Classifier
from worker.recognition.network.direct import DirectNetwork

INKS = np.random.default_rng(5).random((35, 28, 28, 1), dtype=np.float32)


def stored(model: keras.Model, folder: Path) -> Path:
    """The network with weights that are not those of a fresh one, in a file."""
    random = np.random.default_rng(3)
    model.set_weights([w + random.uniform(0, 0.2, w.shape) for w in model.get_weights()])
    files.save(model, folder / "one.keras", Calibration())
    return folder / "one.keras"


def chain(*middle: keras.Layer) -> keras.Model:
    return keras.Sequential([keras.Input((28, 28, 1)), *middle, layers.Dense(10)])


@pytest.mark.parametrize("count", [1, 3, 35])
@pytest.mark.parametrize("architecture", ["cnn", "mlp"])
def test_the_scores_are_those_of_keras(architecture: str, count: int, tmp_path: Path) -> None:
    model = build(architecture)
    network = DirectNetwork.read(stored(model, tmp_path))
    assert network is not None
    wanted = np.asarray(model(INKS[:count], training=False))

    scores = network(INKS[:count])

    scale = np.abs(wanted).max()
    assert scores.shape == (count, 10)
    assert np.abs(scores - wanted).max() < 1e-5 * max(1.0, scale)


def test_the_shipped_network_needs_no_keras_and_gives_the_same_scores() -> None:
    model, calibration = files.load(SHIPPED)
    by_keras, loaded = Classifier(model, calibration), Classifier.load(SHIPPED)

    assert isinstance(loaded._forward, DirectNetwork)
    assert loaded.calibration == calibration
    assert np.allclose(loaded.logits(INKS[..., 0]), by_keras.logits(INKS[..., 0]), atol=1e-4)


def test_the_given_pictures_stay_as_they_are(tmp_path: Path) -> None:
    model = chain(layers.BatchNormalization(), layers.Activation("relu"), layers.Flatten())
    network = DirectNetwork.read(stored(model, tmp_path))
    assert network is not None
    before = INKS.copy()

    network(INKS)

    assert (before == INKS).all()


@pytest.mark.parametrize(("padding", "strides"), [("same", 2), ("valid", (3, 2)), ("same", 1)])
def test_windows_of_even_and_odd_sizes_lie_where_keras_puts_them(
    padding: str, strides: int | tuple[int, int], tmp_path: Path
) -> None:
    model = chain(
        layers.Conv2D(3, (4, 3), strides=strides, padding=padding, activation="relu"),
        layers.Conv2D(2, 2, padding=padding),
        layers.Flatten(),
    )
    network = DirectNetwork.read(stored(model, tmp_path))
    assert network is not None

    assert np.allclose(network(INKS), np.asarray(model(INKS)), atol=1e-4)


@pytest.mark.parametrize(
    "other",
    [
        lambda: build("rnn"),
        lambda: build("transformer"),
        lambda: chain(layers.MaxPooling2D(), layers.Flatten()),
        lambda: chain(layers.Conv2D(2, 3, dilation_rate=2), layers.Flatten()),
        lambda: chain(layers.Conv2D(2, 3, activation="gelu"), layers.Flatten()),
        lambda: chain(layers.Flatten(), layers.Dense(9, activation="softmax")),
    ],
)
def test_a_network_with_any_other_layer_is_left_to_keras(other: object, tmp_path: Path) -> None:
    model = other()  # type: ignore[operator]

    assert DirectNetwork.read(stored(model, tmp_path)) is None


def test_a_network_that_is_no_chain_is_left_to_keras(tmp_path: Path) -> None:
    ink = keras.Input((28, 28, 1))
    flat = layers.Flatten()(ink)
    hidden = layers.Dense(10)(flat)
    crossed = keras.Model(ink, layers.Dense(10)(flat))
    shared = keras.Model(ink, hidden)

    assert DirectNetwork.read(stored(shared, tmp_path)) is not None
    assert DirectNetwork.read(stored(crossed, tmp_path)) is not None
    early = keras.Model(ink, [hidden, layers.Dense(10)(hidden)])
    assert DirectNetwork.read(stored(early, tmp_path)) is None


def test_a_damaged_or_missing_file_is_left_to_keras_which_says_why(tmp_path: Path) -> None:
    path = tmp_path / "one.keras"
    assert DirectNetwork.read(path) is None
    path.write_bytes(SHIPPED.read_bytes()[:5000])
    assert DirectNetwork.read(path) is None
    with pytest.raises(files.ModelFileError):
        Classifier.load(path)
