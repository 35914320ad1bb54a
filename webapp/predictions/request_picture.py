"""The pictures of a request: the files of its form, or its body."""

from __future__ import annotations

from flask import request
from werkzeug.datastructures import FileStorage

from webapp.imaging.uploads import NoPictureError, UploadError
from webapp.messages import Message

FIELD = "image"


class NoPictureFieldError(NoPictureError):
    sentence = Message(
        "No picture came with this request. Send it as a file in the form field “%(field)s”, "
        "or as a body with its own type, such as image/jpeg.",
        {"field": FIELD},
    )


class SeveralPicturesError(UploadError):
    def __init__(self, count: int) -> None:
        super().__init__(
            Message(
                "This request has %(count)s files. Send one picture at a time.", {"count": count}
            )
        )


def pictures_in_form() -> list[FileStorage]:
    """The files of the form, whatever the names of their fields are.

    Raises NoPictureFieldError for none.
    """
    files = [file for _, file in request.files.items(multi=True) if file.filename]
    if not files:
        raise NoPictureFieldError
    return files


def picture_in_form() -> tuple[bytes, str]:
    """The content and the name of the only file.

    Raises NoPictureFieldError or SeveralPicturesError.
    """
    files = pictures_in_form()
    if len(files) > 1:
        raise SeveralPicturesError(len(files))
    return files[0].read(), files[0].filename or ""


def picture_in_request() -> tuple[bytes, str]:
    """As `picture_in_form`, or a body that is the picture itself, which has no name."""
    if request.mimetype == "multipart/form-data":
        return picture_in_form()
    if request.mimetype.startswith("image/") or request.mimetype == "application/octet-stream":
        return request.get_data(cache=False), "picture"
    raise NoPictureFieldError
