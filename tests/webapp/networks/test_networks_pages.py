"""The pages of the networks: measured side by side, and with the digits of the person."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.factories import given_prediction, settle
from webapp.networks.charts import charts
from webapp.networks.measurements import measurements

FAMILIES = ("MLP", "small CNN", "RNN", "Transformer")


def read_prediction(app: Flask, client: FlaskClient) -> str:
    """A prediction of this client that was read as a 4."""
    prediction_id = given_prediction(client)
    settle(app, prediction_id, "4")
    return prediction_id


def test_the_page_shows_every_shipped_network_with_its_figures(client: FlaskClient) -> None:
    page = client.get("/networks").text

    for family in FAMILIES:
        assert family in page
    for network in measurements().networks:
        assert f"{network.parameters:,}" in page
        assert f"{network.accuracy * 100:.2f}" in page
    assert page.count("<polyline") == len(measurements().changes) * len(measurements().networks)


def test_a_chart_goes_from_the_first_to_the_last_position_of_its_slider() -> None:
    for chart in charts(measurements()):
        assert [value for value, _ in chart.rows] == list(chart.values)
        for line in chart.lines:
            points = [tuple(map(float, point.split(","))) for point in line.points.split()]
            assert points == sorted(points)
            assert (points[0][0], points[-1][0]) == (34, 312)
            assert all(8 <= y <= 128 for _, y in points)


def test_ones_own_digit_can_be_compared_and_played_with(app: Flask, client: FlaskClient) -> None:
    prediction_id = read_prediction(app, client)
    image = f"/predictions/{prediction_id}/images/digits/0"

    for address in ("/networks", "/networks/play", "/learn/layers"):
        assert image in client.get(address).text
        assert image in client.get(f"{address}?prediction={prediction_id}").text
    answer = client.get(f"/predictions/{prediction_id}").text
    assert f"/networks/play?prediction={prediction_id}" in answer


def test_somebody_elses_prediction_is_not_found(app: Flask, client: FlaskClient) -> None:
    prediction_id = read_prediction(app, client)

    other = app.test_client()

    for address in ("/networks", "/networks/play"):
        assert other.get(f"{address}?prediction={prediction_id}").status_code == 404
        assert other.get(f"{address}?prediction=nothing").status_code == 404
        assert prediction_id not in other.get(address).text


def test_the_weights_are_loaded_only_where_a_network_is_computed_and_kept_for_a_year(
    client: FlaskClient,
) -> None:
    page = client.get("/networks/play").text
    (address,) = re.findall(r'data-weights="([^"]+)"', page)

    weights = client.get(address)

    assert weights.status_code == 200
    assert "immutable" in weights.headers["Cache-Control"]
    assert address in client.get("/").text  # for the first look at a drawing
    for other in ("/predictions", "/sheets", "/account/data"):
        assert "weights.bin" not in client.get(other).text
