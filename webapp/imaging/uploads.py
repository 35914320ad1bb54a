"""Uploads: the sentence that each bad one gets, and what is known of an accepted one."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from webapp.user_errors import UserError

MEGABYTE = 1024 * 1024
LONGEST_FILENAME = 120  # characters


class UploadError(UserError):
    """A picture that was not accepted."""


class NoPictureError(UploadError):
    sentence = "No picture came with this. Choose a photo, or draw a digit."


class EmptyPictureError(UploadError):
    sentence = "This file is empty. Choose another one."


class TooLargeError(UploadError):
    status = 413

    def __init__(self, max_bytes: int) -> None:
        super().__init__(
            f"This file is too large: the limit is {max_bytes / MEGABYTE:.3g} MB. "
            "A smaller photo reads just as well."
        )


class TooManyPixelsError(UploadError):
    status = 413

    def __init__(self, max_pixels: int) -> None:
        super().__init__(
            f"This picture has too many pixels: the limit is {max_pixels / 1e6:.3g} megapixels. "
            "A smaller photo reads just as well."
        )


class NotAPictureError(UploadError):
    status = 415
    sentence = "This file is not a picture that we can read. Try a JPEG or PNG."


class BrokenPictureError(UploadError):
    status = 422
    sentence = "We couldn't open this picture: the file is damaged or incomplete. Try another one."


class TooHardError(UploadError):
    status = 413
    sentence = "This picture takes too much memory to open. A smaller photo reads just as well."


class TooSlowError(UploadError):
    status = 422
    sentence = "This picture takes too long to open. Try another one, or a smaller copy of it."


class QueueFullError(UploadError):
    status = 503
    retry_after = 30

    def __init__(self, waiting: int) -> None:
        super().__init__(
            f"{waiting:,} pictures are waiting to be read already. "
            "Yours was not kept; send it again in half a minute."
        )


class StorageFullError(UploadError):
    status = 503
    retry_after = 60
    sentence = (
        "There is no room left for pictures on this server, so yours was not kept. "
        "Please tell whoever runs it, and try again later."
    )


@dataclass(frozen=True)
class Upload:
    """An accepted picture as we drew it anew: upright, on paper, and nothing but its pixels."""

    width: int  # pixels, of the upright original
    height: int  # pixels, of the upright original
    picture: bytes = field(repr=False)  # what the reader reads: PNG or JPEG, at most 2560 a side
    media_type: str  # of the picture
    preview: bytes = field(repr=False)  # JPEG, longest side at most 1024
    thumbnail: bytes = field(repr=False)  # JPEG, longest side at most 256


def display_name(filename: str) -> str:
    """A file's own name without folders or control characters, to be shown and never opened."""
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip()
    return visible[:LONGEST_FILENAME] or "picture"
