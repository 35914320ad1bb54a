"""Accounts: sign-up, sign-in from several browsers, a new password, deletion."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.support.cookies import owner_cookies
from tests.webapp.factories import PASSWORD, digit, given_prediction, settle
from webapp.models import Correction, Owner, Prediction, User
from webapp.platform.database import db, writing

EMAIL = "bea@example.org"


def sign_up(client: FlaskClient, email: str = EMAIL, password: str = PASSWORD) -> TestResponse:
    return client.post("/account", data={"email": email, "password": password})


def sign_in(client: FlaskClient, password: str = PASSWORD) -> TestResponse:
    return client.post("/session", data={"email": EMAIL, "password": password})


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def history(client: FlaskClient) -> list[str]:
    return [row["id"] for row in client.get("/api/predictions").get_json()["predictions"]]


def copy_of_the_cookies(client: FlaskClient, app: Flask) -> FlaskClient:
    """Another browser with a copy of the session cookie."""
    cookie = client.get_cookie("session")
    assert cookie
    copy = app.test_client()
    copy.set_cookie("session", cookie.value)
    return copy


def test_a_person_creates_an_account_and_is_signed_in(client: FlaskClient) -> None:
    response = sign_up(client)

    assert response.status_code == 303
    assert EMAIL in client.get("/account").text
    assert client.get("/account/new").location == "/account"


def test_the_page_says_that_no_mail_is_sent(client: FlaskClient) -> None:
    assert "Cifra sends no mail" in client.get("/account/new").text


@pytest.mark.parametrize(
    ("email", "password", "sentence"),
    [
        ("bea", PASSWORD, "look like an e-mail address"),
        ("bea@example.org\r\nBcc: all", PASSWORD, "look like an e-mail address"),
        (f"{'b' * 250}@example.org", PASSWORD, "look like an e-mail address"),
        (EMAIL, "too short", "at least 10 characters"),
        (EMAIL, "x" * 257, "at most 256"),
        (EMAIL, EMAIL.upper(), "too easy to guess"),
        (EMAIL, "password123", "too easy to guess"),
        (EMAIL, "aaaaaaaaaaaa", "too easy to guess"),
        (EMAIL, "qwertyuiop12", "too easy to guess"),
    ],
)
def test_a_sentence_says_why_an_account_is_refused(
    email: str, password: str, sentence: str, client: FlaskClient
) -> None:
    response = sign_up(client, email, password)

    assert response.status_code == 422
    assert sentence in response.text.replace("&#39;", "'")
    assert not is_signed_in(client)


def test_an_address_has_one_account(app: Flask, client: FlaskClient) -> None:
    sign_up(client)

    second = sign_up(app.test_client(), " BEA@example.org ")

    assert second.status_code == 422
    assert "make an account with this address" in second.text
    assert PASSWORD not in second.text


def test_an_account_finds_its_history_on_another_device(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    prediction_id = given_prediction(client)
    other = app.test_client()

    assert history(other) == []
    sign_in(other)
    assert history(other) == [prediction_id]


@pytest.mark.parametrize("enter", [sign_up, sign_in], ids=["signing up", "signing in"])
def test_the_history_of_the_browser_moves_to_the_account(
    enter: object, app: Flask, client: FlaskClient
) -> None:
    if enter is sign_in:
        sign_up(app.test_client())
    prediction_id = given_prediction(client)
    settle(app, prediction_id)
    client.post(f"/predictions/{prediction_id}/digits/0/correction", data={"label": "1"})

    assert callable(enter)
    enter(client)

    assert history(client) == [prediction_id]
    assert not owner_cookies(client)
    with app.app_context():
        user = db.session.scalars(User.with_email(EMAIL)).one()
        assert db.session.scalars(select(Correction.owner_id)).all() == [user.owner_id]
    client.post("/session/end")
    assert history(client) == []


def test_of_two_corrections_of_one_digit_the_decided_one_is_kept(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = given_prediction(client)
    with app.app_context(), writing() as session:
        prediction = session.get_one(Prediction, prediction_id)
        prediction.digits = [digit(7), digit(8, position=1)]
        session.flush()
        for owner_id, label in (("cookie", 1), ("account", 2)):
            for one in prediction.digits:
                owner = Owner.lock(session, owner_id)
                session.add(Correction.of(one, label, owner_id=owner.id))
        session.flush()
        session.scalars(select(Correction).where(Correction.owner_id == "cookie")).first().approve(  # type: ignore[union-attr]
            by=None
        )

    with app.app_context(), writing() as session:
        Correction.transfer(session, "cookie", to="account")

    with app.app_context():
        corrections = db.session.scalars(select(Correction).order_by(Correction.digit_id)).all()
        assert [(one.owner_id, one.label) for one in corrections] == [
            ("account", 1),
            ("account", 2),
        ]


def test_signing_in_leaves_nothing_of_the_session_before_it(client: FlaskClient) -> None:
    sign_up(client)
    client.post("/session/end")
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
    before = client.get_cookie("session")

    sign_in(client)

    after = client.get_cookie("session")
    assert before
    assert after
    assert before.value != after.value
    with client.session_transaction() as session:
        assert "planted" not in session


def test_signing_out_ends_the_session_for_a_copy_of_its_cookie_too(
    app: Flask, client: FlaskClient
) -> None:
    sign_up(client)
    copy = copy_of_the_cookies(client, app)
    assert is_signed_in(copy)

    client.post("/session/end")

    assert not is_signed_in(client)
    assert not is_signed_in(copy)


def test_signing_in_again_ends_the_sign_in_before_it(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    copy = copy_of_the_cookies(client, app)

    sign_in(client)

    assert is_signed_in(client)
    assert not is_signed_in(copy)


def test_a_changed_password_signs_out_every_other_browser(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    phone = app.test_client()
    sign_in(phone)
    copy = copy_of_the_cookies(client, app)
    new = "another long password"

    changed = client.post("/account/password", data={"present": PASSWORD, "new": new})

    assert changed.status_code == 303
    assert is_signed_in(client)
    assert not is_signed_in(phone)
    assert not is_signed_in(copy)
    assert sign_in(phone).status_code == 422
    assert sign_in(phone, new).status_code == 303


@pytest.mark.parametrize(
    ("present", "new", "sentence"),
    [
        ("wrong", "another long password", "That is not your password"),
        (PASSWORD, "short", "at least 10 characters"),
    ],
)
def test_a_password_is_not_changed_by_a_guess_or_to_a_weak_one(
    present: str, new: str, sentence: str, app: Flask, client: FlaskClient
) -> None:
    sign_up(client)

    refused = client.post("/account/password", data={"present": present, "new": new})

    assert refused.status_code == 422
    assert sentence in refused.text
    assert sign_in(app.test_client()).status_code == 303


def test_an_account_is_deleted_only_with_its_password(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    prediction_id = given_prediction(client)

    assert client.post("/account/deletion", data={"password": "wrong"}).status_code == 422
    assert is_signed_in(client)
    assert client.post("/account/deletion", data={"password": PASSWORD}).status_code == 303

    assert not is_signed_in(client)
    assert sign_in(client).status_code == 422
    with app.app_context():
        assert db.session.get(Prediction, prediction_id) is None


def test_the_only_admin_stays(app: Flask, client: FlaskClient) -> None:
    command = ["users", "create-admin", "--email", EMAIL, "--password", PASSWORD]
    app.test_cli_runner().invoke(args=command)
    sign_in(client)

    refused = client.post("/account/deletion", data={"password": PASSWORD})

    assert refused.status_code == 409
    assert "You are the only admin" in refused.text


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("GET", "/account"),
        ("POST", "/account/password"),
        ("POST", "/account/deletion"),
        ("POST", "/admin/pin"),
    ],
)
def test_whoever_is_not_signed_in_is_asked_to_sign_in(
    method: str, address: str, client: FlaskClient
) -> None:
    response = client.open(address, method=method)

    assert response.status_code == 302
    assert response.location.startswith("/session/new")
