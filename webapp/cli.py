"""The web's own commands: migrations, and the first admin."""

from __future__ import annotations

import logging
import signal
import threading

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from webapp.audit import record
from webapp.database import db, writing
from webapp.models import Deed, Role, User
from webapp.settings import ROOT, Settings
from webapp.sweep import sweep_until

users = AppGroup("users", help="Accounts of people who may sign in.")


def init_app(app: Flask) -> None:
    app.cli.add_command(users)
    app.cli.add_command(sweep)


def add_migrations(app: Flask) -> None:
    """Give the app its migrations."""
    from flask_migrate import Migrate  # noqa: PLC0415 (heavy, and a serving process never migrates)

    Migrate(app, db, directory=str(ROOT / "migrations"))


@users.command("create-admin")
@click.option("--email", prompt="E-mail address")
@click.password_option(envvar="ADMIN_PASSWORD", help="Asked for when not given.")
def create_admin(email: str, password: str) -> None:
    """Create an account that may retrain and publish."""
    try:
        user = User.create(email=email, password=password, role=Role.ADMIN)
        with writing() as session:
            if session.scalar(User.with_email(email)):
                raise click.ClickException(f"{user.email} has an account already.")
            session.add(user)
            record(session, Deed.CREATED_ADMIN, user.email)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{user.email} can sign in now.")


@click.command()
@with_appcontext
def sweep() -> None:
    """Make up for lost messages and dead workers, until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    stop = threading.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda *_: stop.set())
    settings: Settings = current_app.extensions["cifra_settings"]
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    sweep_until(stop, app, every=settings.sweep_every)
