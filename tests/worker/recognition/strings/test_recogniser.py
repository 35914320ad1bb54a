"""The string recogniser: from probabilities at time steps to a text."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from worker.recognition.network.files import ModelFileError
from worker.recognition.strings.alphabet import BLANK, CLASSES, decode, encode
from worker.recognition.strings.architecture import build_string_network
from worker.recognition.strings.line_image import LineImage
from worker.recognition.strings.recogniser import (
    Steps,
    StringRecogniser,
    read_steps,
    text_probability,
)

POINT, FOUR, TWO = encode(".42")


def steps_saying(classes: list[int], probability: float = 0.9) -> Steps:
    """Steps at each of which a class has this probability, and the others share the rest."""
    steps = np.full((len(classes), CLASSES), (1 - probability) / (CLASSES - 1), np.float32)
    steps[np.arange(len(classes)), classes] = probability
    return steps


def test_repeats_are_one_symbol_unless_a_blank_parts_them() -> None:
    reading = read_steps(steps_saying([FOUR, FOUR, BLANK, FOUR, POINT, TWO, TWO]))

    assert reading.text == "44.2"
    assert [symbol.x for symbol in reading.symbols] == pytest.approx([4, 14, 18, 24])


def test_a_line_without_symbols_has_an_empty_text() -> None:
    assert read_steps(steps_saying([BLANK] * 5)).text == ""


def test_the_probability_of_a_text_is_the_sum_over_all_ways_to_place_it() -> None:
    random = np.random.default_rng(2)
    steps = random.dirichlet(np.ones(CLASSES), 4).astype(np.float32)

    for text in ("", "4", "42", "44"):
        expected = sum(
            float(np.prod(steps[np.arange(4), list(path)]))
            for path in product(range(CLASSES), repeat=4)
            if decode(path) == text
        )
        assert text_probability(steps, encode(text)) == pytest.approx(expected, rel=1e-4)


def test_lines_of_all_widths_are_read_in_their_order() -> None:
    recogniser = StringRecogniser(build_string_network(0.2))
    recogniser.warm_up()
    random = np.random.default_rng(3)
    lines = [
        LineImage(ink, ink, np.eye(3)[:2])
        for width in (40, 300, 64, 512, 41)
        for ink in [random.random((32, width), np.float32)]
    ]

    together = recogniser.read(lines)

    assert [reading.text for reading in together] == [
        recogniser.read([line])[0].text for line in lines
    ]


def test_two_forms_of_a_line_that_are_alike_are_read_as_one() -> None:
    recogniser = StringRecogniser(build_string_network(0.2))
    ink = np.random.default_rng(4).random((32, 64), np.float32)

    [once] = recogniser.read([LineImage(ink, ink, np.eye(3)[:2])])
    [twice] = recogniser.read([LineImage(ink, ink.copy(), np.eye(3)[:2])])

    assert once.text == twice.text
    assert once.confidence == pytest.approx(twice.confidence, rel=1e-5)


def test_a_network_of_another_kind_is_refused(tmp_path: Path) -> None:
    damaged = tmp_path / "strings.keras"
    damaged.write_bytes(b"no network")

    with pytest.raises(ModelFileError):
        StringRecogniser.load(damaged)
    with pytest.raises(ModelFileError, match="reads strings"):
        StringRecogniser.load(Path(__file__).parents[4] / "models" / "cifra.keras")
