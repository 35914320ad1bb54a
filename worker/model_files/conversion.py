"""The conversion: a program of its own that opens a stranger's model file within bounds.

It knows no secret, no database and no network, and ends when it takes too much or too long.
`convert_apart` runs it as `python -m worker.model_files.conversion SOURCE TARGET …`.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REFUSED = 3  # the exit status that comes with a sentence
LONGEST_SENTENCE = 300  # characters; Keras quotes whole configurations
START_SECONDS = 300  # TensorFlow takes ten to import, and on a crowded machine a minute and more


class ConversionError(Exception):
    """The file was not converted. Its text says why, in a sentence."""


@dataclass(frozen=True)
class Bounds:
    """What opening a file may take, beyond TensorFlow's own start."""

    memory: int = 4 * 1024**3  # bytes of addresses, of which TensorFlow alone takes 1.3 GB
    seconds: int = 60  # of processor time; twice as long by the clock


USUAL = Bounds()


def convert_apart(source: Path, target: Path, bounds: Bounds) -> None:
    """Write the network in a stranger's file to `target`, a .keras file of our own making.

    The network has been inspected, loads, has the right shapes and reads printed digits.
    Raises ConversionError.
    """
    arguments = [source, target, bounds.memory, bounds.seconds]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, and no shell
            [sys.executable, "-m", "worker.model_files.conversion", *map(str, arguments)],
            cwd=ROOT,
            env=_bare_environment(target.parent),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=START_SECONDS + 3 * bounds.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ConversionError(_too_long(bounds)) from error
    if done.returncode == REFUSED:
        raise ConversionError(done.stdout.decode(errors="replace").strip())
    if -done.returncode in (signal.SIGXCPU, signal.SIGALRM, signal.SIGKILL):
        raise ConversionError(_too_long(bounds))
    if done.returncode != 0:
        raise ConversionError("The file broke the program that opened it; it may ask for too much.")


def _too_long(bounds: Bounds) -> str:
    return f"The file takes too long to open: more than {bounds.seconds} s."


def _bare_environment(folder: Path) -> dict[str, str]:
    """No secret key, no database, no proxy; Keras keeps its settings in `folder`."""
    return {
        "PATH": os.defpath,
        "HOME": str(folder),
        "KERAS_HOME": str(folder),
        "MALLOC_ARENA_MAX": "2",  # or each thread of a large machine would reserve addresses
        "OMP_NUM_THREADS": "1",
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def main() -> None:
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    bounds = Bounds(int(sys.argv[3]), int(sys.argv[4]))
    import worker.recognition.network.self_test  # noqa: F401, PLC0415 - TensorFlow comes before the bounds

    _bind(bounds)
    try:
        _convert(source, target)
    except MemoryError:
        _refuse("The file asks for more memory than is allowed.")
    except Exception as error:  # whatever a stranger's file brings about ends in a sentence
        _refuse(str(error))


def _convert(source: Path, target: Path) -> None:
    from worker.model_files.inspection import inspect  # noqa: PLC0415
    from worker.recognition.network import files as model_file  # noqa: PLC0415
    from worker.recognition.network.classifier import Classifier  # noqa: PLC0415
    from worker.recognition.network.self_test import require_reading  # noqa: PLC0415

    inspect(source)
    network, calibration = model_file.load(source)
    require_reading(Classifier(network, calibration), accuracy=None)
    model_file.save(network, target, calibration)  # what its file says of scores is not believed


def _bind(bounds: Bounds) -> None:
    """From now on the kernel ends this process when it takes more."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(usage.ru_utime + usage.ru_stime) + bounds.seconds
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (bounds.memory, bounds.memory))
    if sys.platform == "linux":  # elsewhere the kernel does not count addresses
        resource.setrlimit(resource.RLIMIT_AS, (bounds.memory, bounds.memory))
    signal.alarm(2 * bounds.seconds)


def _refuse(sentence: str) -> None:
    line = " ".join(sentence.split())
    print("".join(filter(str.isprintable, line))[:LONGEST_SENTENCE])  # noqa: T201
    sys.stdout.flush()
    os._exit(REFUSED)  # at once: nothing that the file left behind runs at exit


if __name__ == "__main__":
    main()
