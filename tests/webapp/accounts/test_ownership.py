"""Nobody sees another owner's pictures: not by a link, the API or a cache."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.factories import (
    admin,
    evaluated_version,
    evaluation_with,
    fail,
    given_prediction,
    picture,
    published_version,
    settle,
    sign_in,
)
from webapp.models.evaluation import MNIST, NEVER_AGAIN, VALIDATION_CORRECTIONS
from webapp.platform.extensions import Extensions

PICTURES = ("preview", "thumbnail", "picture", "step-0-photo.png", "digits/0")


@pytest.fixture
def prediction_id(app: Flask, client: FlaskClient) -> str:
    """An answered prediction of this client, with the picture of one step."""
    own = given_prediction(client)
    settle(app, own, "7")
    Extensions.of(app).storage.put(own, "step-0-photo.png", picture())
    return own


def addresses(prediction_id: str) -> list[str]:
    page = f"/predictions/{prediction_id}"
    return [page, f"/api{page}", *(f"{page}/images/{name}" for name in PICTURES)]


def test_a_prediction_and_its_pictures_are_shown_to_their_owner_alone(
    app: Flask, client: FlaskClient, prediction_id: str
) -> None:
    another = app.test_client()
    given_prediction(another)

    for address in addresses(prediction_id):
        assert client.get(address).status_code == 200
        assert another.get(address).status_code == 404
        assert app.test_client().get(address).status_code == 404


def test_another_owners_prediction_is_answered_like_an_unknown_one(
    app: Flask, prediction_id: str
) -> None:
    other = app.test_client()

    for foreign, unknown in zip(addresses(prediction_id), addresses("nobody"), strict=True):
        answer = other.get(foreign).text.replace(prediction_id, "nobody")  # its own address
        assert answer == other.get(unknown).text


@pytest.mark.parametrize("path", ["a%00b", "%0a", "%C3%BC", "9" * 400])
def test_an_address_that_cannot_name_a_prediction_is_a_404(path: str, client: FlaskClient) -> None:
    assert client.get(f"/predictions/{path}").status_code == 404
    assert client.get(f"/api/predictions/{path}").status_code == 404
    assert client.post(f"/predictions/{path}/attempts").status_code == 404


def test_an_admin_sees_any_prediction_and_its_pictures(app: Flask, prediction_id: str) -> None:
    reviewer = app.test_client()
    admin(app)
    sign_in(reviewer)

    for address in addresses(prediction_id):
        assert reviewer.get(address).status_code == 200
    assert (
        "Somebody else uploaded this picture" in reviewer.get(f"/predictions/{prediction_id}").text
    )


def test_only_the_owner_may_retry_a_picture(app: Flask, client: FlaskClient) -> None:
    prediction_id = given_prediction(client)
    fail(app, prediction_id, "The reader stopped.")
    reviewer = app.test_client()
    admin(app)
    sign_in(reviewer)

    assert "Try this picture again" not in reviewer.get(f"/predictions/{prediction_id}").text
    assert reviewer.post(f"/predictions/{prediction_id}/attempts").status_code == 404
    assert client.post(f"/predictions/{prediction_id}/attempts").status_code == 303


def test_a_browser_revalidates_a_picture_each_time_and_no_shared_cache_stores_it(
    app: Flask, client: FlaskClient, prediction_id: str
) -> None:
    for address in addresses(prediction_id)[2:]:
        first = client.get(address)
        assert first.headers["Cache-Control"] == "private, no-cache"
        kept = {"If-None-Match": first.headers["ETag"]}
        again = client.get(address, headers=kept)
        assert (again.status_code, again.data) == (304, b"")
        refused = app.test_client().get(address, headers=kept)
        assert refused.status_code == 404
        assert refused.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("dataset", [VALIDATION_CORRECTIONS, NEVER_AGAIN])
def test_evaluation_pictures_from_corrections_are_for_admins_alone(
    dataset: str, app: Flask, client: FlaskClient
) -> None:
    champion = published_version(app)
    version = evaluated_version(app, evaluation_with(champion_id=champion, dataset=dataset))
    reviewer = app.test_client()
    admin(app)
    sign_in(reviewer)

    for number in (0, 1):
        address = f"/models/{version}/exam/pictures/{number}"
        assert client.get(address).status_code == 404
        assert reviewer.get(address).status_code == 200
    for page in ("/models", f"/models/{version}"):
        assert "/exam/pictures/" not in client.get(page).text
    assert "/exam/pictures/" in reviewer.get(f"/admin/models/{version}").text


def test_pictures_of_mnist_are_for_everyone(app: Flask, client: FlaskClient) -> None:
    champion = published_version(app)
    version = evaluated_version(app, evaluation_with(champion_id=champion, dataset=MNIST))

    assert f"/models/{version}/exam/pictures/1" in client.get(f"/models/{version}").text
    assert client.get(f"/models/{version}/exam/pictures/1").status_code == 200
