"""Sign-in and sign-out, and the pages for admins alone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.webapp.factories import PASSWORD, admin, given_prediction, picture, post_page, sign_in
from webapp.models import SignIn, User, utc_now
from webapp.platform.database import writing

ADMINS_ONLY = [
    ("GET", "/admin"),
    ("POST", "/admin/training-runs"),
    ("GET", "/admin/training-runs/1"),
    ("POST", "/admin/training-runs/1/cancellation"),
    ("POST", "/admin/models/1/publication"),
]


def test_an_admin_signs_in_and_out(app: Flask, client: FlaskClient) -> None:
    admin(app)

    assert sign_in(client).location == "/admin"
    assert client.get("/admin").status_code == 200
    client.post("/session/end")
    assert client.get("/admin").status_code == 302


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(
    app: Flask, client: FlaskClient
) -> None:
    admin(app)

    wrong = client.post("/session", data={"email": "ana@example.org", "password": "wrong"})
    unknown = client.post("/session", data={"email": "who@example.org", "password": PASSWORD})

    for response in (wrong, unknown):
        assert response.status_code == 422
        assert "belong together" in response.text
    assert 'value="ana@example.org"' in wrong.text, "the form keeps the address"


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/\n/evil.example",
        "/admin\r\nSet-Cookie: a=b",
        "http://[",
        "//[",
    ],
)
def test_signing_in_never_redirects_to_another_site(
    address: str, app: Flask, client: FlaskClient
) -> None:
    admin(app)
    form = {"email": "ana@example.org", "password": PASSWORD, "next": address}

    assert client.post("/session", data=form).location == "/admin"


def test_signing_in_redirects_back_to_the_page_that_asked_for_it(
    app: Flask, client: FlaskClient
) -> None:
    admin(app)
    page = client.get("/admin/training-runs/1", follow_redirects=True).text
    safe_next = re.search(r'name="next" value="([^"]+)"', page)
    assert safe_next
    form = {"email": "ana@example.org", "password": PASSWORD, "next": safe_next[1]}

    assert client.post("/session", data=form).location == "/admin/training-runs/1"


@pytest.mark.parametrize(("method", "address"), ADMINS_ONLY)
def test_whoever_is_not_signed_in_is_asked_to_sign_in(
    method: str, address: str, client: FlaskClient
) -> None:
    response = client.open(address, method=method)

    assert response.status_code == 302
    assert response.location.startswith("/session/new")


@pytest.mark.parametrize(("method", "address"), ADMINS_ONLY)
def test_someone_who_is_no_admin_is_refused(
    method: str, address: str, app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), writing() as session:
        session.add(User.create(email="bob@example.org", password=PASSWORD))
    sign_in(client, "bob@example.org")

    assert client.open(address, method=method).status_code == 403


def test_an_admin_sees_the_history_of_all(app: Flask, client: FlaskClient) -> None:
    prediction_id = given_prediction(app.test_client())
    admin(app)
    sign_in(client)

    assert prediction_id not in client.get("/predictions").text
    assert prediction_id in client.get("/predictions?whose=all").text


def test_a_form_without_its_token_is_refused(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True

    assert post_page(client, picture()).status_code == 400
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/").text)
    assert token
    form = {"csrf_token": token[1], "email": "who@example.org", "password": "wrong"}
    assert client.post("/session", data=form).status_code == 422
    assert (
        client.post("/api/predictions", data=picture(), content_type="image/png").status_code == 202
    )


def test_the_first_admin_is_created_on_the_command_line(app: Flask, client: FlaskClient) -> None:
    run = app.test_cli_runner().invoke
    command = ["users", "create-admin", "--email", "Ana@Example.org", "--password"]

    assert "needs at least 10 characters" in run(args=[*command, "short"]).output
    assert run(args=[*command, PASSWORD]).exit_code == 0
    assert "has an account already" in run(args=[*command, PASSWORD]).output
    assert sign_in(client).location == "/admin"


@pytest.mark.parametrize("email", ["a b@example.org", "a" * 5000, ""])
def test_an_address_that_no_account_can_have_is_answered_like_an_unknown_one(
    email: str, client: FlaskClient
) -> None:
    response = client.post("/session", data={"email": email, "password": "wrong"})

    assert response.status_code == 422
    assert "belong together" in response.text


@pytest.mark.parametrize("referrer", ["http://[", "http://localhost:99999999/", "\\"])
def test_a_malformed_referrer_is_ignored(referrer: str, app: Flask, client: FlaskClient) -> None:
    admin(app)
    sign_in(client)
    with app.app_context(), writing() as session:
        session.execute(update(SignIn).values(began_at=utc_now() - timedelta(hours=1)))

    pressed = client.post("/admin/rollbacks", headers={"Referer": referrer})

    assert pressed.status_code == 403
    assert 'name="confirmation_password"' in pressed.text
