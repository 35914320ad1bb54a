"""Corrections of an owner's own digits and numbers: made, replaced, confirmed and withdrawn."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.accounts.ownership import own_prediction
from webapp.corrections.alignment import align_rows
from webapp.corrections.typed_number import rows_of
from webapp.messages import Message, gettext_noop
from webapp.models import Correction, Digit
from webapp.platform.database import writing
from webapp.platform.extensions import extensions
from webapp.user_errors import UserError


class CorrectionError(UserError):
    """A correction that was not accepted."""


class NoSuchDigitError(CorrectionError):
    status = 404
    sentence = gettext_noop("There is no such digit. The picture may have been deleted.")


class NotReadYetError(CorrectionError):
    status = 409
    sentence = gettext_noop(
        "This picture has not been read yet. Correct it when its reading is there."
    )


class BadLabelError(CorrectionError):
    sentence = gettext_noop("The label must be a digit from 0 to 9, or “not a digit”.")


class AlreadyDecidedError(CorrectionError):
    status = 409
    sentence = gettext_noop(
        "An admin has already reviewed this correction, so it can't be changed any more."
    )


class CorrectionQuotaError(CorrectionError):
    status = 429

    def __init__(self, limit: int) -> None:
        super().__init__(
            Message(
                "You already have %(limit)s corrections that wait for an admin. "
                "Thank you! Come back when some of them have been reviewed.",
                {"limit": limit},
            )
        )


def correct(prediction_id: str, position: int, label: int | None) -> Correction:
    """Correct one digit of an own prediction; replaces an earlier correction that still waits.

    The label None says "not a digit". Raises a CorrectionError when it is not accepted.
    """
    with writing() as session:
        owner_id = own_prediction(session, prediction_id).owner_id
        digit = _digit(session, prediction_id, position)
        return _record(session, digit, label, owner_id)


def correct_number(prediction_id: str, text: str) -> None:
    """Correct a whole reading with the right number; it replaces all corrections that still wait.

    Each digit gets the label that it is aligned with, also where that is the one which was read. A
    digit beyond them is marked as not a digit, and one that was missed is added.

    Raises BadNumberError for a text that is no number, and a CorrectionError otherwise.
    """
    typed = rows_of(text)
    with writing() as session:
        prediction = own_prediction(session, prediction_id)
        if not prediction.is_settled:
            raise NotReadYetError
        digits = _digits_of(session, prediction_id)
        prediction.missed_digits = []
        for aligned in align_rows(digits, typed):
            if aligned.digit is None:
                prediction.missed_digits.append(aligned.missed())
            else:
                _record(session, aligned.digit, aligned.label, prediction.owner_id)


def withdraw_correction(prediction_id: str, position: int) -> None:
    """Withdraw the owner's correction of one digit. Raises AlreadyDecidedError after a review."""
    with writing() as session:
        owner_id = own_prediction(session, prediction_id).owner_id
        digit = _digit(session, prediction_id, position)
        correction = _own_correction(session, digit, owner_id)
        if correction is None:
            return
        if not correction.can_be_undone:
            raise AlreadyDecidedError
        session.delete(correction)


def confirm_all(prediction_id: str) -> None:
    """Confirm every digit that the owner has not corrected."""
    with writing() as session:
        owner_id = own_prediction(session, prediction_id).owner_id
        for digit in _digits(session, prediction_id):
            if _own_correction(session, digit, owner_id) is None:
                _record(session, digit, digit.label, owner_id)


def withdraw_all(prediction_id: str) -> None:
    """Withdraw the owner's corrections of one picture that no admin has reviewed."""
    with writing() as session:
        prediction = own_prediction(session, prediction_id)
        prediction.missed_digits = []
        for digit in _digits_of(session, prediction_id):
            correction = _own_correction(session, digit, prediction.owner_id)
            if correction is not None and correction.can_be_undone:
                session.delete(correction)


def _record(session: Session, digit: Digit, label: int | None, owner_id: str) -> Correction:
    correction = _own_correction(session, digit, owner_id)
    if correction is not None:
        if correction.label == label:
            return correction
        if not correction.can_be_undone:
            raise AlreadyDecidedError
        correction.label = label
        return correction
    _require_quota(session, owner_id)
    correction = Correction.of(digit, label, owner_id=owner_id)
    session.add(correction)
    return correction


def _require_quota(session: Session, owner_id: str) -> None:
    """Raises CorrectionQuotaError when enough of the owner's corrections wait already.

    Corrections of one owner are counted one after the other: the transaction holds SQLite's write
    lock, or on PostgreSQL a lock on the owner's id until it ends.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(owner_id, 0))))
    limit = extensions.settings.corrections_per_person
    if session.scalars(Correction.waiting_of(owner_id)).one() >= limit:
        raise CorrectionQuotaError(limit)


def _digits_of(session: Session, prediction_id: str) -> Sequence[Digit]:
    """The digits of a picture in reading order, locked against other writers."""
    query = select(Digit).where(Digit.prediction_id == prediction_id).order_by(Digit.position)
    return session.scalars(query.with_for_update()).all()


def _digits(session: Session, prediction_id: str) -> Sequence[Digit]:
    """As `_digits_of`. Raises NoSuchDigitError where there are none."""
    digits = _digits_of(session, prediction_id)
    if not digits:
        raise NoSuchDigitError
    return digits


def _digit(session: Session, prediction_id: str, position: int) -> Digit:
    for digit in _digits(session, prediction_id):
        if digit.position == position:
            return digit
    raise NoSuchDigitError


def _own_correction(session: Session, digit: Digit, owner_id: str) -> Correction | None:
    """The owner's correction of a digit, locked, so that no admin decides on it meanwhile."""
    query = select(Correction).where(
        Correction.digit_id == digit.id, Correction.owner_id == owner_id
    )
    return session.scalar(query.with_for_update(of=Correction))
