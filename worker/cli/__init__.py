"""The worker's commands: `flask model …` and `flask predict`."""

from __future__ import annotations

from flask import Flask

from worker.cli.model import model
from worker.cli.predict import predict


def add_commands(app: Flask) -> None:
    app.cli.add_command(model)
    app.cli.add_command(predict)
