"""The stream of uploads: people who send pictures steadily, and note what they were told."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

SENDERS = 6
PATIENCE_SECONDS = 20


@dataclass
class Stream:
    """Sends pictures to one web at a steady rate, from several threads."""

    port: int
    pictures: Sequence[bytes]
    rate: float  # uploads a second
    seed: int
    accepted: dict[str, int] = field(default_factory=dict)  # id to the picture's number
    last_accepted: tuple[float, str] = (0.0, "")  # when, and which
    told: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0  # seconds until an upload was answered

    def __post_init__(self) -> None:
        self._stopped = threading.Event()
        self._lock = threading.Lock()

    def start(self) -> None:
        self._next_at = time.monotonic()
        self._threads = [
            threading.Thread(target=self._send_steadily, args=(number,), daemon=True)
            for number in range(SENDERS)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def send(self, picture: int) -> str | None:
        """Send one picture; its id when it was received."""
        began = time.monotonic()
        try:
            status, words = self._post(self.pictures[picture])
        except (OSError, http.client.HTTPException):
            self._note("no answer", began)
            return None
        if status != 202:
            self._note("come again later" if status == 503 else f"status {status}", began)
            return None
        prediction_id = str(json.loads(words)["id"])
        with self._lock:
            self.accepted[prediction_id] = picture
            self.last_accepted = (time.monotonic(), prediction_id)
        self._note("received", began)
        return prediction_id

    def _post(self, picture: bytes) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            headers = {"Content-Type": "image/png"}
            connection.request("POST", "/api/predictions", picture, headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def _send_steadily(self, number: int) -> None:
        chance = random.Random(f"{self.seed}-{number}")
        while not self._stopped.wait(self._wait_for_turn()):
            if self.send(chance.randrange(len(self.pictures))) is None:
                self._stopped.wait(0.3)

    def _wait_for_turn(self) -> float:
        """The seconds until the next upload is due. What could not be sent is not made up for."""
        with self._lock:
            now = time.monotonic()
            self._next_at = max(self._next_at + 1 / self.rate, now)
            return self._next_at - now

    def _note(self, outcome: str, began: float) -> None:
        with self._lock:
            self.told[outcome] += 1
            self.slowest = max(self.slowest, time.monotonic() - began)
