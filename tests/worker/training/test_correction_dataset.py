"""Corrections as arrays: approved and undisputed ones, in a training and a validation part."""

from __future__ import annotations

import numpy as np
from flask import Flask
from sqlalchemy.orm import Session

from tests.support.records import corrected
from webapp.platform.database import db
from worker.recognition.arrays import NO_DIGIT
from worker.training.correction_dataset import CorrectionDataset, load_corrections


def loaded() -> CorrectionDataset:
    with Session(db.engine) as session:
        return load_corrections(session)


def inks(count: int) -> np.ndarray:
    return np.random.default_rng(5).integers(0, 256, (count, 28, 28), dtype=np.uint8)


def test_approved_corrections_come_back_as_the_ink_that_was_read(app: Flask) -> None:
    first, second, waiting = inks(3)
    corrected(first, 7, read_as=1)
    corrected(second, None, read_as=3)
    corrected(waiting, 5, approve=False)

    corrections = loaded()

    assert (corrections.images == [first, second]).all()
    assert corrections.labels.tolist() == [7, NO_DIGIT]
    assert corrections.read_as.tolist() == [1, 3]


def test_a_picture_counts_once_and_not_at_all_where_people_disagree(app: Flask) -> None:
    agreed, contested = inks(2)
    for owner_id in ("ada", "ben"):
        corrected(agreed, 4, by=owner_id)
    corrected(contested, 1, by="ada")
    corrected(contested, 7, by="ben")

    assert loaded().labels.tolist() == [4]


def test_a_fixed_part_is_never_trained_on(app: Flask) -> None:
    for ink in inks(60):
        corrected(ink, 2)

    corrections = loaded()

    assert 2 < len(corrections.validation_part) < 30
    assert len(corrections.training_part) + len(corrections.validation_part) == 60
    assert (loaded().validation == corrections.validation).all()


def test_the_misread_ones_are_those_that_were_read_as_another_label(app: Flask) -> None:
    wrong, right = inks(2)
    corrected(wrong, 2, read_as=1)
    corrected(right, 2, read_as=2)

    assert (loaded().misread.images == [wrong]).all()


def test_without_corrections_the_dataset_is_empty(app: Flask) -> None:
    assert len(loaded()) == 0
    assert loaded().to_dict()["training"] == [0] * 11
