"""A training plan: all that a run trains with, read once at its start."""

from __future__ import annotations

import logging
import platform
from dataclasses import asdict, dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from sqlalchemy.orm import Session

from webapp.models import ModelVersion, TrainingRun
from webapp.models.catalogue import QUICK
from webapp.platform.database import db, writing
from webapp.settings import Settings
from worker.recognition.training.batches import TrainingCorrections
from worker.recognition.training.loop import Champion
from worker.recognition.training.recipes import RECIPES, Recipe
from worker.training.champion import load_champion
from worker.training.correction_dataset import CorrectionDataset, load_corrections

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
    def has_nothing_to_learn(self) -> bool:
        """Whether it would only copy the live version: a fine-tuning without corrections."""
        return self.recipe.tunes and not len(self.training_corrections)

    @property
    def training_corrections(self) -> TrainingCorrections:
        part = self.corrections.training_part
        return TrainingCorrections(part.images, part.labels)

    @property
    def may_know_validation_set(self) -> bool:
        """Whether it goes on from a network that may have been trained on the validation set."""
        return bool(self.recipe.tunes and self.version and self.version.may_know_validation_set)

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


def make_plan(run_id: int, settings: Settings) -> TrainingPlan:
    """Choose the recipe, load champion and corrections, and record the provenance."""
    with Session(db.engine) as session:  # a short one: a network is loaded after it has ended
        run = session.get_one(TrainingRun, run_id)
        name, architecture, epochs = run.recipe, run.architecture, run.epochs_planned
        version = session.scalar(ModelVersion.current())
        corrections = load_corrections(session)
    champion = load_champion(version, settings.models_dir) if version else None
    if RECIPES[name].tunes and not (champion and champion.can_become(architecture)):
        name = QUICK
    recipe = RECIPES[name].adapted(architecture=architecture, epochs=epochs)
    plan = TrainingPlan(run_id, recipe, corrections, version, champion)
    with writing() as session:
        run = session.get_one(TrainingRun, run_id)
        run.epochs_planned = recipe.epochs
        run.provenance = plan.provenance
    log.info("Training run %s starts: %s, %s.", run_id, recipe.architecture, recipe.name)
    return plan
