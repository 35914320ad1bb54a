"""The networks in the browser: the same scores as Keras, the same changes as the measurements."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page

from worker.cli.model_browser import FAMILIES, NETWORKS
from worker.recognition.evaluation.changes import CHANGES
from worker.recognition.network import files

MODELS = Path(__file__).parents[2] / "models"
STATIC = Path(__file__).parents[2] / "webapp" / "static"
DIGITS = 200
TOLERANCE = 1e-4
MAX_WEIGHTS_BYTES = 1_700_000
MAX_MODELS_BYTES = 4 * 1024 * 1024

# 200 of the drawn digits, most of them turned, bent, blurred, hidden or with noise.
COMPUTE = """async (count) => {
  const js = "/js/networks/";
  const { loadNetworks } = await import(js + "weights.js");
  const { scores, probabilities } = await import(js + "forward.js");
  const { picturesOf } = await import(js + "picture.js");
  const { changed, randomNumbers } = await import(js + "transforms.js");
  const files = { manifest: "/networks/manifest.json", weights: "/networks/weights.bin" };
  const networks = await loadNetworks(files);
  const sheet = Object.assign(new Image(), { src: "/networks/digits.png" });
  const random = randomNumbers(7);
  const someChange = (i) => ({
    turn: random() * 80 - 40,
    right: random() * 6 - 3,
    slant: random() - 0.5,
    thicken: random() * 3 - 1.5,
    blur: random(),
    noise: i % 3 ? 0 : random() / 2,
    erase: i % 5 ? 0 : random() * 8,
    bar: i % 7 ? 0 : random() * 3,
  });
  const drawn = await picturesOf(sheet, { columns: 30, count });
  const pictures = drawn.map((ink, i) => (i % 4 === 0 ? ink : changed(ink, someChange(i))));
  return {
    pictures: pictures.map((ink) => Array.from(ink)),
    networks: networks.map((network) => ({
      name: network.name,
      scores: pictures.map((ink) => Array.from(scores(network, ink))),
      probabilities: pictures.map((ink) => Array.from(probabilities(network, ink))),
    })),
  };
}"""
CHANGE = """async ([picture, name, values]) => {
  const { changed } = await import("/js/networks/transforms.js");
  return values.map((value) => Array.from(changed(Float32Array.from(picture), { [name]: value })));
}"""
LINK = """async (picture) => {
  const { toText, fromText } = await import("/js/networks/picture.js");
  const text = toText(Float32Array.from(picture));
  const broken = [fromText("no picture"), fromText("")];
  return { text, picture: Array.from(fromText(text)), broken };
}"""


@pytest.fixture(scope="module")
def computed(page: Page) -> dict[str, Any]:
    result: dict[str, Any] = page.evaluate(COMPUTE, DIGITS)
    return result


@pytest.mark.parametrize("family", FAMILIES)
def test_the_browser_computes_what_keras_computes(computed: dict[str, Any], family: str) -> None:
    model, calibration = files.load(MODELS / f"{family}.keras")
    inks = np.array(computed["pictures"], np.float32).reshape(DIGITS, 28, 28, 1)

    scores = np.asarray(model(inks, training=False))
    in_browser = next(one for one in computed["networks"] if one["name"] == family)

    assert np.abs(np.array(in_browser["scores"]) - scores).max() < TOLERANCE * np.abs(scores).max()
    gap = np.array(in_browser["probabilities"]) - calibration.probabilities(scores)
    assert np.abs(gap).max() < TOLERANCE


def test_the_networks_read_the_drawn_digits(computed: dict[str, Any]) -> None:
    readings = [np.argmax(one["scores"], axis=1) for one in computed["networks"]]

    assert len(readings) == 4
    assert len(set(readings[0])) == 10


def drawn_picture() -> NDArray[np.float32]:
    """A thick stroke with soft edges."""
    ink = np.zeros((28, 28), np.float32)
    ink[5:23, 12:15] = 1
    ink[5:8, 8:20] = 0.6
    return ink


@pytest.mark.parametrize("name", [name for name in CHANGES if name != "noise"])
def test_a_slider_makes_the_change_that_was_measured(page: Page, name: str) -> None:
    change, ink = CHANGES[name], drawn_picture()

    in_browser = page.evaluate(CHANGE, [ink.ravel().tolist(), name, list(change.values)])

    for value, pixels in zip(change.values, in_browser, strict=True):
        measured = change.apply(ink[None], value)[0]
        assert np.abs(measured.ravel() - np.array(pixels)).max() < 1e-5


def test_noise_has_the_strength_that_was_measured(page: Page) -> None:
    grey = np.full((28, 28), 0.5, np.float32)

    (pixels,) = page.evaluate(CHANGE, [grey.ravel().tolist(), "noise", [0.1]])

    assert np.std(pixels) == pytest.approx(0.1, rel=0.15)
    assert np.mean(pixels) == pytest.approx(0.5, abs=0.02)


def test_a_link_holds_the_picture_in_sixteen_grey_levels(page: Page) -> None:
    ink = np.random.default_rng(3).random(784)

    linked = page.evaluate(LINK, ink.tolist())

    assert np.abs(np.array(linked["picture"]) - ink).max() <= 0.5 / 15 + 1e-6
    assert len(linked["text"]) == 523
    assert linked["broken"] == [None, None]


def test_what_is_loaded_and_shipped_stays_small() -> None:
    assert (STATIC / "networks" / "weights.bin").stat().st_size <= MAX_WEIGHTS_BYTES
    sizes = [(MODELS / f"{name}.keras").stat().st_size for name in NETWORKS]
    assert sum(sizes) <= MAX_MODELS_BYTES
