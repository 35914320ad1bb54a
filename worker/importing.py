"""Importing: a stranger's model file becomes a version, which sits an exam before it may answer."""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.database import db, writing
from webapp.models import Exam, ModelVersion
from webapp.settings import Settings
from worker.conversion import USUAL, Bounds, ConversionError, convert_apart
from worker.corrections import load_corrections
from worker.digits.model_card import read_card
from worker.inspection import LARGEST_FILE, MEGABYTE
from worker.model_store import AlreadyStoredError, add_version, verified_file

SUFFIXES = (".keras", ".h5")
A_NAME = re.compile(r"[\w-]{1,32}", re.ASCII)
NAMELESS = "imported"


def import_model(path: Path, settings: Settings, bounds: Bounds = USUAL) -> ModelVersion:
    """Convert a stranger's file in a process apart, and keep what came of it.

    Raises ConversionError, AlreadyStoredError for a file that was imported before, or OSError.
    """
    if path.suffix not in SUFFIXES:
        raise ConversionError("A model file ends in .keras or .h5.")
    with tempfile.TemporaryDirectory(prefix="cifra-import-") as folder:
        source = Path(folder) / f"source{path.suffix}"  # nobody changes it between two looks
        _copy(path, source)
        checksum = sha256(source.read_bytes()).hexdigest()
        _require_new(checksum)
        target = Path(folder) / "converted.keras"
        convert_apart(source, target, bounds)
        card = read_card(target)
        assert card is not None  # the conversion wrote it
        name = card.architecture if A_NAME.fullmatch(card.architecture) else NAMELESS
        card = replace(card, architecture=name, scores={"source_sha256": checksum})
        return add_version(settings.models_dir, target, card=card, origin="imported")


def examine(version_id: int, settings: Settings) -> Exam:
    """Let a version sit its exam against the live one, and keep the outcome with it.

    Raises MissingDataError where MNIST cannot be had, SelfTestError, or WrongFileError.
    """
    from worker.digits.classifier import Classifier  # noqa: PLC0415 - TensorFlow takes seconds
    from worker.digits.datasets import load_mnist  # noqa: PLC0415
    from worker.digits.evaluation import milliseconds_a_picture  # noqa: PLC0415
    from worker.digits.self_test import require_reading  # noqa: PLC0415
    from worker.exam import hold_exam, papers_of  # noqa: PLC0415
    from worker.trainer import load_champion  # noqa: PLC0415

    mnist = load_mnist(settings.mnist_path)
    with Session(db.engine) as session:  # a short one: nobody waits while networks are loaded
        version = session.get_one(ModelVersion, version_id)
        live = session.scalar(ModelVersion.current())
        corrections = load_corrections(session)
    challenger = Classifier.load(verified_file(settings.models_dir, version))
    champion = load_champion(live, settings.models_dir) if live else None
    exam = hold_exam(
        papers_of(mnist, corrections),
        challenger,
        Classifier(champion.model, champion.calibration) if champion else None,
        live.id if live and champion else None,
    )
    accuracy = exam.papers[0].challenger.accuracy
    require_reading(challenger, accuracy)  # as every worker will, before it answers
    with writing() as session:
        version = session.get_one(ModelVersion, version_id)
        version.exam = exam.to_json()
        version.parent_id = exam.champion_id
        version.accuracy = accuracy
        milliseconds = round(milliseconds_a_picture(challenger), 3)
        version.scores = {**version.scores, "accuracy": accuracy, "milliseconds": milliseconds}
    return exam


def _copy(path: Path, target: Path) -> None:
    if not path.is_file():
        raise ConversionError(f"There is no model file at {path}.")
    if path.stat().st_size > LARGEST_FILE:
        raise ConversionError(f"The file is larger than {LARGEST_FILE // MEGABYTE} MB.")
    shutil.copyfile(path, target)


def _require_new(checksum: str) -> None:
    with Session(db.engine) as session:
        known = session.scalar(
            select(ModelVersion).where(ModelVersion.scores["source_sha256"].as_string() == checksum)
        )
    if known is not None:
        raise AlreadyStoredError(known)
