"""Other settings for an app that is made already."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Flask

from webapp.platform.extensions import Extensions


def change_settings(app: Flask, **changes: Any) -> None:
    held = Extensions.of(app)
    app.extensions["cifra"] = replace(held, settings=replace(held.settings, **changes))
