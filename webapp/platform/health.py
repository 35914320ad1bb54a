"""For machines: whether this process is alive, and what an installed app is called."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify

pages = Blueprint("health", __name__)


@pages.get("/healthz")
def health() -> Response:
    return jsonify(status="ok")


@pages.get("/favicon.ico")
def favicon() -> Response:
    return current_app.send_static_file("favicon.svg")
