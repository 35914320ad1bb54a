"""The training job: trains a network, evaluates it, and offers its version for publication."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from dataclasses import asdict

# TensorFlow reads this at its import. Training is three times as quick with oneDNN, which a
# process that imports the classifier first goes without.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

from webapp.models import RunStatus, TrainingRun
from webapp.platform.database import writing
from webapp.settings import Settings
from worker.recognition.evaluation.datasets import Mnist, load_mnist
from worker.recognition.network.classifier import Classifier
from worker.recognition.training.loop import Trained, train
from worker.recognition.training.progress import EpochRecord, TrainingStoppedError
from worker.training.errors import RunStoppedError
from worker.training.evaluation_sets import evaluation_sets
from worker.training.live_progress import LiveProgress
from worker.training.offer import ChampionChangedError, Offer, store_without_publishing
from worker.training.opponents import Opponents, load_opponents
from worker.training.promotion_gate import EvaluatedChallenger, evaluate_challenger
from worker.training.retries import UNREACHABLE, with_retries
from worker.training.trained_version import store_trained
from worker.training.training_plan import TrainingPlan, make_plan

NOTHING_TO_LEARN = (
    "There was nothing to learn: no approved correction is there to train on, so a fine-tuning "
    "would only copy the live version. No new version was made."
)
MAX_EVALUATIONS = 3  # then a version waits: others are published faster than it is evaluated

log = logging.getLogger(__name__)


def train_and_offer(
    run_id: int, settings: Settings, should_stop: Callable[[], bool], progress: LiveProgress
) -> None:
    """Carry out a run that has started. Raises RunStoppedError soon after `should_stop()`.

    Each step is left with `progress`, which somebody else writes into the row.
    """
    began = time.monotonic()
    plan = with_retries(lambda: make_plan(run_id, settings), give_up=should_stop)
    if plan.has_nothing_to_learn:
        with_retries(lambda: _finish_without_version(run_id), give_up=should_stop)
        return
    mnist = load_mnist(settings.mnist_path)
    try:
        trained = train(
            plan.recipe,
            mnist,
            training_corrections=plan.training_corrections,
            champion=plan.champion,
            on_epoch=lambda record: with_retries(
                lambda: _record_epoch(run_id, record, progress), give_up=should_stop
            ),
            on_step=progress.update,
            should_stop=should_stop,
        )
    except TrainingStoppedError as error:
        raise RunStoppedError from error
    offer = Offer(
        plan=plan,
        stored=store_trained(trained, settings.models_dir),
        data_sha256=trained.data_sha256,
        began=began,
    )
    _evaluate_and_offer(offer, trained, mnist, settings, should_stop)


def _evaluate_and_offer(
    offer: Offer,
    trained: Trained,
    mnist: Mnist,
    settings: Settings,
    should_stop: Callable[[], bool],
) -> None:
    """Evaluate against what is live, again where another version was published meanwhile."""
    classifier = Classifier(trained.model, trained.calibration)
    for attempt in range(1, MAX_EVALUATIONS + 1):
        opponents = with_retries(
            lambda: load_opponents(mnist, settings.models_dir), give_up=should_stop
        )
        evaluated = _evaluate(classifier, opponents, mnist, offer.plan)
        if should_stop():
            raise RunStoppedError
        try:
            offer.make(evaluated, opponents, is_last=attempt == MAX_EVALUATIONS)
        except ChampionChangedError:
            log.info("Another version was published; run %s is evaluated again.", offer.run_id)
        except UNREACHABLE:
            raise
        except Exception:
            log.exception("The version of training run %s could not be published.", offer.run_id)
            store_without_publishing(offer, evaluated)
            return
        else:
            return


def _evaluate(
    classifier: Classifier, opponents: Opponents, mnist: Mnist, plan: TrainingPlan
) -> EvaluatedChallenger:
    return evaluate_challenger(
        evaluation_sets(mnist, plan.corrections), classifier, opponents.champion, opponents.best
    ).with_remarks(opponents.remarks)


def _record_epoch(run_id: int, record: EpochRecord, progress: LiveProgress) -> None:
    with writing() as session:
        run = TrainingRun.locked(session, run_id)  # or a heartbeat's step outlives its epoch
        assert run is not None
        progress.write(session, run)
        if len(run.epochs) < record.epoch:  # a repeated transaction may have been committed
            run.record_epoch(**asdict(record))


def _finish_without_version(run_id: int) -> None:
    with writing() as session:
        run = TrainingRun.locked(session, run_id)
        if run is not None and run.status in (RunStatus.RUNNING, RunStatus.INTERRUPTED):
            run.finish(NOTHING_TO_LEARN)
