"""The model store: network files named by their checksum, each with its row of a model version."""

from __future__ import annotations

import logging
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from webapp.database import writing
from webapp.models import ModelVersion
from webapp.settings import ROOT
from webapp.storage import write_whole
from worker.digits.model_card import ModelCard, read_card

SHIPPED = ROOT / "models" / "cifra.keras"

log = logging.getLogger(__name__)


class UnknownFileError(Exception):
    """The file says nothing of its architecture and scores, as every file written here does."""


class AlreadyStoredError(Exception):
    """The very same file is a version already."""


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
    except AlreadyStoredError:
        return None
    with writing() as session:
        live = session.scalar(ModelVersion.current())
        if live is None or live.origin == "shipped":
            version = session.merge(version)
            version.publish()
    return version


def add_version(
    models_dir: Path,
    source: Path,
    *,
    card: ModelCard,
    origin: str,
    training_run_id: int | None = None,
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
    )
    models_dir.mkdir(parents=True, exist_ok=True)
    write_whole(models_dir / version.filename, content)  # first the file, then the row
    try:
        with writing() as session:
            session.add(version)
    except IntegrityError as error:  # of two who add the same file at once, one comes second
        raise AlreadyStoredError(f"{source.name} is a model version already.") from error
    return version


def version_of(path: Path) -> ModelVersion | None:
    """The version whose file has this file's content."""
    with writing() as session:
        checksum = sha256(path.read_bytes()).hexdigest()
        return session.scalar(select(ModelVersion).where(ModelVersion.sha256 == checksum))
