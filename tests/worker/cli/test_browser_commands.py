"""`flask model export-browser`: what browsers load is what `models/` holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from worker.cli.model_browser import MEASUREMENTS, NETWORKS, SHIPPED, STATIC, export_browser
from worker.recognition.network.model_card import read_card


def test_the_committed_files_are_those_that_the_command_writes(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        result = CliRunner().invoke(export_browser, ["--output", str(tmp_path)])

    assert result.exit_code == 0, result.output
    for name in ("weights.bin", "manifest.json", "digits.json"):
        assert (tmp_path / name).read_bytes() == (STATIC / name).read_bytes(), name
    assert (tmp_path / "digits.png").is_file()


def test_the_measured_networks_are_those_of_the_files() -> None:
    measured = json.loads(MEASUREMENTS.read_text(encoding="utf-8"))["networks"]

    assert tuple(row["name"] for row in measured) == NETWORKS
    for row in measured:
        path = SHIPPED / f"{row['name']}.keras"
        card = read_card(path)
        assert card is not None
        assert (row["parameters"], row["bytes"]) == (card.parameters, path.stat().st_size)
        assert row["accuracy"] == pytest.approx(card.scores["accuracy"], abs=3e-4)
