"""Corrections: a visitor says what a digit really is, and everybody sees whose word stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter, itemgetter

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.access import own_prediction
from webapp.auth import visitor
from webapp.database import db, writing
from webapp.models import Correction, Digit, Prediction, Verdict
from webapp.not_accepted import NotAcceptedError
from webapp.services import services

UNKNOWN = "?"  # a digit of a refused reading that nobody has named


class CorrectionError(NotAcceptedError):
    """A correction that was not accepted."""


class NoSuchDigitError(CorrectionError):
    status = 404
    sentence = "There is no such digit. The picture may have been deleted."


class BadLabelError(CorrectionError):
    sentence = "The label must be one of 0 to 9, or say that it is not a digit."


class AlreadyDecidedError(CorrectionError):
    status = 409
    sentence = "An admin has already decided on this correction, so it can't be changed any more."


class TooManyWaitingError(CorrectionError):
    status = 429

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"{limit} of your corrections already wait for an admin. "
            "Thank you! Come back when some of them have been looked at."
        )


def say(prediction_id: str, position: int, label: int | None) -> Correction:
    """Note the giver's word on one digit, in place of an earlier one that still waits.

    None says "not a digit". Raises a CorrectionError when the word is not accepted.
    """
    with writing() as session:
        who = own_prediction(session, prediction_id).visitor
        return _note(session, _digit(session, prediction_id, position), label, who)


def withdraw(prediction_id: str, position: int) -> None:
    """Take this visitor's word on one digit back. Raises AlreadyDecidedError for a decided one."""
    with writing() as session:
        who = own_prediction(session, prediction_id).visitor
        word = _own_word(session, _digit(session, prediction_id, position), who)
        if word is None:
            return
        if not word.can_be_undone:
            raise AlreadyDecidedError
        session.delete(word)


def confirm_all(prediction_id: str) -> None:
    """Say "that was right" of every digit that this visitor has not spoken of."""
    with writing() as session:
        who = own_prediction(session, prediction_id).visitor
        for digit in _digits(session, prediction_id):
            if _own_word(session, digit, who) is None:
                _note(session, digit, digit.label, who)


def withdraw_all(prediction_id: str) -> None:
    """Take back all that this visitor said of one picture and nobody has decided on."""
    with writing() as session:
        who = own_prediction(session, prediction_id).visitor
        for digit in _digits(session, prediction_id):
            word = _own_word(session, digit, who)
            if word is not None and word.can_be_undone:
                session.delete(word)


@dataclass(frozen=True)
class Words:
    """What people said, by the digit's id: this visitor's own words, and those that stand."""

    own: Mapping[int, Correction]
    standing: Mapping[int, Correction]


def words_on(predictions: Sequence[Prediction]) -> Words:
    """The words on the digits of these predictions, as this request's visitor sees them."""
    return words_as_seen_by(visitor(), predictions, db.session())


def words_as_seen_by(who: str | None, predictions: Sequence[Prediction], session: Session) -> Words:
    """The words on the digits of these predictions, as a visitor sees them.

    One's own word stands before an approved one, and that before the word of the picture's giver.
    A rejected word does not stand, and neither does a stranger's before it is approved.
    """
    givers = {digit.id: row.visitor for row in predictions for digit in row.digits}
    said = session.scalars(Correction.of_predictions([row.id for row in predictions])).all()
    ranked = [
        (rank, word)
        for word in said
        if (rank := _rank(word, who, givers[word.digit_id])) is not None
    ]
    ranked.sort(key=itemgetter(0), reverse=True)
    return Words(
        own={word.digit_id: word for word in said if word.visitor == who},
        standing={word.digit_id: word for _, word in ranked},
    )


def number_as_corrected(prediction: Prediction, words: Words) -> str | None:
    """The number with people's labels in place of the model's, its rows parted by a bar.

    The number as read means that people say it was right, "" that nothing here is a digit.
    None: nobody has corrected a digit of it, nor said that all of it was right.
    """
    if not _is_amended(prediction, [words.standing.get(digit.id) for digit in prediction.digits]):
        return None
    rows = (
        "".join(_as_corrected(digit, prediction, words) for digit in row)
        for _, row in groupby(prediction.digits, key=attrgetter("row"))
    )
    return "|".join(filter(None, rows))


def _is_amended(prediction: Prediction, said: Sequence[Correction | None]) -> bool:
    """Whether people said enough of these digits to tell a number beside the one that was read."""
    words = [word for word in said if word is not None]
    if words and len(words) == len(said):
        return True
    if prediction.number is None:
        return any(word.label is not None for word in words)
    return any(not word.confirms for word in words)


def _as_corrected(digit: Digit, prediction: Prediction, words: Words) -> str:
    word = words.standing.get(digit.id)
    if word is not None:
        return "" if word.label is None else str(word.label)
    return UNKNOWN if prediction.number is None else str(digit.label)


def _rank(word: Correction, who: str | None, giver: str) -> int | None:
    """Whose word goes first, 0 before 1; None for one that does not stand."""
    if word.verdict == Verdict.REJECTED:
        return None
    ranks = (word.visitor == who, word.verdict == Verdict.APPROVED, word.visitor == giver)
    return ranks.index(True) if any(ranks) else None


def _note(session: Session, digit: Digit, label: int | None, who: str) -> Correction:
    word = _own_word(session, digit, who)
    if word is not None:
        if not word.can_be_undone:
            raise AlreadyDecidedError
        word.label = label
        return word
    limit = services.settings.corrections_per_person
    if session.scalars(Correction.waiting_of(who)).one() >= limit:
        raise TooManyWaitingError(limit)
    word = Correction.of(digit, label, visitor=who)
    session.add(word)
    return word


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
    query = select(Correction).where(Correction.digit_id == digit.id, Correction.visitor == who)
    return session.scalar(query)
