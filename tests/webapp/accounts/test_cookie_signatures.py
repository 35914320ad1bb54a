"""Cookies are signed with SHA-256. Those that an earlier version signed with SHA-1 are replaced."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer

from tests.support.cookies import cookies_of, owner_cookies
from tests.webapp.factories import PASSWORD, given_prediction
from webapp.models import Prediction
from webapp.platform.database import db

EMAIL = "bea@example.org"


def history(client: FlaskClient) -> list[str]:
    return [row["id"] for row in client.get("/api/predictions").get_json()["predictions"]]


def owner_of(app: Flask, prediction_id: str) -> str:
    with app.app_context():
        return db.session.get_one(Prediction, prediction_id).owner_id


def earlier_owner_cookie(app: Flask, owner_id: str) -> str:
    """The owner cookie as earlier versions signed it."""
    return str(URLSafeSerializer(app.config["SECRET_KEY"], salt="visitor").dumps(owner_id))


def earlier_session_cookie(app: Flask, values: dict[str, Any]) -> str:
    """The session cookie as Flask signs it by default."""
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer
    return str(serializer.dumps(values))


def test_a_history_under_an_earlier_cookie_is_kept_and_its_cookie_replaced(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = given_prediction(client)
    returning = app.test_client()
    cookie = earlier_owner_cookie(app, owner_of(app, prediction_id))
    returning.set_cookie("cifra_visitor", cookie)

    assert history(returning) == [prediction_id]

    assert not cookies_of(returning, "cifra_visitor")
    assert len(owner_cookies(returning)) == 1
    assert history(returning) == [prediction_id]


def test_a_session_under_an_earlier_cookie_goes_on_and_its_cookie_is_replaced(
    app: Flask, client: FlaskClient
) -> None:
    client.post("/account", data={"email": EMAIL, "password": PASSWORD})
    with client.session_transaction() as session:
        values = dict(session)
    returning = app.test_client()
    returning.set_cookie("session", earlier_session_cookie(app, values))

    assert EMAIL in returning.get("/account").text

    cookie = returning.get_cookie("session")
    assert cookie
    with pytest.raises(BadSignature):
        SecureCookieSessionInterface().get_signing_serializer(app).loads(cookie.value)  # type: ignore[union-attr]
    assert EMAIL in returning.get("/account").text


def test_a_static_file_sets_no_cookie_as_a_cache_may_store_it_for_everybody(
    app: Flask, client: FlaskClient
) -> None:
    owner_id = owner_of(app, given_prediction(client))
    returning = app.test_client()
    returning.set_cookie("cifra_visitor", earlier_owner_cookie(app, owner_id))
    returning.set_cookie("session", earlier_session_cookie(app, {"csrf_token": "a"}))

    assert "Set-Cookie" not in returning.get("/static/cifra.css").headers
    assert len(returning.get("/").headers.getlist("Set-Cookie")) == 3, "one is deleted"


def test_every_cookie_is_signed_with_sha_256(app: Flask, client: FlaskClient) -> None:
    given_prediction(client)
    salts = {"cifra_owner": "owner", "cifra_device": "device", "session": "cookie-session"}
    cookies = cookies_of(client)
    client.post("/account", data={"email": EMAIL, "password": PASSWORD})
    cookies |= cookies_of(client)

    assert len(cookies) == 3
    for name, value in cookies.items():
        (salt,) = (salt for prefix, salt in salts.items() if name.startswith(prefix))
        kind = URLSafeTimedSerializer if name == "session" else URLSafeSerializer
        options = {"digest_method": hashlib.sha256}
        if name == "session":
            options["key_derivation"] = "hmac"
        kind(app.config["SECRET_KEY"], salt=salt, signer_kwargs=options).loads(value)


@pytest.mark.parametrize("name", ["cifra_visitor", "cifra_owner_abcdefgh", "cifra_device"])
def test_a_cookie_that_cifra_did_not_sign_is_ignored(
    name: str, app: Flask, client: FlaskClient
) -> None:
    owner_id = owner_of(app, given_prediction(client))
    forger = app.test_client()
    forger.set_cookie(name, owner_id)

    assert history(forger) == []
    forger.set_cookie(name, URLSafeSerializer("another key", salt="owner").dumps(owner_id))
    assert history(forger) == []


def test_one_kind_of_cookie_does_not_pass_for_another(app: Flask, client: FlaskClient) -> None:
    prediction_id = given_prediction(client)
    (value,) = owner_cookies(client).values()
    forger = app.test_client()
    for name in ("cifra_visitor", "cifra_device", "session"):
        forger.set_cookie(name, value)

    assert history(forger) == []
    assert history(client) == [prediction_id]
