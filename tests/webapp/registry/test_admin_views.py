"""The models' pages: the live version, publishing, pinning, rolling back, and overriding."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.factories import (
    evaluated_version,
    evaluation_with,
    live_version_id,
    published_version,
)
from webapp.models import ModelVersion, Publication, TrainingRun
from webapp.models.evaluation import VALIDATION_CORRECTIONS
from webapp.platform.database import db, writing

pytestmark = pytest.mark.usefixtures("signed_in_admin")


def test_before_the_first_model_the_page_says_so(client: FlaskClient) -> None:
    assert "No model yet" in client.get("/admin/models").text
    assert "Nothing has been published yet" in client.get("/admin/ledger").text
    assert "There is no earlier version" in follow(client, "/admin/rollbacks")
    assert "No model is published yet" in follow(client, "/admin/pin")


def test_an_earlier_version_is_published_again(app: Flask, client: FlaskClient) -> None:
    first, second = published_version(app), published_version(app)
    assert live_version_id(app) == second

    page = follow(client, f"/admin/models/{first}/publication", reason="It was better")

    assert "Version 1 takes over" in page
    assert live_version_id(app) == first
    assert "“It was better”" in client.get("/admin/ledger").text
    assert client.post("/admin/models/99/publication").status_code == 404


def test_two_roll_backs_go_two_steps_back(app: Flask, client: FlaskClient) -> None:
    first, second, third = (published_version(app) for _ in range(3))
    assert live_version_id(app) == third

    follow(client, "/admin/rollbacks", reason="Sevens went wrong")
    assert live_version_id(app) == second
    follow(client, "/admin/rollbacks")
    assert live_version_id(app) == first

    assert "There is no earlier version" in follow(client, "/admin/rollbacks")
    assert live_version_id(app) == first
    history = client.get("/admin/ledger").text
    assert history.count("rolled back") == 2
    assert "ana@example.org: “Sevens went wrong”" in history


def test_a_roll_back_undoes_the_latest_deployment_after_an_earlier_roll_back(
    app: Flask, client: FlaskClient
) -> None:
    first, _ = published_version(app), published_version(app)
    follow(client, "/admin/rollbacks")
    third = published_version(app)
    follow(client, "/admin/pin")  # it publishes the live version again

    assert live_version_id(app) == third
    follow(client, "/admin/rollbacks")

    assert live_version_id(app) == first


def test_a_roll_back_keeps_the_pin_unless_it_is_lifted(app: Flask, client: FlaskClient) -> None:
    for _ in range(3):
        published_version(app)
    follow(client, "/admin/pin")

    follow(client, "/admin/rollbacks")
    assert current_publication(app).pinned
    follow(client, "/admin/rollbacks", unpin="yes")
    assert not current_publication(app).pinned


def test_rolling_back_to_a_version_that_did_not_pass_needs_the_tick_and_a_reason(
    app: Flask, client: FlaskClient
) -> None:
    champion = published_version(app)
    failed = evaluated_version(app, evaluation_with(passed=False, champion_id=champion))
    follow(client, f"/admin/models/{failed}/override", understood="yes", reason="A demonstration")
    latest = published_version(app)

    assert "did not pass its evaluation, so going back to it" in client.get("/admin/models").text
    for incomplete in ({"understood": "yes"}, {"reason": "I know better"}, {}):
        page = follow(client, "/admin/rollbacks", **incomplete)
        assert "tick the box and give a reason" in page
        assert live_version_id(app) == latest

    follow(client, "/admin/rollbacks", understood="yes", reason="The demonstration goes on")

    assert live_version_id(app) == failed
    assert current_publication(app).reason == "The demonstration goes on"


def test_the_live_version_is_pinned_and_unpinned(app: Flask, client: FlaskClient) -> None:
    published_version(app)

    follow(client, "/admin/pin")
    assert current_publication(app).pinned
    follow(client, "/admin/pin/removal")
    assert not current_publication(app).pinned


def test_a_version_that_did_not_pass_is_published_by_an_override_alone(
    app: Flask, client: FlaskClient
) -> None:
    champion = published_version(app)
    refused = evaluated_version(app, evaluation_with(passed=False, champion_id=champion))
    override = f"/admin/models/{refused}/override"

    assert "did not pass its evaluation" in follow(client, f"/admin/models/{refused}/publication")
    for incomplete in ({"understood": "yes"}, {"reason": "I know better", "understood": None}):
        form = {name: value for name, value in incomplete.items() if value}
        assert "tick the box and give a reason" in follow(client, override, **form)
        assert live_version_id(app) == champion

    follow(client, override, understood="yes", reason="I know better")

    assert live_version_id(app) == refused
    publication = current_publication(app)
    assert (publication.trigger, publication.reason) == ("overridden", "I know better")
    assert publication.published_by_id == 1
    assert "published despite its evaluation" in client.get("/admin/ledger").text


def test_after_an_override_no_page_says_that_it_is_not_published(
    app: Flask, client: FlaskClient
) -> None:
    champion = published_version(app)
    failed = evaluated_version(app, evaluation_with(passed=False, champion_id=champion))
    client.post("/admin/training-runs")
    with app.app_context(), writing() as session:
        run = session.get_one(TrainingRun, 1)
        run.finish()
        version = session.get_one(ModelVersion, failed)
        version.training_run_id = run.id
        version.notes = "Not published: it did not pass its evaluation."
    pages = [
        f"/admin/models/{failed}",
        "/admin/training-runs/1",
        "/admin/models",
        f"/models/{failed}",
    ]
    assert "Not published" in client.get(pages[0]).text
    assert "Not published" in client.get(pages[1]).text

    follow(client, f"/admin/models/{failed}/override", understood="yes", reason="I know better")

    for page in pages:
        assert "not published" not in client.get(page).text.lower()


def test_the_deployment_history_shows_when_a_version_was_live(
    app: Flask, client: FlaskClient
) -> None:
    published_version(app)
    published_version(app)

    rows = re.findall(r"<time datetime=\"([^\"]+)\"", client.get("/admin/ledger").text)

    since_second, since_first, until_first = rows
    assert since_first < until_first == since_second


def test_a_version_shows_its_evaluation_and_a_cell_leads_to_its_pictures(
    app: Flask, client: FlaskClient
) -> None:
    champion = published_version(app)
    version = evaluated_version(app, evaluation_with(champion_id=champion))

    page = client.get(f"/admin/models/{version}").text
    assert "It passed its evaluation." in page
    assert page.index("Gained") < page.index("A picture of 4") < page.index("Lost")
    assert page.index("Lost") < page.index("A picture of 7")
    cells = re.findall(r'href="(/admin/models/\d+/exam[^"]+)"', page)
    assert len(cells) == 2, "one confusion of the challenger, one of the champion"

    for address, shown, other in zip(cells, "74", "47", strict=True):
        cell = client.get(address.replace("&amp;", "&")).text
        assert f"A picture of {shown}" in cell
        assert f"A picture of {other}" not in cell
    assert client.get(f"/admin/models/{version}/exam?truth=4&read=x").status_code == 404
    assert client.get(f"/admin/models/{champion}/exam?truth=4&read=9").status_code == 404


def test_only_admins_see_pictures_of_users(app: Flask, client: FlaskClient) -> None:
    published_version(app)
    with_mnist = evaluated_version(app, evaluation_with())
    with_corrections = evaluated_version(app, evaluation_with(dataset=VALIDATION_CORRECTIONS))
    stranger = app.test_client()

    assert client.get(f"/models/{with_corrections}/exam/pictures/0").mimetype == "image/png"
    assert stranger.get(f"/models/{with_corrections}/exam/pictures/0").status_code == 404
    assert stranger.get(f"/models/{with_mnist}/exam/pictures/0").mimetype == "image/png"
    assert stranger.get(f"/models/{with_mnist}/exam/pictures/2").status_code == 404


def test_only_an_admin_gets_in(app: Flask) -> None:
    stranger = app.test_client()

    for address in ("", "/models/1", "/ledger", "/training-runs", "/models/1/exam"):
        assert "/session/new" in stranger.get(f"/admin{address}").location
    for address in ("rollbacks", "pin", "pin/removal", "models/1/override"):
        assert "/session/new" in stranger.post(f"/admin/{address}").location


def follow(client: FlaskClient, address: str, **form: str) -> str:
    """Post a form, as a page without JavaScript does, and read the page it leads to."""
    response = client.post(address, data=form)
    assert response.status_code == 303
    return client.get(response.location.partition("#")[0]).text


def current_publication(app: Flask) -> Publication:
    with app.app_context():
        publication = db.session.scalar(Publication.current())
        assert publication
        return publication
