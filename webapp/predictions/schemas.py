"""The JSON of a prediction, as the API, the export and the command line give it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from webapp.corrections.schemas import CorrectionJson, correction_as_json
from webapp.corrections.visibility import VisibleCorrections, number_as_corrected
from webapp.models import Digit, MissedDigit, Prediction, Reason
from webapp.models.reason import sentence_for
from webapp.platform.languages import translate
from webapp.predictions.number_kinds import Interpretation, interpret_rows


class DigitJson(TypedDict):
    position: int  # 0, 1, 2, … in reading order
    row: int  # 0 at the top
    label: int  # 0..9
    confidence: float  # 0..1
    box: list[int]  # x, y, width, height in the upright picture, pixels
    probabilities: list[float]  # ten, one for each label


class CorrectableDigitJson(DigitJson):
    correction: CorrectionJson | None  # the owner's own


class MissedDigitJson(TypedDict):
    position: int  # of the digit that it precedes
    row: int  # 0 at the top
    label: int  # 0..9
    box: list[int] | None  # as a digit's; None where only the number is known


class RowJson(TypedDict):
    """One number of a reading."""

    text: str  # as it is written; "?" is a mark that could not be read
    kind: str  # a `NumberKind`
    value: str | None  # a decimal number; None where it has none, or may have two


class NumberJson(TypedDict):
    """The number of a reading, and what it means."""

    number: str | None  # as it is written: "42", "-4.5"; a bar separates rows
    kind: str | None  # of the only row; None of several
    value: str | None  # of the only row
    rows: list[RowJson]
    is_unsure: bool  # the networks disagree, or are not certain of a sign


class ReasonJson(TypedDict):
    reason: str | None  # why there is no number, in the language that was asked for
    reason_code: str | None  # a `Reason`, the same in every language


class ReadingJson(NumberJson, ReasonJson):
    """The part that a picture without a row has too."""

    status: str  # a `Status`
    confidence: float | None  # 0..1, of the least certain digit or sign
    digits: list[DigitJson]


class PredictionJson(NumberJson, ReasonJson):
    id: str
    batch: str | None  # the id of the pictures that it came with
    status: str  # a `Status`
    filename: str
    width: int  # pixels
    height: int  # pixels
    created_at: str  # ISO 8601, UTC
    settled_at: str | None  # ISO 8601, UTC
    number_as_corrected: str | None  # None where nobody corrected it
    confidence: float | None  # 0..1, of the least certain digit or sign
    model_version: int | None
    digits: list[CorrectableDigitJson]
    missed_digits: list[MissedDigitJson]


def prediction_as_json(
    prediction: Prediction, corrections: VisibleCorrections, language: str | None = None
) -> PredictionJson:
    """The language is that of the request, or the given one where there is no request."""
    settled_at = prediction.settled_at
    return {
        "id": prediction.id,
        "batch": prediction.batch_id,
        "status": prediction.status,
        "filename": prediction.filename,
        "width": prediction.width,
        "height": prediction.height,
        "created_at": prediction.created_at.isoformat(),
        "settled_at": settled_at.isoformat() if settled_at else None,
        **number_as_json(prediction.number, is_unsure=prediction.is_unsure),
        "number_as_corrected": number_as_corrected(prediction, corrections),
        "confidence": prediction.confidence,
        **reason_as_json(prediction.reason, language),
        "model_version": prediction.model_version_id,
        "digits": [_correctable(digit, corrections) for digit in prediction.digits],
        "missed_digits": list(map(_missed_as_json, prediction.missed_digits)),
    }


def reading_as_json(
    *,
    status: str,
    number: NumberJson,
    confidence: float | None,
    reason: str | None,
    digits: Iterable[Digit],
) -> ReadingJson:
    """A reading that is not stored, as the command line prints it; its digits need no ids."""
    return {
        "status": status,
        **number,
        "confidence": None if number["number"] is None else confidence,
        **reason_as_json(reason),
        "digits": [digit_as_json(digit) for digit in digits],
    }


def reason_as_json(stored: str | None, language: str | None = None) -> ReasonJson:
    """A stored reason as a sentence and as its code. None for a prediction that has a number."""
    if stored is None:
        return {"reason": None, "reason_code": None}
    code = stored if stored in set(Reason) else None
    return {"reason": translate(sentence_for(stored), language), "reason_code": code}


def number_as_json(number: str | None, *, is_unsure: bool) -> NumberJson:
    rows = [] if number is None else [_row_as_json(row) for row in interpret_rows(number)]
    only = rows[0] if len(rows) == 1 else None
    return {
        "number": number,
        "kind": only["kind"] if only else None,
        "value": only["value"] if only else None,
        "rows": rows,
        "is_unsure": is_unsure,
    }


def _row_as_json(row: Interpretation) -> RowJson:
    value = None if row.value is None else format(row.value, "f")
    return {"text": row.text, "kind": row.kind, "value": value}


def digit_as_json(digit: Digit) -> DigitJson:
    return {
        "position": digit.position,
        "row": digit.row,
        "label": digit.label,
        "confidence": digit.confidence,
        "box": [digit.x, digit.y, digit.width, digit.height],
        "probabilities": digit.probabilities,
    }


def _correctable(digit: Digit, corrections: VisibleCorrections) -> CorrectableDigitJson:
    own = corrections.own.get(digit.id)
    return {**digit_as_json(digit), "correction": correction_as_json(own) if own else None}


def _missed_as_json(missed: MissedDigit) -> MissedDigitJson:
    box = [missed.x, missed.y, missed.width, missed.height]
    known = [length for length in box if length is not None]
    return {
        "position": missed.position,
        "row": missed.row,
        "label": missed.label,
        "box": known if len(known) == len(box) else None,
    }
