"""The way of the original project: a Flask view that predicts while the visitor waits."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.contenders.contender import Connection, Contender, program
from benchmarks.pictures import Picture
from tests.support.servers import free_port

PROGRAM = "benchmarks.contenders.origin_program"
BOUNDARY = "cifra-benchmark"


@contextmanager
def origin(*, keeps_model: bool) -> Iterator[Contender]:
    """With the model kept loaded, or loaded again for each picture."""
    port = free_port()
    command = [sys.executable, "-m", PROGRAM, str(port), "kept" if keeps_model else "loaded"]
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"UPLOADS": folder, "KERAS_BACKEND": "tensorflow"}
        with program(command, port, environment, Path(folder) / "origin.log") as pid:
            name = f"the origin's way, model {'kept' if keeps_model else 'loaded each time'}"
            yield Contender(name, {"server": pid}, lambda: FormVisitor(Connection(port)))


class FormVisitor:
    """A visitor who sends a form with a file and receives the digit."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ask(self, picture: Picture) -> str | None:
        body = form_with(picture)
        headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        response, content = self._connection.request("POST", "/", body, headers)
        if response.status != 200:
            raise RuntimeError(f"The upload was answered with {response.status}.")
        number = json.loads(content)["number"]
        assert number is None or isinstance(number, str)
        return number


def form_with(picture: Picture) -> bytes:
    """A multipart form with the picture as its only field."""
    head = (
        f"--{BOUNDARY}\r\n"
        'Content-Disposition: form-data; name="image"; filename="picture"\r\n'
        f"Content-Type: {picture.media_type}\r\n\r\n"
    )
    return head.encode() + picture.data + f"\r\n--{BOUNDARY}--\r\n".encode()
