"""The commands in the terminal: reading files, and managing models."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from tests.support.pictures import blank_paper, photo_of
from tests.support.records import corrected, stored_version
from webapp.app import create_app
from webapp.models import AuditAction, AuditEntry, EvaluationPicture, ModelVersion
from webapp.platform.database import writing
from webapp.settings import Settings
from worker.cli import add_commands
from worker.recognition.evaluation.datasets import Mnist


def flask(app: Flask, *arguments: object) -> Result:
    """Run a flask command."""
    add_commands(app)
    return app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])


def live_version() -> int | None:
    with writing() as session:
        version = session.scalar(ModelVersion.current())
        return version.id if version else None


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
    assert statuses == ["done", "done", "refused", "failed", "failed"]
    assert [line["number"] for line in lines] == ["42", "7", None, None, None]
    keys = {"file", "status", "number", "kind", "value", "rows", "is_unsure", "confidence"}
    keys |= {"reason", "reason_code", "digits"}
    assert all(set(line) == keys for line in lines)
    assert [line["reason"] is None for line in lines] == [True, True, False, False, False]
    four, two = lines[0]["digits"]
    assert set(four) == {"position", "row", "label", "confidence", "box", "probabilities"}
    assert lines[0]["confidence"] == min(four["confidence"], two["confidence"])
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

    assert json.loads(result.stdout)["status"] in {"done", "refused"}


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
