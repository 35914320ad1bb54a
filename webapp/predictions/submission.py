"""The submission of a picture: its files are stored, its row is committed, a task is enqueued."""

from __future__ import annotations

import errno
import logging
from dataclasses import dataclass

from webapp.accounts.current_owner import current_owner_id, ensure_owner_id
from webapp.imaging.uploads import QueueFullError, StorageFullError, Upload, display_name
from webapp.messages import gettext_noop
from webapp.models import Owner, Prediction, Status, new_token
from webapp.platform.database import db, writing
from webapp.platform.extensions import extensions
from webapp.platform.rate_limits import client_address
from webapp.platform.storage import PICTURE, Storage
from webapp.predictions.batches import require_room

log = logging.getLogger(__name__)

STORAGE_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

QUEUE_AWAY = gettext_noop(
    "Your picture is saved. Cifra is busy or restarting and will read it as soon as it can."
)


@dataclass(frozen=True)
class Submission:
    """An accepted picture, and whether its task could be enqueued at once."""

    prediction_id: str
    enqueued: bool


def submit(data: bytes, filename: str, *, batch_id: str | None = None) -> Submission:
    """Accept a picture, alone or in a batch. Raises an UploadError where it is not accepted.

    The files are stored before the row is committed, so that no row names a missing file.
    """
    from webapp.imaging.sandbox import accept  # noqa: PLC0415 (the first picture starts the decoder)

    known_owner = current_owner_id()  # None for a first upload, which is counted by its address
    owner_id = ensure_owner_id()  # before decoding, so that a change meanwhile is noticed
    _require_short_queue(extensions.settings.max_waiting)
    upload = accept(data, extensions.settings, owner=known_owner, address=client_address())
    prediction = Prediction(
        id=new_token(),
        status=Status.PENDING,
        batch_id=batch_id,
        filename=display_name(filename),
        media_type=upload.media_type,
        width=upload.width,
        height=upload.height,
    )
    prediction_id = prediction.id
    store_files(upload, prediction_id, extensions.storage)
    _store_row(prediction, owner_id)
    return Submission(prediction_id, enqueued=extensions.queue.enqueue_prediction())


def _store_row(prediction: Prediction, owner_id: str) -> None:
    """Commit the row for its owner, or for the account that the owner signed in to meanwhile.

    Raises OwnerDeletedError when the owner's data was deleted meanwhile, and BatchFullError when
    its batch is full. No file is left after any
    error but one of the commit itself, which may have taken place: then the sweep removes the
    files if no row names them.
    """
    with writing() as session:
        try:
            prediction.owner_id = Owner.lock(session, owner_id).id
            if prediction.batch_id is not None:
                require_room(session, prediction.owner_id, prediction.batch_id)
            session.add(prediction)
            session.flush()
        except Exception:
            extensions.storage.delete(prediction.id)
            raise


def _require_short_queue(max_waiting: int) -> None:
    """Raises QueueFullError when the maximum number of pictures wait already."""

    too_many = extensions.backlog.let_pass(
        max_waiting, lambda: Prediction.count_waiting(db.session())
    )
    db.session.rollback()  # its connection is free for others while the picture is decoded
    if too_many is not None:
        raise QueueFullError(too_many)


def store_files(upload: Upload, prediction_id: str, storage: Storage) -> None:
    """Store the picture and its thumbnail. Stores nothing where it raises StorageFullError."""
    try:
        storage.put(prediction_id, PICTURE, upload.picture)
        if upload.thumbnail:  # not durably: without it, the picture is shown
            storage.put(prediction_id, "thumbnail.jpg", upload.thumbnail, durably=False)
    except OSError as error:
        log.error("A picture could not be stored: %s", error)
        storage.delete(prediction_id)
        if error.errno in STORAGE_FULL:
            raise StorageFullError from error
        raise
