"""Reading sheets: each pending page gets exactly one answer, and single pictures come first."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from tests.support.pictures import encoded
from tests.support.records import prediction_of, stored_version, waiting_prediction
from tests.worker.recognition.sheets.drawn_sheets import table
from webapp.models import Owner, Reason, Sheet, Status
from webapp.platform.database import db, writing
from webapp.platform.extensions import extensions
from webapp.platform.storage import PICTURE
from worker import tasks
from worker.serving import sheet_answering
from worker.serving.sheet_answering import PAGE


def waiting_sheet() -> str:
    """A pending sheet with a table of 2 by 2; returns its id."""
    sheet = Sheet(
        owner_id="somebody", filename="page.png", media_type="image/png", width=460, height=512
    )
    with writing() as session:
        Owner.lock(session, "somebody")
        session.add(sheet)
        session.flush()
        content = encoded(table([["7", "3"], ["", "4"]]), ".png")
        extensions.storage.put(sheet.id, PICTURE, content)
    return sheet.id


def sheet_of(sheet_id: str) -> Sheet:
    db.session.rollback()
    return db.session.get_one(Sheet, sheet_id)


def test_a_pending_sheet_gets_its_cells_and_its_straightened_page(
    app: Flask, network: Path
) -> None:
    version = stored_version(network)
    sheet_id = waiting_sheet()

    tasks.read_sheets()

    sheet = sheet_of(sheet_id)
    assert (sheet.status, sheet.rows, sheet.columns) == (Status.DONE, 2, 2)
    assert (sheet.progress, sheet.model_version_id) == (100, version.id)
    kinds = {(c["row"], c["column"]): c["kind"] for c in sheet.cells or []}
    assert kinds[1, 0] == "empty"
    assert extensions.storage.read(sheet_id, PAGE).startswith(b"\xff\xd8")


def test_a_second_message_changes_nothing(app: Flask, network: Path) -> None:
    stored_version(network)
    sheet_id = waiting_sheet()
    tasks.read_sheets()
    settled_at = sheet_of(sheet_id).settled_at

    tasks.read_sheets()

    assert sheet_of(sheet_id).settled_at == settled_at


def test_single_pictures_are_answered_while_a_page_is_read(
    app: Flask, network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored_version(network)
    waiting_sheet()
    prediction_id = waiting_prediction()
    answered_during = []
    settle = tasks._settle_sheet

    def note(*arguments: object) -> None:
        answered_during.append(prediction_of(prediction_id).status)
        settle(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(tasks, "_settle_sheet", note)
    tasks.read_sheets()

    assert answered_during == [Status.DONE]


def test_a_page_that_breaks_the_reader_fails_alone(
    app: Flask, network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored_version(network)
    sheet_id = waiting_sheet()

    def broken(page: object) -> bytes:
        raise ValueError

    monkeypatch.setattr(sheet_answering, "_jpeg", broken)
    tasks.read_sheets()

    assert (sheet_of(sheet_id).status, sheet_of(sheet_id).reason) == (
        Status.FAILED,
        Reason.BROKE_READER,
    )


def test_a_missing_file_is_told(app: Flask, network: Path) -> None:
    stored_version(network)
    sheet_id = waiting_sheet()
    extensions.storage.delete(sheet_id)

    tasks.read_sheets()

    assert sheet_of(sheet_id).reason == Reason.FILE_MISSING


def test_a_sheet_that_is_deleted_while_it_is_read_leaves_no_files(
    app: Flask, network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored_version(network)
    sheet_id = waiting_sheet()
    settle = tasks._settle_sheet

    def delete_first(*arguments: object) -> None:
        with writing() as session:
            session.delete(session.get_one(Sheet, sheet_id))
        settle(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(tasks, "_settle_sheet", delete_first)
    tasks.read_sheets()

    assert not extensions.storage.folder(sheet_id).exists()


def test_only_the_worker_that_holds_a_sheet_settles_it(
    app: Flask, network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored_version(network)
    sheet_id = waiting_sheet()
    settle = tasks._settle_sheet

    def lose_it_first(*arguments: object) -> None:
        with writing() as session:
            sheet = session.get_one(Sheet, sheet_id)
            sheet.proceed(0, timedelta(seconds=-1))
            Sheet.claim(session, by="another worker", lease=timedelta(seconds=60))
        settle(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(tasks, "_settle_sheet", lose_it_first)
    tasks.read_sheets()

    assert (sheet_of(sheet_id).status, sheet_of(sheet_id).claimed_by) == (
        Status.READING,
        "another worker",
    )
