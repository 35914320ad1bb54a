"""Uploads: the error sentence of each refused one, and the data of an accepted one."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from webapp.messages import Message, gettext_noop
from webapp.user_errors import UserError

MEGABYTE = 1024 * 1024
LONGEST_FILENAME = 120  # characters


class UploadError(UserError):
    """A picture that was not accepted."""


class NoPictureError(UploadError):
    sentence: str | Message = gettext_noop(
        "No picture came with this. Choose a photo, or draw a digit."
    )


class EmptyPictureError(UploadError):
    sentence = gettext_noop("This file is empty. Choose another one.")


class TooLargeError(UploadError):
    status = 413

    def __init__(self, max_bytes: int) -> None:
        super().__init__(
            Message(
                "This file is too large: the limit is %(limit)s MB. "
                "A smaller photo reads just as well.",
                {"limit": rounded(max_bytes / MEGABYTE)},
            )
        )


class TooManyPixelsError(UploadError):
    status = 413

    def __init__(self, max_pixels: int) -> None:
        super().__init__(
            Message(
                "This picture has too many pixels: the limit is %(limit)s megapixels. "
                "A smaller photo reads just as well.",
                {"limit": rounded(max_pixels / 1e6)},
            )
        )


class NotAPictureError(UploadError):
    status = 415
    sentence = gettext_noop("This file is not a picture that Cifra can read. Try a JPEG or PNG.")


class UnsupportedFormatError(NotAPictureError):
    """The file is of a known format that Cifra does not read."""

    def __init__(self, kind: Message) -> None:
        super().__init__(
            Message(
                "This is a %(kind)s, which Cifra doesn't read. Try a JPEG or PNG.", {"kind": kind}
            )
        )


class UnsupportedLevelsError(NotAPictureError):
    """The file is an intact TIFF with pixels that Cifra does not read."""

    def __init__(self, levels: Message) -> None:
        super().__init__(
            Message(
                "This TIFF holds %(levels)s, which Cifra doesn't read. "
                "Save it with 8 bits a channel.",
                {"levels": levels},
            )
        )


class BrokenPictureError(UploadError):
    status = 422
    sentence = gettext_noop(
        "Cifra couldn't open this picture: the file is damaged or incomplete. Try another one."
    )


class EmptyAreaError(UploadError):
    """The file is too small for its pixels to show anything."""

    status = 422
    sentence = gettext_noop(
        "This picture is one plain area, with nothing in it to read. Try another one."
    )


class TooHardError(UploadError):
    status = 413
    sentence = gettext_noop(
        "This picture takes too much memory to open. A smaller photo reads just as well."
    )


class TooSlowError(UploadError):
    status = 422
    sentence = gettext_noop(
        "This picture takes too long to open. Try another one, or a smaller copy of it."
    )


class DecodersBusyError(UploadError):
    """No decoder became free in time."""

    status = 503
    retry_after = 5
    sentence = gettext_noop(
        "Cifra is opening as many pictures as it can at the moment, so yours was not kept. "
        "Send it again in a few seconds."
    )


class DecodingInterruptedError(UploadError):
    """The decoder was ended or stopped from outside, again and again; the picture may be fine."""

    status = 503
    retry_after = 5
    sentence = gettext_noop(
        "Opening this picture was interrupted, so it was not kept. Send it again."
    )


class TooManyAtOnceError(UploadError):
    """One owner, or one address, already has its share of uploads in progress."""

    status = 429
    retry_after = 2
    sentence = gettext_noop(
        "Your earlier pictures are still being opened, so this one was not kept. "
        "Send it again in a few seconds."
    )


class QueueFullError(UploadError):
    status = 503
    retry_after = 30

    def __init__(self, waiting: int) -> None:
        super().__init__(
            Message(
                "%(waiting)s pictures are waiting to be read already. "
                "Yours was not kept; send it again in half a minute.",
                {"waiting": waiting},
            )
        )


class StorageFullError(UploadError):
    status = 503
    retry_after = 60
    sentence = gettext_noop(
        "There is no room left for pictures on this server, so yours was not kept. "
        "Please tell whoever runs it, and try again later."
    )


@dataclass(frozen=True)
class Upload:
    """An accepted picture, encoded anew: upright, on paper, and nothing but its pixels."""

    width: int  # pixels, of the upright original
    height: int  # pixels, of the upright original
    picture: bytes = field(repr=False)  # the file to read: PNG or JPEG, at most 2560 pixels a side
    media_type: str  # of the picture
    thumbnail: bytes | None = field(repr=False)  # JPEG, 256 pixels; None for a smaller picture


def rounded(number: float) -> float:
    """A limit with three digits, as a sentence gives it: 4 or 2.5."""
    shortened = float(f"{number:.3g}")
    return int(shortened) if shortened.is_integer() else shortened


def display_name(filename: str) -> str:
    """A file's own name without folders or control characters: for display only."""
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip()
    return visible[:LONGEST_FILENAME] or "picture"
