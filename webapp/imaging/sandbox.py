"""The sandbox: accepts an upload, and has its bytes decoded in a bounded child process.

The children of a web process start with its first uploads, a second one only when two are decoded
at once. A new child takes over when a picture ends one.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from webapp.imaging.decoder import Decoder
from webapp.imaging.decoding_queue import Client, DecodingQueue, Limits
from webapp.imaging.uploads import EmptyPictureError, TooLargeError, Upload

if TYPE_CHECKING:
    from webapp.settings import Settings


def accept(
    data: bytes, settings: Settings, *, owner: str | None = None, address: str | None = None
) -> Upload:
    """Decode and re-encode an upload. Raises an UploadError with the reason.

    The owner and the address of its sender each have a limit of uploads in progress; commands
    have neither.
    """
    if not data:
        raise EmptyPictureError
    if len(data) > settings.max_upload_bytes:
        raise TooLargeError(settings.max_upload_bytes)
    limits = Limits(decoders=settings.decoders, in_progress=settings.uploads_in_progress)
    return _sandbox_with(limits).reencode(data, settings.max_pixels, Client(owner, address))


class Sandbox:
    """A few decoders, and the queue in front of them."""

    def __init__(self, limits: Limits, **decoder_limits: float) -> None:
        self._queue = DecodingQueue(limits)
        self._idle = [
            Decoder(**decoder_limits)  # type: ignore[arg-type]
            for _ in range(limits.decoders)
        ]

    def reencode(self, data: bytes, max_pixels: int, client: Client | None = None) -> Upload:
        """Raises an UploadError."""
        with self._queue.decoder(client or Client()):
            decoder = self._idle.pop()  # the one used last: it runs already
            try:
                return decoder.reencode(data, max_pixels)
            finally:
                self._idle.append(decoder)

    def close(self) -> None:
        """End the children that decode nothing."""
        for decoder in self._idle:
            decoder.close()


_sandboxes: dict[Limits, Sandbox] = {}
_sandboxes_lock = Lock()


def _sandbox_with(limits: Limits) -> Sandbox:
    """This process's sandbox. Apps with the same settings share it, as tests have many."""
    with _sandboxes_lock:
        if limits not in _sandboxes:
            _sandboxes[limits] = Sandbox(limits)
        return _sandboxes[limits]
