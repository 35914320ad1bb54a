"""The owner cookies: a browser without an account keeps its history, whatever arrives at once."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.support.cookies import copy_cookies, owner_cookies
from tests.webapp.factories import PASSWORD, given_prediction, picture, post_page, settle
from webapp.models import Owner
from webapp.platform.database import db

ACCOUNT = {"email": "bea@example.org", "password": PASSWORD}


def history(client: FlaskClient) -> set[str]:
    return {row["id"] for row in client.get("/api/predictions").get_json()["predictions"]}


def test_the_front_page_hands_out_the_cookie_before_the_first_upload(client: FlaskClient) -> None:
    client.get("/")
    before = owner_cookies(client)

    prediction_id = given_prediction(client)

    assert len(before) == 1
    assert owner_cookies(client) == before
    assert history(client) == {prediction_id}


def test_a_visit_alone_stores_no_owner(app: Flask, client: FlaskClient) -> None:
    client.get("/")

    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Owner)) == 0


def test_two_first_uploads_at_once_without_a_cookie_both_stay_reachable(app: Flask) -> None:
    """The browser sends both requests before it has the cookie of either response."""
    first, second = app.test_client(), app.test_client()
    ids = {given_prediction(first), given_prediction(second)}
    browser = copy_cookies(second, copy_cookies(first, app.test_client()))
    assert len(owner_cookies(browser)) == 2

    assert history(browser) == ids

    assert len(owner_cookies(browser)) == 1
    assert history(browser) == ids


def test_two_front_pages_at_once_and_an_upload_from_each_stay_reachable(app: Flask) -> None:
    tabs = [app.test_client() for _ in range(2)]
    for tab in tabs:
        tab.get("/")
    ids = {given_prediction(tab) for tab in tabs}
    browser = copy_cookies(tabs[1], copy_cookies(tabs[0], app.test_client()))

    assert history(browser) == ids


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_requests_that_merge_different_cookies_keep_one_that_leads_to_all(
    app: Flask, order: tuple[int, ...]
) -> None:
    clients = [app.test_client() for _ in range(3)]
    ids = {given_prediction(client) for client in clients}
    for sender in (order[:2], order[1:], order):
        partial = app.test_client()
        for number in sender:
            copy_cookies(clients[number], partial)
        history(partial)
        dropped = {
            name
            for number in sender
            for name in owner_cookies(clients[number])
            if name not in owner_cookies(partial)
        }
        for client in clients:
            for name in dropped & set(owner_cookies(client)):
                client.delete_cookie(name)
    browser = app.test_client()
    for client in clients:
        copy_cookies(client, browser)

    assert history(browser) == ids


def test_corrections_stay_with_their_pictures_when_cookies_are_merged(app: Flask) -> None:
    clients = [app.test_client() for _ in range(2)]
    ids = [given_prediction(client) for client in clients]
    for client, prediction_id in zip(clients, ids, strict=True):
        settle(app, prediction_id, "7")
        client.post(f"/predictions/{prediction_id}/digits/0/correction", data={"label": "1"})
    browser = copy_cookies(clients[1], copy_cookies(clients[0], app.test_client()))

    rows = browser.get("/api/predictions").get_json()["predictions"]

    assert {row["id"] for row in rows} == set(ids)
    assert all(row["digits"][0]["correction"]["label"] == 1 for row in rows)


def test_a_cookie_that_arrives_after_the_sign_in_brings_its_history_along(app: Flask) -> None:
    """A first upload without a cookie is answered after the sign-in that it overlaps."""
    browser, upload = app.test_client(), app.test_client()
    prediction_id = given_prediction(upload)
    browser.post("/account", data=ACCOUNT)
    copy_cookies(upload, browser)

    assert history(browser) == {prediction_id}
    assert not owner_cookies(browser)
    browser.post("/session/end")
    assert history(browser) == set()


def test_a_copy_of_a_merged_cookie_opens_nothing_of_the_account(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = given_prediction(client)
    copy = copy_cookies(client, app.test_client())
    client.post("/account", data=ACCOUNT)

    assert history(copy) == set()
    assert copy.get(f"/predictions/{prediction_id}").status_code == 404
    own = given_prediction(copy)
    assert history(copy) == {own}
    assert history(client) == {prediction_id}


def test_a_merged_cookie_does_not_bring_one_account_into_another(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = given_prediction(client)
    copy = copy_cookies(client, app.test_client())
    client.post("/account", data=ACCOUNT)

    copy.post("/account", data=ACCOUNT | {"email": "cleo@example.org"})

    assert history(copy) == set()
    assert history(client) == {prediction_id}


def test_after_a_deletion_the_browser_starts_a_new_history(client: FlaskClient) -> None:
    given_prediction(client)
    before = owner_cookies(client)

    client.post("/account/data/deletion")

    assert not owner_cookies(client)
    response = post_page(client, picture())
    assert response.status_code == 303
    assert owner_cookies(client)
    assert owner_cookies(client) != before
