"""The forms of accounts. Passwords are taken exactly as they are typed."""

from __future__ import annotations

from wtforms import EmailField, PasswordField, StringField

from webapp.models.user import MAX_EMAIL_LENGTH, MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH
from webapp.platform.forms import Form
from webapp.platform.languages import lazy_gettext

PASSWORD = lazy_gettext("Password")


def text_of(field: StringField) -> str:
    """The text that was typed; empty when the field was not sent."""
    return field.data or ""


def _email_field() -> EmailField:
    attributes = {"autocomplete": "username", "required": True, "maxlength": MAX_EMAIL_LENGTH}
    return EmailField(lazy_gettext("E-mail address"), render_kw=attributes)


def _password_field(label: str = PASSWORD, **attributes: object) -> PasswordField:
    """An account's present password, which a password manager fills in."""
    common = {
        "autocomplete": "current-password",
        "required": True,
        "maxlength": MAX_PASSWORD_LENGTH,
    }
    return PasswordField(label, render_kw=common | attributes)


def _new_password_field(label: str = PASSWORD) -> PasswordField:
    return _password_field(label, autocomplete="new-password", minlength=MIN_PASSWORD_LENGTH)


class SignUpForm(Form):
    email = _email_field()
    password = _new_password_field()


class SignInForm(Form):
    email = _email_field()
    password = _password_field()


class ReauthenticationForm(Form):
    confirmation_password = _password_field(autofocus=True)


class PasswordForm(Form):
    present = _password_field(lazy_gettext("Present password"))
    new = _new_password_field(lazy_gettext("New password"))


class AccountDeletionForm(Form):
    password = _password_field(id="deletion-password")
