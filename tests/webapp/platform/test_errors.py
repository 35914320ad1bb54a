"""When something is wrong, a person gets a designed page and a program a JSON sentence."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from tests.support.databases import locked
from tests.support.sites import site_with
from tests.webapp.factories import picture, post_api
from webapp.platform.errors import TITLES
from webapp.settings import Settings


@pytest.mark.parametrize("code", sorted(TITLES))
def test_every_error_has_a_page_and_a_sentence(code: int, app: Flask) -> None:
    for address in ("/broken", "/api/broken"):
        app.add_url_rule(address, endpoint=address, view_func=lambda: abort(code))
    client = app.test_client()

    page, answer = client.get("/broken"), client.get("/api/broken")

    assert page.status_code == answer.status_code == code
    assert TITLES[code] in page.text.replace("&#39;", "'")
    assert answer.get_json()["error"].endswith(".")


def test_a_mistake_in_the_program_is_our_fault_and_says_so(app: Flask) -> None:
    app.add_url_rule("/broken", view_func=lambda: 1 // 0)

    response = app.test_client().get("/broken")

    assert response.status_code == 500
    assert "The error is in Cifra" in response.text


def test_a_locked_database_asks_to_come_back_later(settings: Settings) -> None:
    with (
        site_with(settings, busy_timeout=timedelta(seconds=0.1)) as app,
        locked(app.config["SQLALCHEMY_DATABASE_URI"]),
    ):
        response = post_api(app.test_client(), picture())

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert response.get_json()["error"]


def test_the_page_of_an_error_takes_the_focus_and_leads_back_to_the_form(
    client: FlaskClient,
) -> None:
    refused = client.post("/predictions", data={"image": "x" * 900_000}).text
    missing = client.get("/nowhere").text

    for page in (refused, missing):
        assert '<h1 tabindex="-1" autofocus>' in page
    assert "data-back" in refused
    assert "data-back" not in missing.partition("<main")[2]
