"""Numbers as they are written: with points, signs, gaps and doubts."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.factories import given_prediction, settle


def given_number(app: Flask, client: FlaskClient, number: str, *, is_unsure: bool = False) -> str:
    prediction_id = given_prediction(client)
    settle(app, prediction_id, number, is_unsure=is_unsure)
    return prediction_id


def test_a_number_is_shown_as_it_is_written(app: Flask, client: FlaskClient) -> None:
    for number, shown in (("5.23", "5.23"), ("-42", "−42"), ("12/04/2023", "12/04/2023")):
        page = client.get(f"/predictions/{given_number(app, client, number)}").text

        assert f"<span>{shown}</span>" in page
        assert "Please check it" not in page


def test_doubts_gaps_and_sums_are_said(app: Flask, client: FlaskClient) -> None:
    page = client.get(f"/predictions/{given_number(app, client, '3+4?=7', is_unsure=True)}").text
    assert "Cifra is not certain of this number. Please check it." in page
    assert "A question mark stands for a mark that Cifra could not read." in page

    page = client.get(f"/predictions/{given_number(app, client, '3+4=7')}").text
    assert "This is a calculation, not a single number." in page


def test_the_api_gives_the_text_the_kind_and_the_value(app: Flask, client: FlaskClient) -> None:
    prediction_id = given_number(app, client, "-5,5", is_unsure=True)

    reading = client.get(f"/api/predictions/{prediction_id}").get_json()

    assert (reading["number"], reading["kind"], reading["value"]) == ("-5,5", "number", "-5.5")
    assert reading["is_unsure"] is True
    assert reading["rows"] == [{"text": "-5,5", "kind": "number", "value": "-5.5"}]


def test_each_of_several_rows_has_its_own_value(app: Flask, client: FlaskClient) -> None:
    reading = client.get(f"/api/predictions/{given_number(app, client, '5.2|12:30')}").get_json()

    assert [row["value"] for row in reading["rows"]] == ["5.2", None]
    assert (reading["kind"], reading["value"]) == (None, None)


def test_a_corrected_number_keeps_its_signs(app: Flask, client: FlaskClient) -> None:
    for read, typed, corrected in (
        ("-5.23", "5.28", "-5.28"),
        ("12/04/2023", "12/07/2023", "12/07/2023"),
        ("4?2", "412", "412"),
        ("4.2|5.3", "4.2 5.8", "4.2|5.8"),
    ):
        prediction_id = given_number(app, client, read)
        client.post(f"/predictions/{prediction_id}/correction", data={"number": typed})

        reading = client.get(f"/api/predictions/{prediction_id}").get_json()
        assert reading["number"] == read
        assert reading["number_as_corrected"] == corrected


def test_a_number_with_signs_can_be_confirmed(app: Flask, client: FlaskClient) -> None:
    prediction_id = given_number(app, client, "5.23")

    client.post(f"/predictions/{prediction_id}/confirmation")

    reading = client.get(f"/api/predictions/{prediction_id}").get_json()
    assert reading["number_as_corrected"] == "5.23"
