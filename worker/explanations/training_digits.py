"""The training digits as a network sees them: computed once for each network, and kept."""

from __future__ import annotations

import logging
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from webapp.explanations.files import training_digits_file
from webapp.models import ModelVersion
from webapp.platform.array_archive import ArchiveError, ArrayArchive
from webapp.platform.storage import write_whole
from worker.explanations.packing import packed

if TYPE_CHECKING:
    from worker.recognition.explanation.contents import NetworkExplainer
    from worker.recognition.explanation.layers import Array
    from worker.recognition.explanation.nearest import TrainingDigits

log = logging.getLogger(__name__)


def training_digits(path: Path) -> TrainingDigits | None:
    """The sample of this installation; None where it is missing or damaged."""
    from worker.recognition.explanation.nearest import TrainingDigits  # noqa: PLC0415 (TensorFlow)

    if not path.exists():
        return None
    try:
        return TrainingDigits.load(path)
    except (OSError, ValueError, KeyError):
        log.warning("%s cannot be read, so that explanations show no training digits.", path)
        return None


def directions_of(
    digits: TrainingDigits, explainer: NetworkExplainer, version: ModelVersion, models_dir: Path
) -> Array | None:
    """(n, d) directions, from the file or computed now; None for a network without hidden layer."""
    from worker.recognition.explanation.contents import Contents  # noqa: PLC0415 (TensorFlow)

    sample = sha256(digits.images.tobytes()).hexdigest()
    target = training_digits_file(models_dir, version.sha256)
    try:
        kept = ArrayArchive(target)
        if kept.facts.get("sample") == sample:
            found = kept.array("directions")
            return np.array(found.values, np.float32).reshape(found.shape)
    except (ArchiveError, ValueError):
        pass  # there is none yet
    computed = explainer.directions(digits)
    if computed is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, packed(Contents({"sample": sample}, {"directions": computed})))
    return computed
