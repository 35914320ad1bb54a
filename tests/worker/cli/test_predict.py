"""`flask predict`: a file is accepted, decoded and refused exactly as an upload is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

from tests.support.hostile import bombs_and_lies, file_of, png, seven
from tests.support.pictures import photo_of
from tests.support.records import stored_version
from tests.webapp.factories import post_api
from tests.worker.cli.test_commands import flask

REFUSED = bombs_and_lies()


@pytest.fixture
def reading(app: Flask, network: Path) -> Flask:
    stored_version(network)
    return app


def predicted(app: Flask, *files: Path) -> list[dict[str, object]]:
    result = flask(app, "predict", "--json", *files)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_file_is_refused_with_the_sentence_of_the_web(reading: Flask, tmp_path: Path) -> None:
    client = reading.test_client()
    names = list(REFUSED)
    files = [tmp_path / str(number) for number in range(len(names))]
    for file, name in zip(files, names, strict=True):
        file.write_bytes(REFUSED[name])

    reasons = {
        name: line["reason"] for name, line in zip(names, predicted(reading, *files), strict=True)
    }

    sentences = {name: post_api(client, REFUSED[name]).get_json()["error"] for name in names}
    assert reasons == sentences


def test_a_file_over_the_limit_is_refused_with_the_sentence_of_the_web(
    reading: Flask, tmp_path: Path
) -> None:
    too_large = png() + bytes(20 * 1024 * 1024)
    (tmp_path / "large.png").write_bytes(too_large)

    (line,) = predicted(reading, tmp_path / "large.png")

    assert line["reason"] == post_api(reading.test_client(), too_large).get_json()["error"]


def test_boxes_are_in_the_pixels_of_the_file(reading: Flask, tmp_path: Path) -> None:
    (tmp_path / "small.png").write_bytes(photo_of("7"))
    (tmp_path / "large.jpg").write_bytes(file_of(seven(size=(4000, 4000)), "JPEG"))

    small, large = predicted(reading, tmp_path / "small.png", tmp_path / "large.jpg")

    (digit,) = large["digits"]  # type: ignore[misc]
    left, top, width, height = digit["box"]
    assert left == pytest.approx(0.3 * 4000, abs=250)
    assert top == pytest.approx(0.25 * 4000, abs=250)
    assert width == pytest.approx(0.4 * 4000, abs=400)
    assert height == pytest.approx(0.55 * 4000, abs=400)
    assert small["number"] == "7"
