"""The overview: what waits, how fast answers come, what people say of them, and what is wrong."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.factories import digit, new_version
from webapp.admin.disk import disk_use
from webapp.admin.drift import readings_by_day
from webapp.admin.feedback import feedback_by_day, feedback_by_week
from webapp.admin.traffic import queue_now, refusals_by_reason, traffic_of_the_hour
from webapp.models import (
    Correction,
    MissedDigit,
    Owner,
    Prediction,
    Status,
    Worker,
    utc_now,
)
from webapp.platform.database import db, writing
from webapp.platform.extensions import Extensions

NOW = datetime(2026, 11, 25, 12, 0, 30, tzinfo=UTC)  # a Wednesday


@pytest.fixture
def version_id(app: Flask) -> int:
    with app.app_context(), writing() as session:
        Owner.lock(session, "ada")
        return new_version(session).id


def reading(
    app: Flask,
    *,
    before: timedelta,
    took: float = 1.0,
    status: Status = Status.DONE,
    confidence: float | None = 0.9,
    reason: str | None = None,
    version_id: int | None = None,
    labels: tuple[int | None, ...] = (),
) -> str:
    """A picture that was answered `before` NOW; `labels` are what people said of its sevens."""
    with app.app_context(), writing() as session:
        Owner.lock(session, "ada")
        prediction = Prediction(
            owner_id="ada",
            filename="photo.png",
            media_type="image/png",
            width=28,
            height=28,
            created_at=NOW - before - timedelta(seconds=took),
            settled_at=NOW - before,
            status=status,
            confidence=confidence if status == Status.DONE else None,
            reason=reason,
            model_version_id=version_id,
            digits=[digit(7, position=position) for position in range(len(labels))],
        )
        session.add(prediction)
        session.flush()
        for one, label in zip(prediction.digits, labels, strict=True):
            correction = Correction.of(one, label, owner_id="ada")
            correction.created_at = NOW - before
            session.add(correction)
        return prediction.id


def test_the_queue_is_counted_with_the_age_of_the_oldest(app: Flask) -> None:
    reading(app, before=timedelta(0))
    for waited in (5, 90):
        prediction_id = reading(app, before=timedelta(seconds=waited), took=0)
        with app.app_context(), writing() as session:
            waiting = session.get_one(Prediction, prediction_id)
            waiting.status, waiting.settled_at = Status.PENDING, None

    with app.app_context():
        queue = queue_now(db.session(), NOW)

    assert (queue.waiting, queue.being_read, queue.oldest_seconds) == (2, 0, 90)


def test_readings_and_latencies_of_the_last_hour(app: Flask) -> None:
    for seconds in (10, 20, 100, 299):
        reading(app, before=timedelta(seconds=seconds), took=seconds / 10)
    reading(app, before=timedelta(minutes=6), status=Status.REFUSED, took=2)
    reading(app, before=timedelta(minutes=61))

    with app.app_context():
        traffic = traffic_of_the_hour(db.session(), NOW)

    assert [sum(count.values()) for count in traffic.settled] == [0] * 10 + [1, 4]
    assert traffic.settled[-2][Status.REFUSED] == 1
    assert traffic.a_minute == 4 / 5
    assert traffic.latency is not None
    assert (traffic.latency.p50, traffic.latency.p95) == pytest.approx((2.0, 29.9))
    assert traffic.latencies[-2] is not None
    assert traffic.latencies[0] is None


def test_refusals_are_counted_by_reason_the_commonest_first(app: Flask) -> None:
    for reason in ("blank", "unsure", "blank"):
        reading(app, before=timedelta(days=2), status=Status.REFUSED, reason=reason)
    reading(app, before=timedelta(days=9), status=Status.REFUSED, reason="long ago")

    with app.app_context():
        assert refusals_by_reason(db.session(), NOW) == [("blank", 2), ("unsure", 1)]


def test_the_accuracy_of_a_version_is_the_share_of_confirmed_digits_by_week(
    app: Flask, version_id: int
) -> None:
    reading(app, before=timedelta(days=1), version_id=version_id, labels=(7, 7, 7))
    wrong = reading(app, before=timedelta(days=2), version_id=version_id, labels=(None,))
    reading(app, before=timedelta(days=3), version_id=version_id, labels=(1,))
    reading(app, before=timedelta(days=100), version_id=version_id, labels=(1,))
    with app.app_context(), writing() as session:
        missed = MissedDigit(prediction_id=wrong, created_at=NOW, position=0, label=3)
        session.add(missed)

    with app.app_context():
        feedback = feedback_by_week(db.session(), NOW)
        _, by_day = feedback_by_day(db.session(), NOW)

    assert feedback.versions_shown == [version_id]
    accuracies = feedback.accuracies_of(version_id)
    assert accuracies == [None] * 6 + [0.0, 3 / 5], "the week begins on Monday"
    assert feedback.latest.accuracy == 3 / 6
    assert [(one.confirmed, one.wrong) for one in by_day[-4:]] == [(0, 1), (0, 1), (3, 0), (0, 0)]


def test_confidence_and_refusals_are_compared_from_day_to_day(app: Flask) -> None:
    for confidence in (0.8, 0.9):
        reading(app, before=timedelta(hours=1), confidence=confidence)
    reading(app, before=timedelta(days=1), confidence=0.99)
    reading(app, before=timedelta(days=1), status=Status.REFUSED)

    with app.app_context():
        _, readings = readings_by_day(db.session(), NOW)

    assert [one.mean_confidence for one in readings[-3:]] == [None, 0.99, pytest.approx(0.85)]
    assert [one.refused for one in readings[-3:]] == [None, 0.5, 0.0]


def test_the_space_of_pictures_is_estimated_and_that_of_the_database_measured(app: Flask) -> None:
    with app.app_context():
        extensions = Extensions.of(app)
        for number in range(300):
            extensions.storage.put(f"{number:022d}", "picture", bytes(1000), durably=False)
            extensions.storage.put(f"{number:022d}"[::-1], "picture", bytes(1000), durably=False)
        disk = disk_use(db.session(), extensions.settings)

    assert disk.pictures == pytest.approx(sum(map(size, files(extensions))), rel=0.5)
    assert disk.database > 10_000
    assert 0 < disk.used_share < 1


def files(extensions: Extensions) -> list[Path]:
    return [path for path in extensions.settings.uploads_dir.rglob("*") if path.is_file()]


def size(path: Path) -> int:
    return path.stat().st_size


@pytest.mark.usefixtures("signed_in_admin")
def test_the_page_of_an_empty_site_says_what_is_missing(client: FlaskClient) -> None:
    page = client.get("/admin").text

    assert "No model is published yet" in page
    assert "No worker that reads pictures is running" in page
    assert "There are no values yet." in page


@pytest.mark.usefixtures("signed_in_admin")
def test_the_page_shows_workers_with_their_version_and_heartbeat_and_charts_with_tables(
    app: Flask, client: FlaskClient, version_id: int
) -> None:
    now = utc_now()
    with app.app_context(), writing() as session:
        session.add(
            Worker(name="one", queue="predictions", seen_at=now, model_version_id=version_id)
        )
        long_ago = now - timedelta(seconds=100)
        session.add(Worker(name="two", queue="predictions", seen_at=long_ago))
    reading(app, before=NOW - now + timedelta(minutes=1), version_id=version_id, labels=(7,))

    page = client.get("/admin").text

    assert re.search(rf">one<.*version {version_id}</a>", page, re.DOTALL)
    assert page.count(">silent<") == 1
    assert page.count("<svg viewBox") == page.count("The numbers as a table") == 6
    assert "100.0" in page, "the only digit was confirmed"
