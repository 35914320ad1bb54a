"""The API: the same resources as JSON."""

from __future__ import annotations

from flask import Flask

from webapp.api import corrections, foreign_pages, predictions, training_runs


def init_app(app: Flask) -> None:
    foreign_pages.init_app(app)
    for resource in (predictions.resource, corrections.resource, training_runs.resource):
        app.extensions["csrf"].exempt(resource)  # programs have no token; see foreign_pages
        app.register_blueprint(resource)
