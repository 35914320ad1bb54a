"""The right number, typed as a whole, is aligned with the digits that were read."""

from __future__ import annotations

import pytest

from tests.webapp.factories import digit
from webapp.corrections.alignment import align_rows
from webapp.corrections.typed_number import BadNumberError, rows_of
from webapp.models import Digit


@pytest.mark.parametrize(
    ("read", "typed", "labels"),
    [
        ("42", "42", "42"),
        ("47", "42", "42"),
        ("142", "42", "x42"),
        ("412", "42", "4x2"),
        ("42", "142", "+142"),
        ("42", "412", "4+12"),
        ("42", "421", "42+1"),
        ("123", "234", "234"),  # three wrong labels, not one digit too many and one too few
        ("8811", "811", "x811"),
        ("", "42", "+4+2"),
        ("31415926535897932384", "31416926535891932334", "31416926535891932334"),
    ],
)
def test_each_typed_digit_finds_its_box(read: str, typed: str, labels: str) -> None:
    assert aligned(digits_of(read), typed) == labels


def test_of_equal_alignments_the_one_that_the_network_found_likelier_is_taken() -> None:
    first, second = digits_of("33")
    second.probabilities[8] = 0.09
    first.probabilities[8] = 0.01

    assert aligned([first, second], "8") == "x8"


def test_rows_are_aligned_one_by_one() -> None:
    digits = digits_of("1234")
    digits[2].row = digits[3].row = 1

    steps = align_rows(digits, rows_of("12 834"))

    assert [(step.position, step.row, step.label) for step in steps] == [
        (0, 0, 1), (1, 0, 2), (2, 1, 8), (2, 1, 3), (3, 1, 4)
    ]  # fmt: skip


def test_another_number_of_rows_is_aligned_as_one_number() -> None:
    digits = digits_of("1234")
    digits[2].row = digits[3].row = 1

    steps = align_rows(digits, rows_of("1235"))

    assert [(step.row, step.label) for step in steps] == [(0, 1), (0, 2), (1, 3), (1, 5)]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("42", [[4, 2]]),
        (" 12 | 34 ", [[1, 2], [3, 4]]),
        ("12\n34", [[1, 2], [3, 4]]),
        ("12 / 34", [[1, 2], [3, 4]]),
        ("5.23", [[5, 2, 3]]),
        ("-1,5", [[1, 5]]),
    ],
)
def test_a_typed_number_is_rows_of_digits(text: str, rows: list[list[int]]) -> None:
    assert rows_of(text) == rows


@pytest.mark.parametrize("text", ["", " ", "seven", "4x2", "٣", "|", "1" * 201])
def test_a_text_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(BadNumberError):
        rows_of(text)


def digits_of(number: str) -> list[Digit]:
    found = [digit(int(label), position=position) for position, label in enumerate(number)]
    for one in found:
        one.row = 0
    return found


def aligned(digits: list[Digit], typed: str) -> str:
    """A label a step: "x" for one that is not a digit, and + before one that was missed."""
    return "".join(
        ("" if step.digit else "+") + ("x" if step.label is None else str(step.label))
        for step in align_rows(digits, rows_of(typed))
    )
