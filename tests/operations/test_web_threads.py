"""The web's threads: uploads in progress and waiting requests together leave some for pages."""

from __future__ import annotations

import json
import re

from webapp.platform.database import POOL
from webapp.platform.notifications import MAX_WAITING
from webapp.settings import ROOT, Settings

FOR_PAGES = 4


def test_uploads_and_waiting_requests_leave_threads_for_pages() -> None:
    found = re.search(r"--threads (\d+)", (ROOT / "Procfile").read_text())
    in_image = re.search(r"CMD (\[.*\])", (ROOT / "Dockerfile").read_text())
    assert found and in_image
    command = json.loads(in_image[1])
    uploads = Settings(secret_key="only for this test").uploads_in_progress

    for threads in (int(found[1]), int(command[command.index("--threads") + 1])):
        assert threads >= uploads + MAX_WAITING + FOR_PAGES


def test_each_thread_may_read_with_one_connection_and_write_with_another() -> None:
    found = re.search(r"--threads (\d+)", (ROOT / "Procfile").read_text())
    assert found

    assert POOL["pool_size"] + POOL["max_overflow"] > int(found[1])
