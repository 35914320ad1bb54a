"""The worker's commands: `flask model …` and `flask predict`."""

from __future__ import annotations

from flask import Flask

# The import of these modules adds their commands to the group.
from worker.cli import model, model_import, model_publishing, strings, training_digits  # noqa: F401
from worker.cli.group import model as model_commands
from worker.cli.predict import predict


def add_commands(app: Flask) -> None:
    app.cli.add_command(model_commands)
    app.cli.add_command(predict)
