"""The live model: the network that this process answers with; it follows the publications."""

from __future__ import annotations

import gc
import logging
import threading
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from webapp.models import ModelVersion
from webapp.platform.database import db, writing
from worker.model_files.store import verified_file
from worker.model_files.strings import shipped_strings

if TYPE_CHECKING:
    from worker.recognition.reader import Reader

CHECK_SECONDS = 0.5  # between two checks for a publication; loading takes about as long again
RETRY_SECONDS = 60.0  # until a file that does not load is tried again: it may be restored

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LiveReader:
    """A version, and the reader that answers with its network."""

    version_id: int
    reader: Reader


class LiveModel:
    """Holds the live model: of the published versions that load, the one published last.

    A thread of its own checks for a publication, loads, verifies and warms the new network, and
    switches the reference. Until then, and where loading fails, the old network answers.
    """

    def __init__(self, models_dir: Path) -> None:
        self._models_dir = models_dir
        self._live: LiveReader | None = None
        self._failed: dict[int, float] = {}  # version to the moment it may be tried again
        self._update_lock = threading.Lock()

    @classmethod
    def of(cls, app: Flask) -> LiveModel:
        """The live model of a worker's app."""
        live_model: LiveModel = app.extensions["cifra_live_model"]
        return live_model

    def follow(self) -> LiveReader | None:
        """The model to answer the next batch with, at once; None while no published one loads."""
        if self._live is None:  # without a model, the batch waits for one anyway
            self.catch_up()
        return self._live

    def loaded_version(self) -> int | None:
        """The id of the version that answers; None while there is none."""
        return self._live.version_id if self._live else None

    def watch(self, app: Flask, stop: threading.Event) -> None:
        """Follow the publications in a thread of its own, until the event is set."""

        def follow_publications() -> None:
            while not stop.is_set():
                try:
                    with app.app_context():
                        self.catch_up()
                except SQLAlchemyError as error:
                    log.warning("The database cannot be reached (%s); the live model stays.", error)
                stop.wait(CHECK_SECONDS)

        threading.Thread(target=follow_publications, name="live-model", daemon=True).start()

    def catch_up(self) -> None:
        """Load what was published last, and switch to it, if it is not live here yet."""
        with self._update_lock:
            try:
                for version in db.session.scalars(ModelVersion.latest_publications()).all():
                    if self._live and self._live.version_id == version.id:
                        break
                    if self._may_try(version) and self._load(version):
                        break
            finally:
                db.session.rollback()  # or this process would keep its snapshot open

    def _may_try(self, version: ModelVersion) -> bool:
        return self._failed.get(version.id, 0.0) <= time.monotonic()

    def _load(self, version: ModelVersion) -> bool:
        """Whether the version is live now."""
        try:
            reader = load_reader(self._models_dir, version)
        except Exception as error:  # whatever error a damaged file causes, answers go on
            self._give_up_on(version, error)
            return False
        self._live = LiveReader(version.id, reader)
        gc.collect()  # networks are full of cycles, and would accumulate over many switches
        self._failed.pop(version.id, None)
        _record_load_error(version.id, None)
        log.info("Answering with %s (%s).", version.name, version.architecture)
        return True

    def _give_up_on(self, version: ModelVersion, error: Exception) -> None:
        if version.id not in self._failed:
            log.error("%s could not be loaded: %s", version.name.capitalize(), error)
            _record_load_error(version.id, str(error))
        self._failed[version.id] = time.monotonic() + RETRY_SECONDS


def load_reader(models_dir: Path, version: ModelVersion) -> Reader:
    """Verify, load, warm and test. Raises WrongFileError, ModelFileError or SelfTestError."""
    _import_tensorflow()
    from worker.recognition.network.classifier import Classifier  # noqa: PLC0415 - TensorFlow takes seconds
    from worker.recognition.network.self_test import require_reading  # noqa: PLC0415
    from worker.recognition.reader import Reader  # noqa: PLC0415

    classifier = Classifier.load(verified_file(models_dir, version))
    require_reading(classifier, version.accuracy)
    return Reader(classifier, shipped_strings())


@cache
def _import_tensorflow() -> None:
    """Import it once, and exempt it from garbage collection, which would delay answers."""
    import worker.recognition.network.self_test  # noqa: F401, PLC0415

    gc.freeze()


def _record_load_error(version_id: int, load_error: str | None) -> None:
    with writing() as session:
        version = session.get(ModelVersion, version_id)
        if version is not None and version.load_error != load_error:
            version.load_error = load_error
