"""Notes beside a number: what a person should know before relying on it."""

from __future__ import annotations

from flask_babel import gettext as _

from webapp.models import Prediction
from webapp.predictions.number_kinds import GAP, NumberKind, interpret_rows


def number_notes(prediction: Prediction) -> list[str]:
    """Sentences in the language of the request; none for a plain number."""
    number = prediction.number or ""
    notes = []
    if prediction.is_unsure:
        notes.append(_("Cifra is not certain of this number. Please check it."))
    if GAP in number:
        notes.append(_("A question mark stands for a mark that Cifra could not read."))
    if any(row.kind is NumberKind.SUM for row in interpret_rows(number)):
        notes.append(_("This is a calculation, not a single number."))
    return notes
