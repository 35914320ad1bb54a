"""The worker's commands: `flask model …` and `flask predict`."""

from __future__ import annotations

from flask import Flask

from webapp.platform.command_language import speak_languages

# The import of these modules adds their commands to the group.
from worker.cli import (  # noqa: F401
    model,
    model_browser,
    model_evaluation,
    model_import,
    model_publishing,
    sheets,
    strings,
    training_digits,
)
from worker.cli.group import model as model_commands
from worker.cli.predict import predict


def add_commands(app: Flask) -> None:
    for command in (model_commands, predict):
        app.cli.add_command(command)
        speak_languages(command)
