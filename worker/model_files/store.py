"""The model store: network files named by their checksum, each with its row of a model version."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from webapp.models import AuditAction, Evaluation, EvaluationPicture, ModelVersion
from webapp.platform.audit import record
from webapp.platform.database import db, writing
from webapp.platform.storage import write_whole
from webapp.registry import publishing
from webapp.settings import ROOT
from worker.recognition.network.model_card import ModelCard, read_card

SHIPPED = ROOT / "models" / "cifra.keras"

log = logging.getLogger(__name__)


class UnknownFileError(Exception):
    """The file says nothing of its architecture and scores, as every file written here does."""


class WrongFileError(Exception):
    """The file is not the one whose checksum the row names."""


class AlreadyStoredError(Exception):
    """The very same file is a version already."""

    def __init__(self, version: ModelVersion) -> None:
        super().__init__(f"This very file is {version.name} already.")
        self.version = version


def install_shipped(models_dir: Path, shipped: Path = SHIPPED) -> ModelVersion | None:
    """Make the model that ships a version; None when it is one already.

    It goes live unless an admin has published another model. Loads no network.
    Raises UnknownFileError, or OSError when the file is missing.
    """
    card = read_card(shipped)
    if card is None:
        raise UnknownFileError(f"{shipped.name} was not written by `flask model train`.")
    try:
        version = add_version(models_dir, shipped, card=card, origin="shipped")
        is_new = True
    except AlreadyStoredError as error:
        version, is_new = error.version, False
    with writing() as session:
        version = session.get_one(ModelVersion, version.id)
        publishing.install(session, version, is_new=is_new)
    return version if is_new else None


def add_version(
    models_dir: Path,
    source: Path,
    *,
    card: ModelCard,
    origin: str,
    training_run_id: int | None = None,
    parent_id: int | None = None,
    evaluation: Evaluation | None = None,
    pictures: Sequence[EvaluationPicture] = (),
) -> ModelVersion:
    """Keep a copy of a network's file and commit its row. Raises AlreadyStoredError, OSError."""
    content = source.read_bytes()
    checksum = sha256(content).hexdigest()
    version = ModelVersion(
        origin=origin,
        architecture=card.architecture,
        parameters=card.parameters,
        filename=f"{checksum}{source.suffix}",
        sha256=checksum,
        size=len(content),
        accuracy=card.scores.get("accuracy"),
        scores=dict(card.scores),
        training_run_id=training_run_id,
        parent_id=parent_id,
    )
    if evaluation:
        version.record_evaluation(evaluation, pictures)
    models_dir.mkdir(parents=True, exist_ok=True)
    write_whole(models_dir / version.filename, content)  # first the file, then the row
    try:
        with writing() as session:
            session.add(version)
            if origin == "imported":
                session.flush()
                record(session, AuditAction.IMPORTED, version.name)
    except IntegrityError as error:  # of two who add the same file at once, one comes second
        with writing() as session:
            known = session.scalars(select(ModelVersion).filter_by(sha256=checksum)).one()
        raise AlreadyStoredError(known) from error
    return version


def verified_file(models_dir: Path, version: ModelVersion) -> Path:
    """The version's file, once its checksum agrees. Raises WrongFileError or OSError."""
    path = models_dir / version.filename
    if not path.is_file():
        raise WrongFileError(f"The file {path.name} is missing.")
    if sha256(path.read_bytes()).hexdigest() != version.sha256:
        raise WrongFileError(f"The file {path.name} is damaged: its checksum differs.")
    return path


def files_to_read_with(models_dir: Path) -> list[Path]:
    """The published versions' files, the live one first, then the one that ships.

    It needs no database: without one the shipped file is all there is. A file that is not the one
    in its row is passed over.
    """
    try:
        published = db.session.scalars(ModelVersion.latest_publications()).all()
        db.session.rollback()
    except SQLAlchemyError:
        published = []
    files = []
    for version in published:
        try:
            files.append(verified_file(models_dir, version))
        except (WrongFileError, OSError) as error:
            log.warning("%s is passed over: %s", version.name.capitalize(), error)
    return [*files, SHIPPED]
