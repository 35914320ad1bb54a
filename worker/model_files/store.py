"""The model store: network files named by their checksums, and the rows of their versions."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from webapp.models import AuditAction, ModelVersion
from webapp.platform.audit import record
from webapp.platform.database import db, writing
from webapp.platform.storage import write_whole
from webapp.registry import publishing
from webapp.settings import ROOT
from worker.recognition.network.model_card import ModelCard, read_card

SHIPPED = ROOT / "models" / "cifra.keras"

log = logging.getLogger(__name__)


class UnknownFileError(Exception):
    """The file has no model card, as every file that Cifra writes has."""


class WrongFileError(Exception):
    """The file is not the one with the checksum in the row."""


class AlreadyStoredError(Exception):
    """The same file is a version already."""

    def __init__(self, version: ModelVersion) -> None:
        super().__init__(f"This file is {version.name} already.")
        self.version = version


@dataclass(frozen=True)
class StoredFile:
    """A network's file in the model folder, from which a version can be made."""

    filename: str
    sha256: str
    size: int  # bytes
    card: ModelCard

    def version(self, origin: str, **facts: Any) -> ModelVersion:
        """A new row for the file, which the caller adds to a session."""
        return ModelVersion(
            origin=origin,
            architecture=self.card.architecture,
            parameters=self.card.parameters,
            filename=self.filename,
            sha256=self.sha256,
            size=self.size,
            accuracy=self.card.scores.get("accuracy"),
            scores=dict(self.card.scores),
            **facts,
        )


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


def store_file(models_dir: Path, source: Path, card: ModelCard) -> StoredFile:
    """Copy a network's file into the model folder, whole or not at all. Raises OSError."""
    content = source.read_bytes()
    checksum = sha256(content).hexdigest()
    stored = StoredFile(f"{checksum}{source.suffix}", checksum, len(content), card)
    models_dir.mkdir(parents=True, exist_ok=True)
    write_whole(models_dir / stored.filename, content)
    return stored


def add_version(
    models_dir: Path, source: Path, *, card: ModelCard, origin: str, **facts: Any
) -> ModelVersion:
    """Keep a copy of a network's file and commit its row. Raises AlreadyStoredError, OSError."""
    stored = store_file(models_dir, source, card)  # first the file, then the row
    _require_new(stored.sha256)  # a refused insert would use up a version number
    version = stored.version(origin, **facts)
    try:
        with writing() as session:
            session.add(version)
            if origin == "imported":
                session.flush()
                record(session, AuditAction.IMPORTED, version.name)
    except IntegrityError:
        _require_new(stored.sha256)  # another process added the same file at the same time
        raise
    return version


def _require_new(checksum: str) -> None:
    with Session(db.engine) as session:
        known = session.scalar(select(ModelVersion).filter_by(sha256=checksum))
    if known is not None:
        raise AlreadyStoredError(known)


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

    It needs no database: without one the shipped file is the only one. A file that does not match
    the checksum in its row is skipped.
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
            log.warning("%s is skipped: %s", version.name.capitalize(), error)
    return [*files, SHIPPED]
