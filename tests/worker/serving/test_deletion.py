"""Deletion beside the workers: the next training lacks what went, and no reader stumbles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.support.records import (
    corrected,
    prediction_of,
    stored_version,
    waiting_prediction,
)
from webapp.models import Prediction, Status
from webapp.models.evaluation import NEVER_AGAIN
from webapp.personal_data.deletion import delete_all_of
from webapp.platform.database import db, writing
from webapp.platform.extensions import Extensions
from webapp.platform.storage import Storage
from worker import tasks
from worker.recognition.evaluation.datasets import Mnist
from worker.recognition.reader import Reader
from worker.serving import answering
from worker.serving.answering import Answer
from worker.training.correction_dataset import CorrectionDataset, load_corrections
from worker.training.evaluation_sets import evaluation_sets

INKS = np.random.default_rng(5).integers(0, 256, (3, 28, 28), dtype=np.uint8)


def stored_corrections() -> CorrectionDataset:
    with Session(db.engine) as session:
        return load_corrections(session)


def test_deleted_corrections_are_not_in_the_next_training_set(app: Flask) -> None:
    for ink, owner_id in zip(INKS, ("ada", "ben", "ada"), strict=True):
        corrected(ink, 7, read_as=1, by=owner_id)
    assert len(stored_corrections()) == 3

    delete_all_of("ada")

    left = stored_corrections()
    assert (left.images == [INKS[1]]).all()
    assert len(left) == 1


def test_an_evaluation_set_names_the_corrections_of_its_pictures(app: Flask, mnist: Mnist) -> None:
    corrections = [corrected(ink, 7, read_as=1) for ink in INKS]

    sets = {one.name: one for one in evaluation_sets(mnist, stored_corrections())}
    never_again = sets[NEVER_AGAIN]

    assert never_again.ink_sha256 is not None
    assert never_again.ink_sha256.tolist() == [one.ink_sha256 for one in corrections]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_deletion_while_a_worker_reads_leaves_other_answers_alone(
    moment: str, app: Flask, network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch is claimed; then one of its two pictures is deleted, unread or just read."""
    stored_version(network)
    deleted = [waiting_prediction(owner_id="ada")]
    kept = waiting_prediction(owner_id="ben")
    read = answering.read

    def read_while_ada_deletes(
        batch: Sequence[Prediction], reader: Reader, storage: Storage
    ) -> list[Answer]:
        assert {prediction.id for prediction in batch} == {*deleted, kept}
        if moment == "before":
            delete_all_of("ada")
            return read(batch, reader, storage)
        answers = read(batch, reader, storage)
        delete_all_of("ada")
        return answers

    monkeypatch.setattr(answering, "read", read_while_ada_deletes)
    tasks.predict()

    assert prediction_of(kept).status == Status.DONE
    with writing() as session:
        assert Prediction.known(session, deleted) == set()
    storage = Extensions.of(app).storage
    assert [storage.names(one) for one in deleted] == [[]]
