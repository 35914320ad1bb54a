"""The pages of an explanation: asked for when they are opened, and only by those who may."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from tests.support.explanations import keep_comparison, keep_explanation
from tests.webapp.factories import given_prediction, picture, refuse, settle
from webapp.explanations import asking
from webapp.explanations.files import FORMAT
from webapp.models import Explanation, ExplanationStatus, Prediction
from webapp.models.explanation import NETWORK
from webapp.platform.database import db, writing
from webapp.platform.extensions import Extensions
from webapp.predictions.deletion import delete_batch

SHEET = picture(Image.new("L", (57, 28), 200))


def answered(app: Flask, client: FlaskClient, number: str = "7") -> str:
    prediction_id = given_prediction(client)
    settle(app, prediction_id, number)
    return prediction_id


def explained(app: Flask, client: FlaskClient, number: str = "7") -> str:
    prediction_id = answered(app, client, number)
    for position in range(len(number)):
        keep_explanation(app, prediction_id, SHEET, position=position)
    return prediction_id


def rows(app: Flask) -> list[Explanation]:
    with app.app_context():
        return list(db.session.scalars(select(Explanation)))


class Pictures(HTMLParser):
    """Collects the addresses of pictures, and those without words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: set[str] = set()
        self.without_words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        source = facts.get("src") if tag in ("img", "input") else None
        if source:
            self.addresses.add(source)
            if not facts.get("alt"):
                self.without_words.append(source)
        if tag == "svg" and not (facts.get("aria-label") or facts.get("aria-hidden")):
            self.without_words.append("svg")


def test_every_digit_of_an_answer_links_to_its_explanation(app: Flask, client: FlaskClient) -> None:
    prediction_id = answered(app, client, "42")

    page = client.get(f"/predictions/{prediction_id}").text

    for position in (0, 1):
        assert f"/predictions/{prediction_id}/explanation?digit={position}" in page


def test_an_answer_alone_asks_for_no_explanation(app: Flask, client: FlaskClient) -> None:
    prediction_id = answered(app, client)

    client.get(f"/predictions/{prediction_id}")

    assert rows(app) == []


def test_an_explanation_is_asked_for_once_and_the_page_waits(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = answered(app, client)

    pages = [client.get(f"/predictions/{prediction_id}/explanation").text for _ in range(2)]

    assert all("Looking inside…" in page for page in pages)
    assert all('<noscript><meta http-equiv="refresh"' in page for page in pages)
    assert [(row.position, row.subject, row.status) for row in rows(app)] == [
        (0, NETWORK, ExplanationStatus.PENDING)
    ]
    status = client.get(f"/predictions/{prediction_id}/explanation/status")
    assert status.get_json() == {"status": "pending"}


def test_the_page_goes_from_the_photo_to_the_answer(app: Flask, client: FlaskClient) -> None:
    prediction_id = explained(app, client)

    page = client.get(f"/predictions/{prediction_id}/explanation").text

    for heading in ("From the picture", "layer by layer", "ten probabilities", "Answer or refusal"):
        assert heading in page
    assert "this digit is a 7" in page
    assert "1,260.0 / 90.00 = 14.00" in page, "the centre of mass, with this digit's numbers"
    assert page.count('<th scope="row">') > 10
    assert "http-equiv" not in page


@pytest.mark.parametrize("path", ["", "/layers/0", "/layers/1", "/layers/2"])
def test_every_picture_is_there_and_has_words(app: Flask, client: FlaskClient, path: str) -> None:
    prediction_id = explained(app, client)

    pictures = Pictures(client.get(f"/predictions/{prediction_id}/explanation{path}").text)

    assert not pictures.without_words
    for address in pictures.addresses:
        response = client.get(address)
        assert (response.status_code, response.mimetype) == (200, "image/png"), address


def test_each_digit_has_its_own_page(app: Flask, client: FlaskClient) -> None:
    prediction_id = explained(app, client, "42")

    pages = [client.get(f"/predictions/{prediction_id}/explanation?digit={n}").text for n in (0, 1)]

    assert "this digit is a 4" in pages[0]
    assert "this digit is a 2" in pages[1]


def test_a_unit_is_chosen_by_a_tap_or_by_its_numbers(app: Flask, client: FlaskClient) -> None:
    prediction_id = explained(app, client)
    layer = f"/predictions/{prediction_id}/explanation/layers/0?channel=1"

    tapped = client.get(f"{layer}&at.x=115&at.y=35").text
    named = client.get(f"{layer}&row=3&column=11").text

    assert "Row 3, column 11" in tapped
    assert "Row 3, column 11" in named


@pytest.mark.parametrize(
    "path",
    [
        "?digit=9",
        "/layers/3",
        "/layers/0?channel=2",
        "/layers/0?channel=0&row=28&column=0",
        "/layers/0?channel=x",
        "/layers/0?channel=-1",
        "/layers/2?channel=10",
        "/pictures/nothing",
        "/pictures/0?map=2",
        "/pictures/0?map=-1",
        "/pictures/0?subject=4-9",
        "/pictures/facts.json",
        "/status?subject=4-x",
        "/status?digit=9",
    ],
)
def test_what_is_not_there_is_not_found(app: Flask, client: FlaskClient, path: str) -> None:
    prediction_id = explained(app, client)

    assert client.get(f"/predictions/{prediction_id}/explanation{path}").status_code == 404


def test_another_person_finds_no_explanation(app: Flask, client: FlaskClient) -> None:
    prediction_id = explained(app, client)
    other = app.test_client()
    given_prediction(other)

    for path in ("", "/status", "/layers/0", "/pictures/0", "/pictures/photo"):
        address = f"/predictions/{prediction_id}/explanation{path}"
        assert client.get(address).status_code == 200
        assert other.get(address).status_code == 404


def test_a_waiting_picture_sends_to_its_own_page(app: Flask, client: FlaskClient) -> None:
    prediction_id = given_prediction(client)

    response = client.get(f"/predictions/{prediction_id}/explanation")

    assert response.location.endswith(f"/predictions/{prediction_id}")
    assert rows(app) == []


def test_a_picture_without_digits_shows_its_steps_and_the_reason(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = given_prediction(client)
    refuse(app, prediction_id, "No digit found: the picture looks blank.")

    page = client.get(f"/predictions/{prediction_id}/explanation").text

    assert "No digit found: the picture looks blank." in page
    assert rows(app) == []


def test_a_lost_or_outdated_file_is_computed_again(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    prediction_id = explained(app, client)
    monkeypatch.setattr("webapp.explanations.files.FORMAT", FORMAT + 1)

    page = client.get(f"/predictions/{prediction_id}/explanation").text

    assert "Looking inside…" in page
    assert [row.status for row in rows(app)] == [ExplanationStatus.PENDING]


def test_a_failed_explanation_says_so(app: Flask, client: FlaskClient) -> None:
    prediction_id = answered(app, client)
    client.get(f"/predictions/{prediction_id}/explanation")
    with app.app_context(), writing() as session:
        session.scalars(select(Explanation)).one().fail()

    page = client.get(f"/predictions/{prediction_id}/explanation").text

    assert "cannot be explained" in page


def test_an_owner_has_a_limited_number_of_waiting_explanations(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MAX_WAITING", 1)
    prediction_id = answered(app, client, "42")
    client.get(f"/predictions/{prediction_id}/explanation?digit=0")

    page = client.get(f"/predictions/{prediction_id}/explanation?digit=1").text

    assert "Please open this one again" in page
    assert len(rows(app)) == 1


def test_an_explanation_goes_with_its_prediction(app: Flask, client: FlaskClient) -> None:
    prediction_id = explained(app, client)
    with app.app_context():
        delete_batch(Prediction.id == prediction_id)
        assert db.session.scalar(select(func.count()).select_from(Explanation)) == 0
        assert Extensions.of(app).storage.names(prediction_id) == []


def test_the_page_speaks_spanish(app: Flask, client: FlaskClient) -> None:
    prediction_id = explained(app, client)
    spanish = {"Accept-Language": "es"}

    page = client.get(f"/predictions/{prediction_id}/explanation", headers=spanish).text

    assert "Cómo lo ha leído Cifra" in page
    assert re.search(r"1[.\u202f ]?260,0 / 90,00 = 14,00", page)


def compared(app: Flask, client: FlaskClient) -> str:
    prediction_id = explained(app, client)
    keep_comparison(app, prediction_id, SHEET, first=7, second=1)
    return prediction_id


def test_a_comparison_shows_evidence_change_and_neighbours(app: Flask, client: FlaskClient) -> None:
    prediction_id = compared(app, client)

    page = client.get(f"/predictions/{prediction_id}/explanation/comparison?for=7&against=1").text

    assert "Why 7 and not 1" in page
    assert "add some ink at the top. Then the network reads a 1" in page
    assert "6.9800" in page, "the sum of the contributions"
    assert "0.29 %" in page, "what is missing to completeness"
    assert page.count("A handwritten 1") == 4
    pictures = Pictures(page)
    assert not pictures.without_words
    for address in pictures.addresses:
        assert client.get(address).status_code == 200, address


def test_any_two_labels_can_be_compared_and_are_asked_for(app: Flask, client: FlaskClient) -> None:
    prediction_id = compared(app, client)
    address = f"/predictions/{prediction_id}/explanation"

    page = client.get(f"{address}/comparison?for=3&against=8").text

    assert "Looking inside…" in page
    assert f"{address}/status?digit=0&amp;subject=3-8" in page
    status = client.get(f"{address}/status?digit=0&subject=3-8").get_json()
    assert status == {"status": "pending"}


def test_without_labels_the_two_most_probable_are_compared(app: Flask, client: FlaskClient) -> None:
    prediction_id = explained(app, client)

    client.get(f"/predictions/{prediction_id}/explanation/comparison")

    assert [row.subject for row in rows(app)] == [NETWORK, "7-0"]


@pytest.mark.parametrize(
    "labels", ["for=7&against=7", "for=7", "for=10&against=1", "for=x&against=1"]
)
def test_labels_that_cannot_be_compared_are_not_found(
    app: Flask, client: FlaskClient, labels: str
) -> None:
    prediction_id = explained(app, client)

    response = client.get(f"/predictions/{prediction_id}/explanation/comparison?{labels}")

    assert response.status_code == 404
    assert [row.subject for row in rows(app)] == [NETWORK]


def test_another_person_finds_no_comparison(app: Flask, client: FlaskClient) -> None:
    prediction_id = compared(app, client)
    other = app.test_client()
    given_prediction(other)

    for path in ("comparison?for=7&against=1", "pictures/evidence?subject=7-1"):
        address = f"/predictions/{prediction_id}/explanation/{path}"
        assert client.get(address).status_code == 200
        assert other.get(address).status_code == 404
