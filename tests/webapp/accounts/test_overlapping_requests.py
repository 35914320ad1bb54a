"""Requests that overlap: an upload during a sign-in or a deletion, in threads on one database."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.support.cookies import copy_cookies, owner_cookies
from tests.webapp.factories import PASSWORD, admin, given_prediction, picture, post_api, sign_in
from webapp.imaging import sandbox
from webapp.models import Base, Owner, Prediction, Role, User
from webapp.personal_data.deletion import (
    OnlyAdminError,
    OwnerMergedError,
    delete_account,
    delete_all_of,
    finish_deletions,
)
from webapp.platform.database import db, writing
from webapp.platform.extensions import Extensions

ACCOUNT = {"email": "bea@example.org", "password": PASSWORD}


class SlowUpload:
    """An upload that is decoded, and then waits until the test lets it store its row."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.decoded = threading.Event()
        self.may_go_on = threading.Event()
        self._threads = ThreadPoolExecutor(1)
        accept = sandbox.accept

        def accept_slowly(*args: Any, **options: Any) -> Any:
            upload = accept(*args, **options)
            self.decoded.set()
            assert self.may_go_on.wait(60)
            return upload

        monkeypatch.setattr(sandbox, "accept", accept_slowly)

    def begin(self, client: FlaskClient) -> Future[TestResponse]:
        response = self._threads.submit(post_api, client, picture())
        assert self.decoded.wait(60)
        return response

    def finish(self, response: Future[TestResponse]) -> TestResponse:
        self.may_go_on.set()
        return response.result(60)

    def close(self) -> None:
        self.may_go_on.set()
        self._threads.shutdown()


@pytest.fixture
def slow_upload(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowUpload]:
    upload = SlowUpload(monkeypatch)
    yield upload
    upload.close()


def history(client: FlaskClient) -> list[str]:
    return [row["id"] for row in client.get("/api/predictions").get_json()["predictions"]]


def count(app: Flask, table: type[Base]) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def stored_files(app: Flask) -> list[str]:
    return [path.name for path in Extensions.of(app).storage.root.rglob("*") if path.is_file()]


def other_request_of(client: FlaskClient, app: Flask) -> FlaskClient:
    """A client for a second request of the same browser, at the same time."""
    return copy_cookies(client, app.test_client())


@pytest.mark.parametrize("page", ["/account", "/session"], ids=["sign-up", "sign-in"])
def test_an_upload_that_overlaps_a_sign_in_moves_to_the_account(
    page: str, app: Flask, client: FlaskClient, slow_upload: SlowUpload
) -> None:
    if page == "/session":
        app.test_client().post("/account", data=ACCOUNT)
    client.get("/")
    uploading = slow_upload.begin(other_request_of(client, app))

    assert client.post(page, data=ACCOUNT).status_code == 303
    response = slow_upload.finish(uploading)

    assert response.status_code == 202
    assert history(client) == [response.get_json()["id"]]


@pytest.mark.parametrize("signed_in", [False, True], ids=["without an account", "with an account"])
def test_an_upload_that_overlaps_the_deletion_of_all_data_leaves_nothing_behind(
    signed_in: bool, app: Flask, client: FlaskClient, slow_upload: SlowUpload
) -> None:
    if signed_in:
        client.post("/account", data=ACCOUNT)
    client.get("/")
    uploading = slow_upload.begin(other_request_of(client, app))

    assert client.post("/account/data/deletion").status_code == 303
    response = slow_upload.finish(uploading)

    assert response.status_code == 409
    assert "Your data was deleted while this was being uploaded" in response.get_json()["error"]
    assert count(app, Prediction) == 0
    assert stored_files(app) == []
    given_prediction(client)
    assert len(history(client)) == 1, "the next upload is accepted"


def test_an_upload_that_overlaps_the_deletion_of_the_account_leaves_nothing_behind(
    app: Flask, client: FlaskClient, slow_upload: SlowUpload
) -> None:
    client.post("/account", data=ACCOUNT)
    uploading = slow_upload.begin(other_request_of(client, app))

    assert client.post("/account/deletion", data={"password": PASSWORD}).status_code == 303
    response = slow_upload.finish(uploading)

    assert response.status_code == 409
    assert count(app, Prediction) == 0
    assert stored_files(app) == []


@pytest.mark.parametrize("signed_in", [False, True], ids=["without an account", "with an account"])
def test_an_upload_sent_before_a_deletion_and_received_after_it_is_refused_once(
    signed_in: bool, app: Flask, client: FlaskClient
) -> None:
    if signed_in:
        client.post("/account", data=ACCOUNT)
    given_prediction(client)
    late = other_request_of(client, app)
    if signed_in:
        client.post("/account/deletion", data={"password": PASSWORD})
    else:
        client.post("/account/data/deletion")

    refused = post_api(late, picture())

    assert refused.status_code == 409
    assert count(app, Prediction) == 0
    assert not owner_cookies(late)
    assert post_api(late, picture()).status_code == 202, "as a new owner"


def test_an_upload_that_overlaps_a_sign_in_and_then_a_deletion_leaves_nothing_behind(
    app: Flask, client: FlaskClient, slow_upload: SlowUpload
) -> None:
    client.get("/")
    uploading = slow_upload.begin(other_request_of(client, app))

    client.post("/account", data=ACCOUNT)
    client.post("/account/deletion", data={"password": PASSWORD})

    assert slow_upload.finish(uploading).status_code == 409
    assert count(app, Prediction) == 0


def test_uploads_and_merges_at_the_same_time_lose_nothing(app: Flask) -> None:
    """Several browsers upload while their cookies are merged into one account, all at once."""
    app.test_client().post("/account", data=ACCOUNT)
    browsers = [app.test_client() for _ in range(6)]
    for browser in browsers:
        browser.get("/")
    together = threading.Barrier(12)

    def upload(browser: FlaskClient) -> int:
        together.wait()
        return post_api(browser, picture()).status_code

    def enter(browser: FlaskClient) -> int:
        together.wait()
        return browser.post("/session", data=ACCOUNT).status_code

    with ThreadPoolExecutor(12) as threads:
        uploads = [threads.submit(upload, other_request_of(one, app)) for one in browsers]
        sign_ins = [threads.submit(enter, one) for one in browsers]
        assert {one.result(120) for one in uploads} == {202}
        assert {one.result(120) for one in sign_ins} <= {303, 429}
    for browser in browsers:
        sign_in(browser, ACCOUNT["email"])

    with app.app_context():
        owner_id = db.session.scalars(User.with_email(ACCOUNT["email"])).one().owner_id
        assert set(db.session.scalars(select(Prediction.owner_id))) == {owner_id}
    assert count(app, Prediction) == 6


def test_of_two_admins_who_delete_their_accounts_at_once_one_stays(app: Flask) -> None:
    emails = ("ana@example.org", "eva@example.org")
    for email in emails:
        admin(app, email)
    together = threading.Barrier(2)

    def leave(email: str) -> bool:
        with app.app_context():
            user = db.session.scalars(User.with_email(email)).one()
            db.session.rollback()
            together.wait()
            try:
                delete_account(user)
            except OnlyAdminError:
                return False
            return True

    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(leave, emails))

    assert sorted(outcomes) == [False, True]
    with app.app_context():
        assert db.session.scalars(select(User.role)).all() == [Role.ADMIN]


def test_the_sweep_finishes_a_deletion_that_was_interrupted(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = given_prediction(client)
    kept = given_prediction(app.test_client())
    with app.app_context(), writing() as session:
        owner_id = session.get_one(Prediction, prediction_id).owner_id
        Owner.delete(session, owner_id)  # and there the process ended

    with app.app_context():
        assert finish_deletions() == 1

    with app.app_context():
        assert db.session.scalars(select(Prediction.id)).all() == [kept]
    assert not Extensions.of(app).storage.folder(prediction_id).exists()


def test_a_deletion_that_a_sign_in_overtakes_deletes_nothing_of_the_account(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = given_prediction(client)
    with app.app_context():
        owner_id = db.session.get_one(Prediction, prediction_id).owner_id
    client.post("/account", data=ACCOUNT)

    with app.app_context(), pytest.raises(OwnerMergedError):
        delete_all_of(owner_id)

    assert history(client) == [prediction_id]
