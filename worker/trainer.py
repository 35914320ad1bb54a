"""The trainer: carries out one training run, and keeps its row true from start to end."""

from __future__ import annotations

import logging
import os
import platform
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

# Read by TensorFlow at its import. Training is three times as quick with oneDNN, which a process
# that imports the classifier first goes without.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

import keras
import numpy as np
import tensorflow as tf
from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from webapp.database import db, writing
from webapp.models import Exam, ModelVersion, Occasion, Publication, RunStatus, TrainingRun
from webapp.settings import Settings
from worker.corrections import Corrections, load_corrections
from worker.digits import model_file
from worker.digits.classifier import Classifier
from worker.digits.datasets import MissingDataError, Mnist, load_mnist
from worker.digits.evaluation import milliseconds_a_picture
from worker.digits.model_card import read_card
from worker.digits.model_file import ModelFileError
from worker.digits.training import (
    RECIPES,
    Champion,
    EpochRecord,
    Lessons,
    Recipe,
    Trained,
    TrainingStoppedError,
    train,
)
from worker.exam import hold_exam, papers_of
from worker.model_store import AlreadyStoredError, WrongFileError, add_version, verified_file
from worker.priority import undelayed

HEARTBEAT_SECONDS = 2.0  # also how often it is asked whether the run is still wanted
UNTUNED = "quick"  # the recipe where there is no champion to fine-tune

STOPPED = "The trainer was stopped before the training was done."
BROKEN = "The training broke off because of a mistake in the program; the trainer's log tells more."
PINNED = "The live version is pinned, so this one waits until somebody publishes it."

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Assignment:
    """What a run has to go by: all of it was committed before it started."""

    run_id: int
    recipe: Recipe
    corrections: Corrections
    version: ModelVersion | None  # the live one
    champion: Champion | None  # its network; None where there is none that loads

    @property
    def champion_id(self) -> int | None:
        return self.version.id if self.version and self.champion else None

    @property
    def lessons(self) -> Lessons:
        to_learn = self.corrections.to_learn
        return Lessons(to_learn.images, to_learn.labels)

    @property
    def provenance(self) -> dict[str, Any]:
        """Enough to make it again."""
        return {
            "recipe": asdict(self.recipe),
            "seed": self.recipe.seed,
            "champion_id": self.champion_id,
            "corrections": self.corrections.to_dict(),
            "libraries": {
                "python": platform.python_version(),
                "tensorflow": tf.__version__,
                "keras": keras.__version__,
                "numpy": np.__version__,
            },
        }


def carry_out(run_id: int, settings: Settings, shutting_down: threading.Event) -> None:
    """Train, examine, keep, and publish what passed. Only a queued run starts."""
    if not _take(run_id):
        return
    began = time.monotonic()
    try:
        with _beating(run_id) as unwanted:

            def should_stop() -> bool:
                return unwanted.is_set() or shutting_down.is_set()

            assignment = _prepare(run_id, settings)
            mnist = load_mnist(settings.mnist_path)
            trained = train(
                assignment.recipe,
                mnist,
                lessons=assignment.lessons,
                champion=assignment.champion,
                on_epoch=lambda record: _record(run_id, record),
                should_stop=should_stop,
            )
            exam = _examine(trained, mnist, assignment)
            if should_stop():
                raise TrainingStoppedError
            version = keep(trained, settings.models_dir, assignment, exam)
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
        _finish(run_id, version, exam, trained.data_sha256, time.monotonic() - began)


def _take(run_id: int) -> bool:
    """Whether the run was still queued, and is this trainer's now."""
    with writing() as session:
        run = session.get(TrainingRun, run_id, with_for_update=True)
        if run is None or run.status != RunStatus.QUEUED:
            return False
        run.start(epochs_planned=run.epochs_planned)
    return True


def _prepare(run_id: int, settings: Settings) -> Assignment:
    """Choose the recipe, and gather the champion and what people taught. Notes it on the run."""
    with Session(db.engine) as session:  # a short one: nobody waits while a network is loaded
        run = session.get_one(TrainingRun, run_id)
        name, architecture, epochs = run.recipe, run.architecture, run.epochs_planned
        version = session.scalar(ModelVersion.current())
        corrections = load_corrections(session)
    champion = load_champion(version, settings.models_dir) if version else None
    if RECIPES[name].tunes and not (champion and champion.can_become(architecture)):
        name = UNTUNED
    recipe = recipe_for(name, architecture, epochs)
    assignment = Assignment(run_id, recipe, corrections, version, champion)
    with writing() as session:
        run = session.get_one(TrainingRun, run_id)
        run.epochs_planned = recipe.epochs
        run.provenance = assignment.provenance
    log.info("Training run %s starts: %s, %s.", run_id, recipe.architecture, recipe.name)
    return assignment


def load_champion(version: ModelVersion, models_dir: Path) -> Champion | None:
    """The live network; None for one that does not load, which no challenger needs to fear."""
    try:
        return Champion(*model_file.load(verified_file(models_dir, version)))
    except (WrongFileError, ModelFileError, OSError) as error:
        log.warning("%s cannot be compared with: %s", version.name.capitalize(), error)
        return None


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

    beating = undelayed.submit(beat)
    try:
        yield unwanted
    finally:
        ended.set()
        wait([beating])


def _is_wanted(session: Session, run_id: int) -> bool:
    """Show life; says whether the run still runs and nobody asked for its end."""
    run = session.get(TrainingRun, run_id)
    if run is None or run.status != RunStatus.RUNNING:
        return False
    run.show_life()
    return run.cancel_requested_at is None


def _examine(trained: Trained, mnist: Mnist, assignment: Assignment) -> Exam:
    """Challenger against champion, on what neither was trained to recite."""
    champion = assignment.champion
    return hold_exam(
        papers_of(mnist, assignment.corrections),
        Classifier(trained.model, trained.calibration),
        Classifier(champion.model, champion.calibration) if champion else None,
        assignment.champion_id,
    )


def keep(
    trained: Trained,
    models_dir: Path,
    assignment: Assignment | None = None,
    exam: Exam | None = None,
) -> ModelVersion:
    """Store the network's file and commit its version."""
    with tempfile.TemporaryDirectory(prefix="cifra-") as folder:
        path = Path(folder) / "trained.keras"
        save_trained(trained, path)
        card = read_card(path)
        assert card is not None  # it was written a line above
        return add_version(
            models_dir,
            path,
            card=card,
            origin="trained",
            training_run_id=assignment.run_id if assignment else None,
            parent_id=assignment.champion_id if assignment else None,
            exam=exam,
        )


def save_trained(trained: Trained, path: Path) -> None:
    """Write the network with its calibration and scores."""
    scores = {
        "accuracy": trained.accuracy,
        "recipe": trained.recipe.name,
        "epochs": len(trained.epochs),
        "seconds": round(trained.seconds, 1),
        "milliseconds": round(
            milliseconds_a_picture(Classifier(trained.model, trained.calibration)), 3
        ),
        "data_sha256": trained.data_sha256,
    }
    model_file.save(trained.model, path, trained.calibration, scores=scores)


def _finish(
    run_id: int, version: ModelVersion, exam: Exam, data_sha256: str, seconds: float
) -> None:
    """End the run, and let its version take over if it passed and nothing is pinned."""
    with writing() as session:
        run = session.get_one(TrainingRun, run_id, with_for_update=True)
        if run.status != RunStatus.RUNNING:
            return
        run.provenance = {
            **run.provenance,
            "data_sha256": data_sha256,
            "seconds": round(seconds, 1),
        }
        run.finish()
        version = session.merge(version)
        line = session.scalar(Publication.current())
        if not exam.passed:
            version.notes = "Not published: it did not pass its exam."
        elif line and line.pinned:
            version.notes = PINNED
            version.exam = replace(exam, verdict=[*exam.verdict, PINNED]).to_json()
        else:
            version.publish(Occasion.PASSED)
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
