"""Alignment: which box of a picture each digit of the right number belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from operator import attrgetter

from webapp.models import Digit, MissedDigit

# A missed or false digit costs more than any one wrong label, so that a number of the right
# length is not explained by one digit too many and another too few.
GAP_COST = 1.6


@dataclass(frozen=True)
class Aligned:
    """One step of an alignment: a digit that was read, one that was typed, or both."""

    digit: Digit | None  # None: it was missed
    label: int | None  # the label that was typed; None: what was read is not a digit
    position: int  # of the digit, or of the one that a missed digit precedes
    row: int

    def missed(self) -> MissedDigit:
        """The record of a missed digit. Its place in the picture is not known."""
        assert self.digit is None
        return MissedDigit(position=self.position, row=self.row, label=self.label)


def align_rows(digits: Sequence[Digit], typed: Sequence[Sequence[int]]) -> list[Aligned]:
    """Align row by row where as many rows were typed as were read, and else the whole number."""
    rows = [list(row) for _, row in groupby(digits, key=attrgetter("row"))] or [[]]
    if len(rows) != len(typed):
        rows, typed = [list(digits)], [list(chain.from_iterable(typed))]
    steps: list[Aligned] = []
    position = 0
    for row, labels in zip(rows, typed, strict=True):
        steps += _positioned(align(row, labels), position, row[0].row if row else 0)
        position += len(row)
    return steps


def align(read: Sequence[Digit], typed: Sequence[int]) -> list[tuple[Digit | None, int | None]]:
    """The cheapest way from the digits that were read to those that were typed, in their order.

    Each step is a digit and its label. The digit is None where it was missed, and the label where
    what was read is not a digit.

    It is an edit distance (Wagner and Fischer, "The string-to-string correction problem", 1974). A
    label other than the one read costs 1 less its probability, so that among equal ways the one
    that the network found likelier is taken.
    """
    costs = _costs(read, typed)
    at, of = len(read), len(typed)
    steps: list[tuple[Digit | None, int | None]] = []
    while at or of:
        if (
            at
            and of
            and costs[at][of] == costs[at - 1][of - 1] + _cost(read[at - 1], typed[of - 1])
        ):
            at, of = at - 1, of - 1
            steps.append((read[at], typed[of]))
        elif at and costs[at][of] == costs[at - 1][of] + GAP_COST:
            at -= 1
            steps.append((read[at], None))
        else:
            of -= 1
            steps.append((None, typed[of]))
    return steps[::-1]


def _positioned(
    steps: Sequence[tuple[Digit | None, int | None]], position: int, row: int
) -> Iterator[Aligned]:
    """The steps with their places in the reading, from a position and its row on."""
    for digit, label in steps:
        row = digit.row if digit else row
        yield Aligned(digit, label, position, row)
        position += digit is not None


def _costs(read: Sequence[Digit], typed: Sequence[int]) -> list[list[float]]:
    """(read + 1, typed + 1): the lowest cost of aligning the first digits of each."""
    rows = [[place * GAP_COST for place in range(len(typed) + 1)]]
    for digit in read:
        above = rows[-1]
        row = [above[0] + GAP_COST]
        for place, label in enumerate(typed):
            row.append(
                min(
                    above[place] + _cost(digit, label),
                    above[place + 1] + GAP_COST,
                    row[place] + GAP_COST,
                )
            )
        rows.append(row)
    return rows


def _cost(digit: Digit, label: int) -> float:
    return 0.0 if digit.label == label else 1.0 - digit.probabilities[label]
