"""The conversion: a separate process that opens an untrusted model file within limits.

It has no secret, no database and no network access, and the kernel ends it when it takes too much
memory or time. `convert_in_sandbox` runs `python -m worker.model_files.conversion SOURCE TARGET …`.
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
REFUSED = 3  # the exit status after a sentence was printed
MAX_SENTENCE_LENGTH = 300  # characters; Keras quotes whole configurations
START_SECONDS = 300  # TensorFlow takes ten to import, and on a crowded machine a minute and more


class ConversionError(Exception):
    """The file was not converted. Its text says why, in a sentence."""


@dataclass(frozen=True)
class ConversionLimits:
    """The resources that opening a file may take, beyond TensorFlow's own start."""

    memory: int = 4 * 1024**3  # bytes of address space, of which TensorFlow alone takes 1.3 GB
    seconds: int = 60  # of processor time; twice as many of wall-clock time


DEFAULT_LIMITS = ConversionLimits()


def convert_in_sandbox(source: Path, target: Path, limits: ConversionLimits) -> None:
    """Write the network of an untrusted file to `target`, a new .keras file.

    The network is inspected, loaded, has the right shapes and reads printed digits.
    Raises ConversionError.
    """
    arguments = [source, target, limits.memory, limits.seconds]
    try:
        done = subprocess.run(  # noqa: S603 (this module, without a shell)
            [sys.executable, "-m", "worker.model_files.conversion", *map(str, arguments)],
            cwd=ROOT,
            env=_minimal_environment(target.parent),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=START_SECONDS + 3 * limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ConversionError(_too_long(limits)) from error
    if done.returncode == REFUSED:
        raise ConversionError(done.stdout.decode(errors="replace").strip())
    if -done.returncode in (signal.SIGXCPU, signal.SIGALRM, signal.SIGKILL):
        raise ConversionError(_too_long(limits))
    if done.returncode != 0:
        raise ConversionError(
            "The file crashed the process that opened it; it may need too much memory."
        )


def _too_long(limits: ConversionLimits) -> str:
    return f"The file takes too long to open: more than {limits.seconds} s."


def _minimal_environment(folder: Path) -> dict[str, str]:
    """Without secret key, database and proxy; Keras keeps its settings in `folder`."""
    return {
        "PATH": os.defpath,
        "HOME": str(folder),
        "KERAS_HOME": str(folder),
        "MALLOC_ARENA_MAX": "2",  # or each thread of a large machine would reserve address space
        "OMP_NUM_THREADS": "1",
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def main() -> None:
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    limits = ConversionLimits(int(sys.argv[3]), int(sys.argv[4]))
    import worker.recognition.network.self_test  # noqa: F401, PLC0415 (TensorFlow starts before the limits)

    _set_limits(limits)
    try:
        _convert(source, target)
    except MemoryError:
        _refuse("The file needs more memory than is allowed.")
    except Exception as error:  # whatever error the file causes ends in a sentence
        _refuse(str(error))


def _convert(source: Path, target: Path) -> None:
    from worker.model_files.inspection import inspect  # noqa: PLC0415
    from worker.recognition.network import files as model_file  # noqa: PLC0415
    from worker.recognition.network.classifier import Classifier  # noqa: PLC0415
    from worker.recognition.network.self_test import require_reading  # noqa: PLC0415

    inspect(source)
    network, calibration = model_file.load(source)
    require_reading(Classifier(network, calibration), accuracy=None)
    model_file.save(network, target, calibration)  # without the scores that its file claims


def _set_limits(limits: ConversionLimits) -> None:
    """From now on the kernel ends this process when it exceeds them."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(usage.ru_utime + usage.ru_stime) + limits.seconds
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.memory, limits.memory))
    if sys.platform == "linux":  # other kernels do not limit address space
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    signal.alarm(2 * limits.seconds)


def _refuse(sentence: str) -> None:
    line = " ".join(sentence.split())
    print("".join(filter(str.isprintable, line))[:MAX_SENTENCE_LENGTH])  # noqa: T201
    sys.stdout.flush()
    os._exit(REFUSED)  # at once: nothing that the file registered runs at exit


if __name__ == "__main__":
    main()
