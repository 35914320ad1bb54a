"""The live model: the network this process answers with, following what was published last."""

from __future__ import annotations

import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from webapp.database import db, writing
from webapp.models import ModelVersion

if TYPE_CHECKING:
    from worker.digits.reader import Reader

PATIENCE_SECONDS = 5.0  # how long a batch waits for a new version before the old one answers it
RETRY_SECONDS = 60.0  # until a file that would not load is tried again: it may have been restored

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LiveReader:
    """A version, and the reader that answers with its network."""

    version_id: int
    reader: Reader


class LiveModel:
    """Keeps a live model: the version published last among those that load.

    A new version is loaded, verified and warmed in a thread of its own; until it is ready, and
    for good when it fails, the old one keeps answering.
    """

    def __init__(self, models_dir: Path, *, patience: float = PATIENCE_SECONDS) -> None:
        self._models_dir = models_dir
        self._patience = patience
        self._live: LiveReader | None = None
        self._loading: tuple[int, Future[Reader]] | None = None
        self._failed: dict[int, float] = {}  # version to the moment it may be tried again
        self._loader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="model-loader")

    def follow(self) -> LiveReader | None:
        """The model to answer the next batch with; None while there is none to be had."""
        for version in db.session.scalars(ModelVersion.latest_publications()).all():
            if self._live and self._live.version_id == version.id:
                break
            if self._failed.get(version.id, 0.0) > time.monotonic():
                continue
            if not self._switch_to(version):
                continue
            break
        db.session.rollback()  # a long-lived process must not hold its snapshot open
        return self._live

    def _switch_to(self, version: ModelVersion) -> bool:
        """Whether the search for a model ends here: this one is live now, or still loading."""
        if self._loading is None or self._loading[0] != version.id:
            path = self._models_dir / version.filename
            self._loading = version.id, self._loader.submit(_load, path, version.sha256)
        try:
            # With nothing to answer with meanwhile, waiting is all there is.
            reader = self._loading[1].result(self._patience if self._live else None)
        except TimeoutError:
            return True
        except Exception as error:  # whatever a damaged file does must not stop the answers
            self._loading = None
            self._give_up_on(version, error)
            return False
        self._loading = None
        self._live = LiveReader(version.id, reader)
        self._note(version.id, load_error=None)
        log.info("Answering with %s (%s).", version.name, version.architecture)
        return True

    def _give_up_on(self, version: ModelVersion, error: Exception) -> None:
        if version.id not in self._failed:
            log.error("%s could not be loaded: %s", version.name.capitalize(), error)
            self._note(version.id, load_error=str(error))
        self._failed[version.id] = time.monotonic() + RETRY_SECONDS

    def _note(self, version_id: int, *, load_error: str | None) -> None:
        if load_error is None:
            self._failed.pop(version_id, None)
        with writing() as session:
            version = session.get(ModelVersion, version_id)
            if version is not None and version.load_error != load_error:
                version.load_error = load_error


class WrongFileError(Exception):
    """The file is not the one that was published."""


def _load(path: Path, expected_sha256: str) -> Reader:
    """Verify, load, warm and test. Raises WrongFileError, ModelFileError or OSError."""
    from worker.digits.classifier import Classifier  # noqa: PLC0415 - TensorFlow takes seconds
    from worker.digits.reader import Reader  # noqa: PLC0415

    if not path.is_file():
        raise WrongFileError(f"The file {path.name} is missing.")
    if sha256(path.read_bytes()).hexdigest() != expected_sha256:
        raise WrongFileError(f"The file {path.name} is damaged: its checksum differs.")
    return Reader(Classifier.load(path))
