"""The form of the history's filters."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

from flask_babel import gettext
from wtforms import DateField, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # not in its stubs
from wtforms.validators import AnyOf, Optional, Regexp, ValidationError

from webapp.accounts.authentication import is_admin
from webapp.models import Status
from webapp.platform.forms import Form
from webapp.platform.languages import lazy_gettext
from webapp.predictions.history import Filters

ANY = SelectChoice("", lazy_gettext("any"))
DIGITS = tuple("0123456789")
PAGE_NUMBER = r"[1-9][0-9]{0,5}\Z"
STATUS_NAMES = {
    Status.DONE: lazy_gettext("read"),
    Status.REFUSED: lazy_gettext("not read"),
    Status.FAILED: lazy_gettext("failed"),
    Status.READING: lazy_gettext("being read"),
    Status.PENDING: lazy_gettext("waiting"),
}


class DayField(DateField):
    """A day such as 2026-01-31, from 1970 on."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if not valuelist or not valuelist[0]:
            return
        with suppress(ValueError):
            self.data = date.fromisoformat(valuelist[0])
        if self.data is None or not 1970 <= self.data.year < 9999:
            raise ValueError(
                gettext("The day in “%(field)s” must look like 2026-01-31.", field=self.name)
            )


class HistoryForm(Form):
    """The part of the history that the URL asks for.

    For example ?digit=7&status=done&from=2026-01-01&to=2026-01-31&page=2.
    """

    class Meta:
        csrf = False

    digit = SelectField(
        choices=[ANY, *(SelectChoice(digit) for digit in DIGITS)],
        validate_choice=False,
        validators=[Optional(), AnyOf(DIGITS, lazy_gettext("The digit must be one of 0 to 9."))],
    )
    status = SelectField(
        choices=[ANY, *(SelectChoice(status, name) for status, name in STATUS_NAMES.items())],
        validate_choice=False,
        validators=[
            Optional(),
            AnyOf(
                tuple(Status),
                lazy_gettext("The status must be one of %(names)s.", names=", ".join(Status)),
            ),
        ],
    )
    first_day = DayField(lazy_gettext("From"), name="from")
    last_day = DayField(lazy_gettext("To"), name="to")
    whose = HiddenField()
    page = StringField(
        validators=[
            Optional(),
            Regexp(PAGE_NUMBER, message=lazy_gettext("The page must be a number from 1 on.")),
        ]
    )

    def validate_last_day(self, field: DayField) -> None:
        first, last = self.first_day.data, field.data
        if first and last and first > last:
            raise ValidationError(gettext("The first day comes after the last day. Swap them."))

    @property
    def problem(self) -> str:
        """The first sentence about a form that is not valid."""
        return str(next(iter(self.errors.values()))[0])

    @property
    def filters(self) -> Filters:
        """The filters of a valid form."""
        return Filters(
            digit=int(self.digit.data) if self.digit.data else None,
            status=Status(self.status.data) if self.status.data else None,
            first_day=self.first_day.data,
            last_day=self.last_day.data,
            everyone=self.whose.data == "all" and is_admin(),
            page=int(self.page.data) if self.page.data else 1,
        )
