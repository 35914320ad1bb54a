"""One answer from two networks: what is answered, what is marked unsure, what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from worker.recognition.network.calibration import Calibration
from worker.recognition.reading import Box, DigitReading, Glyph
from worker.recognition.strings.agreement import LineAnswer, agree_on_line, agree_on_row
from worker.recognition.strings.recogniser import StringReading, Symbol

CALIBRATION = Calibration(refuse_below=0.9)


def digits(labels: str, *, score: float = 1.0) -> list[DigitReading]:
    glyph = Glyph(Box(0, 0, 10, 20), 0, np.zeros((28, 28), np.float32))
    return [
        DigitReading(
            glyph,
            int(label),
            0.98,
            tuple(0.98 if other == int(label) else 0.002 for other in range(10)),
            score,
        )
        for label in labels
    ]


def string(text: str, confidence: float) -> StringReading:
    symbols = tuple(Symbol(symbol, 0.95, 8.0 * place) for place, symbol in enumerate(text))
    return StringReading(symbols, confidence)


def answer(
    found: str,
    text: str,
    confidence: float,
    confirmed: str,
    *,
    score: float = 1.0,
    has_other_marks: bool = False,
) -> LineAnswer | None:
    return agree_on_line(
        digits(found),
        string(text, confidence),
        digits(confirmed, score=score),
        has_other_marks=has_other_marks,
        calibration=CALIBRATION,
    )


def answered(result: LineAnswer | None) -> tuple[str, bool] | None:
    """The text, and whether it is marked unsure."""
    return None if result is None else (result.text, result.is_unsure)


def test_signs_between_digits_that_both_found_are_read() -> None:
    assert answered(answer("523", "5.23", 0.95, "523")) == ("5.23", False)
    assert answered(answer("523", "5.23", 0.4, "523")) == ("5.23", True)


def test_a_mark_that_no_network_explains_makes_the_number_unsure() -> None:
    assert answered(answer("42", "42", 0.98, "42", has_other_marks=True)) == ("42", False)
    assert answered(answer("42", "42", 0.95, "42", has_other_marks=True)) == ("42", True)
    assert answered(answer("42", "42", 0.4, "42", has_other_marks=True)) == ("42", True)
    assert answered(answer("42", "42", 0.4, "42")) == ("42", False)


def test_a_gap_is_shown() -> None:
    assert answered(answer("42", "4?2", 0.95, "42")) == ("4?2", False)
    assert answered(answer("42", "4??2", 0.95, "42")) == ("4?2", False)


def test_where_the_networks_disagree_a_confirmed_text_is_answered() -> None:
    assert answered(answer("8", "80", 0.95, "80")) == ("80", False)
    assert answered(answer("8", "80", 0.6, "80")) == ("80", True)
    assert answered(answer("8", "80", 0.95, "83")) == ("80", True)
    assert answered(answer("81", "802", 0.1, "802")) is None


def test_a_single_digit_stays_as_the_classifier_reads_it() -> None:
    assert answered(answer("1", "7", 0.6, "7")) == ("1", False)
    assert answered(answer("1", "7", 0.95, "7")) == ("1", True)
    assert answered(answer("8", "80", 0.1, "83")) == ("8", False)
    assert answered(answer("8", "80", 0.4, "83")) == ("8", True)  # it may be two that touch
    assert answered(answer("8", "80", 0.4, "80")) == ("80", True)


def test_a_mark_beside_a_single_digit_is_read_or_makes_it_unsure() -> None:
    assert answered(answer("7", "-7", 0.95, "7", has_other_marks=True)) == ("-7", False)
    assert answered(answer("7", "-7", 0.4, "7", has_other_marks=True)) == ("7", True)
    assert answered(answer("8", "", 0.6, "", has_other_marks=True)) == ("8", True)


def test_the_digits_of_an_unconfirmed_text_have_its_labels_and_little_confidence() -> None:
    result = answer("81", "802", 0.6, "803")

    assert result is not None
    assert [digit.label for digit in result.digits] == [8, 0, 2]
    assert result.confidence == pytest.approx(0.002)


def test_a_picture_without_a_number_is_answered_only_with_a_confirmed_text() -> None:
    assert answered(answer("", "42", 0.95, "42")) == ("42", False)
    assert answered(answer("", "42", 0.6, "42")) == ("42", True)
    assert answered(answer("", "42", 0.4, "42")) is None
    assert answered(answer("", "42", 0.95, "47")) == ("42", True)
    assert answered(answer("", "42", 0.95, "57")) is None
    assert answered(answer("", "-?", 0.95, "")) is None


def test_a_lone_digit_must_look_like_one() -> None:
    assert answered(answer("", "42", 0.95, "42", score=0.6)) == ("42", False)
    assert answered(answer("", "4", 0.95, "4", score=0.6)) is None
    assert answered(answer("", "4", 0.95, "4", score=0.95)) == ("4", False)


def test_punctuation_at_the_end_of_a_number_is_no_part_of_it() -> None:
    assert answered(answer("42", "42.", 0.95, "42")) == ("42", False)


@pytest.mark.parametrize(("confidence", "expected"), [(0.95, "80"), (0.6, "8"), (0.1, "8")])
def test_a_row_among_others_stays_as_it_was_found_unless_the_text_convinces(
    confidence: float, expected: str
) -> None:
    row = agree_on_row(
        digits("8"),
        string("80", confidence),
        digits("80"),
        has_other_marks=False,
        calibration=CALIBRATION,
    )

    assert row.text == expected
    assert row.is_unsure == (confidence == 0.6)


def test_the_confidence_is_that_of_the_least_certain_digit_or_sign() -> None:
    doubtful = replace(string("5.2", 0.95), symbols=(
        Symbol("5", 0.9, 4), Symbol(".", 0.7, 12), Symbol("2", 0.5, 20),
    ))  # fmt: skip
    result = agree_on_line(
        digits("52"), doubtful, digits("52"), has_other_marks=True, calibration=CALIBRATION
    )

    assert result is not None
    assert result.confidence == pytest.approx(0.7)
    assert [digit.label for digit in result.digits] == [5, 2]
