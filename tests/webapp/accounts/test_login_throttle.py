"""Guessing passwords takes ever longer, on a real Redis and while it is away."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.servers import RedisServer
from tests.support.sites import site_with
from tests.webapp.factories import PASSWORD, admin
from webapp.accounts.login_throttle import (
    FREE_FOR_ACCOUNT,
    FREE_FOR_ADDRESS,
    LONGEST_WAIT,
    wait_after,
)
from webapp.settings import Settings

ANA = "ana@example.org"


@pytest.fixture(params=["Redis is there", "Redis is away"])
def app(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    redis = RedisServer(tmp_path)
    if request.param == "Redis is there":
        redis.start()
    with site_with(settings, redis_url=redis.url) as app:
        yield app
    if request.param == "Redis is there":
        redis.kill()


def sign_in(client: FlaskClient, email: str, password: str, **more: object) -> TestResponse:
    form = {"email": email, "password": password}
    return client.post("/session", data=form, **more)  # type: ignore[arg-type]


def test_after_five_wrong_passwords_even_the_right_one_must_wait(
    app: Flask, client: FlaskClient
) -> None:
    admin(app)
    for _ in range(FREE_FOR_ACCOUNT):
        assert sign_in(client, ANA, "wrong").status_code == 422

    refused = sign_in(app.test_client(), ANA, PASSWORD)

    assert refused.status_code == 429
    wait = int(refused.headers["Retry-After"])
    assert 1 <= wait <= 5
    assert f"Wait {wait} seconds" in refused.text

    time.sleep(wait)
    assert sign_in(client, ANA, PASSWORD).status_code == 303
    assert sign_in(client, ANA, "wrong").status_code == 422, "what came before it is forgotten"


def test_an_address_without_an_account_is_answered_alike(client: FlaskClient) -> None:
    statuses = [
        sign_in(client, "nobody@example.org", "wrong").status_code
        for _ in range(FREE_FOR_ACCOUNT + 1)
    ]

    assert statuses == [422] * FREE_FOR_ACCOUNT + [429]


def test_one_place_that_tries_many_accounts_must_wait_too(app: Flask, client: FlaskClient) -> None:
    admin(app)
    for number in range(FREE_FOR_ADDRESS):
        assert sign_in(client, f"{number}@example.org", "wrong").status_code == 422

    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert sign_in(client, ANA, PASSWORD).status_code == 429
    assert sign_in(client, ANA, PASSWORD, environ_base=elsewhere).status_code == 303


def test_signing_in_oneself_does_not_buy_more_guesses(app: Flask, client: FlaskClient) -> None:
    admin(app)
    for number in range(FREE_FOR_ADDRESS - 1):
        sign_in(client, f"{number}@example.org", "wrong")
    assert sign_in(client, ANA, PASSWORD).status_code == 303

    assert sign_in(client, "who@example.org", "wrong").status_code == 422
    assert sign_in(client, "who@example.org", "wrong").status_code == 429


def test_each_wait_is_twice_the_last_up_to_a_quarter_of_an_hour() -> None:
    waits = [wait_after(too_many) for too_many in range(1000)]

    assert waits[:9] == [5, 10, 20, 40, 80, 160, 320, 640, 900]
    assert set(waits[9:]) == {LONGEST_WAIT}


def test_the_other_forms_that_take_a_password_are_no_way_around(
    app: Flask, client: FlaskClient
) -> None:
    admin(app)
    sign_in(client, ANA, PASSWORD)
    forms = ("/session/renewal", "/account/deletion", "/account/password")
    for number in range(FREE_FOR_ACCOUNT):
        client.post(forms[number % 3], data={"password": "wrong", "present": "wrong"})

    for form in forms:
        refused = client.post(form, data={"password": PASSWORD, "present": PASSWORD})
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) >= 1
