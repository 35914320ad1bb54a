"""The files of explanations: one for each explained digit, and one for each explained network."""

from __future__ import annotations

from pathlib import Path

from webapp.models import Explanation
from webapp.platform.array_archive import ArchiveError, ArrayArchive
from webapp.platform.storage import Storage

FORMAT = 1  # raised when the files change, so that older ones are computed again


def network_file(models_dir: Path, checksum: str) -> Path:
    """The file with the layers and weights of the network with this SHA-256."""
    return models_dir / "explained" / f"{checksum}.zip"


def training_digits_sample(models_dir: Path) -> Path:
    """The sample of training digits of this installation; there may be none."""
    return models_dir / "training_digits.npz"


def training_digits_file(models_dir: Path, checksum: str) -> Path:
    """The file with the training digits as the network with this SHA-256 sees them."""
    return models_dir / "explained" / f"{checksum}-digits.zip"


def open_network(models_dir: Path, checksum: str) -> ArrayArchive | None:
    return _open(network_file(models_dir, checksum))


def open_explanation(storage: Storage, explanation: Explanation) -> ArrayArchive | None:
    return _open(storage.path(explanation.prediction_id, explanation.filename))


def _open(path: Path) -> ArrayArchive | None:
    """The archive; None where it is missing, damaged, or from another version of Cifra."""
    archive = ArrayArchive(path)
    try:
        return archive if archive.facts.get("format") == FORMAT else None
    except (ArchiveError, ValueError, KeyError):
        return None
