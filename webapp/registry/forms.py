"""The forms of the registry's pages."""

from __future__ import annotations

from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import Optional

from webapp.platform.forms import Form
from webapp.registry.publishing import UNCHECKED

MAX_REASON_LENGTH = 500  # characters


def _shortened(text: str | None) -> str | None:
    return (text or "").strip()[:MAX_REASON_LENGTH] or None


class PublishingForm(Form):
    """A change of the live version: why, and which version the page showed as live."""

    reason = StringField(filters=[_shortened])
    pinned = BooleanField()
    understood = BooleanField()
    live_id = IntegerField(validators=[Optional()])

    @property
    def expected_live_id(self) -> int | None:
        """The version that the page showed as live; UNCHECKED where the form does not say."""
        return UNCHECKED if self.live_id.data is None else self.live_id.data or None
