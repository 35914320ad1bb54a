"""The pages of predictions: upload, waiting, the reading, and the history."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.support.databases import locked
from tests.support.sites import site_with
from tests.webapp.factories import (
    drawing,
    fail,
    given_prediction,
    picture,
    post_page,
    refuse,
    settle,
)
from webapp.imaging.uploads import EmptyPictureError, NotAPictureError
from webapp.models import Prediction
from webapp.platform.database import db, writing
from webapp.platform.extensions import Extensions
from webapp.platform.storage import ORIGINAL, PICTURE
from webapp.settings import Settings
from worker.recognition.reading import Refusal


def test_an_uploaded_picture_gets_a_page_of_its_own(client: FlaskClient) -> None:
    response = post_page(client, picture())

    assert response.status_code == 303
    page = client.get(response.location)
    assert page.status_code == 200
    assert "Reading…" in page.text
    assert "seven.png" in page.text


def test_without_the_queue_the_upload_is_accepted_at_once_and_the_page_explains_it(
    client: FlaskClient,
) -> None:
    response = post_page(client, picture())

    assert response.status_code == 303
    assert "Your picture is saved." in client.get(response.location).text


def test_a_waiting_page_refreshes_without_javascript(client: FlaskClient) -> None:
    page = client.get(f"/predictions/{given_prediction(client)}")

    assert '<noscript><meta http-equiv="refresh"' in page.text


def test_the_answer_shows_number_confidence_probabilities_and_model(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = given_prediction(client)
    settle(app, prediction_id, "42", confidence=0.91)

    page = client.get(f"/predictions/{prediction_id}").text

    assert ">42<" in page
    assert "Fairly sure" in page
    assert "91.0\u202f%" in page
    assert page.count('<th scope="row">') == 20, "ten probabilities for each of two digits"
    assert "model version 1" in page
    assert "http-equiv" not in page, "a settled page does not refresh"


def test_a_refused_picture_gets_the_reason_and_advice_that_fits_it(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = given_prediction(client)
    refuse(app, prediction_id, Refusal.CUT_OFF)

    page = client.get(f"/predictions/{prediction_id}").text

    assert "the writing runs over the edge of the picture" in page
    assert "Take the photo from further away" in page


def test_a_failed_picture_can_be_retried(app: Flask, client: FlaskClient) -> None:
    prediction_id = given_prediction(client)
    fail(app, prediction_id, "Cifra stopped.")
    assert "Try this picture again" in client.get(f"/predictions/{prediction_id}").text

    response = client.post(f"/predictions/{prediction_id}/attempts")

    assert response.status_code == 303
    assert "Reading…" in client.get(f"/predictions/{prediction_id}").text


def test_a_retry_does_not_change_a_settled_prediction(app: Flask, client: FlaskClient) -> None:
    prediction_id = given_prediction(client)
    settle(app, prediction_id, "7")

    client.post(f"/predictions/{prediction_id}/attempts")

    assert client.get(f"/api/predictions/{prediction_id}").get_json()["number"] == "7"


def test_an_unknown_prediction_is_not_found(client: FlaskClient) -> None:
    for address in ("/predictions/nobody", "/predictions/nobody/images/preview"):
        assert client.get(address).status_code == 404
    assert client.post("/predictions/nobody/attempts").status_code == 404


@pytest.mark.parametrize(
    ("content", "status", "sentence"),
    [
        (b"", 400, EmptyPictureError.sentence),
        (b"not a picture", 415, NotAPictureError.sentence),
        (picture()[:200], 422, "damaged or incomplete"),
    ],
)
def test_a_bad_picture_gets_its_reason_its_name_and_the_form_again(
    content: bytes, status: int, sentence: str, client: FlaskClient
) -> None:
    response = post_page(client, content, "holiday.png")

    assert response.status_code == status
    assert sentence in response.text.replace("&#39;", "'")
    assert "holiday.png" in response.text
    assert 'type="file"' in response.text


def test_a_form_without_a_picture_is_refused_with_its_reason(client: FlaskClient) -> None:
    for data in ({}, {"image": (io.BytesIO(b""), "")}, {"image": "text"}):
        response = client.post("/predictions", data=data, content_type="multipart/form-data")
        assert response.status_code == 400
        assert "No picture came with this" in response.text


def test_the_page_of_a_refused_picture_does_not_say_that_it_was_read(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = given_prediction(client)
    refuse(app, prediction_id, "It is unlike any digit.", seen="2")

    page = client.get(f"/predictions/{prediction_id}").text

    assert "Closest digit: 2" in page
    assert "Cifra found 1 shape that could be a digit" in page
    assert "Read as" not in page


def test_a_body_over_the_limit_is_refused(client: FlaskClient) -> None:
    response = post_page(client, bytes(900_000))

    assert response.status_code == 413
    assert "too large" in response.text


def test_a_file_name_with_markup_is_shown_as_text(client: FlaskClient) -> None:
    response = post_page(client, picture(), "<script>alert(1)</script>.png")

    assert "<script>alert" not in client.get(response.location).text


def test_an_upload_whose_row_cannot_be_committed_stores_no_files(
    settings: Settings,
) -> None:
    with (
        site_with(settings, busy_timeout=timedelta(seconds=0.1)) as app,
        locked(app.config["SQLALCHEMY_DATABASE_URI"]),
    ):
        response = post_page(app.test_client(), picture())

    storage = Extensions.of(app).storage
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert not [path for path in storage.root.rglob("*") if path.is_file()]


def test_an_empty_history_sets_no_cookie(client: FlaskClient) -> None:
    response = client.get("/predictions")

    assert "You have no readings yet" in response.text
    assert "Set-Cookie" not in response.headers


def test_the_history_has_pages_with_the_newest_first(app: Flask, client: FlaskClient) -> None:
    ids = [given_prediction(client) for _ in range(4)]

    first, second = client.get("/predictions").text, client.get("/predictions?page=2").text

    assert first.index(ids[3]) < first.index(ids[2]) < first.index(ids[1])
    assert ids[0] not in first
    assert "Older" in first
    assert ids[0] in second
    assert "Newer" in second


def test_a_history_is_visible_to_its_owner_only(app: Flask, client: FlaskClient) -> None:
    prediction_id = given_prediction(client)
    other = app.test_client()

    assert prediction_id not in other.get("/predictions").text
    assert prediction_id not in other.get("/predictions?whose=all").text
    assert other.get(f"/predictions/{prediction_id}").status_code == 404


def test_an_unsigned_owner_cookie_is_ignored(app: Flask, client: FlaskClient) -> None:
    prediction_id = given_prediction(client)
    with app.app_context():
        owner_id = db.session.get_one(Prediction, prediction_id).owner_id
    other = app.test_client()
    other.set_cookie("cifra_visitor", owner_id)

    assert prediction_id not in other.get("/predictions").text


def test_the_history_is_filtered_by_digit_and_status(app: Flask, client: FlaskClient) -> None:
    seven, three, waiting = (given_prediction(client) for _ in range(3))
    settle(app, seven, "47")
    settle(app, three, "3")

    assert shown(client, "digit=7") == {seven}
    assert shown(client, "status=done") == {seven, three}
    assert shown(client, "status=pending") == {waiting}
    assert shown(client, "digit=9") == set()


def test_the_history_is_filtered_by_day(app: Flask, client: FlaskClient) -> None:
    old, new = given_prediction(client), given_prediction(client)
    with app.app_context(), writing() as session:
        session.get_one(Prediction, old).created_at = datetime(2026, 1, 1, 23, 59, tzinfo=UTC)
    today = datetime.now(UTC).date()

    assert shown(client, "from=2026-01-01&to=2026-01-01") == {old}
    assert shown(client, f"from={today - timedelta(days=1)}") == {new}
    assert shown(client, "to=2025-12-31") == set()


@pytest.mark.parametrize(
    "query",
    [
        "digit=x",
        "digit=77",
        "status=gone",
        "from=yesterday",
        "to=2026-02-30",
        "from=0001-01-01",
        "to=9999-12-31",
        "from=2026-02-01&to=2026-01-01",
        "page=0",
        "page=" + "0" * 5000 + "1",
        "page=-1",
        "page=99999999999999999999",
        "page=²",
    ],
)
def test_an_invalid_filter_is_refused_with_its_reason(query: str, client: FlaskClient) -> None:
    for address in ("/predictions", "/api/predictions"):
        response = client.get(f"{address}?{query}")
        assert response.status_code == 400
    assert client.get(f"/predictions?{query}").text.count('role="alert"') == 1


def test_pictures_are_served_with_fixed_types_and_strict_headers(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = given_prediction(client)
    settle(app, prediction_id, "7")
    Extensions.of(app).storage.put(prediction_id, "step-0-photo.png", picture())
    images = f"/predictions/{prediction_id}/images"

    for name, media_type in {
        "preview": "image/png",
        "thumbnail": "image/png",
        "picture": "image/png",
        "step-0-photo.png": "image/png",
        "digits/0": "image/png",
    }.items():
        response = client.get(f"{images}/{name}")
        assert response.content_type == media_type
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Security-Policy"].startswith("sandbox")
        assert response.headers["Cache-Control"] == "private, no-cache"
    for name in ("digits/1", "step-7-ink.png", "preview.jpg", "..%2fpicture", "step-0-..png"):
        assert client.get(f"{images}/{name}").status_code == 404


def test_a_picture_under_its_former_file_name_is_shown(app: Flask, client: FlaskClient) -> None:
    prediction_id = given_prediction(client)
    storage = Extensions.of(app).storage
    storage.path(prediction_id, PICTURE).rename(storage.path(prediction_id, ORIGINAL))

    assert client.get(f"/predictions/{prediction_id}/images/picture").status_code == 200


def test_the_steps_from_photo_to_28_by_28_are_shown_in_order(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = given_prediction(client)
    settle(app, prediction_id, "7")
    for name in ("step-10-digits.png", "step-2-ink.png", "step-0-photo.png"):
        Extensions.of(app).storage.put(prediction_id, name, picture(drawing()))

    page = client.get(f"/predictions/{prediction_id}").text

    positions = [page.index(f"images/step-{number}-") for number in (0, 2, 10)]
    assert positions == sorted(positions)
    assert "The ink is separated from the paper." in page


def test_a_reading_without_stored_steps_offers_those_that_a_worker_draws(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = given_prediction(client)
    assert "images/step-" not in client.get(f"/predictions/{prediction_id}").text
    settle(app, prediction_id, "7")

    page = client.get(f"/predictions/{prediction_id}").text
    busy = client.get(f"/predictions/{prediction_id}/images/step-1-evened.png")
    unknown = client.get(f"/predictions/{prediction_id}/images/step-1-nothing.png")

    Extensions.of(app).storage.put(prediction_id, "step-0-photo.png", picture())
    half_drawn = client.get(f"/predictions/{prediction_id}").text

    assert page.count("images/step-") == half_drawn.count("images/step-") == 5
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "5")
    assert unknown.status_code == 404


def test_a_step_that_changed_nothing_is_served_as_the_step_before_it(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = given_prediction(client)
    settle(app, prediction_id, "7")
    storage = Extensions.of(app).storage
    for name, content in (("2-ink", b"ink"), ("4-found", b"found")):
        storage.put(prediction_id, f"step-{name}.png", content)

    page = client.get(f"/predictions/{prediction_id}").text
    unchanged = client.get(f"/predictions/{prediction_id}/images/step-3-lines-removed.png")

    assert "step-3-lines-removed.png" not in page
    assert (unchanged.status_code, unchanged.data) == (200, b"ink")


def test_a_refused_upload_leaves_no_row(app: Flask, client: FlaskClient) -> None:
    post_page(client, b"not a picture")

    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Prediction)) == 0


def shown(client: FlaskClient, query: str) -> set[str]:
    """The ids that both the page and the API list for a query."""
    listed = client.get(f"/api/predictions?{query}").get_json()["predictions"]
    ids = {prediction["id"] for prediction in listed}
    page = client.get(f"/predictions?{query}").text
    assert all(prediction_id in page for prediction_id in ids)
    assert page.count('class="card"') == len(ids)
    return ids
