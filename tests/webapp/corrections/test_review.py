"""The review of corrections: lowest confidence first, in bulk, with repetitions and conflicts."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.webapp.factories import admin, given_prediction, picture, settle, sign_in
from webapp.corrections.review import revision
from webapp.models import Correction, Prediction, User
from webapp.platform.database import writing

REVIEW = "/admin/corrections"


@pytest.fixture
def ana(app: Flask) -> FlaskClient:
    """The admin, signed in."""
    admin(app)
    client = app.test_client()
    sign_in(client)
    return client


def test_corrections_with_the_lowest_confidence_come_first_with_pictures_and_labels(
    app: Flask, client: FlaskClient, ana: FlaskClient
) -> None:
    sure = corrected(app, client, read="3", label=8, confidence=0.95)
    unsure = corrected(app, client, read="1", label=7, confidence=0.41)

    page = ana.get(REVIEW).text

    assert page.index(f"/predictions/{unsure}/images/digits/0") < page.index(sure)
    assert f'<image href="/predictions/{unsure}/images/preview"' in page
    assert "Read as 1, only guessing (41.0\u202f%)" in page
    assert 'aria-label="Approve 7, read as 1"' in page
    assert "Corrections" in ana.get("/admin/models").text
    assert "2" in ana.get("/admin/models").text


def test_an_approval_is_recorded_with_its_admin(
    app: Flask, client: FlaskClient, ana: FlaskClient
) -> None:
    corrected(app, client, read="1", label=7)
    corrected(app, client, read="2", label=None)
    first, second = corrections(app)

    response = ana.post(f"{REVIEW}/approvals", data={"only": revision(first)})

    assert "Approved: 1 correction." in ana.get(response.location).text
    approved, waiting = corrections(app)
    assert (approved.verdict, waiting.verdict) == ("approved", "waiting")
    assert approved.decided_at
    with app.app_context(), writing() as session:
        assert session.get_one(User, approved.decided_by_id).email == "ana@example.org"
    assert "Approved by ana@example.org" in ana.get(f"{REVIEW}?verdict=approved").text

    ana.post(f"{REVIEW}/rejections", data={"selected": [revision(first), revision(second)]})
    assert [one.verdict for one in corrections(app)] == ["rejected", "rejected"]


def test_all_uncontested_corrections_are_approved_together(
    app: Flask, client: FlaskClient, ana: FlaskClient
) -> None:
    agreed = corrected(app, client, read="1", label=7, grey=1)
    contested = corrected(app, client, read="1", label=7, grey=2)
    copy = corrected(app, app.test_client(), read="1", label=2, grey=2)
    page = ana.get(REVIEW).text
    assert "Approve all uncontested (1)" in page
    assert "leaves out 2 corrections" in page

    approve_all_uncontested(ana, page)

    verdicts = {one.digit.prediction_id: one.verdict for one in corrections(app)}
    assert verdicts == {agreed: "approved", contested: "waiting", copy: "waiting"}


def test_repetitions_and_contradictions_are_shown(
    app: Flask, client: FlaskClient, ana: FlaskClient
) -> None:
    for label in (7, 7, 2):
        corrected(app, client, read="1", label=label, grey=9)
    corrected(app, client, read="5", label=6, grey=10)

    cards = ana.get(REVIEW).text.split('<li class="review-item')[1:]
    both = [("same pixels again" in card, "contradiction" in card) for card in cards]

    assert both == [(True, True), (True, True), (False, True)]  # a page holds three
    assert "Other corrections of the same pixels: 2 (waiting)" in cards[0]

    contradicting = next(one for one in corrections(app) if one.label == 2)
    ana.post(f"{REVIEW}/rejections", data={"only": revision(contradicting)})
    assert "contradiction" not in ana.get(REVIEW).text


def test_a_correction_that_changed_since_it_was_shown_is_not_decided(
    app: Flask, client: FlaskClient, ana: FlaskClient
) -> None:
    prediction_id = corrected(app, client, read="1", label=7)
    page = ana.get(REVIEW).text
    client.post(f"/predictions/{prediction_id}/digits/0/correction", data={"label": "4"})

    response = approve_all_uncontested(ana, page)

    assert [one.verdict for one in corrections(app)] == ["waiting"]
    assert "1 was changed or withdrawn in the meantime" in ana.get(response.location).text


def test_the_review_has_pages_filters_and_counts(
    app: Flask, client: FlaskClient, ana: FlaskClient
) -> None:
    for label in (7, 7, 7, None):
        corrected(app, client, read="1", label=label, grey=30)

    first, second = ana.get(REVIEW).text, ana.get(f"{REVIEW}?page=2").text
    assert "Page 1 of 2" in first
    assert (first.count('<li class="review-item'), second.count('<li class="review-item')) == (3, 1)
    assert "Page 2 of 2" in ana.get(f"{REVIEW}?page=99").text
    assert '7 <span class="count">3</span>' in first
    assert 'not a digit <span class="count">1</span>' in first
    assert ana.get(f"{REVIEW}?label=not a digit").text.count('<li class="review-item') == 1
    assert "No correction here has the label “5”." in ana.get(f"{REVIEW}?label=5").text
    assert "No corrections have been rejected yet." in ana.get(f"{REVIEW}?verdict=rejected").text
    for query in ("verdict=maybe", "label=10"):
        assert ana.get(f"{REVIEW}?{query}").status_code == 404


def test_an_empty_selection_is_explained_and_an_invalid_revision_is_refused(
    ana: FlaskClient,
) -> None:
    response = ana.post(f"{REVIEW}/approvals?verdict=waiting&page=1")

    assert response.location == f"{REVIEW}?verdict=waiting&page=1"
    assert "Select at least one correction first." in ana.get(response.location).text
    for invalid in ("x", "1", "1=12", "1=7 or 1=1", "9" * 40 + "=7", "1=7\n", "1=7\x00"):
        assert ana.post(f"{REVIEW}/approvals", data={"only": invalid}).status_code == 400


def test_the_review_is_for_admins(app: Flask, client: FlaskClient) -> None:
    corrected(app, client, read="1", label=7)
    (one,) = corrections(app)

    for response in (
        client.get(REVIEW),
        client.post(f"{REVIEW}/approvals", data={"only": revision(one)}),
        client.post(f"{REVIEW}/rejections", data={"only": revision(one)}),
    ):
        assert response.location.startswith("/session/new")
    assert corrections(app)[0].verdict == "waiting"


def corrected(
    app: Flask,
    client: FlaskClient,
    *,
    read: str,
    label: int | None,
    confidence: float = 0.91,
    grey: int | None = None,
) -> str:
    """A reading of one digit with its owner's correction; its ink is unique, or of one grey."""
    prediction_id = given_prediction(client)
    settle(app, prediction_id, read, confidence=confidence)
    ink = Image.new("L", (28, 28), 100 + len(corrections(app)) if grey is None else grey)
    with app.app_context(), writing() as session:
        session.get_one(Prediction, prediction_id).digits[0].ink_png = picture(ink)
    value = "none" if label is None else str(label)
    client.post(f"/predictions/{prediction_id}/digits/0/correction", data={"label": value})
    return prediction_id


def corrections(app: Flask) -> list[Correction]:
    with app.app_context(), writing() as session:
        return list(session.scalars(select(Correction).order_by(Correction.id)))


def approve_all_uncontested(client: FlaskClient, page: str) -> TestResponse:
    revisions = re.findall(r'name="uncontested" value="([^"]+)"', page)
    return client.post(
        f"{REVIEW}/approvals", data={"all_uncontested": "yes", "uncontested": revisions}
    )


def test_an_approved_correction_says_when_it_is_for_validation(
    app: Flask, client: FlaskClient, ana: FlaskClient
) -> None:
    for grey in range(30):
        corrected(app, client, read="1", label=7, grey=grey)
    with app.app_context(), writing() as session:
        for one in session.scalars(select(Correction)):
            one.approve(by=None)
        validation = Correction.validation_hashes(session)

    pages = [ana.get(f"{REVIEW}?verdict=approved&page={number}").text for number in range(1, 11)]

    assert sum(page.count("no model is trained on it") for page in pages) == len(validation)
    assert 0 < len(validation) < 30
