"""Missed digits: boxes that the owner of a picture draws around what segmentation did not find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from webapp.accounts.ownership import own_prediction
from webapp.corrections.service import NoSuchDigitError, NotReadYetError
from webapp.messages import gettext_noop
from webapp.models import Digit, MissedDigit, Prediction
from webapp.platform.database import writing
from webapp.user_errors import UserError

SMALLEST_SIDE = 2  # pixels
MAX_MISSED = 200  # of one picture


class BadBoxError(UserError):
    sentence = gettext_noop("Draw a box around the digit, within the picture.")


class TooManyMissedError(UserError):
    status = 409
    sentence = gettext_noop("A picture has at most 200 added digits.")


@dataclass(frozen=True)
class MissedBox:
    """A rectangle in the upright picture, pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def center(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    def within(self, width: int, height: int) -> MissedBox:
        """The part of it in a picture of this size. Raises BadBoxError where that is too small."""
        left, top = max(0, self.x), max(0, self.y)
        right, bottom = min(width, self.x + self.width), min(height, self.y + self.height)
        if right - left < SMALLEST_SIDE or bottom - top < SMALLEST_SIDE:
            raise BadBoxError
        return MissedBox(left, top, right - left, bottom - top)


def add_missed_digit(prediction_id: str, label: int, box: MissedBox) -> None:
    """Add a digit to an own prediction, at its place in the reading order.

    Raises NotReadYetError, BadBoxError or TooManyMissedError.
    """
    with writing() as session:
        prediction = own_prediction(session, prediction_id)
        if not prediction.is_settled:
            raise NotReadYetError
        if len(prediction.missed_digits) >= MAX_MISSED:
            raise TooManyMissedError
        prediction.missed_digits.append(_missed_digit(prediction, label, box))


def remove_missed_digit(prediction_id: str, missed_id: int) -> None:
    """Remove an added digit. Raises NoSuchDigitError."""
    with writing() as session:
        prediction = own_prediction(session, prediction_id)
        for missed in prediction.missed_digits:
            if missed.id == missed_id:
                prediction.missed_digits.remove(missed)
                return
        raise NoSuchDigitError


def _missed_digit(prediction: Prediction, label: int, box: MissedBox) -> MissedDigit:
    inside = box.within(prediction.width, prediction.height)
    position, row = place_of(inside, prediction.digits)
    return MissedDigit(
        position=position,
        row=row,
        label=label,
        x=inside.x,
        y=inside.y,
        width=inside.width,
        height=inside.height,
    )


def place_of(box: MissedBox, digits: Sequence[Digit]) -> tuple[int, int]:
    """The position of the digit that a box precedes in the reading order, and its row.

    Its row is the one that is nearest to it.
    """
    x, y = box.center
    rows = [list(row) for _, row in groupby(digits, key=attrgetter("row"))]
    if not rows:
        return 0, 0
    nearest = min(rows, key=lambda row: abs(_middle(row) - y))
    for digit in nearest:
        if digit.x + digit.width / 2 > x:
            return digit.position, digit.row
    return nearest[-1].position + 1, nearest[-1].row


def _middle(row: Sequence[Digit]) -> float:
    """The height of the middle of a row, pixels from the top."""
    return sum(digit.y + digit.height / 2 for digit in row) / len(row)
