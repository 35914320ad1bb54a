"""Accounts on the command line: the list, and a new password for a forgotten one."""

from __future__ import annotations

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.webapp.factories import PASSWORD, admin, sign_in
from webapp.models import AuditAction, AuditEntry, utc_now
from webapp.platform.database import db

EMAIL = "bea@example.org"
NEW = "another long password"


def set_password(app: Flask, new: str, again: str, *, email: str = EMAIL) -> Result:
    """As an operator does: the password is typed twice, and not shown."""
    command = ["users", "set-password", email]
    return app.test_cli_runner().invoke(args=command, input=f"{new}\n{again}\n")


def sign_up(client: FlaskClient) -> None:
    client.post("/account", data={"email": EMAIL, "password": PASSWORD})


def signs_in_with(password: str, app: Flask) -> bool:
    form = {"email": EMAIL, "password": password}
    return app.test_client().post("/session", data=form).status_code == 303


def test_a_forgotten_password_is_replaced_and_its_account_signed_out_everywhere(
    app: Flask, client: FlaskClient
) -> None:
    sign_up(client)

    done = set_password(app, NEW, NEW, email=" Bea@Example.org")

    assert done.exit_code == 0
    assert NEW not in done.output, "it is not shown"
    assert client.get("/account").status_code == 302
    assert not signs_in_with(PASSWORD, app)
    assert signs_in_with(NEW, app)


def test_no_other_account_is_signed_out(app: Flask, client: FlaskClient) -> None:
    sign_up(app.test_client())
    admin(app)
    sign_in(client)

    set_password(app, NEW, NEW)

    assert client.get("/account").status_code == 200


def test_a_password_set_by_an_operator_is_recorded_without_the_password(
    app: Flask, client: FlaskClient
) -> None:
    sign_up(client)

    set_password(app, NEW, NEW)

    with app.app_context():
        entry = db.session.scalars(select(AuditEntry)).one()
        assert (entry.email, entry.action, entry.subject) == (None, AuditAction.SET_PASSWORD, EMAIL)
        assert entry.note is None
    admin(app)
    sign_in(client)
    log = client.get("/admin/audit").text
    assert "set another password for</strong> bea@example.org" in log
    assert "a command" in log


def test_a_weak_password_is_refused(app: Flask, client: FlaskClient) -> None:
    sign_up(client)

    for weak, sentence in (("short", "at least 10 characters"), (EMAIL, "easy to guess")):
        refused = set_password(app, weak, weak)
        assert refused.exit_code == 1
        assert sentence in refused.output

    assert client.get("/account").status_code == 200
    assert signs_in_with(PASSWORD, app)


def test_a_password_that_is_mistyped_is_asked_for_again(app: Flask) -> None:
    sign_up(app.test_client())

    done = app.test_cli_runner().invoke(
        args=["users", "set-password", EMAIL], input=f"{NEW}\nmistyped\n{NEW}\n{NEW}\n"
    )

    assert "do not match" in done.output
    assert signs_in_with(NEW, app)


def test_an_unknown_address_is_refused_before_a_password_is_asked_for(app: Flask) -> None:
    refused = set_password(app, NEW, NEW, email="who@example.org")

    assert refused.exit_code == 1
    assert refused.output == "Error: who@example.org has no account.\n"


def test_the_list_shows_each_account_with_its_role_and_day(app: Flask, client: FlaskClient) -> None:
    run = app.test_cli_runner().invoke
    assert run(args=["users", "list"]).output == ""

    sign_up(client)
    admin(app)

    today = f"{utc_now():%Y-%m-%d}"
    assert run(args=["users", "list"]).output.splitlines() == [
        f"bea@example.org  person  {today}",
        f"ana@example.org  admin   {today}",
    ]


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (["users", "set-password", "--language", "es", "nobody@example.org"], {}),
        (["users", "--language", "es", "set-password", "nobody@example.org"], {}),
        (["users", "set-password", "nobody@example.org"], {"LANGUAGE": "es"}),
    ],
)
def test_a_command_answers_in_the_language_of_the_option_or_the_terminal(
    app: Flask, arguments: list[str], environment: dict[str, str]
) -> None:
    result = app.test_cli_runner().invoke(args=arguments, env=environment)
    assert "nobody@example.org no tiene cuenta." in result.output


def test_the_help_of_a_command_is_translated(app: Flask) -> None:
    runner = app.test_cli_runner()
    spanish = runner.invoke(args=["users", "--language", "es", "--help"]).output
    assert "Cuentas de las personas que pueden iniciar sesión." in spanish
    assert "Lista las cuentas" in spanish
    english = runner.invoke(args=["users", "--language", "en", "--help"]).output
    assert "Accounts of people who may sign in." in english
