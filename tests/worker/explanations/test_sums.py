"""The sums that the pages show, against independent computations with NumPy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.support.pictures import opened, photo_of
from webapp.explanations.attention import attention_from
from webapp.explanations.recurrence import recurrent_step
from webapp.explanations.units import LayerNumbers
from webapp.platform.array_archive import ArrayArchive
from worker.explanations.packing import packed
from worker.recognition.explanation.contents import NetworkExplainer
from worker.recognition.network.architectures import build
from worker.recognition.network.calibration import Calibration
from worker.recognition.page.binarisation import binarise
from worker.recognition.segmentation.grouping import find_glyphs

Explained = tuple[ArrayArchive, ArrayArchive, keras.Model, np.ndarray]


@pytest.fixture(scope="session")
def explained(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Explained]:
    """The explanation of a 4 by an architecture with random weights, each computed once."""
    folder = tmp_path_factory.mktemp("explained")
    done: dict[str, Explained] = {}

    def explain(architecture: str) -> Explained:
        if architecture not in done:
            done[architecture] = _explain(architecture, folder)
        return done[architecture]

    return explain


def _explain(architecture: str, folder: Path) -> Explained:
    keras.utils.set_random_seed(3)
    model = build(architecture)
    random = np.random.default_rng(3)
    for weight in model.weights:  # as after a training, also those of batch normalisations
        spread = random.uniform(0.8, 1.2, weight.shape)
        is_variance = weight.name in ("moving_variance", "gamma")
        weight.assign(spread if is_variance else weight + random.normal(0, 0.05, weight.shape))
    page = binarise(opened(photo_of("4")))
    glyphs = find_glyphs(page)
    assert isinstance(glyphs, list)
    explainer = NetworkExplainer(model, Calibration())
    numbers, network = folder / f"{architecture}.zip", folder / f"{architecture}-network.zip"
    numbers.write_bytes(packed(explainer.explain(glyphs[0].ink, page, glyphs[0].box)))
    network.write_bytes(packed(explainer.network()))
    return ArrayArchive(numbers), ArrayArchive(network), model, glyphs[0].ink


def layer_numbers(explained: Explained, index: int) -> LayerNumbers:
    layers = explained[0].facts["layers"]
    return LayerNumbers(layers[index], layers, explained[0], explained[1])


def of_kind(explained: Explained, kind: str) -> list[int]:
    return [layer["index"] for layer in explained[0].facts["layers"] if layer["kind"] == kind]


def array_of(archive: ArrayArchive, name: str) -> np.ndarray:
    found = archive.array(name)
    return np.array(found.values, np.float64).reshape(found.shape)


@pytest.mark.parametrize("index", range(7))
def test_a_units_sum_of_a_convolution_is_right(
    explained: Callable[[str], Explained], index: int
) -> None:
    """Each of some units is computed from a padded copy of its input, and compared to 1e-5."""
    found = explained("cnn")
    numbers = layer_numbers(found, index)
    layer = numbers.layer
    values = array_of(found[0], "ink" if index == 0 else str(index - 1)).reshape(
        layer["input_shape"]
    )
    kernel = array_of(found[1], f"{index}.kernel")
    scale, offset = (array_of(found[1], f"{index}.{name}") for name in ("scale", "offset"))
    stride = layer["strides"][0]
    if layer["padding"] == "same":  # with stride 2 and an even size, TensorFlow pads below only
        values = np.pad(
            values, ((0, 1),) * 2 + ((0, 0),) if stride == 2 else ((1, 1),) * 2 + ((0, 0),)
        )
    for row, column, channel in ((0, 0, 0), (2, 3, 5), (layer["shape"][0] - 1, 1, 7)):
        patch = values[row * stride : row * stride + 3, column * stride : column * stride + 3]
        expected = (patch * kernel[..., channel]).sum() * scale[channel] + offset[channel]

        wanted = {"channel": str(channel), "row": str(row), "column": str(column)}
        unit = numbers.unit(wanted)

        assert unit.total is not None
        assert unit.total.before_activation == pytest.approx(expected, abs=1e-5)
        assert unit.total.result == pytest.approx(unit.value, abs=1e-5)
        assert sum(part.total for part in unit.total.parts()) == pytest.approx(
            unit.total.products, abs=1e-9
        )


@pytest.mark.parametrize("architecture", ["mlp", "cnn", "rnn", "transformer"])
def test_a_units_sum_of_a_dense_layer_is_right(
    explained: Callable[[str], Explained], architecture: str
) -> None:
    found = explained(architecture)
    for index in of_kind(found, "dense"):
        numbers = layer_numbers(found, index)
        kernel, bias = (array_of(found[1], f"{index}.{name}") for name in ("kernel", "bias"))
        source = numbers.layer["sources"][0]
        values = array_of(found[0], "ink" if source == -1 else str(source))
        if numbers.layer["grid"]:
            expected = values[2 * 7 + 3] @ kernel[:, 4] + bias[4]
            unit = numbers.unit({"channel": "4", "row": "2", "column": "3"})
        else:
            expected = values.ravel() @ kernel[:, 4] + bias[4]
            unit = numbers.unit({"channel": "4"})

        assert unit.total is not None
        assert unit.total.before_activation == pytest.approx(expected, abs=1e-5)
        assert unit.total.result == pytest.approx(unit.value, abs=1e-5)


@pytest.mark.parametrize("architecture", ["mlp", "cnn", "rnn", "transformer"])
def test_the_scores_are_those_of_the_network(
    explained: Callable[[str], Explained], architecture: str
) -> None:
    numbers, _, model, ink = explained(architecture)
    expected = np.asarray(model(ink[None, :, :, None], training=False))[0]

    assert numbers.facts["decision"]["views"][0] == pytest.approx(expected, abs=1e-4)
    last = numbers.facts["layers"][-1]["index"]
    assert list(numbers.array(str(last)).values) == pytest.approx(expected, abs=1e-4)


def test_the_parameters_of_the_layers_are_all_of_the_networks(
    explained: Callable[[str], Explained],
) -> None:
    for architecture in ("mlp", "cnn", "rnn", "transformer"):
        numbers, _, model, _ = explained(architecture)
        counted = sum(layer["parameters"] for layer in numbers.facts["layers"])
        assert counted == model.count_params()


def test_a_step_of_the_recurrent_layer_is_right(explained: Callable[[str], Explained]) -> None:
    found = explained("rnn")
    for index in of_kind(found, "recurrent"):
        states = array_of(found[0], f"{index}.states")
        for line, unit in ((0, 3), (13, 50), (27, 100), (5, 127)):
            step = recurrent_step(
                layer_numbers(found, index), {"row": str(line), "channel": str(unit)}
            )
            assert step.after == pytest.approx(states[line, unit], abs=1e-5)


def test_the_states_are_those_of_keras(explained: Callable[[str], Explained]) -> None:
    found = explained("rnn")
    first, second = of_kind(found, "recurrent")
    sequence = array_of(found[0], str(first))
    assert array_of(found[0], f"{first}.states") == pytest.approx(sequence, abs=1e-5)
    states, last = array_of(found[0], f"{second}.states"), array_of(found[0], str(second))
    assert np.concatenate([states[-1, :64], states[0, 64:]]) == pytest.approx(last, abs=1e-5)


def test_the_attention_of_a_head_is_right(explained: Callable[[str], Explained]) -> None:
    found = explained("transformer")
    index = of_kind(found, "attention")[1]
    layer = found[0].facts["layers"][index]
    tokens = array_of(found[0], str(layer["sources"][0]))[None].astype(np.float32)
    keras_layer = found[2].get_layer(layer["name"])
    _, scores = keras_layer(tokens, tokens, return_attention_scores=True)
    expected = np.asarray(scores)[0]  # (heads, from, to)

    attention = attention_from(layer_numbers(found, index), {"row": "2", "column": "3"})

    for head in attention.heads:
        assert head.weights == pytest.approx(expected[head.number, 2 * 7 + 3], abs=1e-5)
        assert sum(head.weights) == pytest.approx(1)
        strongest = head.weights[head.strongest]
        power = np.exp(head.score - max(head.scores)) / head.sum_of_powers
        assert strongest == pytest.approx(power) == pytest.approx(max(head.weights))


def test_a_unit_depends_on_its_receptive_field_alone(explained: Callable[[str], Explained]) -> None:
    """Changing every pixel outside of it leaves the unit as it is."""
    found = explained("cnn")
    model, ink = found[2:]
    symbolic = [op for op in model.operations if type(op).__name__ == "Activation"]
    inside = keras.Model(model.inputs[0], [op.output for op in symbolic])
    random = np.random.default_rng(1)
    for index, (row, column) in {0: (5, 6), 1: (6, 2), 3: (5, 9), 4: (3, 3)}.items():
        wanted = {"channel": "2", "row": str(row), "column": str(column)}
        field = layer_numbers(found, index).unit(wanted).field
        changed = random.random((28, 28)).astype(np.float32)
        rows = slice(field.top, field.bottom + 1)
        columns = slice(field.left, field.right + 1)
        changed[rows, columns] = ink[rows, columns]
        before, after = (
            np.asarray(inside(picture[None, :, :, None], training=False)[index])[0, row, column]
            for picture in (ink, changed)
        )
        assert after == pytest.approx(before, abs=1e-5)
