"""How a picture becomes work: its files are stored, its row is committed, the bell is rung."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from webapp.auth import remember_visitor
from webapp.database import writing
from webapp.models import Prediction, Status, new_token
from webapp.queue import Queue
from webapp.settings import Settings
from webapp.storage import Storage

QUEUE_AWAY = (
    "Your picture is safe. The reader is away at the moment; "
    "it will be read as soon as the reader is back."
)


@dataclass(frozen=True)
class Submission:
    """A picture that was taken in, and whether a worker could be told at once."""

    prediction_id: str
    heard: bool


def submit(data: bytes, filename: str) -> Submission:
    """Take a visitor's picture in. Raises an UploadError for one that is not accepted."""
    from webapp.pictures import accept  # noqa: PLC0415 (Pillow is loaded with the first picture)

    settings: Settings = current_app.extensions["cifra_settings"]
    storage: Storage = current_app.extensions["cifra_storage"]
    queue: Queue = current_app.extensions["cifra_queue"]

    upload = accept(data, filename, settings)
    prediction = Prediction(
        id=new_token(),
        visitor=remember_visitor(),
        status=Status.PENDING,
        filename=upload.filename,
        media_type=upload.media_type,
        width=upload.width,
        height=upload.height,
    )
    prediction_id = prediction.id
    try:
        storage.put(prediction_id, "original", upload.original)
        storage.put(prediction_id, "preview.jpg", upload.preview)
        storage.put(prediction_id, "thumbnail.jpg", upload.thumbnail)
        with writing() as session:
            session.add(prediction)
    except BaseException:
        storage.delete(prediction_id)
        raise
    return Submission(prediction_id, heard=queue.predict_later())
