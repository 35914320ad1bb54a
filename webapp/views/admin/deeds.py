"""What the deeds in the ledger have in common: a reason is read, and the workers are told."""

from __future__ import annotations

from flask import flash, request

from webapp.models import ModelVersion
from webapp.services import services

LONGEST_REASON = 500  # characters


def reason_given() -> str | None:
    """The admin's words; None for an empty field."""
    return request.form.get("reason", "").strip()[:LONGEST_REASON] or None


def announce(version: ModelVersion) -> None:
    """Say it on the next page, and ring, so that a worker loads it before anybody waits for it."""
    services.queue.predict_later()
    flash(f"{version.name.capitalize()} takes over as soon as it is loaded, in a moment.")
