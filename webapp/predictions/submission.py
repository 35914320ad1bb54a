"""How a picture becomes work: its files are stored, its row is committed, the bell is rung."""

from __future__ import annotations

import errno
import logging
from dataclasses import dataclass

from webapp.accounts.identity import current_owner_id, ensure_owner_id
from webapp.imaging.uploads import QueueFullError, StorageFullError, Upload, display_name
from webapp.models import Prediction, Status, new_token
from webapp.platform.database import db, writing
from webapp.platform.extensions import extensions
from webapp.platform.rate_limits import client_address
from webapp.platform.storage import PICTURE, Storage

log = logging.getLogger(__name__)

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

QUEUE_AWAY = (
    "Your picture is safe. The reader is away at the moment; "
    "it will be read as soon as the reader is back."
)


@dataclass(frozen=True)
class Submission:
    """A picture that was taken in, and whether a worker could be told at once."""

    prediction_id: str
    enqueued: bool


def submit(data: bytes, filename: str) -> Submission:
    """Take a visitor's picture in. Raises an UploadError for one that is not accepted.

    The files are stored before the row is committed, so that no row names a missing file.
    """
    from webapp.imaging.sandbox import accept  # noqa: PLC0415 (the first picture starts the decoder)

    _require_room_in_the_queue(extensions.settings.max_waiting)
    upload = accept(data, extensions.settings, owner=current_owner_id(), address=client_address())
    prediction = Prediction(
        id=new_token(),
        owner_id=ensure_owner_id(),
        status=Status.PENDING,
        filename=display_name(filename),
        media_type=upload.media_type,
        width=upload.width,
        height=upload.height,
    )
    prediction_id = prediction.id
    _keep(upload, prediction_id, extensions.storage)
    with writing() as session:  # when this fails, the sweep removes the files, as no row names them
        session.add(prediction)
    return Submission(prediction_id, enqueued=extensions.queue.enqueue_prediction())


def _require_room_in_the_queue(max_waiting: int) -> None:
    """Raises TooManyWaitingError when enough pictures wait already."""
    waiting = Prediction.count_waiting(db.session())
    db.session.rollback()
    if waiting >= max_waiting:
        raise QueueFullError(waiting)


def _keep(upload: Upload, prediction_id: str, storage: Storage) -> None:
    """Store the picture and its small copies. Raises StorageFullError, and then keeps nothing."""
    try:
        storage.put(prediction_id, PICTURE, upload.picture)
        storage.put(prediction_id, "preview.jpg", upload.preview)
        storage.put(prediction_id, "thumbnail.jpg", upload.thumbnail)
    except OSError as error:
        log.error("A picture could not be stored: %s", error)
        storage.delete(prediction_id)
        if error.errno in NO_ROOM:
            raise StorageFullError from error
        raise
