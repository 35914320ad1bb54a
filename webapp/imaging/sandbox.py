"""The decoder: a child process, bounded in memory and time, that decodes what strangers send.

One child serves a whole web process. It starts with the first upload, and a new one takes over
when a picture ends it. It knows neither Flask nor the database.
"""

from __future__ import annotations

import multiprocessing
import resource
import signal
import sys
import warnings
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING

from pebble import ProcessExpired, ProcessPool

from webapp.imaging.uploads import (
    EmptyPictureError,
    TooHardError,
    TooLargeError,
    TooSlowError,
    Upload,
)

if TYPE_CHECKING:
    from webapp.settings import Settings

MOST_MEMORY = 768 * 1024 * 1024  # bytes of address space; 64 megapixels take up to 480 MB
MOST_SECONDS = 10
MOST_TRIES = 3
MOST_PICTURES = 1000  # then a fresh child takes over, so that no decoder's leak adds up


def accept(data: bytes, settings: Settings) -> Upload:
    """Have an upload drawn anew. Raises an UploadError that says what is wrong with it."""
    if not data:
        raise EmptyPictureError
    if len(data) > settings.max_upload_bytes:
        raise TooLargeError(settings.max_upload_bytes)
    return _decoder.draw(data, settings.max_pixels)


class Decoder:
    """The child and the line to it. Pictures are drawn one at a time; callers wait in turn."""

    def __init__(self, *, memory: int = MOST_MEMORY, seconds: float = MOST_SECONDS) -> None:
        self._memory = memory
        self._seconds = seconds
        self._lock = Lock()
        self._pool: ProcessPool | None = None

    def draw(self, data: bytes, max_pixels: int) -> Upload:
        """Raises an UploadError, also when the picture ended the child."""
        for _ in range(MOST_TRIES):
            # The child may have been ended from outside, which is not this picture's doing.
            with suppress(RuntimeError):
                return self._ask(data, max_pixels)
        raise TooHardError

    def _ask(self, data: bytes, max_pixels: int) -> Upload:
        arguments = (data, max_pixels, self._seconds)
        try:
            return self._live_pool().schedule(_draw, args=arguments).result()
        except ProcessExpired as error:
            if error.exitcode == -signal.SIGALRM:
                raise TooSlowError from error
            raise TooHardError from error

    def _live_pool(self) -> ProcessPool:
        with self._lock:
            if self._pool is not None and not self._pool.active:
                self._end_pool()
            if self._pool is None:
                self._pool = ProcessPool(
                    max_workers=1,
                    max_tasks=MOST_PICTURES,
                    initializer=_prepare,
                    initargs=(self._memory,),
                    context=multiprocessing.get_context("spawn"),
                )
            return self._pool

    def close(self) -> None:
        """End the child; the next picture would start a new one."""
        with self._lock:
            self._end_pool()

    def _end_pool(self) -> None:
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()
            self._pool = None


_decoder = Decoder()


def _prepare(most_memory: int) -> None:
    """In the child, before anything is decoded."""
    import webapp.imaging.reencoding  # noqa: F401, PLC0415 (its decoders are loaded in the child alone)

    warnings.simplefilter("ignore")  # what decoders murmur about strangers' files
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # elsewhere the kernel does not keep this limit
        resource.setrlimit(resource.RLIMIT_AS, (most_memory, most_memory))


def _draw(data: bytes, max_pixels: int, seconds: float) -> Upload:
    """In the child, which ends when its time is up, even if nobody waits for it any more."""
    from webapp.imaging.reencoding import draw  # noqa: PLC0415

    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return draw(data, max_pixels=max_pixels)
    except MemoryError:
        signal.raise_signal(signal.SIGKILL)  # a fresh child has all of its memory
        raise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
