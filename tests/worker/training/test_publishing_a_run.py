"""Publishing a run's version: against what is live now, and never without a comparison."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.support.publishing import publish
from tests.support.records import correct_some, queued_run, run_of, stored_version
from webapp.models import Evaluation, ModelVersion, RunStatus
from webapp.platform.database import writing
from webapp.settings import Settings
from worker import tasks
from worker.recognition.evaluation.datasets import Mnist
from worker.training import offer, training_job
from worker.training.opponents import Opponents


def version_of_run(run_id: int) -> tuple[ModelVersion, Evaluation]:
    """The version that a run made, and its evaluation."""
    [version] = run_of(run_id).versions
    with writing() as session:
        stored = session.get_one(ModelVersion, version.id)
        assert stored.evaluation is not None
        assert stored.publications is not None
        return stored, Evaluation.from_json(stored.evaluation)


def live_id() -> int | None:
    with writing() as session:
        live = session.scalar(ModelVersion.current())
        return live.id if live else None


def publish_during_evaluations(monkeypatch: pytest.MonkeyPatch, version_ids: list[int]) -> None:
    """Publish one of the versions each time that the opponents have just been loaded."""
    load_opponents = training_job.load_opponents

    def load_and_publish(mnist: Mnist, models_dir: Path) -> Opponents:
        opponents = load_opponents(mnist, models_dir)
        if version_ids:
            with writing() as session:
                publish(session, version_ids.pop(0))
        return opponents

    monkeypatch.setattr(training_job, "load_opponents", load_and_publish)


def test_a_version_is_evaluated_again_against_one_that_was_published_meanwhile(
    app: Flask, network: Path, another_network: Path, mnist: Mnist, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored_version(network)
    meanwhile = stored_version(another_network, published=False)
    correct_some(mnist)
    publish_during_evaluations(monkeypatch, [meanwhile.id])
    run_id = queued_run(recipe="fine-tune")

    tasks.retrain(run_id)

    version, evaluation = version_of_run(run_id)
    assert evaluation.champion_id == meanwhile.id
    assert evaluation.passed, evaluation.summary
    assert live_id() == version.id


def test_a_version_waits_where_others_are_published_faster_than_it_is_evaluated(
    app: Flask, network: Path, another_network: Path, mnist: Mnist, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = stored_version(network)
    second = stored_version(another_network, published=False)
    correct_some(mnist)
    publish_during_evaluations(monkeypatch, [second.id, first.id] * 5)
    run_id = queued_run(recipe="fine-tune")

    tasks.retrain(run_id)

    version, _ = version_of_run(run_id)
    assert version.publications == []
    assert "Other versions were published" in (version.notes or "")
    assert live_id() in (first.id, second.id)


def test_without_a_champion_that_loads_nothing_is_published_by_itself(
    app: Flask, network: Path, settings: Settings
) -> None:
    champion = stored_version(network)
    (settings.models_dir / champion.filename).write_bytes(b"damaged")
    run_id = queued_run(epochs=12)

    tasks.retrain(run_id)

    version, evaluation = version_of_run(run_id)
    assert evaluation.champion_id is None
    assert evaluation.passed, evaluation.summary
    assert "could not be loaded" in (version.notes or "")
    assert live_id() == champion.id


def test_a_version_that_cannot_be_published_is_kept_and_says_why(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a mistake in the program")

    monkeypatch.setattr(offer, "promote", fail)
    run_id = queued_run(epochs=12)

    tasks.retrain(run_id)

    version, evaluation = version_of_run(run_id)
    assert evaluation.passed
    assert run_of(run_id).status == RunStatus.DONE
    assert "Publishing it failed" in (version.notes or "")
    assert live_id() is None
