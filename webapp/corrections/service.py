"""Corrections: a visitor says what a digit really is, and everybody sees whose word stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter, itemgetter

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.identity import current_owner_id
from webapp.accounts.ownership import own_prediction
from webapp.models import Correction, Digit, Prediction, Verdict
from webapp.platform.database import db, writing
from webapp.platform.extensions import extensions
from webapp.user_errors import UserError

UNKNOWN = "?"  # a digit of a refused reading that nobody has named


class CorrectionError(UserError):
    """A correction that was not accepted."""


class NoSuchDigitError(CorrectionError):
    status = 404
    sentence = "There is no such digit. The picture may have been deleted."


class BadLabelError(CorrectionError):
    sentence = "The label must be one of 0 to 9, or say that it is not a digit."


class AlreadyDecidedError(CorrectionError):
    status = 409
    sentence = "An admin has already decided on this correction, so it can't be changed any more."


class CorrectionQuotaError(CorrectionError):
    status = 429

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"{limit} of your corrections already wait for an admin. "
            "Thank you! Come back when some of them have been looked at."
        )


def correct(prediction_id: str, position: int, label: int | None) -> Correction:
    """Note the giver's word on one digit, in place of an earlier one that still waits.

    None says "not a digit". Raises a CorrectionError when the word is not accepted.
    """
    with writing() as session:
        who = own_prediction(session, prediction_id).owner_id
        return _note(session, _digit(session, prediction_id, position), label, who)


def withdraw_correction(prediction_id: str, position: int) -> None:
    """Take this visitor's word on one digit back. Raises AlreadyDecidedError for a decided one."""
    with writing() as session:
        who = own_prediction(session, prediction_id).owner_id
        correction = _own_word(session, _digit(session, prediction_id, position), who)
        if correction is None:
            return
        if not correction.can_be_undone:
            raise AlreadyDecidedError
        session.delete(correction)


def confirm_all(prediction_id: str) -> None:
    """Say "that was right" of every digit that this visitor has not spoken of."""
    with writing() as session:
        who = own_prediction(session, prediction_id).owner_id
        for digit in _digits(session, prediction_id):
            if _own_word(session, digit, who) is None:
                _note(session, digit, digit.label, who)


def withdraw_all(prediction_id: str) -> None:
    """Take back all that this visitor said of one picture and nobody has decided on."""
    with writing() as session:
        who = own_prediction(session, prediction_id).owner_id
        for digit in _digits(session, prediction_id):
            correction = _own_word(session, digit, who)
            if correction is not None and correction.can_be_undone:
                session.delete(correction)


@dataclass(frozen=True)
class VisibleCorrections:
    """What people said, by the digit's id: this visitor's own words, and those that stand."""

    own: Mapping[int, Correction]
    standing: Mapping[int, Correction]


def visible_corrections(predictions: Sequence[Prediction]) -> VisibleCorrections:
    """The words on the digits of these predictions, as this request's visitor sees them."""
    return corrections_visible_to(current_owner_id(), predictions, db.session())


def corrections_visible_to(
    who: str | None, predictions: Sequence[Prediction], session: Session
) -> VisibleCorrections:
    """The words on the digits of these predictions, as a visitor sees them.

    One's own word stands before an approved one, and that before the word of the picture's giver.
    A rejected word does not stand, and neither does a stranger's before it is approved.
    """
    givers = {digit.id: row.owner_id for row in predictions for digit in row.digits}
    said = session.scalars(Correction.of_predictions([row.id for row in predictions])).all()
    ranked = [
        (rank, correction)
        for correction in said
        if (rank := _rank(correction, who, givers[correction.digit_id])) is not None
    ]
    ranked.sort(key=itemgetter(0), reverse=True)
    return VisibleCorrections(
        own={correction.digit_id: correction for correction in said if correction.owner_id == who},
        standing={correction.digit_id: correction for _, correction in ranked},
    )


def number_as_corrected(prediction: Prediction, corrections: VisibleCorrections) -> str | None:
    """The number with people's labels in place of the model's, its rows parted by a bar.

    The number as read means that people say it was right, "" that nothing here is a digit.
    None: nobody has corrected a digit of it, nor said that all of it was right.
    """
    if not _is_amended(
        prediction, [corrections.standing.get(digit.id) for digit in prediction.digits]
    ):
        return None
    rows = (
        "".join(_as_corrected(digit, prediction, corrections) for digit in row)
        for _, row in groupby(prediction.digits, key=attrgetter("row"))
    )
    return "|".join(filter(None, rows))


def _is_amended(prediction: Prediction, said: Sequence[Correction | None]) -> bool:
    """Whether people said enough of these digits to tell a number beside the one that was read."""
    corrections = [correction for correction in said if correction is not None]
    if corrections and len(corrections) == len(said):
        return True
    if prediction.number is None:
        return any(correction.label is not None for correction in corrections)
    return any(not correction.confirms for correction in corrections)


def _as_corrected(digit: Digit, prediction: Prediction, corrections: VisibleCorrections) -> str:
    correction = corrections.standing.get(digit.id)
    if correction is not None:
        return "" if correction.label is None else str(correction.label)
    return UNKNOWN if prediction.number is None else str(digit.label)


def _rank(correction: Correction, who: str | None, giver: str) -> int | None:
    """Whose word goes first, 0 before 1; None for one that does not stand."""
    if correction.verdict == Verdict.REJECTED:
        return None
    ranks = (
        correction.owner_id == who,
        correction.verdict == Verdict.APPROVED,
        correction.owner_id == giver,
    )
    return ranks.index(True) if any(ranks) else None


def _note(session: Session, digit: Digit, label: int | None, who: str) -> Correction:
    correction = _own_word(session, digit, who)
    if correction is not None:
        if not correction.can_be_undone:
            raise AlreadyDecidedError
        correction.label = label
        return correction
    limit = extensions.settings.corrections_per_person
    if session.scalars(Correction.waiting_of(who)).one() >= limit:
        raise CorrectionQuotaError(limit)
    correction = Correction.of(digit, label, owner_id=who)
    session.add(correction)
    return correction


def _digits(session: Session, prediction_id: str) -> Sequence[Digit]:
    """The picture's digits, held against other writers. Raises NoSuchDigitError for none."""
    query = select(Digit).where(Digit.prediction_id == prediction_id).order_by(Digit.position)
    digits = session.scalars(query.with_for_update()).all()
    if not digits:
        raise NoSuchDigitError
    return digits


def _digit(session: Session, prediction_id: str, position: int) -> Digit:
    for digit in _digits(session, prediction_id):
        if digit.position == position:
            return digit
    raise NoSuchDigitError


def _own_word(session: Session, digit: Digit, who: str) -> Correction | None:
    query = select(Correction).where(Correction.digit_id == digit.id, Correction.owner_id == who)
    return session.scalar(query)
