"""The decoder: a picture that is too much for its process ends that process, and nothing else."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from PIL import Image

from tests.support.servers import Web, wait_until
from tests.webapp.factories import picture
from webapp.imaging.sandbox import MOST_MEMORY, Decoder
from webapp.imaging.uploads import NotAPictureError, TooHardError, TooSlowError, UploadError
from webapp.settings import MEGABYTE, Settings

MAX_PIXELS = 64_000_000
SMALL = picture()
LARGE = picture(Image.new("RGB", (7000, 7000), "white"), compress_level=1)  # 196 MB decoded

Started = Callable[..., Decoder]


@pytest.fixture
def start() -> Iterator[Started]:
    decoders = []

    def started(**limits: float) -> Decoder:
        decoders.append(Decoder(**limits))  # type: ignore[arg-type]
        return decoders[-1]

    yield started
    for decoder in decoders:
        decoder.close()


def child() -> psutil.Process:
    """The youngest child that draws pictures."""
    children = psutil.Process().children()
    drawing = [process for process in children if "spawn_main" in " ".join(process.cmdline())]
    return max(drawing, key=lambda process: process.create_time())


def test_a_picture_that_takes_too_much_memory_is_refused_and_the_next_is_drawn(
    start: Started,
) -> None:
    decoder = start(memory=200 * MEGABYTE)
    assert decoder.draw(SMALL, MAX_PIXELS).width == 120
    first = child()

    with pytest.raises(TooHardError) as caught:
        decoder.draw(LARGE, MAX_PIXELS)

    assert caught.value.status == 413
    assert "memory" in caught.value.sentence
    assert decoder.draw(SMALL, MAX_PIXELS).width == 120
    assert not first.is_running()


def test_a_picture_that_takes_too_long_is_refused_and_the_next_is_drawn(start: Started) -> None:
    decoder = start(seconds=0.1)

    with pytest.raises(TooSlowError) as caught:
        decoder.draw(LARGE, MAX_PIXELS)

    assert caught.value.status == 422
    assert "too long" in caught.value.sentence
    with pytest.raises(NotAPictureError):
        decoder.draw(b"nothing that takes long", MAX_PIXELS)


def test_uploads_that_wait_behind_a_picture_that_ends_its_process_are_drawn(
    start: Started,
) -> None:
    decoder = start(memory=200 * MEGABYTE)

    def outcome(data: bytes) -> int:
        try:
            return decoder.draw(data, MAX_PIXELS).width
        except UploadError as error:
            return error.status

    with ThreadPoolExecutor(8) as people:
        outcomes = list(people.map(outcome, [SMALL, LARGE, SMALL, SMALL, LARGE, SMALL]))

    assert outcomes == [120, 413, 120, 120, 413, 120]


def test_a_process_that_was_ended_from_outside_is_replaced(start: Started) -> None:
    decoder = start()
    decoder.draw(SMALL, MAX_PIXELS)

    child().kill()

    assert decoder.draw(SMALL, MAX_PIXELS).width == 120


def test_64_megapixels_are_drawn_within_the_memory_of_the_process(start: Started) -> None:
    decoder = start()
    levels = Image.linear_gradient("L").resize((8000, 8000))
    for deep in (Image.merge("RGBA", [levels] * 4), levels.convert("I;16")):
        assert decoder.draw(picture(deep, compress_level=1), MAX_PIXELS).width == 8000

    peak = next(
        int(line.split()[1]) * 1024
        for line in Path(f"/proc/{child().pid}/status").read_text().splitlines()
        if line.startswith("VmPeak")
    )
    assert peak < MOST_MEMORY * 0.7


def test_the_process_knows_neither_flask_nor_the_database(start: Started) -> None:
    decoder = start()
    decoder.draw(SMALL, MAX_PIXELS)

    loaded = Path(f"/proc/{child().pid}/maps").read_text()

    assert "_imaging" in loaded
    assert "sqlalchemy" not in loaded
    assert child().memory_info().rss < 100 * MEGABYTE


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_the_process_ends_with_its_web_process(how: signal.Signals, settings: Settings) -> None:
    web = Web(settings)
    web.start()
    assert web.post(SMALL)[0] == 202
    family = psutil.Process(web.process.pid).children(recursive=True)
    assert any("spawn_main" in " ".join(process.cmdline()) for process in family)

    for process in [*family, psutil.Process(web.process.pid)]:
        if "gunicorn" in " ".join(process.cmdline()):
            os.kill(process.pid, how)

    wait_until(lambda: not any(is_alive(process) for process in family), seconds=15)
    web.process.wait()


def is_alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
