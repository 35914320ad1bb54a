"""The API: the same resources as JSON."""

from __future__ import annotations

from flask import Flask

from webapp.api import corrections, predictions, training_runs


def init_app(app: Flask) -> None:
    for resource in (predictions.resource, corrections.resource, training_runs.resource):
        # Cookies are SameSite=Lax, so no other site can post here in a visitor's name.
        app.extensions["csrf"].exempt(resource)
        app.register_blueprint(resource)
