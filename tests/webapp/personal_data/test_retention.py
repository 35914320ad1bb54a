"""Retention: pictures older than RETENTION_DAYS are deleted in small batches."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from tests.support.servers import wait_until
from tests.webapp.factories import given_prediction, settle
from webapp.app import create_app
from webapp.models import Correction, Owner, Prediction, Status, utc_now
from webapp.platform.database import db, writing
from webapp.platform.extensions import Extensions
from webapp.predictions.deletion import BATCH_SIZE
from webapp.settings import Settings, SettingsError
from webapp.sweep import expire, sweep_until

MONTH = timedelta(days=30)


def test_older_pictures_are_deleted_with_files_and_approved_corrections(
    app: Flask, client: FlaskClient
) -> None:
    old, new = given_prediction(client), given_prediction(client)
    settle(app, old, "7")
    client.post(f"/predictions/{old}/confirmation")
    with app.app_context(), writing() as session:
        session.scalars(select(Correction)).one().approve(by=None)
    grow_old(app, old, MONTH + timedelta(minutes=1))
    grow_old(app, new, MONTH - timedelta(minutes=1))

    with app.app_context():
        expire(MONTH)

    assert rows(app) == [new]
    assert not Extensions.of(app).storage.folder(old).exists()
    with app.app_context():
        assert db.session.scalars(select(Correction)).all() == []


def test_pictures_are_deleted_in_batches_so_that_others_can_write_in_between(app: Flask) -> None:
    long_ago = utc_now() - 2 * MONTH
    with app.app_context(), writing() as session:
        Owner.lock(session, "ada")
        session.add_all(old_row(long_ago) for _ in range(BATCH_SIZE + 3))

    with app.app_context():
        expire(MONTH)
        assert db.session.scalar(select(func.count()).select_from(Prediction)) == 3
        db.session.rollback()
        expire(MONTH)

    assert rows(app) == []


def test_the_sweep_deletes_them(settings: Settings, client: FlaskClient, app: Flask) -> None:
    prediction_id = given_prediction(client)
    grow_old(app, prediction_id, 2 * MONTH)
    keeping = create_app(replace(settings, retention=MONTH))
    stop = threading.Event()
    every = {"every": timedelta(seconds=1)}
    sweep = threading.Thread(target=sweep_until, args=(stop, keeping), kwargs=every)

    sweep.start()
    try:
        wait_until(lambda: rows(app) == [], seconds=60)
    finally:
        stop.set()
        sweep.join()


def test_without_the_setting_nothing_is_deleted(app: Flask, client: FlaskClient) -> None:
    prediction_id = given_prediction(client)
    grow_old(app, prediction_id, timedelta(days=9999))

    with app.app_context():
        expire(None)

    assert rows(app) == [prediction_id]


def test_the_pages_say_how_long_pictures_are_kept(settings: Settings, client: FlaskClient) -> None:
    assert "They are kept until you delete them." in client.get("/").text
    keeping = create_app(replace(settings, retention=MONTH)).test_client()

    assert "Pictures are kept 30 days, then deleted." in keeping.get("/").text
    assert "Pictures are kept 30 days" in keeping.get("/account/data").text


@pytest.mark.parametrize(("value", "kept"), [("", None), ("0", None), ("30", MONTH)])
def test_the_setting_is_a_number_of_days(
    value: str, kept: timedelta | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "a secret for the tests")
    monkeypatch.setenv("RETENTION_DAYS", value)

    assert Settings.from_environment().retention == kept


@pytest.mark.parametrize("value", ["-1", "a month", "1.5"])
def test_any_other_setting_refuses_to_start(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "a secret for the tests")
    monkeypatch.setenv("RETENTION_DAYS", value)

    with pytest.raises(SettingsError, match="RETENTION_DAYS"):
        Settings.from_environment()


def test_the_sweep_finds_old_pictures_by_an_index(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        query = select(Prediction.id).where(
            Prediction.status.in_(Status), Prediction.created_at < utc_now()
        )
        sql = query.compile(db.engine, compile_kwargs={"literal_binds": True})
        if db.engine.dialect.name == "sqlite":
            explain = "explain query plan"
        else:
            explain = "explain"
            connection.exec_driver_sql("set enable_seqscan = off")  # the table is empty
        plan = connection.exec_driver_sql(f"{explain} {sql}").all()

    assert "ix_predictions_status_created_at" in str(plan)


def grow_old(app: Flask, prediction_id: str, age: timedelta) -> None:
    with app.app_context(), writing() as session:
        one = update(Prediction).where(Prediction.id == prediction_id)
        session.execute(one.values(created_at=utc_now() - age))


def old_row(created_at: object) -> Prediction:
    return Prediction(
        owner_id="ada",
        filename="photo.png",
        media_type="image/png",
        width=9,
        height=9,
        created_at=created_at,
    )


def rows(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Prediction.id)))
