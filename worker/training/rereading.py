"""Rereading: after a publication, the live version reads all corrected pictures again."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from webapp.messages import Message
from webapp.models import ModelVersion, utc_now
from webapp.platform.database import db, writing
from worker.serving.live_model import LiveModel
from worker.training.correction_dataset import load_corrections
from worker.training.evaluation_sets import EvaluationSet, predict_labels


@dataclass(frozen=True)
class Reread:
    """The result, which `ModelVersion.scores["reread"]` keeps."""

    at: str  # ISO 8601, UTC
    count: int  # approved corrections, each picture once
    right_then: int  # by the models that read them first
    right_now: int

    @property
    def sentence(self) -> Message:
        return Message(
            "Of %(count)s corrected pictures it reads %(now)s right; "
            "%(then)s were read right at the time.",
            {"count": self.count, "now": self.right_now, "then": self.right_then},
        )


def reread_corrections(live_model: LiveModel) -> Reread | None:
    """Read and keep the count with the live version; None where no model loads."""
    live = live_model.follow()
    if live is None:
        return None
    with Session(db.engine) as session:
        corrections = load_corrections(session)
    evaluation_set = EvaluationSet(
        "Corrections", corrections.images, corrections.labels, margin=0.0
    )
    labels = predict_labels(evaluation_set, live.reader.classifier).labels
    reread = Reread(
        at=utc_now().isoformat(timespec="seconds"),
        count=len(corrections),
        right_then=len(corrections) - len(corrections.misread),
        right_now=int((labels == corrections.labels).sum()),
    )
    with writing() as session:
        lock = {"of": ModelVersion}  # other measurements are added to the same column
        version = session.get_one(ModelVersion, live.version_id, with_for_update=lock)
        version.scores = {**version.scores, "reread": asdict(reread)}
    return reread
