"""The commands in the terminal: reading files, and managing models."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import Engine, event, select

from tests.support.pictures import blank_paper, photo_of
from tests.support.records import corrected, stored_version
from webapp.app import create_app
from webapp.models import AuditAction, AuditEntry, EvaluationPicture, ModelVersion, Publication
from webapp.platform.database import db, writing
from webapp.registry import publishing
from webapp.settings import Settings
from worker.cli import add_commands
from worker.model_files import store as model_store
from worker.recognition.evaluation.datasets import Mnist


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


def test_predict_reads_files_one_object_a_line(app: Flask, network: Path, tmp_path: Path) -> None:
    stored_version(network)
    contents = {
        "number.png": photo_of("42"),
        "photo.jpg": photo_of("7", suffix=".jpg"),
        "blank.png": blank_paper(),
        "broken.png": b"no picture",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    files = [tmp_path / name for name in [*contents, "missing.png"]]

    result = flask(app, "predict", "--json", *files)

    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["file"] for line in lines] == [str(file) for file in files]
    statuses = [line["status"] for line in lines]
    assert statuses == ["read", "read", "refused", "failed", "failed"]
    assert [line["number"] for line in lines] == ["42", "7", None, None, None]
    assert all(set(line) == {"file", "status", "number", "reason", "digits"} for line in lines)
    assert [line["reason"] is None for line in lines] == [True, True, False, False, False]
    four, two = lines[0]["digits"]
    assert set(four) == {"label", "confidence", "box", "probabilities"}
    assert (four["label"], two["label"]) == (4, 2)
    assert len(four["probabilities"]) == 10
    assert sum(four["probabilities"]) == pytest.approx(1, abs=1e-5)
    assert four["confidence"] == max(four["probabilities"])
    left, top, width, height = four["box"]
    assert 0 <= left < left + width <= two["box"][0] + 10
    assert 0 <= top < top + height <= 300


def test_predict_speaks_plainly_without_json(app: Flask, network: Path, tmp_path: Path) -> None:
    stored_version(network)
    (tmp_path / "seven.png").write_bytes(photo_of("7"))

    result = flask(app, "predict", tmp_path / "seven.png")

    assert result.stdout.startswith(f"{tmp_path / 'seven.png'}: 7 (")


def test_predict_needs_no_database(settings: Settings, tmp_path: Path) -> None:
    app = create_app(replace(settings, data_dir=tmp_path / "nothing here yet"))
    (tmp_path / "seven.png").write_bytes(photo_of("7"))

    result = flask(app, "predict", "--json", tmp_path / "seven.png")

    assert json.loads(result.stdout)["status"] in {"read", "refused"}


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


def test_corrected_pictures_are_read_again(app: Flask, network: Path, mnist: Mnist) -> None:
    version = stored_version(network)
    for ink, label in zip(mnist.test_images[:10], mnist.test_labels[:10], strict=True):
        corrected(ink, int(label), read_as=(int(label) + 1) % 10)

    done = flask(app, "model", "reread")

    assert done.exit_code == 0, done.output
    with writing() as session:
        result = session.get_one(ModelVersion, version.id).scores["reread"]
    assert (result["count"], result["right_then"]) == (10, 0)
    assert result["right_now"] > 7


def test_architectures_are_trained_and_compared(
    app: Flask, network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.cli.model.ARCHITECTURES", ("cnn", "mlp"))  # the quick two
    stored_version(network)

    result = flask(app, "model", "train", "--all-architectures", "--epochs", 1)

    assert result.exit_code == 0, result.output
    with writing() as session:
        versions = session.scalars(
            select(ModelVersion).where(ModelVersion.id > 1).order_by(ModelVersion.id)
        ).all()
        names = [version.architecture for version in versions]
        kept = [
            {picture.png for picture in session.scalars(EvaluationPicture.of_version(version.id))}
            for version in versions
        ]
    assert names == ["cnn", "mlp"]
    assert all(version.scores["milliseconds"] > 0 for version in versions)
    assert set.intersection(*kept), "all keep the pictures that they disagree on"


def last_audit_action() -> str | None:
    with writing() as session:
        entry = session.scalars(AuditEntry.newest_first()).first()
        return entry.action if entry else None


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_an_exported_model_can_be_imported_and_reads_the_same(
    app: Flask, network: Path, tmp_path: Path, suffix: str
) -> None:
    stored_version(network)
    file = tmp_path / f"exported{suffix}"

    assert flask(app, "model", "export", file).exit_code == 0
    result = flask(app, "model", "import", file, "--publish")

    assert result.exit_code == 0, result.output
    assert live_version() == 2
    assert last_audit_action() == AuditAction.PUBLISHED
    (tmp_path / "seven.png").write_bytes(photo_of("7"))
    read = flask(app, "predict", "--json", tmp_path / "seven.png")
    assert json.loads(read.stdout)["number"] == "7"


def test_a_file_that_is_no_model_is_refused_with_a_sentence(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "wrong.keras").write_bytes(b"no model")

    result = flask(app, "model", "import", tmp_path / "wrong.keras")

    assert result.exit_code == 1
    assert "no Keras model" in result.output
    assert live_version() is None


def test_train_writes_a_network_and_list_names_the_published_one(
    app: Flask, tmp_path: Path
) -> None:
    file = tmp_path / "trained.keras"

    result = flask(
        app, "model", "train", "--architecture", "mlp", "--epochs", 1, "--output", file, "--publish"
    )

    assert result.exit_code == 0, result.output
    assert file.is_file()
    assert last_audit_action() == AuditAction.PUBLISHED
    listed = flask(app, "model", "list").output
    assert "mlp" in listed
    assert "live" in listed


def test_evaluate_scores_a_model_on_mnist(app: Flask, network: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"

    result = flask(app, "model", "evaluate", network, "--report", page)

    assert result.exit_code == 0, result.output
    assert "MNIST" in result.output
    assert page.read_text().startswith("<!doctype html>")


def test_without_a_database_the_commands_say_what_to_do(settings: Settings, tmp_path: Path) -> None:
    app = create_app(replace(settings, data_dir=tmp_path / "nothing here yet"))

    result = flask(app, "model", "list")

    assert result.exit_code == 1
    assert "flask db upgrade" in result.output
