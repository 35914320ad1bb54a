"""Your data: counted and exported for its owner, with an account or without."""

from __future__ import annotations

import csv
import io
import json
import re
from zipfile import ZipFile

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.webapp.factories import (
    PASSWORD,
    given_prediction,
    picture,
    post_page,
    settle,
    sign_in,
)
from webapp.models import Correction, Prediction, User
from webapp.platform.database import writing
from webapp.platform.extensions import Extensions


def test_the_page_counts_pictures_and_corrections(app: Flask, client: FlaskClient) -> None:
    assert "There is nothing yet." in client.get("/account/data").text
    prediction_id = given_prediction(client)
    settle(app, prediction_id, "47")
    client.post(f"/predictions/{prediction_id}/confirmation")

    page = client.get("/account/data").text

    assert "<dt>Picture</dt><dd>1</dd>" in page
    assert "<dt>Corrections</dt><dd>2</dd>" in page
    assert "belong to this browser" in page
    for address in ("/predictions", "/"):
        assert 'href="/account/data"' in client.get(address).text


def test_an_account_leads_to_its_data_and_back(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), writing() as session:
        session.add(User.create(email="bob@example.org", password=PASSWORD))
    sign_in(client, "bob@example.org")

    assert 'href="/account/data"' in client.get("/account").text
    assert 'href="/account">account</a>' in client.get("/account/data").text


def test_an_export_that_is_interrupted_does_not_affect_the_next_request(
    client: FlaskClient,
) -> None:
    given_prediction(client)
    interrupted = client.get("/account/data/export")
    next(interrupted.iter_encoded())

    with client.get("/account/data/export") as whole:
        interrupted.close()

        assert opened(whole.data).testzip() is None
    given_prediction(client)


def test_the_zip_holds_pictures_readings_and_corrections(app: Flask, client: FlaskClient) -> None:
    first, second = given_prediction(client), given_prediction(client)
    settle(app, first, "47")
    client.post(f"/predictions/{first}/digits/1/correction", data={"label": "none"})
    given_prediction(app.test_client())

    response = client.get("/account/data/export")

    assert response.is_streamed
    assert response.headers["Cache-Control"] == "no-store"
    assert re.search(
        r"attachment; filename=cifra-[\d-]+\.zip", response.headers["Content-Disposition"]
    )
    with opened(response.data) as archive:
        assert archive.testzip() is None
        tables = {
            "README.txt",
            "readings.csv",
            "readings.json",
            "corrections.csv",
            "corrections.json",
            "sheets.json",
        }
        names = {name for name in archive.namelist() if name.startswith("pictures/")}
        assert set(archive.namelist()) == tables | names
        readings = {row["id"]: row for row in json.loads(archive.read("readings.json"))}
        assert readings.keys() == {first, second}
        assert names == {row["picture"] for row in readings.values()}
        assert all(archive.read(name).startswith(b"\x89PNG") for name in names)
        assert readings[first]["number"] == "47"
        assert readings[first]["number_as_corrected"] == "4"
        assert [digit["label"] for digit in readings[first]["digits"]] == [4, 7]
        (correction,) = json.loads(archive.read("corrections.json"))
        assert (correction["reading"], correction["position"]) == (first, 1)
        assert (correction["label"], correction["read_as"]) == (None, 7)


def test_both_formats_hold_the_same_values_and_the_readme_explains_each_column(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = given_prediction(client)
    settle(app, prediction_id, "7")
    client.post(f"/predictions/{prediction_id}/confirmation")

    with opened(client.get("/account/data/export").data) as archive:
        readme = archive.read("README.txt").decode()
        for name in ("readings", "corrections"):
            (row,) = rows(archive, f"{name}.csv")
            (record,) = json.loads(archive.read(f"{name}.json"))
            assert all(re.search(rf"^{column} ", readme, re.MULTILINE) for column in row)
            values = {key: "" if record[key] is None else str(record[key]) for key in row}
            assert {key: cell.removeprefix("'") for key, cell in row.items()} == values


def test_no_cell_is_a_formula_and_no_file_has_an_uploaded_name(client: FlaskClient) -> None:
    for name in ("=1+1.png", "+1.png", "-1.png", "@SUM(A1).png", "seven.png"):
        post_page(client, picture(), name)

    with opened(client.get("/account/data/export").data) as archive:
        cells = [row["filename"] for row in rows(archive, "readings.csv")]
        files = [name for name in archive.namelist() if name.startswith("pictures/")]

    assert cells == ["seven.png", "'@SUM(A1).png", "'-1.png", "'+1.png", "'=1+1.png"]
    assert all(re.fullmatch(r"pictures/\d{4}-\d\d-\d\d_[\w-]{22}\.png", name) for name in files)


def test_a_missing_file_is_left_out_and_its_name_is_empty(app: Flask, client: FlaskClient) -> None:
    Extensions.of(app).storage.delete(given_prediction(client))

    with opened(client.get("/account/data/export").data) as archive:
        assert not [name for name in archive.namelist() if name.startswith("pictures/")]
        assert json.loads(archive.read("readings.json"))[0]["picture"] is None


def test_corrections_of_other_peoples_pictures_are_exported(
    app: Flask, client: FlaskClient
) -> None:
    """Earlier versions allowed them, and some databases still hold them."""
    given_prediction(client)
    foreign = given_prediction(app.test_client())
    settle(app, foreign, "1")
    with app.app_context(), writing() as session:
        me = session.scalars(select(Prediction.owner_id).where(Prediction.id != foreign)).one()
        digit = session.get_one(Prediction, foreign).digits[0]
        session.add(Correction.of(digit, 7, owner_id=me))

    with opened(client.get("/account/data/export").data) as archive:
        (correction,) = json.loads(archive.read("corrections.json"))
        assert (correction["reading"], correction["label"]) == (foreign, 7)
        assert foreign not in archive.read("readings.json").decode()


def test_a_browser_without_a_history_has_nothing_to_export(client: FlaskClient) -> None:
    response = client.get("/account/data/export")

    assert response.status_code == 404
    assert "Set-Cookie" not in response.headers


def opened(content: bytes) -> ZipFile:
    return ZipFile(io.BytesIO(content))


def rows(archive: ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
