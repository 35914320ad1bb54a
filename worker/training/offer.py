"""The offer: one transaction ends a run, stores its version, and publishes it if it may be.

Either all of it is committed or none, so that no passed version is left behind without a
publication or a reason.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from sqlalchemy.orm import Session

from webapp.models import ModelVersion, RunStatus, TrainingRun
from webapp.platform.database import writing
from webapp.registry.publishing import Promotion, promote
from worker.model_files.store import StoredFile
from worker.training.opponents import Opponents
from worker.training.promotion_gate import EvaluatedChallenger
from worker.training.retries import with_retries
from worker.training.training_plan import TrainingPlan

PUBLISHING_FAILED = (
    "Publishing it failed with an unexpected error, which is in the trainer's log. "
    "It waits until an admin publishes it."
)

log = logging.getLogger(__name__)


class ChampionChangedError(Exception):
    """Another version was published during the evaluation; nothing was stored."""


@dataclass(frozen=True)
class Offer:
    """A trained network of a run, whose file is stored already."""

    plan: TrainingPlan
    stored: StoredFile
    data_sha256: str
    began: float  # when the run began, on the monotonic clock

    @property
    def run_id(self) -> int:
        return self.plan.run_id

    def make(self, evaluated: EvaluatedChallenger, opponents: Opponents, *, is_last: bool) -> None:
        """Store the version and promote it. Raises ChampionChangedError unless it `is_last`."""
        promotion = with_retries(lambda: self._promote(evaluated, opponents, is_last=is_last))
        log.info("The version of training run %s: %s.", self.run_id, promotion)

    def _promote(
        self, evaluated: EvaluatedChallenger, opponents: Opponents, *, is_last: bool
    ) -> Promotion | None:
        with writing() as session:
            version = self.store(session, evaluated)
            if version is None:
                return None
            promotion = promote(
                session, version, evaluated.evaluation, evaluated_against=opponents.live_id
            )
            if promotion == Promotion.CHAMPION_CHANGED and not is_last:
                raise ChampionChangedError
            return promotion

    def store(self, session: Session, evaluated: EvaluatedChallenger) -> ModelVersion | None:
        """End the run and add its version; None where the run has ended otherwise."""
        run = TrainingRun.locked(session, self.run_id)
        # An interrupted run was taken for dead while the database could not be reached.
        if run is None or run.status not in (RunStatus.RUNNING, RunStatus.INTERRUPTED):
            return None
        seconds = round(time.monotonic() - self.began, 1)
        run.provenance = {**run.provenance, "data_sha256": self.data_sha256, "seconds": seconds}
        run.finish()
        version = self.stored.version(
            "trained", training_run_id=self.run_id, parent_id=self.plan.champion_id
        )
        if self.plan.may_know_validation_set:
            version.scores = {**version.scores, "may_know_validation_set": True}
        version.record_evaluation(evaluated.evaluation, evaluated.pictures)
        session.add(version)
        session.flush()
        return version


def store_without_publishing(offer: Offer, evaluated: EvaluatedChallenger) -> None:
    """Keep a version that could not be published, and say so in its notes."""

    def store_once() -> None:
        with writing() as session:
            version = offer.store(session, evaluated)
            if version is not None:
                version.notes = PUBLISHING_FAILED

    with_retries(store_once)
