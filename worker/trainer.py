"""The trainer: carries out one training run, and keeps its row true from start to end."""

from __future__ import annotations

import logging
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from webapp.database import writing
from webapp.models import ModelVersion, Occasion, RunStatus, TrainingRun
from webapp.settings import Settings
from worker.digits import model_file
from worker.digits.datasets import MissingDataError, load_mnist
from worker.digits.model_card import read_card
from worker.digits.training import (
    RECIPES,
    EpochRecord,
    Recipe,
    Trained,
    TrainingStoppedError,
    train,
)
from worker.model_store import AlreadyStoredError, add_version

HEARTBEAT_SECONDS = 5.0
NICENESS = 10  # the processor goes to answers first

STOPPED = "The trainer was stopped before the training was done."
BROKEN = "The training broke off because of a mistake in the program; the trainer's log tells more."

log = logging.getLogger(__name__)


def carry_out(run_id: int, settings: Settings, shutting_down: threading.Event) -> None:
    """Train, keep the network, publish it if it is not clearly worse. Only a queued run starts."""
    recipe = _start(run_id)
    if recipe is None:
        return
    os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
    try:
        with _beating(run_id) as unwanted:
            trained = train(
                recipe,
                load_mnist(settings.mnist_path),
                on_epoch=lambda record: _record(run_id, record),
                should_stop=lambda: unwanted.is_set() or shutting_down.is_set(),
            )
            version = keep(trained, settings.models_dir, run_id)
    except TrainingStoppedError:
        _end(run_id, _stop)
    except (MissingDataError, AlreadyStoredError, OSError) as error:
        log.exception("Training run %s failed.", run_id)
        reason = str(error)
        _end(run_id, lambda run: run.fail(reason))
    except Exception:
        log.exception("Training run %s failed.", run_id)
        _end(run_id, lambda run: run.fail(BROKEN))
    else:
        _finish(run_id, version)


def _start(run_id: int) -> Recipe | None:
    """Take the run if it is still queued."""
    with writing() as session:
        run = session.get(TrainingRun, run_id, with_for_update=True)
        if run is None or run.status != RunStatus.QUEUED:
            return None
        recipe = recipe_for(run.recipe, run.architecture, run.epochs_planned)
        run.start(epochs_planned=recipe.epochs)
    log.info("Training run %s starts: %s, %s.", run_id, recipe.architecture, recipe.name)
    return recipe


def recipe_for(name: str, architecture: str | None, epochs: int | None) -> Recipe:
    """Raises KeyError for a recipe that nobody wrote."""
    return RECIPES[name].adapted(architecture=architecture, epochs=epochs)


def _record(run_id: int, record: EpochRecord) -> None:
    with writing() as session:
        run = session.get_one(TrainingRun, run_id)
        run.record_epoch(**asdict(record))


@contextmanager
def _beating(run_id: int) -> Iterator[threading.Event]:
    """Show life on the run's row while training lasts; the event tells when to stop."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    unwanted = threading.Event()
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(HEARTBEAT_SECONDS):
            try:
                with app.app_context(), writing() as session:
                    if not _is_wanted(session, run_id):
                        unwanted.set()
            except SQLAlchemyError as error:
                log.warning("The heartbeat could not be written: %s", error)

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield unwanted
    finally:
        ended.set()
        thread.join()


def _is_wanted(session: Session, run_id: int) -> bool:
    """Show life; says whether the run still runs and nobody asked for its end."""
    run = session.get(TrainingRun, run_id)
    if run is None or run.status != RunStatus.RUNNING:
        return False
    run.show_life()
    return run.cancel_requested_at is None


def keep(trained: Trained, models_dir: Path, run_id: int | None = None) -> ModelVersion:
    """Store the network's file and commit its version."""
    with tempfile.TemporaryDirectory(prefix="cifra-") as folder:
        path = Path(folder) / "trained.keras"
        save_trained(trained, path)
        card = read_card(path)
        assert card is not None  # it was written a line above
        return add_version(models_dir, path, card=card, origin="trained", training_run_id=run_id)


def save_trained(trained: Trained, path: Path) -> None:
    """Write the network with its calibration and scores."""
    scores = {
        "accuracy": trained.accuracy,
        "recipe": trained.recipe.name,
        "epochs": len(trained.epochs),
        "seconds": round(trained.seconds, 1),
        "data_sha256": trained.data_sha256,
    }
    model_file.save(trained.model, path, trained.calibration, scores=scores)


def _finish(run_id: int, version: ModelVersion) -> None:
    """End the run, and let its version take over if it may."""
    with writing() as session:
        run = session.get_one(TrainingRun, run_id, with_for_update=True)
        if run.status != RunStatus.RUNNING:
            return
        run.finish()
        version = session.merge(version)
        live = session.scalar(ModelVersion.current())
        if version.may_replace(live):
            version.publish(Occasion.PASSED)
        else:
            version.notes = "Not published: clearly worse than the live version on MNIST."
    log.info("Training run %s made %s.", run_id, version.name)


def _stop(run: TrainingRun) -> None:
    if run.cancel_requested_at is not None:
        run.cancel("Cancelled by an admin.")
    else:
        run.interrupt(STOPPED)


def _end(run_id: int, how: Callable[[TrainingRun], None]) -> None:
    with writing() as session:
        run = session.get(TrainingRun, run_id, with_for_update=True)
        if run is not None and run.status == RunStatus.RUNNING:
            how(run)
