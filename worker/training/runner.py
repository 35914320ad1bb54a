"""The runner: carries out one training run, and keeps its row true from start to end."""

from __future__ import annotations

import logging
import os
import platform
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

# TensorFlow reads this at its import. Training is three times as quick with oneDNN, which a
# process that imports the classifier first goes without.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

import keras
import numpy as np
import tensorflow as tf
from sqlalchemy.orm import Session

from webapp.models import Evaluation, ModelVersion, RunStatus, TrainingRun
from webapp.platform.database import db, writing
from webapp.registry.publishing import Promotion, promote
from webapp.settings import Settings
from worker.model_files.store import AlreadyStoredError
from worker.recognition.evaluation.datasets import MissingDataError, Mnist, load_mnist
from worker.recognition.network.classifier import Classifier
from worker.recognition.training.batches import TrainingCorrections
from worker.recognition.training.loop import Champion, Trained, train
from worker.recognition.training.progress import EpochRecord, TrainingStoppedError
from worker.recognition.training.recipes import RECIPES, Recipe
from worker.training.champion import load_champion
from worker.training.correction_dataset import CorrectionDataset, load_corrections
from worker.training.evaluation_sets import evaluation_sets
from worker.training.heartbeat import heartbeat
from worker.training.promotion_gate import EvaluatedChallenger, evaluate_challenger
from worker.training.trained_version import store_version

RECIPE_WITHOUT_CHAMPION = "quick"  # when there is no network to fine-tune

STOPPED = "The trainer was stopped before the training was done."
BROKEN = "The training broke off because of a mistake in the program; the trainer's log tells more."
NOT_PUBLISHED = {
    Promotion.FAILED_EVALUATION: "Not published: it did not pass its evaluation.",
    Promotion.PINNED: "The live version is pinned, so this one waits until somebody publishes it.",
    Promotion.CHAMPION_CHANGED: "Another version was published while this one was trained, "
    "so this one waits until somebody publishes it.",
}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainingPlan:
    """The input of a run: all of it was committed before the run started."""

    run_id: int
    recipe: Recipe
    corrections: CorrectionDataset
    version: ModelVersion | None  # the live one
    champion: Champion | None  # its network; None where there is none that loads

    @property
    def champion_id(self) -> int | None:
        return self.version.id if self.version and self.champion else None

    @property
    def training_corrections(self) -> TrainingCorrections:
        part = self.corrections.training_part
        return TrainingCorrections(part.images, part.labels)

    @property
    def provenance(self) -> dict[str, Any]:
        """Enough to repeat the training."""
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
    """Train, evaluate, store, and publish what passed. Only a queued run starts."""
    if not _start(run_id):
        return
    began = time.monotonic()
    try:
        with heartbeat(run_id) as cancelled:
            trained, evaluated, version = _train_and_evaluate(
                run_id, settings, lambda: cancelled.is_set() or shutting_down.is_set()
            )
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
        seconds = time.monotonic() - began
        _finish(run_id, version, evaluated.evaluation, trained.data_sha256, seconds)


def _train_and_evaluate(
    run_id: int, settings: Settings, should_stop: Callable[[], bool]
) -> tuple[Trained, EvaluatedChallenger, ModelVersion]:
    """Raises TrainingStoppedError when the run was cancelled or the process is asked to end."""
    plan = _plan(run_id, settings)
    mnist = load_mnist(settings.mnist_path)
    trained = train(
        plan.recipe,
        mnist,
        training_corrections=plan.training_corrections,
        champion=plan.champion,
        on_epoch=lambda record: _record_epoch(run_id, record),
        should_stop=should_stop,
    )
    evaluated = _evaluate(trained, mnist, plan)
    if should_stop():
        raise TrainingStoppedError
    version = store_version(
        trained,
        settings.models_dir,
        training_run_id=plan.run_id,
        parent_id=plan.champion_id,
        evaluated=evaluated,
    )
    return trained, evaluated, version


def _start(run_id: int) -> bool:
    """Start the run; returns whether it was still queued."""
    with writing() as session:
        run = session.get(TrainingRun, run_id, with_for_update={"of": TrainingRun})
        if run is None or run.status != RunStatus.QUEUED:
            return False
        run.start(epochs_planned=run.epochs_planned)
    return True


def _plan(run_id: int, settings: Settings) -> TrainingPlan:
    """Choose the recipe, load champion and corrections, and record the provenance."""
    with Session(db.engine) as session:  # a short one: nobody waits while a network is loaded
        run = session.get_one(TrainingRun, run_id)
        name, architecture, epochs = run.recipe, run.architecture, run.epochs_planned
        version = session.scalar(ModelVersion.current())
        corrections = load_corrections(session)
    champion = load_champion(version, settings.models_dir) if version else None
    if RECIPES[name].tunes and not (champion and champion.can_become(architecture)):
        name = RECIPE_WITHOUT_CHAMPION
    recipe = RECIPES[name].adapted(architecture=architecture, epochs=epochs)
    plan = TrainingPlan(run_id, recipe, corrections, version, champion)
    with writing() as session:
        run = session.get_one(TrainingRun, run_id)
        run.epochs_planned = recipe.epochs
        run.provenance = plan.provenance
    log.info("Training run %s starts: %s, %s.", run_id, recipe.architecture, recipe.name)
    return plan


def _record_epoch(run_id: int, record: EpochRecord) -> None:
    with writing() as session:
        run = session.get_one(TrainingRun, run_id)
        run.record_epoch(**asdict(record))


def _evaluate(trained: Trained, mnist: Mnist, plan: TrainingPlan) -> EvaluatedChallenger:
    champion = plan.champion
    return evaluate_challenger(
        evaluation_sets(mnist, plan.corrections),
        Classifier(trained.model, trained.calibration),
        Classifier(champion.model, champion.calibration) if champion else None,
        plan.champion_id,
    )


def _finish(
    run_id: int, version: ModelVersion, evaluation: Evaluation, data_sha256: str, seconds: float
) -> None:
    """End the run, and publish its version if it passed and nothing prevents it."""
    with writing() as session:
        run = session.get_one(TrainingRun, run_id, with_for_update={"of": TrainingRun})
        if run.status != RunStatus.RUNNING:
            return
        run.provenance = {
            **run.provenance,
            "data_sha256": data_sha256,
            "seconds": round(seconds, 1),
        }
        run.finish()
        version = session.get_one(ModelVersion, version.id)
        promotion = promote(session, version, evaluation)
        version.notes = NOT_PUBLISHED.get(promotion)
        if promotion == Promotion.PINNED:
            summary = [*evaluation.summary, NOT_PUBLISHED[promotion]]
            version.evaluation = replace(evaluation, summary=summary).to_json()
    log.info("Training run %s made %s: %s.", run_id, version.name, promotion)


def _stop(run: TrainingRun) -> None:
    if run.cancel_requested_at is not None:
        run.cancel("Cancelled by an admin.")
    else:
        run.interrupt(STOPPED)


def _end(run_id: int, how: Callable[[TrainingRun], None]) -> None:
    with writing() as session:
        run = session.get(TrainingRun, run_id, with_for_update={"of": TrainingRun})
        if run is not None and run.status == RunStatus.RUNNING:
            how(run)
