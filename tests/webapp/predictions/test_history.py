"""The history: search, filters, order, pages by cursor, and actions on several pictures."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from itertools import chain
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.spreadsheets import rows_of
from tests.webapp.factories import given_prediction, settle
from webapp.models import Prediction
from webapp.platform.database import writing
from webapp.predictions import advice
from worker.recognition.reading import Refusal


def test_the_history_is_searched_by_number(app: Flask, client: FlaskClient) -> None:
    found, other = read(app, client, "1420"), read(app, client, "241")

    assert shown(client, "number=42") == [found]
    assert shown(client, "number=4") == [other, found]
    assert client.get("/predictions?number=%25").status_code == 400


def test_the_history_is_filtered_by_what_people_said(app: Flask, client: FlaskClient) -> None:
    corrected, missed, confirmed, unchecked = (read(app, client, "42") for _ in range(4))
    client.post(f"/predictions/{corrected}/digits/0/correction", data={"label": "9"})
    client.post(f"/predictions/{missed}/correction", data={"number": "423"})
    client.post(f"/predictions/{confirmed}/confirmation")

    assert shown(client, "check=corrected") == [missed, corrected]
    assert shown(client, "check=confirmed") == [confirmed]
    assert shown(client, "check=unchecked") == [unchecked]


def test_unsure_readings_are_found_and_come_first_if_asked_for(
    app: Flask, client: FlaskClient
) -> None:
    sure, unsure = read(app, client, "1", 0.99), read(app, client, "2", 0.6)
    waiting = given_prediction(client)

    assert shown(client, "unsure=y") == [unsure]
    assert shown(client, "order=unsure") == [unsure, sure, waiting]
    assert shown(client, "order=oldest") == [sure, unsure, waiting]


@pytest.mark.parametrize("order", ["newest", "oldest", "unsure"])
def test_pages_go_forth_and_back_and_miss_nothing(
    app: Flask, client: FlaskClient, order: str
) -> None:
    """Also where predictions have the same time or the same confidence."""
    ids = [read(app, client, "7", 0.5 + 0.1 * (place % 3)) for place in range(7)]
    with app.app_context(), writing() as session:
        first = session.get_one(Prediction, ids[0])
        for place, prediction_id in enumerate(ids):
            prediction = session.get_one(Prediction, prediction_id)
            prediction.created_at = first.created_at + timedelta(microseconds=place // 3)

    pages, address = [], f"/api/predictions?order={order}"
    while address:
        answer = client.get(address).get_json()
        pages.append([one["id"] for one in answer["predictions"]])
        after = answer["after"]
        address = f"/api/predictions?order={order}&after={after}" if after else ""

    assert [len(page) for page in pages] == [3, 3, 1]
    assert sorted(chain.from_iterable(pages)) == sorted(ids)
    back = client.get(f"/predictions?order={order}&after={after_of(client, order, pages[0])}").text
    before = back.partition('rel="prev" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert ids_in(client.get(before).text) == pages[0]


def test_a_page_stays_where_it_is_while_pictures_come(app: Flask, client: FlaskClient) -> None:
    ids = [given_prediction(client) for _ in range(4)]
    after = client.get("/api/predictions").get_json()["after"]
    given_prediction(client)

    answer = client.get(f"/api/predictions?after={after}").get_json()

    assert [one["id"] for one in answer["predictions"]] == [ids[0]]
    assert answer["total"] == 5


@pytest.mark.parametrize(
    "query",
    [
        "check=maybe",
        "order=random",
        "number=seven",
        "after=x",
        "after=1~'",
        "batch=x",
        "number=%00",
    ],
)
def test_an_invalid_filter_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/predictions?{query}").status_code == 400
    assert client.get(f"/api/predictions?{query}").status_code == 400


@pytest.mark.parametrize("after", ["99999999999999999~x", "-0~x", "0.5~" + "x" * 22])
def test_a_cursor_beyond_all_predictions_is_an_empty_page(client: FlaskClient, after: str) -> None:
    for order in ("newest", "oldest", "unsure"):
        assert client.get(f"/api/predictions?order={order}&after={after}").status_code == 200


def test_selected_pictures_are_exported_as_csv(app: Flask, client: FlaskClient) -> None:
    first, second, _ = (read(app, client, number) for number in ("42", "7", "3"))
    client.post(f"/predictions/{first}/correction", data={"number": "43"})

    response = client.post("/predictions/selection/export", data={"selected": [first, second]})

    rows = list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"))))
    assert response.mimetype == "text/csv"
    assert [(row["id"], row["number"], row["number_as_corrected"]) for row in rows] == [
        (second, "7", ""),
        (first, "42", "43"),
    ]


def test_selected_pictures_are_exported_as_a_spreadsheet_of_real_numbers(
    app: Flask, client: FlaskClient
) -> None:
    first, second, _ = (read(app, client, number) for number in ("4.5", "00123", "7"))
    with app.app_context(), writing() as session:
        session.get_one(Prediction, first).filename = "=1+1.png"

    form = {"selected": [first, second], "format": "xlsx"}
    response = client.post("/predictions/selection/export", data=form)

    assert response.mimetype.endswith("spreadsheetml.sheet")
    readings = rows_of(response.data)
    assert [reading["id"] for reading in readings] == [second, first]
    assert [reading.get("value") for reading in readings] == [None, 4.5]
    assert [reading["number"] for reading in readings] == ["00123", "4.5"]
    assert [reading["filename"] for reading in readings][1] == "=1+1.png"
    days_since_1900 = readings[1]["created_at"]
    assert isinstance(days_since_1900, float) and days_since_1900 > 46_000


def test_selected_pictures_are_exported_with_their_files_and_corrections(
    app: Flask, client: FlaskClient
) -> None:
    first, second, kept = (read(app, client, "42") for _ in range(3))
    for prediction_id in (first, kept):
        client.post(f"/predictions/{prediction_id}/digits/1/correction", data={"label": "3"})

    form = {"selected": [first, second], "format": "zip"}
    response = client.post("/predictions/selection/export", data=form)

    with ZipFile(io.BytesIO(response.data)) as archive:
        pictures = [name for name in archive.namelist() if name.startswith("pictures/")]
        readings = json.loads(archive.read("readings.json"))
        corrections = json.loads(archive.read("corrections.json"))
        explanation = archive.read("README.txt").decode()
        assert all(archive.read(name) for name in pictures)
    assert [reading["id"] for reading in readings] == [second, first]
    assert [reading["picture"] for reading in readings] == pictures
    assert {correction["reading"] for correction in corrections} == {first}
    assert "sheets.json" not in explanation


def test_an_unknown_format_is_a_bad_request(app: Flask, client: FlaskClient) -> None:
    form = {"selected": [read(app, client, "7")], "format": "exe"}

    assert client.post("/predictions/selection/export", data=form).status_code == 400


def test_selected_pictures_are_deleted_after_a_confirmation(
    app: Flask, client: FlaskClient
) -> None:
    first, second, kept = (read(app, client, "7") for _ in range(3))
    selected = {"selected": [first, second]}

    question = client.post("/predictions/selection/deletion", data=selected)
    assert "Delete 2 pictures?" in question.text
    assert len(shown(client, "")) == 3

    answer = client.post("/predictions/selection/deletion", data={**selected, "confirmed": "yes"})
    assert answer.status_code == 303
    assert shown(client, "") == [kept]


def test_nobody_deletes_or_exports_what_belongs_to_others(app: Flask, client: FlaskClient) -> None:
    prediction_id = read(app, client, "7")
    other = app.test_client()
    given_prediction(other)
    selected = {"selected": [prediction_id], "confirmed": "yes"}

    for action in ("deletion", "export"):
        assert other.post(f"/predictions/selection/{action}", data=selected).status_code == 303
    assert shown(client, "") == [prediction_id]


def test_each_refusal_has_advice_of_its_own() -> None:
    """The page's advice follows the reason; only an unknown one gets general tips."""
    given = [advice.BY_REASON.get(refusal, advice.OTHERWISE) for refusal in Refusal]

    assert advice.OTHERWISE not in given
    assert len(set(given)) == len(Refusal)


def read(app: Flask, client: FlaskClient, number: str, confidence: float = 0.95) -> str:
    prediction_id = given_prediction(client)
    settle(app, prediction_id, number, confidence=confidence)
    return prediction_id


def shown(client: FlaskClient, query: str) -> list[str]:
    """The ids that both the page and the API list for a query, in their order."""
    listed = client.get(f"/api/predictions?{query}").get_json()["predictions"]
    ids = [prediction["id"] for prediction in listed]
    assert ids_in(client.get(f"/predictions?{query}").text) == ids
    return ids


def ids_in(page: str) -> list[str]:
    links = page.split('class="card__link" href="/predictions/')[1:]
    return [link.partition('"')[0] for link in links]


def after_of(client: FlaskClient, order: str, first_page: list[str]) -> str:
    answer = client.get(f"/api/predictions?order={order}").get_json()
    assert [one["id"] for one in answer["predictions"]] == first_page
    return str(answer["after"])
