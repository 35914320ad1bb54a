"""The forms of the registry's pages."""

from __future__ import annotations

from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import AnyOf, InputRequired, NumberRange, Optional

from webapp.models.evaluation import MNIST
from webapp.platform.forms import Form
from webapp.registry.publishing import UNCHECKED

MAX_REASON_LENGTH = 500  # characters
NETWORKS = ("challenger", "champion")


def _shortened(text: str | None) -> str | None:
    return (text or "").strip()[:MAX_REASON_LENGTH] or None


class PublishingForm(Form):
    """A change of the live version: why, and which version the page showed as live."""

    reason = StringField(filters=[_shortened])
    pinned = BooleanField()
    unpin = BooleanField()
    understood = BooleanField()
    live_id = IntegerField(validators=[Optional()])

    @property
    def expected_live_id(self) -> int | None:
        """The version that the page showed as live; UNCHECKED where the form does not say."""
        return UNCHECKED if self.live_id.data is None else self.live_id.data or None

    @property
    def override_reason(self) -> str | None:
        """The reason, where the box is ticked too; None: the form does not allow an override."""
        return self.reason.data if self.understood.data else None


class ConfusionCellForm(Form):
    """One cell of a confusion matrix, as its link names it: ?paper=…&by=…&truth=4&read=9."""

    class Meta:
        csrf = False  # it is read from a link, and changes nothing

    paper = StringField(default=MNIST)
    by = StringField(default=NETWORKS[0], validators=[AnyOf(NETWORKS)])
    truth = IntegerField(validators=[InputRequired(), NumberRange(0, 9)])
    read = IntegerField(validators=[InputRequired(), NumberRange(0, 9)])
