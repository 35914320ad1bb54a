"""Importing: an untrusted model file becomes a version, which is evaluated before publication."""

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
from worker.model_files.conversion import (
    DEFAULT_LIMITS,
    ConversionError,
    ConversionLimits,
    convert_in_sandbox,
)
from worker.model_files.inspection import MAX_FILE, MEGABYTE
from worker.model_files.store import AlreadyStoredError, add_version
from worker.recognition.network.model_card import read_card

SUFFIXES = (".keras", ".h5")
VALID_NAME = re.compile(r"[\w-]{1,32}", re.ASCII)
UNNAMED = "imported"


def import_model(
    path: Path, settings: Settings, limits: ConversionLimits = DEFAULT_LIMITS
) -> ModelVersion:
    """Convert an untrusted file in a separate process, and store the result as a version.

    Raises ConversionError, AlreadyStoredError for a file that was imported before, or OSError.
    """
    if path.suffix not in SUFFIXES:
        raise ConversionError("A model file ends in .keras or .h5.")
    with tempfile.TemporaryDirectory(prefix="cifra-import-") as folder:
        source = (
            Path(folder) / f"source{path.suffix}"
        )  # a copy, which nobody changes between check and use
        _copy(path, source)
        checksum = sha256(source.read_bytes()).hexdigest()
        _require_new(checksum)
        target = Path(folder) / "converted.keras"
        convert_in_sandbox(source, target, limits)
        card = read_card(target)
        assert card is not None  # the conversion wrote it
        name = card.architecture if VALID_NAME.fullmatch(card.architecture) else UNNAMED
        card = replace(card, architecture=name, scores={"source_sha256": checksum})
        return add_version(settings.models_dir, target, card=card, origin="imported")


def _copy(path: Path, target: Path) -> None:
    if not path.is_file():
        raise ConversionError(f"There is no model file at {path}.")
    if path.stat().st_size > MAX_FILE:
        raise ConversionError(f"The file is larger than {MAX_FILE // MEGABYTE} MB.")
    shutil.copyfile(path, target)


def _require_new(checksum: str) -> None:
    with Session(db.engine) as session:
        known = session.scalar(
            select(ModelVersion).where(ModelVersion.scores["source_sha256"].as_string() == checksum)
        )
    if known is not None:
        raise AlreadyStoredError(known)
