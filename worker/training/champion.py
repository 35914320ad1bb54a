"""The champion: the live network, loaded to be trained further or to be compared with."""

from __future__ import annotations

import logging
from pathlib import Path

from webapp.models import ModelVersion
from worker.model_files.store import WrongFileError, verified_file
from worker.recognition.network import files
from worker.recognition.network.files import ModelFileError
from worker.recognition.training.loop import Champion

log = logging.getLogger(__name__)


def load_champion(version: ModelVersion, models_dir: Path) -> Champion | None:
    """The version's network; None where its file is missing, damaged or holds no network."""
    try:
        return Champion(*files.load(verified_file(models_dir, version)))
    except (WrongFileError, ModelFileError, OSError) as error:
        log.warning("%s does not load: %s", version.name.capitalize(), error)
        return None
