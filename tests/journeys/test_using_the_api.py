"""A program uploads pictures over the API and gets JSON: the reading, or the reason for none."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, Browser

from tests.journeys.pictures import blank_photo, photo_of
from tests.journeys.site import RunningSite

pytestmark = pytest.mark.journey

TIMEOUT_SECONDS = 60


@pytest.fixture
def program(browser: Browser, running_site: RunningSite) -> Iterator[APIRequestContext]:
    context = browser.new_context(base_url=running_site.address)
    yield context.request
    context.close()


def test_an_upload_is_answered_with_the_address_of_its_reading(program: APIRequestContext) -> None:
    accepted = program.post("/api/predictions", multipart={"image": jpeg(photo_of("42"))})

    assert accepted.status == 202
    reading = settled(program, accepted.headers["location"])
    assert (reading["status"], reading["number"]) == ("done", "42")
    assert [digit["label"] for digit in reading["digits"]] == [4, 2]
    for digit in reading["digits"]:
        assert sum(digit["probabilities"]) == pytest.approx(1, abs=0.01)
    listed = program.get("/api/predictions").json()["predictions"]
    assert [prediction["id"] for prediction in listed] == [reading["id"]]


def test_a_blank_picture_is_refused_with_its_reason(program: APIRequestContext) -> None:
    accepted = program.post("/api/predictions", multipart={"image": jpeg(blank_photo())})

    reading = settled(program, accepted.headers["location"])

    assert reading["status"] == "refused"
    assert reading["reason"].startswith("No digit found")


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"a letter, not a picture", 415),
        (photo_of("7")[:2000], 422),
        (b"\xff\xd8\xff" + bytes(21 * 1024 * 1024), 413),
    ],
    ids=["empty", "text", "truncated", "too large"],
)
def test_a_picture_that_is_not_accepted_is_refused_with_its_reason(
    program: APIRequestContext, content: bytes, status: int
) -> None:
    response = program.post("/api/predictions", multipart={"image": jpeg(content)})

    assert response.status == status
    assert response.json()["error"].endswith(".")


def test_an_unknown_prediction_is_not_found(program: APIRequestContext) -> None:
    assert program.get("/api/predictions/nobody-was-given-this").status == 404


def jpeg(content: bytes) -> dict[str, Any]:
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": content}


def settled(program: APIRequestContext, location: str) -> dict[str, Any]:
    """The prediction once it is settled."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        reading: dict[str, Any] = program.get(location).json()
        if reading["status"] not in ("pending", "reading"):
            return reading
        time.sleep(0.2)
    pytest.fail(f"Not settled within {TIMEOUT_SECONDS} s at {location}")
