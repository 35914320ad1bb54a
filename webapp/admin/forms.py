"""The forms of the admin's pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from wtforms import DateField, IntegerField, StringField
from wtforms.validators import AnyOf, NumberRange, Optional

from webapp.models import AuditAction
from webapp.models.user import MAX_EMAIL_LENGTH
from webapp.platform.forms import Form

MAX_REASON_LENGTH = 500  # characters


def _trimmed(text: str | None) -> str:
    return (text or "").strip()[:MAX_EMAIL_LENGTH].lower()


class ReasonForm(Form):
    """Why an account is changed; the audit log keeps it."""

    reason = StringField(filters=[lambda text: (text or "").strip()[:MAX_REASON_LENGTH] or None])


class PeopleFilterForm(Form):
    """The accounts that the URL asks for: ?email=…&after=…"""

    class Meta:
        csrf = False  # it is read from a link, and changes nothing

    email = StringField(filters=[_trimmed])
    after = StringField(filters=[_trimmed])


class AuditFilterForm(Form):
    """The audit entries that the URL asks for: ?action=…&person=…&from=…&to=…&before=…"""

    class Meta:
        csrf = False

    action = StringField(validators=[Optional(), AnyOf([*AuditAction])])
    person = StringField(filters=[_trimmed])
    first = DateField(name="from", validators=[Optional()])
    last = DateField(name="to", validators=[Optional()])
    before = IntegerField(validators=[Optional(), NumberRange(1, 2**31 - 1)])

    @property
    def begins(self) -> datetime | None:
        return None if self.first.data is None else _midnight(self.first.data)

    @property
    def ends(self) -> datetime | None:
        """The end of the last day."""
        day = self.last.data
        return None if day is None else _midnight(day) + timedelta(days=1)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
