"""The web's commands: migrations, accounts, and the sweep."""

from __future__ import annotations

import signal
import threading

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError

from webapp.accounts.service import set_password
from webapp.backup.cli import backup
from webapp.messages import gettext_noop
from webapp.models import AuditAction, Role, User
from webapp.models.user import AccountError
from webapp.platform.audit import record
from webapp.platform.command_language import speak_languages
from webapp.platform.database import db, writing
from webapp.platform.extensions import extensions
from webapp.platform.languages import translate
from webapp.platform.request_log import configure_logging
from webapp.settings import ROOT
from webapp.sweep import sweep_until

users = AppGroup("users", help=gettext_noop("Accounts of people who may sign in."))


def init_app(app: Flask) -> None:
    for command in (users, sweep, backup):
        app.cli.add_command(command)
        speak_languages(command)


def add_migrations(app: Flask) -> None:
    """Give the app its migrations."""
    from flask_migrate import Migrate  # noqa: PLC0415 (heavy, and a serving process never migrates)

    Migrate(app, db, directory=str(ROOT / "migrations"))


@users.command("create-admin")
@click.option("--email", prompt=gettext_noop("E-mail address"))
@click.password_option(envvar="ADMIN_PASSWORD", help=gettext_noop("Prompted for when missing."))
def create_admin(email: str, password: str) -> None:
    """Create an account that may retrain and publish."""
    try:
        user = User.create(email=email, password=password, role=Role.ADMIN)
        with writing() as session:
            if session.scalar(User.with_email(email)):
                raise click.ClickException(
                    gettext("%(email)s has an account already.", email=user.email)
                )
            session.add(user)
            record(session, AuditAction.CREATED_ADMIN, user.email)
    except AccountError as error:
        raise click.ClickException(translate(error.sentence)) from error
    except IntegrityError as error:  # the same command at the same time
        raise click.ClickException(
            gettext("%(email)s has an account already.", email=email)
        ) from error
    click.echo(gettext("%(email)s can sign in now.", email=user.email))


@users.command("set-password")
@click.argument("email")
def replace_password(email: str) -> None:
    """Replace the forgotten password of EMAIL, and sign that account out everywhere."""
    user = db.session.scalar(User.with_email(email))
    if user is None:
        raise click.ClickException(gettext("%(email)s has no account.", email=email))
    password = click.prompt(gettext("New password"), hide_input=True, confirmation_prompt=True)
    try:
        set_password(user, password)
    except AccountError as error:
        raise click.ClickException(translate(error.sentence)) from error
    click.echo(
        gettext(
            "%(email)s can sign in with it now, and should then choose another.", email=user.email
        )
    )


@users.command("list")
def list_users() -> None:
    """List the accounts, the oldest first: e-mail address, role, day of its creation."""
    accounts = db.session.scalars(User.oldest_first()).all()
    width = max((len(user.email) for user in accounts), default=0)
    for user in accounts:
        click.echo(f"{user.email:{width}}  {user.role:6}  {user.created_at:%Y-%m-%d}")


@click.command()
@with_appcontext
def sweep() -> None:
    """Enqueue the work of lost messages and dead workers again, until SIGTERM."""
    configure_logging(extensions.settings.log_level)
    stop = threading.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda *_: stop.set())
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    sweep_until(stop, app, every=extensions.settings.sweep_every)
