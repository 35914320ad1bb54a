"""The tables of an export: their columns, and their rows as CSV and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from webapp.corrections.visibility import VisibleCorrections
from webapp.messages import Message, gettext_noop
from webapp.models import Correction, Prediction
from webapp.platform.languages import translate
from webapp.predictions.schemas import prediction_as_json

READING_COLUMNS = {
    "id": gettext_noop("the reading; its page is /predictions/ and this id"),
    "created_at": gettext_noop("when you uploaded the picture (ISO 8601, UTC)"),
    "picture": gettext_noop("its file in this zip; empty if the file is missing"),
    "filename": gettext_noop("the name of the file that you uploaded"),
    "width": gettext_noop("of the picture, in pixels"),
    "height": gettext_noop("of the picture, in pixels"),
    "status": gettext_noop("pending, reading, done, refused or failed"),
    "number": gettext_noop(
        "the number as it is written; a bar separates rows, ? is a mark that was not read"
    ),
    "kind": gettext_noop(
        "number, fraction, percentage, date, time, code, sum, incomplete or other"
    ),
    "value": gettext_noop("the decimal number that is meant, if there is one"),
    "is_unsure": gettext_noop("whether the networks disagree about the number"),
    "number_as_corrected": gettext_noop("the same after corrections; empty if there are none"),
    "confidence": gettext_noop("of the least certain digit or sign, from 0 to 1"),
    "reason": gettext_noop("why there is no number"),
    "reason_code": gettext_noop("the same as a code, which is the same in every language"),
    "settled_at": gettext_noop("when Cifra answered (ISO 8601, UTC)"),
    "model_version": gettext_noop("the version of the model that answered"),
}
CORRECTION_COLUMNS = {
    "reading": gettext_noop("the id of the reading"),
    "position": gettext_noop("the digit, counted from 0 in reading order"),
    "created_at": gettext_noop("when you made the correction (ISO 8601, UTC)"),
    "label": gettext_noop("your label: 0 to 9; empty for “not a digit”"),
    "read_as": gettext_noop("the digit that Cifra read, 0 to 9"),
    "verdict": gettext_noop("an admin's decision: waiting, approved or rejected"),
    "decided_at": gettext_noop("when the admin decided (ISO 8601, UTC)"),
}

README = gettext_noop(
    """Your data in Cifra
==================

pictures/         your pictures, as they are stored
readings.csv      one row for each picture
readings.json     the same, with each digit: its box in the picture (x, y, width, height in
                  pixels), and the probability of each label from 0 to 9
corrections.csv   one row for each digit that you corrected or confirmed
corrections.json  the same
%(sheets)s
A cell of a CSV file that begins with = + - or @ is preceded by a ', so that no spreadsheet
takes it for a formula. The JSON files hold all values unchanged.

readings
--------
%(readings)s

corrections
-----------
%(corrections)s
"""
)
SHEETS_README = gettext_noop(
    """sheets.json       each photographed page with its cells: what Cifra read, and what you
                  changed
"""
)


def readme(language: str, *, with_sheets: bool) -> bytes:
    """The explanation of the files."""
    columns = {
        "sheets": translate(SHEETS_README, language) if with_sheets else "",
        "readings": _described(READING_COLUMNS, language),
        "corrections": _described(CORRECTION_COLUMNS, language),
    }
    return translate(Message(README, columns), language).encode()


def reading_as_row(
    prediction: Prediction, corrections: VisibleCorrections, *, picture: str | None, language: str
) -> dict[str, Any]:
    """A reading as it is exported; `picture` is the name of its file in the zip."""
    return {**prediction_as_json(prediction, corrections, language), "picture": picture}


def correction_as_row(correction: Correction) -> dict[str, Any]:
    decided_at = correction.decided_at
    return {
        "reading": correction.digit.prediction_id,
        "position": correction.digit.position,
        "created_at": correction.created_at.isoformat(),
        "label": correction.label,
        "read_as": correction.read_as,
        "verdict": correction.verdict,
        "decided_at": decided_at.isoformat() if decided_at else None,
    }


def as_json(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """The lines of a JSON file that holds a list of these rows."""
    separator = "[\n"
    for row in rows:
        yield f"{separator}{json.dumps(row, ensure_ascii=False)}".encode()
        separator = ",\n"
    yield b"\n]\n" if separator == ",\n" else b"[]\n"


def _described(columns: Mapping[str, str], language: str) -> str:
    return "\n".join(
        f"{name:<21}{translate(meaning, language)}" for name, meaning in columns.items()
    )
