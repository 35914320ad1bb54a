"""A rereading: the live version reads all corrected pictures again, and counts the right ones.

It is asked for, awaited and shown on the page of the live version.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from webapp.accounts.guards import admin_required
from webapp.corrections.review import count_training_corrections
from webapp.models import ModelVersion, utc_now
from webapp.platform.database import db
from webapp.platform.extensions import extensions

pages = Blueprint("rereadings", __name__, url_prefix="/admin/rereading")

PATIENCE = timedelta(minutes=2)
SECTION = "rereading"  # its anchor on the version's page


@dataclass(frozen=True)
class Rereading:
    """The latest result of the live version, and whether another one is awaited."""

    corrections: int  # that are approved now
    count: int | None = None  # corrected pictures that were read again; None: never
    right_then: int = 0  # by the models that read them first
    right_now: int = 0
    finished_at: datetime | None = None
    asked: datetime | None = None  # when the button was pressed, by the page's address

    @property
    def is_awaited(self) -> bool:
        return self.asked is not None and (
            self.finished_at is None or self.finished_at < self.asked
        )

    @property
    def is_overdue(self) -> bool:
        """Whether it should have been done by now."""
        return self.is_awaited and self.asked is not None and utc_now() - self.asked > PATIENCE

    @property
    def more(self) -> int:
        """How many more pictures are read right than when they were first read."""
        return self.right_now - self.right_then


@pages.post("")
@admin_required
def create() -> Response:
    asked = utc_now().isoformat(timespec="seconds")
    if not extensions.queue.enqueue_rereading():
        flash(gettext("The queue cannot be reached at the moment. Press again in a minute."))
        return _to_live_version()
    return _to_live_version(asked=asked)


@pages.get("")
@admin_required
def show() -> Response:
    """The result had a page of its own; its address leads to the live version's page."""
    return _to_live_version()


def rereading_of(version: ModelVersion) -> Rereading:
    """What the page of the live version shows."""
    corrections, asked = count_training_corrections(), _asked_at(request.args.get("asked", ""))
    stored = version.scores.get("reread")
    if not stored:
        return Rereading(corrections, asked=asked)
    return Rereading(
        corrections,
        count=stored["count"],
        right_then=stored["right_then"],
        right_now=stored["right_now"],
        finished_at=datetime.fromisoformat(stored["at"]),
        asked=asked,
    )


def _to_live_version(asked: str | None = None) -> Response:
    live = db.session.scalar(ModelVersion.current())
    if live is None:
        flash(gettext("There is no model yet to read them with."))
        return redirect(url_for("models.index"), 303)
    page = url_for("models.show", version_id=live.id, asked=asked, _anchor=SECTION)
    return redirect(page, 303)


def _asked_at(text: str) -> datetime | None:
    """When the button was pressed; None where the page is opened without a press."""
    try:
        asked = datetime.fromisoformat(text)
    except ValueError:
        return None
    return asked if asked.tzinfo else None
