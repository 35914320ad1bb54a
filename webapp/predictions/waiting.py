"""Waiting for a reading within the request that uploads or asks (`Prefer: wait`, RFC 7240)."""

from __future__ import annotations

from sqlalchemy import select
from werkzeug.datastructures import Headers

from webapp.models import Prediction
from webapp.models.status import SETTLED
from webapp.platform.database import db
from webapp.platform.extensions import extensions

MAX_SECONDS = 10  # clients and proxies give up on a longer silence


def preferred_wait(headers: Headers) -> int:
    """The seconds that a client prefers to wait, at most MAX_SECONDS; 0 where it does not say."""
    for line in headers.getlist("Prefer"):
        for preference in line.split(","):
            name, _, text = preference.split(";")[0].partition("=")
            if name.strip().lower() == "wait":
                digits = text.strip().strip('"')
                return min(int(digits), MAX_SECONDS) if _is_number(digits) else 0
    return 0


def is_settled_within(prediction_id: str, seconds: float) -> bool:
    """Wait until a prediction is settled, at most for some seconds; returns whether it is."""
    db.session.close()  # its connection is free for others meanwhile
    return extensions.notifications.wait(prediction_id, lambda: _is_settled(prediction_id), seconds)


def _is_settled(prediction_id: str) -> bool:
    query = select(Prediction.status).where(Prediction.id == prediction_id)
    with db.engine.connect() as connection:
        return connection.scalar(query) in (*SETTLED, None)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 9
