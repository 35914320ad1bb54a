"""Writing without rules stands in rows of words."""

from __future__ import annotations

from worker.recognition.reading import Box
from worker.recognition.sheets.layout import find_words, without_lines
from worker.recognition.sheets.writing import Piece

ROWS = [
    Piece(label, Box(100 + 40 * column, 60 + 90 * row, 24, 36), 300)
    for label, (row, column) in enumerate((row, column) for row in range(6) for column in range(3))
]
CREASE = Piece(100, Box(500, 10, 30, 600), 2000)
LARGE_DIGIT = Piece(101, Box(300, 10, 140, 200), 5000)


def test_a_crease_beside_rows_is_no_writing_and_does_not_join_them() -> None:
    assert {word.row for word in find_words([*ROWS, CREASE])} != set(range(6))

    pieces = without_lines([*ROWS, CREASE])

    assert pieces == ROWS
    assert {word.row for word in find_words(pieces)} == set(range(6))


def test_a_large_digit_stays() -> None:
    assert without_lines([*ROWS, LARGE_DIGIT]) == [*ROWS, LARGE_DIGIT]


def test_nothing_is_left_of_nothing() -> None:
    assert without_lines([]) == []
