"""Importing: a model file from elsewhere becomes a version, which must be evaluated first."""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import ModelVersion
from webapp.platform.database import db
from webapp.settings import Settings
from worker.model_files.conversion import USUAL, Bounds, ConversionError, convert_apart
from worker.model_files.inspection import LARGEST_FILE, MEGABYTE
from worker.model_files.store import AlreadyStoredError, add_version
from worker.recognition.network.model_card import read_card

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
