"""The log of the web has a line for each request, with its time and its result."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from webapp.platform.request_log import configure_logging


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield root
    root.handlers, root.level = handlers, level


def test_a_line_has_time_method_path_status_and_duration(
    root_logger: logging.Logger, client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("DEBUG")

    client.get("/predictions?query=private")

    line = r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ DEBUG cifra.web: GET /predictions 200 in \d+ ms\n"
    assert re.search(line, capsys.readouterr().err)


def test_changes_and_errors_are_logged_and_pages_that_are_only_viewed_are_not(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "cifra.web"):
        client.get("/")
        client.post("/session")
        client.get("/nowhere")

    lines = [record.getMessage() for record in caplog.records if record.name == "cifra.web"]
    assert [line.split(" in ")[0] for line in lines] == ["POST /session 422", "GET /nowhere 404"]


def test_a_path_starts_no_line_of_its_own(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "cifra.web"):
        client.get("/nowhere%0A2026-01-01T00:00:00Z%20INFO")

    assert "\n" not in caplog.messages[-1]


def test_health_checks_and_static_files_leave_no_lines(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "cifra.web"):
        client.get("/healthz")
        client.get("/static/cifra.css").close()

    assert not [record for record in caplog.records if record.name == "cifra.web"]
