"""Side by side: versions of several architectures, and the test pictures they disagree on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from webapp.database import db, writing
from webapp.models import ModelVersion
from worker.corrections import load_corrections
from worker.digits.classifier import Classifier
from worker.digits.datasets import Labels, Mnist
from worker.digits.training import Trained
from worker.exam import answer, hold_exam, papers_of
from worker.trainer import load_champion

PICTURES_SHOWN = 60


@dataclass(frozen=True)
class Contestant:
    """A version that was just trained."""

    version_id: int
    trained: Trained


def set_side_by_side(contestants: Sequence[Contestant], mnist: Mnist, models_dir: Path) -> int:
    """Examine every contestant, and keep the same disputed pictures with each of the exams.

    Returns how many pictures of MNIST's test set they disagree on.
    """
    with Session(db.engine) as session:
        live = session.scalar(ModelVersion.current())
        corrections = load_corrections(session)
    champion = load_champion(live, models_dir) if live else None
    former = Classifier(champion.model, champion.calibration) if champion else None
    champion_id = live.id if live and champion else None
    readers = [Classifier(one.trained.model, one.trained.calibration) for one in contestants]
    on_mnist, *on_corrections = papers_of(mnist, corrections)
    disputed = most_disputed([answer(on_mnist, reader).read for reader in readers])
    papers = [replace(on_mnist, always_shown=disputed[:PICTURES_SHOWN]), *on_corrections]
    exams = [hold_exam(papers, reader, former, champion_id) for reader in readers]
    with writing() as session:
        for contestant, exam in zip(contestants, exams, strict=True):
            session.get_one(ModelVersion, contestant.version_id).exam = exam.to_json()
    return len(disputed)


def most_disputed(readings: Sequence[Labels]) -> list[int]:
    """Where several (n,) readings differ: the indices, those of the most different labels first."""
    sorted_readings = np.sort(np.stack(readings), axis=0)
    labels = 1 + (np.diff(sorted_readings, axis=0) != 0).sum(axis=0)
    order = np.argsort(-labels, kind="stable")
    return [int(index) for index in order[: int((labels > 1).sum())]]
