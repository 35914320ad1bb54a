"""The waiting time of one owner's pictures while another has 100 of the most expensive waiting.

Run it with `python -m benchmarks.fairness`.
"""

from __future__ import annotations

import time
from datetime import timedelta

import cv2
import numpy as np
import psutil

from benchmarks.stream import NUMBER, running
from tests.support.pictures import photo_of
from tests.support.records import prediction_of, waiting_prediction
from tests.support.servers import wait_until
from tests.support.workers import Workers
from webapp.models import Prediction
from webapp.platform.database import writing
from worker.model_files.store import SHIPPED
from worker.recognition.network.classifier import Classifier
from worker.recognition.reader import Reader
from worker.serving.pixels import stored_pixels

BACKLOG = 100  # expensive pictures of one owner
ORDINARY = 15  # pictures of another owner, one after the other
ALLOWED_SECONDS = 5.0  # the median


def main() -> None:
    expensive, cost = most_expensive_picture()
    with running(workers=1) as workers:
        for _ in range(BACKLOG):
            waiting_prediction(expensive, owner_id="the owner with a backlog")
        workers.queue.enqueue_prediction()
        reader = psutil.Process(workers.workers[0].process.pid)
        cpu_before = cpu_seconds(reader)
        waits = [seconds_until_read(workers, number) for number in range(ORDINARY)]
        cpu = (cpu_seconds(reader) - cpu_before) / ORDINARY
        with writing() as session:
            left = Prediction.count_waiting(session)
    print(f"The most expensive picture takes {cost:.2f} s of CPU; {BACKLOG} of them wait.")
    print(f"{left} of them still wait at the end.")
    print(
        f"Another owner's ordinary picture is read within {np.median(waits):.2f} s at the median "
        f"(at most {ALLOWED_SECONDS:.0f}), {max(waits):.2f} s at the most."
    )
    print(
        f"The worker used {cpu:.2f} s of CPU from one to the next, which a busy machine prolongs."
    )


def cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def seconds_until_read(workers: Workers, number: int) -> float:
    """The time from the upload of an ordinary picture to its reading."""
    prediction_id = waiting_prediction(photo_of(NUMBER), owner_id="another owner")
    workers.queue.enqueue_prediction()
    wait_until(lambda: prediction_of(prediction_id).is_settled)
    settled = prediction_of(prediction_id)
    assert settled.settled_at is not None
    time.sleep(0.1 * (number % 5))  # at different moments of the batches
    waited: timedelta = settled.settled_at - settled.created_at
    return waited.total_seconds()


def most_expensive_picture() -> tuple[bytes, float]:
    """The picture that takes the most CPU of those below, and its seconds."""
    reader = Reader(Classifier.load(SHIPPED))
    reader.read([stored_pixels(photo_of(NUMBER))])  # the first reading warms the network
    costs = []
    for make in (noise, speckles, large_photo, many_digits):
        content = make()
        began = time.process_time()
        reader.read([stored_pixels(content)])
        costs.append((time.process_time() - began, content))
    seconds, content = max(costs, key=lambda cost: cost[0])
    return content, seconds


def noise() -> bytes:
    """560 kB of noise."""
    pixels = np.random.default_rng(1).integers(0, 256, (750, 750), dtype=np.uint8)
    return _png(pixels)


def speckles() -> bytes:
    """Thousands of separate spots of ink."""
    pixels = np.full((1200, 1200), 230, np.uint8)
    pixels[4::12, 4::12] = pixels[5::12, 4::12] = pixels[4::12, 5::12] = 20
    return _png(cv2.erode(pixels, np.ones((3, 3), np.uint8)))


def large_photo() -> bytes:
    """A number in 12 megapixels."""
    photo = cv2.imdecode(np.frombuffer(photo_of(NUMBER), np.uint8), cv2.IMREAD_COLOR)
    assert photo is not None
    return _png(cv2.resize(photo, (4000, 3000), interpolation=cv2.INTER_CUBIC))


def many_digits() -> bytes:
    """Rows of digits, as many as a picture may have."""
    photo = cv2.imdecode(np.frombuffer(photo_of("7"), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert photo is not None
    digit = cv2.resize(photo, (120, 120))
    return _png(np.tile(digit, (5, 8)))


def _png(pixels: np.ndarray) -> bytes:
    return cv2.imencode(".png", pixels)[1].tobytes()


if __name__ == "__main__":
    main()
