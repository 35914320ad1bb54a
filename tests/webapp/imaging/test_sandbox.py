"""The sandbox: a picture that is too much for its decoder ends that decoder, and nothing else."""

from __future__ import annotations

import errno
import io
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from PIL import Image

from tests.support.servers import Web, wait_until
from tests.webapp.factories import picture
from webapp.imaging import decoder
from webapp.imaging.decoder import KILL_SECONDS, MEMORY_BYTES, PROGRAM
from webapp.imaging.decoding_queue import Limits
from webapp.imaging.sandbox import Sandbox
from webapp.imaging.uploads import (
    DecodersBusyError,
    DecodingInterruptedError,
    NotAPictureError,
    TooHardError,
    TooSlowError,
    UploadError,
)
from webapp.settings import MEGABYTE, Settings

MAX_PIXELS = 64_000_000
SMALL = picture()
LARGE = picture(Image.new("RGB", (7000, 7000), "white"), compress_level=1)  # 147 MB decoded

Started = Callable[..., Sandbox]


@pytest.fixture
def start() -> Iterator[Started]:
    sandboxes = []

    def started(*, decoders: int = 1, **decoder_limits: float) -> Sandbox:
        sandboxes.append(Sandbox(Limits(decoders=decoders, wait_seconds=60), **decoder_limits))
        return sandboxes[-1]

    yield started
    for sandbox in sandboxes:
        sandbox.close()


def children() -> list[psutil.Process]:
    """The decoders of this process, the oldest first."""
    running = [process for process in psutil.Process().children() if is_decoder(process)]
    return sorted(running, key=lambda process: process.create_time())


def is_decoder(process: psutil.Process) -> bool:
    try:
        return PROGRAM in " ".join(process.cmdline())
    except psutil.Error:  # it has ended meanwhile
        return False


def test_a_picture_that_takes_too_much_memory_is_refused_and_the_next_is_accepted(
    start: Started,
) -> None:
    sandbox = start(memory=200 * MEGABYTE)
    assert sandbox.reencode(SMALL, MAX_PIXELS).width == 120
    first = children()[-1]

    with pytest.raises(TooHardError) as caught:
        sandbox.reencode(LARGE, MAX_PIXELS)

    assert caught.value.status == 413
    assert "memory" in str(caught.value)
    assert sandbox.reencode(SMALL, MAX_PIXELS).width == 120
    assert not first.is_running()


def test_a_picture_that_takes_too_long_is_refused_and_the_next_is_accepted(
    start: Started,
) -> None:
    sandbox = start(cpu_seconds=0.1)

    with pytest.raises(TooSlowError) as caught:
        sandbox.reencode(LARGE, MAX_PIXELS)

    assert caught.value.status == 422
    assert "too long" in str(caught.value)
    with pytest.raises(NotAPictureError):
        sandbox.reencode(b"nothing that takes long", MAX_PIXELS)


@pytest.mark.parametrize("decoders", [1, 2])
def test_uploads_that_wait_behind_a_picture_that_ends_its_decoder_are_accepted(
    decoders: int, start: Started
) -> None:
    before = children()
    sandbox = start(decoders=decoders, memory=200 * MEGABYTE)

    def outcome(data: bytes) -> int:
        try:
            return sandbox.reencode(data, MAX_PIXELS).width
        except UploadError as error:
            return error.status

    with ThreadPoolExecutor(8) as clients:
        outcomes = list(clients.map(outcome, [SMALL, LARGE, SMALL, SMALL, LARGE, SMALL]))

    assert outcomes == [120, 413, 120, 120, 413, 120]
    assert len({*children()} - {*before}) <= decoders


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_an_idle_decoder_that_is_ended_from_outside_is_replaced(
    how: signal.Signals, start: Started
) -> None:
    sandbox = start()
    sandbox.reencode(SMALL, MAX_PIXELS)

    children()[-1].send_signal(how)

    assert sandbox.reencode(SMALL, MAX_PIXELS).width == 120


def test_a_picture_whose_decoder_is_killed_from_outside_is_decoded_again(start: Started) -> None:
    sandbox = start(kill_seconds=60)
    sandbox.reencode(SMALL, MAX_PIXELS)
    first = children()[-1]
    slow = slow_picture()

    with ThreadPoolExecutor(1) as client:
        upload = client.submit(sandbox.reencode, slow, MAX_PIXELS)
        wait_until_busy(first)
        first.kill()
        assert upload.result().width == 4000

    assert not first.is_running()


def test_a_picture_whose_decoder_is_killed_every_time_may_be_sent_again(start: Started) -> None:
    sandbox = start()
    ended = threading.Event()

    def kill_all() -> None:
        while not ended.is_set():
            for child in children():
                child.kill()
            time.sleep(0.001)

    killer = threading.Thread(target=kill_all)
    killer.start()
    try:
        with pytest.raises(DecodingInterruptedError) as caught:
            sandbox.reencode(SMALL, MAX_PIXELS)
    finally:
        ended.set()
        killer.join()

    assert caught.value.status == 503
    assert "Retry-After" in caught.value.headers
    assert sandbox.reencode(SMALL, MAX_PIXELS).width == 120


def test_a_decoder_that_is_stopped_while_it_decodes_is_killed_by_its_parent(
    start: Started,
) -> None:
    sandbox = start(kill_seconds=5.0)
    sandbox.reencode(SMALL, MAX_PIXELS)
    stopped = children()[-1]

    with ThreadPoolExecutor(1) as client:
        upload = client.submit(sandbox.reencode, slow_picture(), MAX_PIXELS)
        wait_until_busy(stopped)
        stopped.suspend()
        with pytest.raises(DecodingInterruptedError):
            upload.result()

    assert KILL_SECONDS < 10
    assert not stopped.is_running()
    assert sandbox.reencode(SMALL, MAX_PIXELS).width == 120


def test_an_idle_decoder_that_is_stopped_is_replaced(
    start: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoder, "WAKE_SECONDS", 0.2)
    sandbox = start()
    sandbox.reencode(SMALL, MAX_PIXELS)
    stopped = children()[-1]
    stopped.suspend()

    assert sandbox.reencode(LARGE, MAX_PIXELS).width == 7000

    assert not stopped.is_running()


def test_a_decoder_that_cannot_be_started_is_a_reason_to_come_back(
    start: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_process(*arguments: object, **options: object) -> None:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    sandbox = start()
    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "Popen", no_process)
        with pytest.raises(DecodersBusyError):
            sandbox.reencode(SMALL, MAX_PIXELS)

    assert sandbox.reencode(SMALL, MAX_PIXELS).width == 120


def test_two_pictures_are_decoded_at_once_and_the_second_decoder_starts_when_it_is_needed(
    start: Started,
) -> None:
    sandbox = start(decoders=2)
    sandbox.reencode(SMALL, MAX_PIXELS)
    (first,) = children()
    first.suspend()  # it receives the next picture and does not answer

    with ThreadPoolExecutor(1) as client:
        held = client.submit(sandbox.reencode, SMALL, MAX_PIXELS)
        wait_until(lambda: len(sandbox._idle) == 1, seconds=10)
        assert sandbox.reencode(SMALL, MAX_PIXELS).width == 120
        first.resume()
        assert held.result().width == 120

    assert len(children()) == 2


def test_64_megapixels_are_decoded_within_the_memory_of_the_decoder(start: Started) -> None:
    sandbox = start()
    levels = Image.linear_gradient("L").resize((8000, 8000))
    for deep in (Image.merge("RGBA", [levels] * 4), levels.convert("I;16")):
        assert sandbox.reencode(picture(deep, compress_level=1), MAX_PIXELS).width == 8000

    status = Path(f"/proc/{children()[-1].pid}/status").read_text().splitlines()
    peak = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmPeak"))
    assert peak < MEMORY_BYTES * 0.7


def test_the_decoder_knows_neither_flask_nor_the_database_nor_a_secret(
    start: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "the key that signs cookies")
    monkeypatch.setenv("DATABASE_URL", "postgresql://cifra:password@database/cifra")
    start().reencode(SMALL, MAX_PIXELS)
    child = children()[-1]

    loaded = Path(f"/proc/{child.pid}/maps").read_text()

    assert "_imaging" in loaded
    assert "sqlalchemy" not in loaded
    assert child.memory_info().rss < 100 * MEGABYTE
    assert not {"SECRET_KEY", "DATABASE_URL"} & child.environ().keys()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_the_decoder_ends_with_its_web_process(how: signal.Signals, settings: Settings) -> None:
    web = Web(settings)
    web.start()
    assert web.post(SMALL)[0] == 202
    family = psutil.Process(web.process.pid).children(recursive=True)
    assert any(is_decoder(process) for process in family)

    for process in [*family, psutil.Process(web.process.pid)]:
        if "gunicorn" in " ".join(process.cmdline()):
            os.kill(process.pid, how)

    wait_until(lambda: not any(is_alive(process) for process in family), seconds=15)
    web.process.wait()


def slow_picture() -> bytes:
    """A progressive JPEG with as many scans as are allowed: it decodes for a while."""
    file = io.BytesIO()
    Image.new("L", (4000, 4000), 255).save(file, "JPEG", progressive=True)
    whole = file.getvalue()
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * 30 + whole[-2:]


def wait_until_busy(process: psutil.Process) -> None:
    """Until the process has spent CPU time on a picture."""
    before = sum(process.cpu_times()[:2])
    wait_until(lambda: sum(process.cpu_times()[:2]) > before + 0.02, seconds=10)


def is_alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
