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


def to_learn_from() -> CorrectionDataset:
    with Session(db.engine) as session:
        return load_corrections(session)


def test_what_a_person_deletes_is_not_in_the_next_training_set(app: Flask) -> None:
    for ink, who in zip(INKS, ("ada", "ben", "ada"), strict=True):
        corrected(ink, 7, read_as=1, by=who)
    assert len(to_learn_from()) == 3

    delete_all_of("ada")

    left = to_learn_from()
    assert (left.images == [INKS[1]]).all()
    assert len(left) == 1


def test_an_exam_knows_which_corrections_its_pictures_are(app: Flask, mnist: Mnist) -> None:
    said = [corrected(ink, 7, read_as=1) for ink in INKS]

    *_, never_again = evaluation_sets(mnist, to_learn_from())

    assert never_again.ink_sha256 is not None
    assert never_again.ink_sha256.tolist() == [one.ink_sha256 for one in said]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_deletion_while_a_worker_reads_disturbs_nobody_else(
    moment: str, app: Flask, network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch is claimed; then one of its two pictures is deleted, unread or just read."""
    stored_version(network)
    gone = [waiting_prediction(owner_id="ada")]
    kept = waiting_prediction(owner_id="ben")
    read = answering.read

    def read_while_ada_deletes(
        batch: Sequence[Prediction], reader: Reader, storage: Storage
    ) -> list[Answer]:
        assert {prediction.id for prediction in batch} == {*gone, kept}
        if moment == "before":
            delete_all_of("ada")
            return read(batch, reader, storage)
        given = read(batch, reader, storage)
        delete_all_of("ada")
        return given

    monkeypatch.setattr(answering, "read", read_while_ada_deletes)
    tasks.predict()

    assert prediction_of(kept).status == Status.DONE
    with writing() as session:
        assert Prediction.known(session, gone) == set()
    storage = Extensions.of(app).storage
    assert [storage.names(one) for one in gone] == [[]]
