"""How long a training should take on this machine, by what was measured here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean

from sqlalchemy.orm import Session

from webapp.models.catalogue import ARCHITECTURES, RECIPES, TrainingRecipe, estimated_seconds
from webapp.models.training_run import RunStatus, TrainingRun

RUNS_COUNTED = 3  # the latest ones; machines change
RUNS_LOOKED_AT = 50  # for a measured speed
USUAL_OVERHEAD = 60.0  # seconds, until the first run is done here


class Basis(StrEnum):
    """What an estimate rests on, from the best to the least."""

    SAME_RUNS = "same runs"  # the latest runs of the same recipe and network
    SPEED = "speed"  # the measured speed of this network, in another recipe
    OTHER_NETWORK = "other network"  # the measured speed of another network
    NOTHING = "nothing"  # nothing was trained here yet: it is a guess


@dataclass(frozen=True)
class Expected:
    """How long a training should take."""

    seconds: float
    basis: Basis


@dataclass(frozen=True)
class _Speed:
    """What one run measured."""

    architecture: str
    seconds_a_picture: float


def expected_duration(session: Session, *, recipe: str, architecture: str) -> Expected:
    """From the latest done runs alike, else from the measured time that a picture takes here."""
    runs = _latest_runs(session)
    alike = [
        run.seconds_elapsed
        for run in runs
        if run.status == RunStatus.DONE
        and run.versions
        and (run.recipe, run.architecture) == (recipe, architecture)
        and run.seconds_elapsed is not None
    ][:RUNS_COUNTED]
    if alike:
        return Expected(fmean(alike), Basis.SAME_RUNS)
    wanted = RECIPES.get(recipe)
    speeds = _speeds(runs)
    if wanted is None or not speeds:
        return Expected(estimated_seconds(recipe), Basis.NOTHING)
    speed = next((one for one in speeds if one.architecture == architecture), speeds[0])
    seconds = wanted.epochs * wanted.pictures_an_epoch * speed.seconds_a_picture
    overhead = _overhead(runs)
    if speed.architecture == architecture:
        return Expected(seconds + overhead, Basis.SPEED)
    ratio = _relative_cost(architecture) / _relative_cost(speed.architecture)
    return Expected(seconds * ratio + overhead, Basis.OTHER_NETWORK)


def _latest_runs(session: Session) -> Sequence[TrainingRun]:
    query = TrainingRun.newest_first().where(TrainingRun.started_at.is_not(None))
    return session.scalars(query.limit(RUNS_LOOKED_AT)).all()


def _speeds(runs: Sequence[TrainingRun]) -> list[_Speed]:
    """The speed of each run with an epoch that ended, however the run ended; the latest first."""
    return [
        _Speed(run.architecture, fmean(lasted) / recipe.pictures_an_epoch)
        for run in runs
        if (lasted := seconds_of_epochs(run)) and (recipe := _recipe_trained(run))
    ]


def _overhead(runs: Sequence[TrainingRun]) -> float:
    """The seconds of a run beside its epochs: loading, drawing, calibration, evaluation."""
    measured = [
        run.seconds_elapsed - sum(seconds_of_epochs(run))
        for run in runs
        if run.status == RunStatus.DONE and run.versions and run.seconds_elapsed is not None
    ][:RUNS_COUNTED]
    return max(fmean(measured), 0.0) if measured else USUAL_OVERHEAD


def seconds_of_epochs(run: TrainingRun) -> list[float]:
    return [float(epoch["seconds"]) for epoch in run.epochs if "seconds" in epoch]


def _recipe_trained(run: TrainingRun) -> TrainingRecipe | None:
    """The recipe that the trainer carried out: a fine-tuning may have become a quick training."""
    carried_out = run.provenance.get("recipe")
    name = carried_out["name"] if isinstance(carried_out, dict) else run.recipe
    return RECIPES.get(str(name))


def _relative_cost(architecture: str) -> float:
    known = ARCHITECTURES.get(architecture)
    return known.relative_cost if known else 1.0
