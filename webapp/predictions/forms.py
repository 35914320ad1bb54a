"""The form of the history's filters."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

from flask_babel import gettext
from wtforms import BooleanField, DateField, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # not in its stubs
from wtforms.validators import AnyOf, Optional, Regexp, ValidationError

from webapp.accounts.authentication import is_admin
from webapp.models import Status
from webapp.platform.forms import Form
from webapp.platform.languages import lazy_gettext
from webapp.predictions.batches import BATCH_ID, BadBatchIdError
from webapp.predictions.cursors import Cursor, Order, read_cursor
from webapp.predictions.history import Check, Filters, PagePosition

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
CHECK_NAMES = {
    Check.UNCHECKED: lazy_gettext("not looked at"),
    Check.CONFIRMED: lazy_gettext("confirmed"),
    Check.CORRECTED: lazy_gettext("corrected"),
}
ORDER_NAMES = {
    Order.NEWEST: lazy_gettext("newest first"),
    Order.OLDEST: lazy_gettext("oldest first"),
    Order.UNSURE: lazy_gettext("least sure first"),
}
NUMBER = r"[0-9|]{1,255}\Z"


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

    For example ?number=42&status=done&check=corrected&from=2026-01-01&to=2026-01-31&order=unsure.
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
    number = StringField(
        validators=[
            Optional(),
            Regexp(NUMBER, message=lazy_gettext("A number has digits, and a bar between rows.")),
        ],
    )
    check = SelectField(
        choices=[ANY, *(SelectChoice(check, name) for check, name in CHECK_NAMES.items())],
        validate_choice=False,
        validators=[
            Optional(),
            AnyOf(
                tuple(Check),
                lazy_gettext("The check must be one of %(names)s.", names=", ".join(Check)),
            ),
        ],
    )
    unsure = BooleanField()
    order = SelectField(
        choices=[SelectChoice(order, name) for order, name in ORDER_NAMES.items()],
        validate_choice=False,
        validators=[
            Optional(),
            AnyOf(
                tuple(Order),
                lazy_gettext("The order must be one of %(names)s.", names=", ".join(Order)),
            ),
        ],
    )
    batch = StringField(
        validators=[Optional(), Regexp(BATCH_ID.pattern + r"\Z", message=BadBatchIdError.sentence)]
    )
    whose = HiddenField()
    after = StringField()
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

    def validate_after(self, field: StringField) -> None:
        self.cursor: Cursor | None = None
        if not field.data:
            return
        try:
            self.cursor = read_cursor(field.data)
        except ValueError:
            raise ValidationError(gettext("This page of the history is not there.")) from None

    @property
    def problem(self) -> str:
        """The first sentence about a form that is not valid."""
        return str(next(iter(self.errors.values()))[0])

    @property
    def filters(self) -> Filters:
        """The filters of a valid form."""
        return Filters(
            digit=int(self.digit.data) if self.digit.data else None,
            number=self.number.data or None,
            status=Status(self.status.data) if self.status.data else None,
            check=Check(self.check.data) if self.check.data else None,
            unsure=self.unsure.data or None,
            batch_id=self.batch.data or None,
            first_day=self.first_day.data,
            last_day=self.last_day.data,
            everyone=self.whose.data == "all" and is_admin(),
        )

    @property
    def place(self) -> PagePosition:
        """The page that a valid form asks for."""
        return PagePosition(
            order=Order(self.order.data) if self.order.data else Order.NEWEST,
            cursor=self.cursor,
            number=int(self.page.data) if self.page.data else 1,
        )
