"""The commands that install, publish and roll back model versions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from click.testing import Result
from flask import Flask
from sqlalchemy import Engine, event

from tests.support.records import stored_version
from webapp.models import AuditAction, AuditEntry, ModelVersion, Publication
from webapp.platform.database import db, writing
from webapp.registry import publishing
from webapp.settings import Settings
from worker.cli import add_commands
from worker.model_files import store as model_store


def flask(app: Flask, *arguments: object) -> Result:
    """Run a flask command."""
    add_commands(app)
    return app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])


def live_version() -> int | None:
    with writing() as session:
        version = session.scalar(ModelVersion.current())
        return version.id if version else None


def pinned() -> bool:
    with writing() as session:
        publication = session.scalar(Publication.current())
        return publication is not None and publication.pinned


def test_install_makes_the_shipped_model_version_1_and_publishes_it(app: Flask) -> None:
    assert flask(app, "model", "install").exit_code == 0

    assert live_version() == 1
    with statements() as executed:
        assert "shipped" in flask(app, "model", "install").output
    assert not [one for one in executed if one.lower().startswith("insert into model_versions")], (
        "an insert that is refused uses up a version number, and is an error in PostgreSQL's log"
    )
    with writing() as session:
        assert len(session.scalars(ModelVersion.newest_first()).all()) == 1


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL statements that are executed meanwhile."""
    executed: list[str] = []

    def keep(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        executed.append(statement)

    event.listen(Engine, "before_cursor_execute", keep)
    yield executed
    event.remove(Engine, "before_cursor_execute", keep)


def test_an_install_that_ended_before_publishing_is_completed(
    app: Flask, network: Path, settings: Settings
) -> None:
    stored_version(network, published=False)

    model_store.install_shipped(settings.models_dir, network)

    assert live_version() == 1


def test_a_newer_shipped_model_does_not_displace_what_an_admin_published(
    app: Flask, network: Path, another_network: Path, settings: Settings
) -> None:
    chosen = stored_version(network)

    version = model_store.install_shipped(settings.models_dir, another_network)

    assert version is not None and version.id != chosen.id
    assert live_version() == chosen.id


def test_a_newer_shipped_model_takes_over_from_an_older_one(
    app: Flask, network: Path, another_network: Path, settings: Settings
) -> None:
    model_store.install_shipped(settings.models_dir, network)

    version = model_store.install_shipped(settings.models_dir, another_network)

    assert version is not None and live_version() == version.id


def test_a_newer_shipped_model_does_not_replace_a_pinned_one(
    app: Flask, network: Path, another_network: Path, settings: Settings
) -> None:
    pinned_version = model_store.install_shipped(settings.models_dir, network)
    with writing() as session:
        publishing.set_pin(session, pinned=True)

    model_store.install_shipped(settings.models_dir, another_network)

    assert pinned_version is not None and live_version() == pinned_version.id
    assert pinned()


def test_publish_and_roll_back(app: Flask, network: Path, another_network: Path) -> None:
    first = stored_version(network)
    second = stored_version(another_network, published=False)

    assert flask(app, "model", "publish", second.id).exit_code == 0
    assert live_version() == second.id

    assert flask(app, "model", "rollback").exit_code == 0
    assert live_version() == first.id


def test_the_history_shows_which_version_was_live_and_why(
    app: Flask, network: Path, another_network: Path
) -> None:
    first, second = stored_version(network), stored_version(another_network, published=False)

    flask(app, "model", "publish", second.id, "--pin", "--reason", "the best of May")
    assert pinned()
    flask(app, "model", "unpin")
    assert not pinned()
    flask(app, "model", "rollback", "--reason", "it misreads sevens")

    assert live_version() == first.id
    history = " ".join(flask(app, "model", "history").output.split())
    assert "best of May" in history
    assert "rolled back" in history
    assert flask(app, "model", "unpin").exit_code == 1


def test_commands_that_change_the_live_version_are_in_the_audit_log(
    app: Flask, network: Path, another_network: Path
) -> None:
    first, second = stored_version(network), stored_version(another_network, published=False)

    flask(app, "model", "publish", second.id, "--pin", "--reason", "the best of May")
    flask(app, "model", "unpin")
    flask(app, "model", "rollback")

    entries = db.session.scalars(AuditEntry.newest_first()).all()
    assert [(entry.email, entry.action, entry.subject, entry.note) for entry in entries] == [
        (None, AuditAction.ROLLED_BACK, f"to version {first.id}", None),
        (None, AuditAction.UNPINNED, f"version {second.id}", None),
        (None, AuditAction.PUBLISHED, f"version {second.id}", "the best of May"),
    ]


def test_a_refused_version_is_published_only_with_an_override_and_a_reason(
    app: Flask, network: Path, another_network: Path
) -> None:
    stored_version(network)
    refused = stored_version(another_network, published=False)
    with writing() as session:
        session.get_one(ModelVersion, refused.id).evaluation = {"passed": False}

    result = flask(app, "model", "publish", refused.id)
    assert result.exit_code == 1
    assert "did not pass its evaluation" in result.output
    assert live_version() != refused.id

    flask(app, "model", "publish", refused.id, "--override", "--reason", "for a demonstration")
    assert live_version() == refused.id


def test_a_rollback_to_a_refused_version_needs_an_override_and_keeps_a_pin(
    app: Flask, network: Path, another_network: Path
) -> None:
    refused, latest = stored_version(network), stored_version(another_network)
    with writing() as session:
        session.get_one(ModelVersion, refused.id).evaluation = {"passed": False}
        publishing.set_pin(session, pinned=True)

    result = flask(app, "model", "rollback", "--reason", "for a demonstration")
    assert result.exit_code == 1
    assert "--override --reason WHY" in result.output
    assert live_version() == latest.id

    flask(app, "model", "rollback", "--override", "--reason", "for a demonstration")
    assert live_version() == refused.id
    assert pinned()
