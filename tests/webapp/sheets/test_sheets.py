"""Sheets: a page is uploaded, reviewed by its owner, exported and deleted."""

from __future__ import annotations

import csv
import io
import json
import os
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.webapp.factories import given_sheet, picture, settle_sheet, sheet_cell
from webapp.models import Sheet, Status, utc_now
from webapp.models.prediction import MAX_CLAIMS
from webapp.platform.database import db, writing
from webapp.platform.extensions import Extensions
from webapp.sheets.submission import MAX_WAITING
from webapp.sweep import ORPHANED_AFTER, clean_up, expire, sweep

LEASE = timedelta(seconds=60)


def test_an_uploaded_page_waits_with_its_files(app: Flask, client: FlaskClient) -> None:
    response = client.post("/sheets", data={"image": (io.BytesIO(picture()), "marks.png")})

    sheet_id = response.location.rsplit("/", 1)[1]
    page = client.get(f"/sheets/{sheet_id}").text
    assert "<progress" in page
    assert client.get(f"/api/sheets/{sheet_id}").get_json()["status"] == Status.PENDING
    assert client.get(f"/sheets/{sheet_id}/images/picture").mimetype == "image/png"
    assert client.get(f"/sheets/{sheet_id}/images/thumbnail").status_code == 200
    assert client.get(f"/sheets/{sheet_id}/images/page").status_code == 404
    assert "marks.png" in client.get("/sheets").text


def test_a_file_that_is_no_picture_is_refused_with_a_sentence(client: FlaskClient) -> None:
    response = client.post("/sheets", data={"image": (io.BytesIO(b"hello"), "notes.txt")})

    assert response.status_code in (400, 415)
    assert "not a picture" in response.text
    assert "notes.txt" in response.text


def test_pages_beyond_the_longest_queue_are_refused(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.sheets.submission.MAX_WAITING", 1)
    assert MAX_WAITING > 1
    given_sheet(client)

    response = client.post("/api/sheets", data=picture(), content_type="image/png")

    assert response.status_code == 503
    assert response.headers["Retry-After"]


def test_the_review_shows_unsure_cells_and_keeps_what_is_typed(
    app: Flask, client: FlaskClient
) -> None:
    sheet_id = given_sheet(client)
    unsure = sheet_cell(0, 1, "9", unsure=True, confidence=0.5)
    settle_sheet(app, sheet_id, [["7", "", "1"], ["3", "", "2"]], unsure)
    assert "1 cell to check" in client.get(f"/sheets/{sheet_id}").text

    client.post(f"/sheets/{sheet_id}/review", data={"cell-0-1": "4", "cell-0-0": "7"})

    cells = cells_of(client, sheet_id)
    assert (cells["0,1"]["text"], cells["0,1"]["read_as"], cells["0,1"]["unsure"]) == (
        "4",
        "9",
        False,
    )
    assert not cells["0,0"]["edited"], "a text that stays is no change"
    assert "No cell is left to check" in client.get(f"/sheets/{sheet_id}").text


def test_one_button_says_that_all_unsure_cells_are_right(app: Flask, client: FlaskClient) -> None:
    sheet_id = given_sheet(client)
    unsure = sheet_cell(0, 0, "9", unsure=True)
    settle_sheet(app, sheet_id, [["9", "2"]], unsure)

    client.post(f"/sheets/{sheet_id}/review", data={"cell-0-0": "9", "save": "all"})

    assert not cells_of(client, sheet_id)["0,0"]["unsure"]


def test_a_cell_that_was_only_looked_at_is_sure(app: Flask, client: FlaskClient) -> None:
    sheet_id = given_sheet(client)
    pair = [sheet_cell(0, column, "9", unsure=True) for column in (0, 1)]
    settle_sheet(app, sheet_id, [["9", "9"]], *pair)
    form = {"cell-0-0": "9", "cell-0-1": "9", "checked": "cell-0-1"}

    client.post(f"/sheets/{sheet_id}/review", data=form)

    cells = cells_of(client, sheet_id)
    assert (cells["0,0"]["unsure"], cells["0,1"]["unsure"]) == (True, False)


def test_marks_get_the_values_that_the_person_gives(app: Flask, client: FlaskClient) -> None:
    sheet_id = given_sheet(client)
    tick = sheet_cell(0, 0, "tick", kind="mark")
    strokes = sheet_cell(1, 0, "strokes 4", kind="mark")
    settle_sheet(app, sheet_id, [[""], [""]], tick, strokes)
    assert cells_of(client, sheet_id)["0,0"]["text"] == ""

    client.post(f"/sheets/{sheet_id}/review", data={"mark-tick": "5", "mark-strokes": "on"})

    cells = cells_of(client, sheet_id)
    assert (cells["0,0"]["value"], cells["1,0"]["value"]) == ("5", "4")


def test_numbers_out_of_range_and_wrong_sums_are_shown(app: Flask, client: FlaskClient) -> None:
    sheet_id = given_sheet(client)
    settle_sheet(app, sheet_id, [["7", "3"], ["12", "4"], ["18", "7"]])
    form = {"minimum": "0", "maximum": "10", "last_row_is_sum": "on"}

    client.post(f"/sheets/{sheet_id}/review", data=form)

    cells = cells_of(client, sheet_id)
    problems = {key: cell["problems"] for key, cell in cells.items() if cell["problems"]}
    assert problems == {"1,0": ["range"], "2,0": ["sum"]}
    page = client.get(f"/sheets/{sheet_id}").text
    assert "out of range" in page
    assert "sum is 19" in page


def test_a_review_never_changes_what_was_read(app: Flask, client: FlaskClient) -> None:
    sheet_id = given_sheet(client)
    settle_sheet(app, sheet_id, [["7"]])

    client.post(f"/sheets/{sheet_id}/review", data={"cell-0-0": "8\x07", "cell-9-9": "1"})

    with app.app_context():
        sheet = db.session.get_one(Sheet, sheet_id)
        assert (sheet.cells or [])[0]["text"] == "7"
        assert sheet.edits == {"0,0": "8"}


def test_a_spreadsheet_has_real_numbers_texts_and_marked_cells(
    app: Flask, client: FlaskClient
) -> None:
    sheet_id = given_sheet(client)
    unsure = sheet_cell(1, 0, "9", unsure=True, confidence=0.51)
    settle_sheet(app, sheet_id, [["7.5", "013"], ["9", "123456789012"], ["=1+1", ""]], unsure)

    content = client.get(f"/sheets/{sheet_id}/export/xlsx").data

    with zipfile.ZipFile(io.BytesIO(content)) as book:
        page = book.read("xl/worksheets/sheet1.xml").decode()
        texts = book.read("xl/sharedStrings.xml").decode()
        styles = book.read("xl/styles.xml").decode()
        notes = book.read("xl/comments1.xml").decode()
    assert '<c r="A1"><v>7.5</v></c>' in page
    assert '<c r="B1" t="s">' in page, "leading zeros stay"
    assert '<c r="B2" t="s">' in page, "a long number is not rounded"
    assert "<f>" not in page, "no text is a formula"
    assert "=1+1" in texts
    assert "FFF2A8" in styles
    assert "51" in notes


def test_a_csv_has_the_decimal_sign_of_its_separator(app: Flask, client: FlaskClient) -> None:
    sheet_id = given_sheet(client)
    settle_sheet(app, sheet_id, [["7.5", "", "-3"], ["013", "2", "=1"]])

    semicolon = client.get(f"/sheets/{sheet_id}/export/csv").data.decode("utf-8-sig")
    comma = client.get(f"/sheets/{sheet_id}/export/csv?separator=comma").data.decode("utf-8-sig")

    assert list(csv.reader(io.StringIO(semicolon), delimiter=";")) == [
        ["7,5", "", "-3"],
        ["013", "2", "'=1"],
    ]
    assert next(csv.reader(io.StringIO(comma))) == ["7.5", "", "-3"]


def test_several_pages_become_one_table_in_the_order_of_upload(
    app: Flask, client: FlaskClient
) -> None:
    first, second = given_sheet(client), given_sheet(client)
    settle_sheet(app, first, [["1", "2"]])
    settle_sheet(app, second, [["3", "4"]])

    address = f"/sheets/export/csv?separator=comma&id={second}&id={first}&id=unknown"

    assert client.get(address).data.decode("utf-8-sig").split() == ["1,2", "3,4"]


def test_a_sheet_is_deleted_with_its_files(app: Flask, client: FlaskClient) -> None:
    sheet_id = given_sheet(client)

    client.post(f"/sheets/{sheet_id}/deletion")

    assert client.get(f"/sheets/{sheet_id}").status_code == 404
    assert not Extensions.of(app).storage.folder(sheet_id).exists()


def test_ones_data_holds_its_sheets_and_is_deleted_with_them(
    app: Flask, client: FlaskClient
) -> None:
    sheet_id = given_sheet(client)
    settle_sheet(app, sheet_id, [["7"]])

    with zipfile.ZipFile(io.BytesIO(client.get("/account/data/export").data)) as archive:
        (exported,) = json.loads(archive.read("sheets.json"))
        assert archive.read(exported["picture"]).startswith(b"\x89PNG")
    client.post("/account/data/deletion")

    assert exported["cells"][0]["text"] == "7"
    with app.app_context():
        assert db.session.get(Sheet, sheet_id) is None
    assert not Extensions.of(app).storage.folder(sheet_id).exists()


def test_old_sheets_are_deleted_and_files_of_others_are_kept(
    app: Flask, client: FlaskClient
) -> None:
    old, new = given_sheet(client), given_sheet(client)
    storage = Extensions.of(app).storage
    with app.app_context():
        with writing() as session:
            long_ago = utc_now() - timedelta(days=40)
            session.execute(update(Sheet).where(Sheet.id == old).values(created_at=long_ago))

        expire(timedelta(days=30))
        age(storage.folder(new))
        clean_up(storage)

    assert not storage.folder(old).exists()
    assert storage.names(new)


def test_a_page_that_ends_its_workers_fails_alone(app: Flask, client: FlaskClient) -> None:
    sheet_id = given_sheet(client)
    with app.app_context():
        for _ in range(MAX_CLAIMS):
            with writing() as session:
                claimed = Sheet.claim(session, by="a worker that dies", lease=-LEASE)
                assert claimed is not None
        sweep(Extensions.of(app).queue)

    answer = client.get(f"/api/sheets/{sheet_id}").get_json()
    assert answer["status"] == Status.FAILED
    assert "stopped several times" in answer["reason"]
    client.post(f"/sheets/{sheet_id}/attempts")
    assert client.get(f"/api/sheets/{sheet_id}").get_json()["status"] == Status.PENDING


def test_owners_take_turns(app: Flask, client: FlaskClient) -> None:
    busy = [given_sheet(client) for _ in range(3)]
    settle_sheet(app, busy[0], [["1"]])
    other = given_sheet(app.test_client())

    with app.app_context(), writing() as session:
        claimed = Sheet.claim(session, by="a worker", lease=LEASE)
        assert claimed is not None
        assert claimed.id == other


def cells_of(client: FlaskClient, sheet_id: str) -> dict[str, dict[str, Any]]:
    cells = client.get(f"/api/sheets/{sheet_id}").get_json()["cells"]
    return {f"{cell['row']},{cell['column']}": cell for cell in cells}


def age(folder: Any) -> None:
    """Let the folder look as if it had been left alone for longer than orphans are kept."""
    moment = (utc_now() - 2 * ORPHANED_AFTER).timestamp()
    os.utime(folder, (moment, moment))
