"""Answering pictures: each pending row gets exactly one answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from tests.support.pictures import blank_paper, photo_of
from tests.support.records import prediction_of, stored_version, waiting_prediction
from webapp.models import Prediction, Reason, Status, utc_now
from webapp.models.prediction import MAX_CLAIMS
from webapp.platform.database import writing
from webapp.platform.extensions import Extensions
from webapp.platform.storage import ORIGINAL, PICTURE
from worker import tasks
from worker.recognition.arrays import Image
from worker.recognition.reader import Reader
from worker.serving import answering
from worker.serving.pixels import stored_pixels


def test_a_pending_prediction_gets_its_answer(app: Flask, network: Path) -> None:
    version = stored_version(network)
    prediction_id = waiting_prediction(photo_of("42"))

    tasks.predict()

    prediction = prediction_of(prediction_id)
    assert (prediction.status, prediction.number) == (Status.DONE, "42")
    assert prediction.model_version_id == version.id
    assert [digit.label for digit in prediction.digits] == [4, 2]
    assert all(len(digit.probabilities) == 10 for digit in prediction.digits)
    assert prediction.confidence == min(digit.confidence for digit in prediction.digits)


def test_each_digit_keeps_its_ink(app: Flask, network: Path) -> None:
    stored_version(network)
    prediction_id = waiting_prediction()

    tasks.predict()

    assert prediction_of(prediction_id).digits[0].ink_png.startswith(b"\x89PNG")


def test_blank_paper_is_refused_with_a_sentence(app: Flask, network: Path) -> None:
    stored_version(network)
    prediction_id = waiting_prediction(blank_paper())

    tasks.predict()

    prediction = prediction_of(prediction_id)
    assert prediction.status == Status.REFUSED
    assert prediction.number is None
    assert prediction.reason == Reason.BLANK


def test_a_duplicate_message_finds_nothing_to_do(app: Flask, network: Path) -> None:
    stored_version(network)
    prediction_id = waiting_prediction()
    tasks.predict()
    settled_at = prediction_of(prediction_id).settled_at

    tasks.predict()

    prediction = prediction_of(prediction_id)
    assert (prediction.claim_count, prediction.settled_at) == (1, settled_at)


def test_more_rows_than_a_batch_are_all_answered(app: Flask, network: Path) -> None:
    stored_version(network)
    ids = [waiting_prediction() for _ in range(40)]

    tasks.predict()

    assert {prediction_of(prediction_id).number for prediction_id in ids} == {"7"}


def test_the_pictures_that_wait_in_a_long_batch_stay_claimed(
    app: Flask, network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored_version(network)
    ids = [waiting_prediction() for _ in range(4)]
    monkeypatch.setattr(tasks, "READ_TOGETHER", 1)
    read = Reader.read
    leases: list[datetime | None] = []  # of the last picture

    def look_and_read(reader: Reader, pictures: list[Image]) -> object:
        leases.append(prediction_of(ids[-1]).lease_until)
        return read(reader, pictures)

    monkeypatch.setattr(Reader, "read", look_and_read)
    tasks.predict()

    assert len({*leases}) == len(ids)
    assert None not in leases
    assert {prediction_of(row).status for row in ids} == {Status.DONE}
    assert {prediction_of(row).claim_count for row in ids} == {1}


def test_pictures_wait_while_there_is_no_model(app: Flask, network: Path) -> None:
    prediction_id = waiting_prediction()

    tasks.predict()
    assert prediction_of(prediction_id).status == Status.PENDING

    stored_version(network)
    tasks.predict()
    assert prediction_of(prediction_id).status == Status.DONE


def test_a_picture_that_does_not_open_fails_alone(app: Flask, network: Path) -> None:
    stored_version(network)
    before, broken, after = waiting_prediction(), waiting_prediction(b"x"), waiting_prediction()

    tasks.predict()

    assert prediction_of(broken).status == Status.FAILED
    assert prediction_of(broken).reason == Reason.FILE_DAMAGED
    assert prediction_of(before).number == prediction_of(after).number == "7"


def test_a_picture_whose_file_is_missing_fails_alone(app: Flask, network: Path) -> None:
    stored_version(network)
    missing, other = waiting_prediction(), waiting_prediction()
    Extensions.of(app).storage.delete(missing)

    tasks.predict()

    assert prediction_of(missing).reason == Reason.FILE_MISSING
    assert prediction_of(other).status == Status.DONE


def test_a_picture_that_breaks_the_reader_fails_alone(
    app: Flask, network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored_version(network)
    poison, other = waiting_prediction(photo_of("123")), waiting_prediction()
    poisonous = stored_pixels(photo_of("123")).shape
    read = Reader.read

    def read_or_break(reader: Reader, pictures: list[Image]) -> object:
        if any(pixels.shape == poisonous for pixels in pictures):
            raise MemoryError
        return read(reader, pictures)

    monkeypatch.setattr(Reader, "read", read_or_break)
    tasks.predict()

    assert prediction_of(poison).reason == Reason.BROKE_READER
    assert prediction_of(other).status == Status.DONE


def test_large_pictures_of_a_batch_are_read_in_groups_that_fit_into_memory(
    app: Flask, network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored_version(network)
    waiting = [waiting_prediction() for _ in range(5)]
    one = stored_pixels(photo_of("7")).nbytes
    monkeypatch.setattr(answering, "GROUP_BYTES", 2 * one)
    read = Reader.read
    groups: list[int] = []

    def count_and_read(reader: Reader, pictures: list[Image]) -> object:
        groups.append(len(pictures))
        return read(reader, pictures)

    monkeypatch.setattr(Reader, "read", count_and_read)
    tasks.predict()

    assert groups == [2, 2, 1]
    assert [prediction_of(row).number for row in waiting] == ["7"] * 5


def test_rows_of_a_dead_worker_are_taken_over_one_by_one(app: Flask, network: Path) -> None:
    stored_version(network)
    ids = [waiting_prediction() for _ in range(3)]
    with writing() as session:
        Prediction.claim(session, by="a dead worker", limit=3, lease=timedelta(seconds=-1))

    with writing() as session:
        taken = Prediction.claim(session, by="another", limit=3, lease=timedelta(seconds=-1))
    tasks.predict()

    assert len(taken) == 1
    assert {prediction_of(prediction_id).status for prediction_id in ids} == {Status.DONE}


def test_a_row_that_ended_its_worker_too_often_is_not_claimed_again(
    app: Flask, network: Path
) -> None:
    stored_version(network)
    poison = waiting_prediction()
    for _ in range(MAX_CLAIMS):
        with writing() as session:
            Prediction.claim(session, by="a dead worker", limit=1, lease=timedelta(seconds=-1))

    tasks.predict()
    assert prediction_of(poison).status == Status.READING

    with writing() as session:
        assert Prediction.give_up_on_poison(session, reason="too often") == 1
    assert prediction_of(poison).status == Status.FAILED


def test_a_worker_that_lost_its_claim_does_not_answer(
    app: Flask, network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored_version(network)
    prediction_id = waiting_prediction()
    read = Reader.read

    def read_slowly(reader: Reader, pictures: list[bytes]) -> object:
        with writing() as session:
            row = session.get_one(Prediction, prediction_id)
            row.claimed_by, row.lease_until = "another", utc_now() + timedelta(minutes=1)
        return read(reader, pictures)

    monkeypatch.setattr(Reader, "read", read_slowly)
    tasks.predict()

    prediction = prediction_of(prediction_id)
    assert (prediction.status, prediction.claimed_by) == (Status.READING, "another")


def test_a_prediction_deleted_while_it_is_read_leaves_no_files(
    app: Flask, network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored_version(network)
    prediction_id = waiting_prediction()
    storage = Extensions.of(app).storage
    read = Reader.read

    def read_slowly(reader: Reader, pictures: list[bytes]) -> object:
        with writing() as session:
            session.delete(session.get_one(Prediction, prediction_id))
        storage.delete(prediction_id)
        return read(reader, pictures)

    monkeypatch.setattr(Reader, "read", read_slowly)
    tasks.predict()

    assert storage.names(prediction_id) == []


def test_boxes_are_in_the_pixels_of_the_uploaded_picture(app: Flask, network: Path) -> None:
    stored_version(network)
    boxes = []
    for scale in (1, 3):  # the second was kept at a third of its size
        prediction_id = waiting_prediction(photo_of("4"), size=(280 * scale, 300 * scale))
        tasks.predict()
        (digit,) = prediction_of(prediction_id).digits
        boxes.append((digit.x, digit.y, digit.width, digit.height))

    small, large = boxes
    assert large == tuple(3 * side for side in small)


def test_a_picture_that_an_older_cifra_stored_is_read(app: Flask, network: Path) -> None:
    stored_version(network)
    prediction_id = waiting_prediction()
    storage = Extensions.of(app).storage
    storage.path(prediction_id, PICTURE).rename(storage.path(prediction_id, ORIGINAL))

    tasks.predict()

    assert prediction_of(prediction_id).number == "7"
