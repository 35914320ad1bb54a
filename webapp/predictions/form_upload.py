"""Uploads with a plain form: one picture, several as a batch, or a sample of Cifra's own."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from webapp.imaging.uploads import NoPictureError, UploadError
from webapp.models import new_token
from webapp.platform.languages import translate
from webapp.predictions.batch_views import batch_page
from webapp.predictions.batches import MAX_PICTURES, BatchFullError, visible_batch
from webapp.predictions.home import front_page
from webapp.predictions.refused_uploads import RefusedUpload
from webapp.predictions.request_picture import NoPictureFieldError, pictures_in_form
from webapp.predictions.samples import sample_named
from webapp.predictions.submission import QUEUE_AWAY, submit

Picture = tuple[bytes, str]  # the content, and the name of the file
Answer = Response | AnyResponse | str | tuple[str, int, dict[str, str]]


def answer_upload() -> Answer:
    """Submit the pictures of the form, and show where their readings will be."""
    try:
        pictures = list(_pictures())
    except NoPictureFieldError:
        return _front_page([RefusedUpload.of(NoPictureError())])
    if len(pictures) == 1:
        return _answer_one(*pictures[0])
    return _answer_several(pictures)


def _pictures() -> Iterator[Picture]:
    """The pictures of the form. Raises NoPictureFieldError for none."""
    sample = sample_named(request.form.get("sample"))
    if sample is not None:
        yield sample
        return
    for file in pictures_in_form():
        yield file.read(), file.filename or ""


def _answer_one(content: bytes, filename: str) -> Answer:
    try:
        submission = submit(content, filename)
    except UploadError as error:
        return _front_page([RefusedUpload.of(error, filename)])
    if not submission.enqueued:
        flash(translate(QUEUE_AWAY))
    return redirect(url_for("predictions.show", prediction_id=submission.prediction_id), 303)


def _answer_several(pictures: list[Picture]) -> Answer:
    """Redirect to the batch, or show it with those of its pictures that were not accepted."""
    batch_id = new_token()
    refused = []
    for place, (content, filename) in enumerate(pictures):
        try:
            if place >= MAX_PICTURES:
                raise BatchFullError
            submit(content, filename, batch_id=batch_id)
        except UploadError as error:
            refused.append(RefusedUpload.of(error, filename))
    if not refused:
        return redirect(url_for("batches.show", batch_id=batch_id), 303)
    if len(refused) == len(pictures):
        return _front_page(refused)
    return batch_page(visible_batch(batch_id), refused)


def _front_page(refused: list[RefusedUpload]) -> tuple[str, int, dict[str, str]]:
    """The front page again, with the reason why each picture was refused."""
    error = refused[0].error
    return front_page(refused), error.status, error.headers
