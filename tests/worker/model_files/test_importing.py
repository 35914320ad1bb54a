"""Importing: an untrusted file is opened in a sandbox, and published only after an evaluation."""

from __future__ import annotations

import logging
from hashlib import sha256
from pathlib import Path

import keras
import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from tests.support.records import stored_version
from tests.support.settings import change_settings
from webapp.models import AuditAction, AuditEntry, ModelVersion
from webapp.models.evaluation import MNIST
from webapp.platform.database import writing
from webapp.registry import publishing
from webapp.registry.publishing_errors import NotEvaluatedError
from webapp.settings import Settings
from worker.cli import add_commands
from worker.model_files.conversion import (
    DEFAULT_LIMITS,
    ConversionError,
    ConversionLimits,
    convert_in_sandbox,
)
from worker.model_files.importing import import_model
from worker.model_files.store import (
    AlreadyStoredError,
    add_version,
    files_to_read_with,
    verified_file,
)
from worker.recognition.evaluation.datasets import Mnist
from worker.recognition.network import files as model_file
from worker.recognition.network.model_card import read_card
from worker.training.version_evaluation import evaluate_version


def flask(app: Flask, *arguments: object) -> Result:
    """Run a flask command."""
    add_commands(app)
    return app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])


def untrusted_file(network: Path, path: Path) -> Path:
    """The network as a tutorial saves it: compiled, with optimizer, without a model card."""
    model, _ = model_file.load(network)
    model.compile("adam", "sparse_categorical_crossentropy")
    model.save(path)
    return path


def imported_without_evaluation(network: Path, settings: Settings) -> ModelVersion:
    card = read_card(network)
    assert card is not None
    return add_version(settings.models_dir, network, card=card, origin="imported")


def live_version() -> int | None:
    with writing() as session:
        version = session.scalar(ModelVersion.current())
        return version.id if version else None


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_tutorials_network_is_converted_evaluated_and_stored_with_hash_and_parent(
    app: Flask, settings: Settings, mnist: Mnist, network: Path, another_network: Path,
    tmp_path: Path, suffix: str,
) -> None:  # fmt: skip
    live = stored_version(another_network)
    file = untrusted_file(network, tmp_path / f"tutorial{suffix}")

    version = import_model(file, settings)
    evaluation = evaluate_version(version.id, settings)

    with writing() as session:
        version = session.get_one(ModelVersion, version.id)
        assert (version.origin, version.architecture, version.parent_id) == (
            "imported", "mlp", live.id,
        )  # fmt: skip
        assert version.failed_evaluation is not evaluation.passed
        on_test_set = evaluation.result_on(MNIST)
        assert on_test_set is not None
        assert version.accuracy == on_test_set.challenger.accuracy > 0.5
        assert "trained elsewhere" in evaluation.summary[-1], "its validation score may be too high"
        assert version.scores["source_sha256"] == sha256(file.read_bytes()).hexdigest()
        assert verified_file(settings.models_dir, version).suffix == ".keras"
        entry = session.scalars(AuditEntry.newest_first()).first()
        assert entry is not None
        assert (entry.action, entry.subject) == (AuditAction.IMPORTED, version.name)
    with pytest.raises(AlreadyStoredError):
        import_model(file, settings)


def test_the_scores_that_a_file_claims_are_ignored(
    app: Flask, settings: Settings, network: Path, tmp_path: Path
) -> None:
    model, calibration = model_file.load(network)
    boastful = tmp_path / "boastful.keras"
    model_file.save(model, boastful, calibration, scores={"accuracy": 1.0})

    version = import_model(boastful, settings)

    assert version.accuracy is None
    assert "accuracy" not in version.scores


def refusal_of(
    tmp_path: Path, model: keras.Model, limits: ConversionLimits = DEFAULT_LIMITS
) -> str:
    """The sentence with which the conversion of a network's file is refused."""
    model.save(tmp_path / "theirs.keras")
    with pytest.raises(ConversionError) as refusal:
        convert_in_sandbox(tmp_path / "theirs.keras", tmp_path / "ours.keras", limits)
    assert not (tmp_path / "ours.keras").exists()
    return str(refusal.value)


def ending_in_ten_scores(*layers: keras.Layer, shape: tuple[int, ...] = (28, 28, 1)) -> keras.Model:
    return keras.Sequential([keras.Input(shape), *layers, keras.layers.Dense(10)])


def test_a_network_with_code_inside_is_refused_by_the_sandbox(tmp_path: Path) -> None:
    layers = keras.layers.Lambda(lambda ink: ink * 2), keras.layers.Flatten()

    assert "program code" in refusal_of(tmp_path, ending_in_ten_scores(*layers))


def test_a_network_for_other_pictures_is_refused(tmp_path: Path) -> None:
    model = ending_in_ten_scores(keras.layers.Flatten(), shape=(32, 32, 3))

    assert "needs 28×28 pixels" in refusal_of(tmp_path, model)


def test_a_network_that_reads_no_digits_is_refused(tmp_path: Path) -> None:
    assert "printed digits" in refusal_of(tmp_path, ending_in_ten_scores(keras.layers.Flatten()))


def test_a_network_that_never_ends_is_ended(tmp_path: Path) -> None:
    layers = keras.layers
    slow = ending_in_ten_scores(
        layers.UpSampling2D(20), layers.Conv2D(1, 200, padding="same"), layers.GlobalMaxPooling2D()
    )

    assert "takes too long" in refusal_of(tmp_path, slow, ConversionLimits(seconds=3))


def test_a_network_that_needs_all_the_memory_is_refused(tmp_path: Path) -> None:
    layers = keras.layers
    greedy = ending_in_ten_scores(
        layers.Flatten(), layers.RepeatVector(5_000_000), layers.GlobalMaxPooling1D()
    )

    assert refusal_of(tmp_path, greedy)  # with any sentence; this process goes on


def test_an_imported_version_is_not_published_before_its_evaluation(
    app: Flask, settings: Settings, network: Path, another_network: Path
) -> None:
    live = stored_version(network)
    imported = imported_without_evaluation(another_network, settings)

    for arguments in ((), ("--override", "--reason", "please")):
        result = flask(app, "model", "publish", imported.id, *arguments)
        assert result.exit_code == 1
        assert f"flask model evaluate-version {imported.id}" in result.output
    with writing() as session, pytest.raises(NotEvaluatedError):
        publishing.publish(session, imported.id)
    assert live_version() == live.id

    result = flask(app, "model", "evaluate-version", imported.id)
    assert result.exit_code == 0, result.output
    assert "evaluation" in result.output
    reason = ("--override", "--reason", "whatever the result")
    assert flask(app, "model", "publish", imported.id, *reason).exit_code == 0
    assert live_version() == imported.id


def test_without_mnist_there_is_no_evaluation_and_so_no_publication(
    app: Flask, settings: Settings, network: Path, tmp_path: Path
) -> None:
    change_settings(app, mnist_path=tmp_path / "none.npz")
    imported = imported_without_evaluation(network, settings)

    result = flask(app, "model", "evaluate-version", imported.id)

    assert result.exit_code == 1
    assert "cannot be published" in result.output
    assert live_version() is None


def test_no_command_uses_a_file_that_was_changed_on_disk(
    app: Flask,
    settings: Settings,
    network: Path,
    another_network: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    first, second = stored_version(network), stored_version(another_network)
    (settings.models_dir / second.filename).write_bytes(network.read_bytes())

    with caplog.at_level(logging.WARNING, logger="worker.model_files.store"):
        live, *_ = files_to_read_with(settings.models_dir)

    assert live.name == first.filename
    assert "its checksum differs" in caplog.text
    assert "its checksum differs" in flask(app, "model", "export", "changed.keras").output


def test_predict_inspects_a_named_file_before_it_loads_it(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "theirs.keras"
    keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.Lambda(lambda ink: ink), keras.layers.Flatten(),
         keras.layers.Dense(10)]
    ).save(file)  # fmt: skip

    for command in (("predict", "--model", file, "seven.png"), ("model", "evaluate", file)):
        result = flask(app, *command)
        assert result.exit_code == 1
        assert "program code" in result.output


def test_every_import_is_in_the_audit_log(app: Flask, settings: Settings, network: Path) -> None:
    imported = imported_without_evaluation(network, settings)

    with writing() as session:
        subjects = session.scalars(
            select(AuditEntry.subject).where(AuditEntry.action == AuditAction.IMPORTED)
        ).all()

    assert subjects == [imported.name]
