"""The decoder's program: runs in a child process and decodes one picture after another.

    python -m webapp.imaging.decoder_program FD MEMORY_BYTES CPU_SECONDS

It knows neither Flask nor the database. It ends when its parent does, as its socket then closes.
"""

from __future__ import annotations

import resource
import signal
import sys
import warnings
from multiprocessing.connection import Connection

from webapp.imaging.reencoding import reencode
from webapp.imaging.uploads import BrokenPictureError, TooHardError, Upload, UploadError

MAX_PICTURES = 1000  # then a fresh process takes over, so that no decoder's leak adds up
READY = "ready"  # the answer to a request, before the picture's bytes are sent


def main() -> None:
    descriptor, memory, cpu_seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the parent, which ends this
    warnings.simplefilter("ignore")  # decoders warn about many uploaded files
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # elsewhere the kernel does not keep this limit
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    serve(Connection(descriptor), cpu_seconds)


def serve(connection: Connection, cpu_seconds: float) -> None:
    """Answer requests until the parent hangs up, or memory or the count of pictures runs out."""
    for _ in range(MAX_PICTURES):
        try:
            max_pixels = connection.recv()
            connection.send(READY)
            result = _result(connection.recv_bytes(), max_pixels, cpu_seconds)
            connection.send(result)
        except (EOFError, ConnectionError):
            return
        if isinstance(result, TooHardError):
            return  # a fresh process has all of its memory


def _result(data: bytes, max_pixels: int, cpu_seconds: float) -> Upload | UploadError:
    """The timer ends this process when its CPU time is spent, also inside a decoder's C code."""
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
    try:
        return reencode(data, max_pixels=max_pixels)
    except UploadError as error:
        return type(error)(*error.args)  # without its traceback, which holds pixels
    except MemoryError:
        return TooHardError()
    except Exception:  # re-encoding failed: the picture's doing, not the next one's
        return BrokenPictureError()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


if __name__ == "__main__":
    main()
