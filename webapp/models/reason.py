"""The reasons why a prediction has no number: rows store the code, pages show the sentence."""

from __future__ import annotations

from enum import StrEnum

from webapp.messages import gettext_noop


class Reason(StrEnum):
    """Why a picture was refused, or why its reading failed."""

    # Refused; the recogniser's `Refusal` has the same values.
    BLANK = "blank"
    TOO_FAINT = "too_faint"
    CUT_OFF = "cut_off"
    TOO_MANY = "too_many"
    UNLIKE_DIGITS = "unlike_digits"
    UNSURE = "unsure"
    # Failed.
    FILE_MISSING = "file_missing"
    FILE_DAMAGED = "file_damaged"
    BROKE_READER = "broke_reader"
    ENDED_WORKER = "ended_worker"

    @property
    def sentence(self) -> str:
        """The English sentence, which is marked for translation."""
        return SENTENCES[self]


SENTENCES = {
    Reason.BLANK: gettext_noop("No digit found: the picture looks blank."),
    Reason.TOO_FAINT: gettext_noop(
        "No digit found: the writing is too faint to read. Try a darker pen or more light."
    ),
    Reason.CUT_OFF: gettext_noop(
        "Cifra can't tell: the writing runs over the edge of the picture. "
        "Leave some paper around it."
    ),
    Reason.TOO_MANY: gettext_noop(
        "Cifra can't tell: this picture has too many separate shapes to be a number. "
        "Try a closer photo."
    ),
    Reason.UNLIKE_DIGITS: gettext_noop(
        "Cifra can't tell: the picture shows nothing that looks like a digit."
    ),
    Reason.UNSURE: gettext_noop("Cifra can't tell: it could be more than one digit."),
    Reason.FILE_MISSING: gettext_noop(
        "The picture's file is missing, so it could not be read. Please upload it again."
    ),
    Reason.FILE_DAMAGED: gettext_noop(
        "Cifra couldn't open the stored picture. Please upload it again."
    ),
    Reason.BROKE_READER: gettext_noop(
        "Something went wrong while reading this picture. Please try another one."
    ),
    Reason.ENDED_WORKER: gettext_noop(
        "Cifra stopped several times while reading this picture. Please try another one."
    ),
}


def sentence_for(stored: str | None) -> str:
    """The English sentence for a stored code.

    Any other text is a sentence itself: that of a file that `flask predict` could not open, or one
    that an early version of Cifra stored.
    """
    try:
        return Reason(stored or "").sentence
    except ValueError:
        return stored or ""
