"""The networks that explain: those that answered, loaded when they are asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from webapp.explanations.files import network_file, open_network
from webapp.models import ModelVersion
from webapp.platform.storage import write_whole
from worker.explanations.packing import packed
from worker.model_files.store import verified_file

if TYPE_CHECKING:
    from worker.recognition.explanation.contents import NetworkExplainer

KEPT = 2  # networks in memory: the live version, and the one before it

_explainers: dict[str, NetworkExplainer] = {}  # by checksum, the one used last at the end


def explainer_of(version: ModelVersion, models_dir: Path) -> NetworkExplainer:
    """The network of a version, with its weights written for the pages.

    Raises WrongFileError, ModelFileError or OSError.
    """
    from worker.recognition.explanation.contents import NetworkExplainer  # noqa: PLC0415 (TensorFlow)
    from worker.recognition.network import files  # noqa: PLC0415

    explainer = _explainers.pop(version.sha256, None)
    if explainer is None:
        explainer = NetworkExplainer(*files.load(verified_file(models_dir, version)))
    _explainers[version.sha256] = explainer
    while len(_explainers) > KEPT:
        del _explainers[next(iter(_explainers))]
    if open_network(models_dir, version.sha256) is None:
        described = network_file(models_dir, version.sha256)
        described.parent.mkdir(parents=True, exist_ok=True)
        write_whole(described, packed(explainer.network()))
    return explainer
