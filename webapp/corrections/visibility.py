"""Visible corrections: the owner's own, and the one that takes effect for each digit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from sqlalchemy.orm import Session

from webapp.accounts.current_owner import current_owner_id
from webapp.models import Correction, Digit, Prediction, Verdict
from webapp.platform.database import db

UNKNOWN = "?"  # a digit of a refused reading that has no correction, or a mark of a number
DIGITS = "0123456789"


@dataclass(frozen=True)
class VisibleCorrections:
    """Corrections by the digit's id, as one owner sees them."""

    own: Mapping[int, Correction]
    effective: Mapping[int, Correction]  # the one whose label is shown beside the reading


def visible_corrections(predictions: Sequence[Prediction]) -> VisibleCorrections:
    """The corrections of these predictions, as the owner of this request sees them."""
    return corrections_visible_to(current_owner_id(), predictions, db.session())


def corrections_visible_to(
    owner_id: str | None, predictions: Sequence[Prediction], session: Session
) -> VisibleCorrections:
    """The corrections of these predictions, as an owner sees them.

    An owner's own correction takes effect before an approved one, and an approved one before that
    of the picture's owner. A rejected correction has no effect.
    """
    picture_owners = {digit.id: row.owner_id for row in predictions for digit in row.digits}
    if not picture_owners:  # as while a reading is polled
        return VisibleCorrections({}, {})
    query = Correction.of_predictions([prediction.id for prediction in predictions])
    corrections = session.scalars(query).all()
    ranked = [
        (rank, correction)
        for correction in corrections
        if (rank := _rank(correction, owner_id, picture_owners[correction.digit_id])) is not None
    ]
    ranked.sort(key=itemgetter(0), reverse=True)
    return VisibleCorrections(
        own={one.digit_id: one for one in corrections if one.owner_id == owner_id},
        effective={correction.digit_id: correction for _, correction in ranked},
    )


def number_as_corrected(prediction: Prediction, corrections: VisibleCorrections) -> str | None:
    """The number with the labels of the effective corrections, its rows separated by a bar.

    It equals the number that was read where all digits are confirmed, and is "" where none of
    them is a digit. None: no digit is corrected or missed, and not all are confirmed.
    """
    effective = [corrections.effective.get(digit.id) for digit in prediction.digits]
    if not prediction.missed_digits and not _changes_number(prediction, effective):
        return None
    if prediction.number is not None and _has_signs(prediction):
        return _with_signs(prediction, corrections)
    rows: defaultdict[int, str] = defaultdict(str)
    for place, digit in enumerate((*prediction.digits, None)):
        for missed in prediction.missed_digits:
            if missed.position == place:
                rows[missed.row] += str(missed.label)
        if digit is not None:
            rows[digit.row] += _label(digit, prediction, corrections)
    return "|".join(filter(None, (rows[row] for row in sorted(rows))))


def _has_signs(prediction: Prediction) -> bool:
    """Whether the number has signs beside its digits, each of which has a row in the database."""
    digits = [symbol for symbol in prediction.number or "" if symbol in DIGITS]
    has_others = any(symbol not in f"{DIGITS}|" for symbol in prediction.number or "")
    return has_others and len(digits) == len(prediction.digits)


def _with_signs(prediction: Prediction, corrections: VisibleCorrections) -> str:
    """The number as it is written, with corrected labels in the places of its digits.

    A missed digit takes the place of a mark that could not be read, where there is one.
    """
    missed: defaultdict[int, str] = defaultdict(str)
    for one in prediction.missed_digits:
        missed[one.position] += str(one.label)
    text, place = "", 0
    for symbol in prediction.number or "":
        if symbol in DIGITS:
            text += missed.pop(place, "")
            text += _label(prediction.digits[place], prediction, corrections)
            place += 1
        elif symbol == UNKNOWN:
            text += missed.pop(place, UNKNOWN)
        elif symbol == "|":
            text += missed.pop(place, "") + "|"
        else:
            text += symbol
    text += missed.pop(place, "")
    return "|".join(row for row in text.split("|") if any(symbol in DIGITS for symbol in row))


def _changes_number(prediction: Prediction, effective: Sequence[Correction | None]) -> bool:
    """Whether there are enough corrections to show a number beside the one that was read."""
    corrections = [correction for correction in effective if correction is not None]
    if corrections and len(corrections) == len(effective):
        return True
    if prediction.number is None:
        return any(correction.label is not None for correction in corrections)
    return any(not correction.confirms for correction in corrections)


def _label(digit: Digit, prediction: Prediction, corrections: VisibleCorrections) -> str:
    correction = corrections.effective.get(digit.id)
    if correction is not None:
        return "" if correction.label is None else str(correction.label)
    return UNKNOWN if prediction.number is None else str(digit.label)


def _rank(correction: Correction, owner_id: str | None, picture_owner: str) -> int | None:
    """The precedence of a correction, 0 first; None for one without effect."""
    if correction.verdict == Verdict.REJECTED:
        return None
    ranks = (
        correction.owner_id == owner_id,
        correction.verdict == Verdict.APPROVED,
        correction.owner_id == picture_owner,
    )
    return ranks.index(True) if any(ranks) else None
