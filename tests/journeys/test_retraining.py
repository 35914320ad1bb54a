"""An admin presses Retrain, publishes what comes of it, and goes back to the earlier model."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.house import House
from tests.journeys.pictures import photo_of
from tests.journeys.visitor import give

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

EMAIL, PASSWORD = "ada@example.org", "a long enough password"
TRAINING_MILLISECONDS = 480_000
TAKE_OVER_SECONDS = 60  # about one on a quiet machine


def test_a_published_retrained_model_answers_until_the_earlier_one_is_published_again(
    page: Page, house: House
) -> None:
    house.flask("users", "create-admin", "--email", EMAIL, "--password", PASSWORD)
    sign_in(page)
    expect(page.get_by_role("heading", name="Version 1")).to_be_visible()

    page.get_by_role("button", name="Retrain").click()
    heading = page.get_by_role("heading", name="Training run 1")
    expect(heading).to_contain_text("done", timeout=TRAINING_MILLISECONDS)
    expect(page.get_by_role("img", name="loss")).to_be_visible()

    # Learned from 400 pictures it is clearly worse, so it waits for a person to publish it.
    page.goto(f"{house.address}/admin")
    expect(page.get_by_role("heading", name="Version 1")).to_be_visible()
    page.get_by_role("button", name="Publish version 2").click()
    expect(page.get_by_role("heading", name="Version 2")).to_be_visible()
    read_until_answered_by(2, page, house)

    page.goto(f"{house.address}/admin")
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.get_by_role("heading", name="Version 1")).to_be_visible()
    read_until_answered_by(1, page, house)


def test_a_stranger_is_asked_to_sign_in(page: Page, house: House) -> None:
    page.goto(f"{house.address}/admin")

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def read_until_answered_by(version: int, page: Page, house: House) -> None:
    """Give pictures until the version answers; the one before it answers while it is loaded."""
    deadline = time.monotonic() + TAKE_OVER_SECONDS
    for said in iter(lambda: answering_model(page, house), f"model version {version}"):
        assert time.monotonic() < deadline, f"still answered by {said}"


def answering_model(page: Page, house: House) -> str:
    page.goto(house.address)
    give(page, photo_of("7"))
    told = page.get_by_text(re.compile(r"model version \d+")).first.inner_text()
    return told.partition(" (")[0]  # "model version 2 (cnn)"


def sign_in(page: Page) -> None:
    page.get_by_role("link", name="Sign in as admin").click()
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
