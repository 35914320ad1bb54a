"""Drawn lines: what the string network learns from."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.networks import tiny_mnist
from worker.recognition.strings.alphabet import BLANK, SYMBOLS, decode, encode
from worker.recognition.strings.line_format import HEIGHT, MAX_WIDTH, STRIDE
from worker.recognition.training.strings.glyphs import draw_glyph
from worker.recognition.training.strings.hand import DigitSource, Hand
from worker.recognition.training.strings.samples import (
    IGNORED,
    LineSample,
    draw_batches,
    draw_sample,
)
from worker.recognition.training.strings.texts import KINDS, write_text


@pytest.fixture(scope="module")
def source() -> DigitSource:
    mnist = tiny_mnist()
    return DigitSource(mnist.train_images, mnist.train_labels)


@pytest.fixture(scope="module")
def samples(source: DigitSource) -> list[LineSample]:
    random = np.random.default_rng(5)
    return [draw_sample(source, random) for _ in range(300)]


def test_texts_of_every_kind_are_in_the_alphabet() -> None:
    random = np.random.default_rng(1)
    for kind in KINDS:
        for _ in range(200):
            text = kind(random)
            assert decode(encode(text)[:1]) == text[:1]
            assert 1 <= len(text) <= 16


def test_texts_use_every_symbol_of_the_alphabet() -> None:
    random = np.random.default_rng(2)
    assert set("".join(write_text(random) for _ in range(5000))) == set(SYMBOLS)


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_every_symbol_is_drawn_as_ink(symbol: str, source: DigitSource) -> None:
    random = np.random.default_rng(3)
    for _ in range(20):
        ink = draw_glyph(symbol, Hand.sample(random), source, random).ink
        assert ink.max() > 150
        assert (ink > 100).mean() < 0.95 or symbol in ".-"


def test_a_drawn_line_has_the_format_of_a_line(samples: list[LineSample]) -> None:
    for sample in samples:
        height, width = sample.ink.shape
        assert height == HEIGHT
        assert STRIDE * (2 * len(sample.text) + 1) <= width + STRIDE
        assert width <= MAX_WIDTH
        assert sample.ink.std() > 5


def test_the_time_steps_of_a_drawn_line_say_its_text(samples: list[LineSample]) -> None:
    said = [
        decode([BLANK if step == IGNORED else step for step in sample.steps]) == sample.text
        for sample in samples
    ]
    assert np.mean(said) >= 0.95  # two symbols in one time step are left to the text's own loss


def test_a_symbol_is_due_where_its_ink_is(source: DigitSource) -> None:
    random = np.random.default_rng(4)
    dark = [
        sample.ink[:, max(0, STRIDE * place - 4) : STRIDE * place + 8].max()
        for sample in (draw_sample(source, random) for _ in range(100))
        for place in np.flatnonzero((sample.steps >= 0) & (sample.steps < BLANK))
    ]
    assert np.mean(np.array(dark) > 60) > 0.98


def test_batches_hold_lines_of_about_one_width(source: DigitSource) -> None:
    batches = draw_batches(source, np.random.default_rng(6), batch=8, batches=6)

    assert len(batches) == 6
    for batch in batches:
        count, _, width, _ = batch.ink.shape
        assert count == 8
        assert width % 32 == 0
        assert batch.steps.shape == (8, width // STRIDE)
        for text, labels in zip(batch.texts, batch.labels, strict=True):
            assert decode_labels(labels) == text


def decode_labels(labels: np.ndarray) -> str:
    return "".join(SYMBOLS[label] for label in labels if label != IGNORED)
