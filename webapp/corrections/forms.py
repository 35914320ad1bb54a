"""The forms of corrections: a digit's label, and the review's filters and decisions."""

from __future__ import annotations

import re

from wtforms import BooleanField, Field, IntegerField, SelectMultipleField, StringField
from wtforms.validators import AnyOf, NumberRange, Optional, ValidationError

from webapp.models import Verdict
from webapp.models.correction import NOT_A_DIGIT
from webapp.platform.forms import Form

LABELS: dict[str, int | None] = {str(label): label for label in range(10)} | {"none": None}
LABEL_NAMES = (*"0123456789", NOT_A_DIGIT)
MOST_PIXELS = 1_000_000  # of a side
REVISION = re.compile(r"[0-9]{1,9}=([0-9]|not a digit)")


class CorrectionForm(Form):
    """The true label of a digit: "0" to "9", or "none" for something that is not a digit."""

    label = StringField(validators=[AnyOf(tuple(LABELS))])

    @property
    def chosen_label(self) -> int | None:
        """The label of a valid form; None: not a digit."""
        return LABELS[str(self.label.data)]


class NumberForm(Form):
    """The right number of a picture, as a person types it."""

    number = StringField()

    @property
    def typed(self) -> str:
        return self.number.data or ""


class MissedDigitForm(Form):
    """A digit that was missed: its label, and its box in pixels of the picture."""

    label = StringField(validators=[AnyOf(tuple("0123456789"))])
    x = IntegerField(validators=[NumberRange(-MOST_PIXELS, MOST_PIXELS)])
    y = IntegerField(validators=[NumberRange(-MOST_PIXELS, MOST_PIXELS)])
    width = IntegerField(validators=[NumberRange(1, MOST_PIXELS)])
    height = IntegerField(validators=[NumberRange(1, MOST_PIXELS)])

    @property
    def lengths(self) -> tuple[int, int, int, int]:
        """The box of a valid form: x, y, width and height."""
        x, y, width, height = (
            int(field.data or 0) for field in (self.x, self.y, self.width, self.height)
        )
        return x, y, width, height


class ReviewFilterForm(Form):
    """The part of the review that the URL asks for: ?verdict=waiting&label=7."""

    class Meta:
        csrf = False

    verdict = StringField(default=Verdict.WAITING, validators=[AnyOf(tuple(Verdict))])
    label = StringField(validators=[Optional(), AnyOf(LABEL_NAMES)])


def _are_revisions(form: Form, field: Field) -> None:  # noqa: ARG001 (WTForms passes the form)
    if not all(REVISION.fullmatch(revision) for revision in field.data or ()):
        raise ValidationError


class DecisionForm(Form):
    """The corrections to approve or reject, as `review.revision` names them."""

    only = SelectMultipleField(validate_choice=False, validators=[_are_revisions])
    uncontested = SelectMultipleField(validate_choice=False, validators=[_are_revisions])
    selected = SelectMultipleField(validate_choice=False, validators=[_are_revisions])
    all_uncontested = BooleanField()

    @property
    def revisions(self) -> list[str]:
        """The one with the pressed button, or all uncontested ones, or the selected ones."""
        several = self.uncontested if self.all_uncontested.data else self.selected
        return list(self.only.data or several.data or ())
