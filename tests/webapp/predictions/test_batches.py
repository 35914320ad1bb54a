"""Batches: pictures that come together, from a form or over the API, and their page."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.webapp.factories import (
    admin,
    given_prediction,
    picture,
    post_api,
    refuse,
    settle,
    sign_in,
)
from webapp.predictions import batches

BATCH = "a-batch-of-two-picture"


def test_several_pictures_of_one_form_become_a_batch(client: FlaskClient) -> None:
    response = post_form(client, ("one.png", picture()), ("two.png", picture()))

    assert response.status_code == 303
    assert response.location.startswith("/batches/")
    page = client.get(response.location).text
    assert page.count('class="card"') == 2
    assert "2 pictures" in page


def test_each_refused_picture_of_a_form_gets_its_name_and_reason(client: FlaskClient) -> None:
    response = post_form(
        client, ("one.png", picture()), ("letter.txt", b"a letter"), ("empty.png", b"")
    )

    assert response.status_code == 200
    assert response.text.count('class="card"') == 1
    for expected in ("2 files were not accepted:", "letter.txt", "empty.png", "not a picture"):
        assert expected in response.text


def test_a_form_with_nothing_but_refused_pictures_shows_the_front_page_again(
    client: FlaskClient,
) -> None:
    response = post_form(client, ("letter.txt", b"a letter"), ("empty.png", b""))

    assert response.status_code == 415
    assert "letter.txt" in response.text
    assert "empty.png" in response.text
    assert 'type="file"' in response.text


def test_pictures_over_the_api_name_their_batch(app: Flask, client: FlaskClient) -> None:
    ids = [given_prediction(client, batch=BATCH) for _ in range(2)]
    given_prediction(client)
    settle(app, ids[0], "42")
    refuse(app, ids[1], "No digit found: the picture looks blank.")

    found = client.get(f"/api/batches/{BATCH}").get_json()
    listed = client.get(f"/api/predictions?batch={BATCH}").get_json()["predictions"]

    assert (found["total"], found["settled"], found["is_settled"]) == (2, 2, True)
    assert {prediction["id"] for prediction in listed} == set(ids)
    assert {prediction["batch"] for prediction in listed} == {BATCH}


def test_the_page_of_a_batch_counts_and_watches_until_all_are_read(
    app: Flask, client: FlaskClient
) -> None:
    ids = [given_prediction(client, batch=BATCH) for _ in range(3)]
    settle(app, ids[0], "42")
    refuse(app, ids[1], "No digit found: the picture looks blank.")

    waiting = client.get(f"/batches/{BATCH}").text
    settle(app, ids[2], "7")
    settled = client.get(f"/batches/{BATCH}").text

    assert "1 read</strong> · 1 without a number · 1 to come" in waiting
    assert 'http-equiv="refresh"' in waiting
    assert "2 read</strong> · 1 without a number</p>" in settled
    assert 'http-equiv="refresh"' not in settled


def test_a_batch_is_visible_to_its_owner_and_to_admins(app: Flask, client: FlaskClient) -> None:
    given_prediction(client, batch=BATCH)
    other, reviewer = app.test_client(), app.test_client()
    admin(app)
    sign_in(reviewer)

    for address in (f"/batches/{BATCH}", f"/api/batches/{BATCH}"):
        assert client.get(address).status_code == 200
        assert other.get(address).status_code == 404
        assert reviewer.get(address).status_code == 200
        assert client.get(address.replace(BATCH, "nothing")).status_code == 404


@pytest.mark.parametrize("batch", ["short", "x" * 23, "ñ" * 22, "a batch of two picture"])
def test_an_invalid_batch_id_is_refused(client: FlaskClient, batch: str) -> None:
    response = post_api(client, picture(), batch=batch)

    assert response.status_code == 400
    assert "22 characters" in response.get_json()["error"]
    assert client.get(f"/predictions?batch={batch}").status_code == 400


def test_a_full_batch_takes_no_more(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MAX_PICTURES", 2)
    for _ in range(2):
        given_prediction(client, batch=BATCH)

    response = post_api(client, picture(), batch=BATCH)

    assert response.status_code == 409
    assert len(client.get("/api/predictions").get_json()["predictions"]) == 2


def test_the_pages_of_a_batch_lead_from_one_picture_to_the_next(
    app: Flask, client: FlaskClient
) -> None:
    alone = given_prediction(client)
    first, second = (given_prediction(client, batch=BATCH) for _ in range(2))
    for prediction_id in (alone, first, second):
        settle(app, prediction_id)

    assert neighbours(client, first) == {"next": second}
    assert neighbours(client, second) == {"prev": first}
    assert neighbours(client, alone) == {"prev": first}


def test_a_sample_is_read_with_one_button(client: FlaskClient) -> None:
    response = client.post("/predictions", data={"sample": "year"})

    assert response.status_code == 303
    assert "year.png" in client.get(response.location).text
    assert client.post("/predictions", data={"sample": "../cifra.css"}).status_code == 400


def post_form(client: FlaskClient, *files: tuple[str, bytes]) -> TestResponse:
    pictures = [(io.BytesIO(content), name) for name, content in files]
    return client.post("/predictions", data={"image": pictures})


def neighbours(client: FlaskClient, prediction_id: str) -> dict[str, str]:
    """The pictures that a page links to as its previous and its next one."""
    page = client.get(f"/predictions/{prediction_id}").text
    found = {}
    for name in ("prev", "next"):
        _, _, after = page.partition(f'rel="{name}" href="/predictions/')
        if after:
            found[name] = after.partition('"')[0]
    return found
