"""A person with a browser's cookies who uploads, asks for answers and fills in forms over HTTP."""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Any

SETTLED = ("done", "refused", "failed")
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class Person:
    address: str

    def __post_init__(self) -> None:
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(cookies)

    def ask(self, path: str, content: bytes | None = None, kind: str = "") -> tuple[int, str, str]:
        """A request's status, its text, and the address that it led to."""
        request = urllib.request.Request(self.address + path, data=content)
        if kind:
            request.add_header("Content-Type", kind)
        try:
            with self._opener.open(request, timeout=45) as response:
                return response.status, response.read().decode(), response.geturl()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), path

    def upload(self, picture: bytes) -> str:
        """Upload a picture; returns the prediction's id. Raises NotAcceptedError."""
        try:
            status, text, _ = self.ask("/api/predictions", picture, "image/jpeg")
        except (OSError, http.client.HTTPException) as error:
            raise NotAcceptedError(f"no answer: {type(error).__name__}") from error
        if status != 202:
            raise NotAcceptedError(f"status {status}")
        return str(json.loads(text)["id"])

    def prediction(self, prediction_id: str) -> dict[str, Any] | None:
        """The prediction as the API shows it; None where the site is away or has it no more."""
        try:
            status, text, _ = self.ask(f"/api/predictions/{prediction_id}")
        except (OSError, http.client.HTTPException):
            return None
        found: dict[str, Any] | None = json.loads(text) if status == 200 else None
        return found

    def settled(self, ids: Iterable[str], *, seconds: float) -> dict[str, dict[str, Any]]:
        """Those that have their answer within so many seconds."""
        found: dict[str, dict[str, Any]] = {}
        waiting, deadline = set(ids), time.monotonic() + seconds
        while waiting and time.monotonic() < deadline:
            for key in list(waiting):
                prediction = self.prediction(key)
                if prediction and prediction["status"] in SETTLED:
                    found[key] = prediction
                    waiting.remove(key)
            time.sleep(0.5)
        return found

    def submit(self, page: str, action: str, **fields: str) -> str:
        """Fill in a form of a page; returns the address that it leads to."""
        _, html, _ = self.ask(page)
        token = TOKEN.search(html)
        assert token, html
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', html))
        values = {**hidden, **fields, "csrf_token": token.group(1)}
        kind = "application/x-www-form-urlencoded"
        status, text, address = self.ask(action, urllib.parse.urlencode(values).encode(), kind)
        assert status == 200, text
        return address


@dataclass
class Stream:
    """Uploads at a steady rate from threads, until it is stopped."""

    person: Person
    picture: bytes
    rate: float  # uploads a second
    accepted: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)  # by what the client saw

    def __enter__(self) -> Stream:
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._clock = threading.Thread(target=self._run, daemon=True)
        self._clock.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._clock.join()
        for thread in self._threads:
            thread.join(60)

    def _run(self) -> None:
        while not self._stopped.wait(1 / self.rate):
            thread = threading.Thread(target=self._send, daemon=True)
            thread.start()
            self._threads.append(thread)

    def _send(self) -> None:
        try:
            self.accepted.append(self.person.upload(self.picture))
        except NotAcceptedError as error:
            self.refused[str(error)] += 1


class NotAcceptedError(Exception):
    """An upload was not accepted; the message says what the client saw."""
