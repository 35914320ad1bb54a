"""The buttons that change the live version: publish, override, roll back, pin and unpin."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from webapp.accounts.guards import fresh_admin_required
from webapp.messages import Message, gettext_noop
from webapp.models import ModelVersion
from webapp.platform.database import writing
from webapp.platform.errors import on_http_error
from webapp.platform.extensions import extensions
from webapp.platform.languages import translate
from webapp.registry import publishing
from webapp.registry.forms import PublishingForm
from webapp.registry.publishing_errors import (
    FailedEvaluationError,
    PublishingError,
    UnknownVersionError,
)

pages = Blueprint("publishing", __name__, url_prefix="/admin")

CONFIRM_OVERRIDE = gettext_noop("To publish it all the same, tick the box and give a reason.")
PINNED = gettext_noop("Version %(number)s is pinned: no training replaces it until you unpin it.")
UNPINNED = gettext_noop(
    "Version %(number)s is unpinned: the next version that passes its evaluation replaces it."
)


@pages.post("/models/<int:version_id>/publication")
@fresh_admin_required
def publish(version_id: int) -> Response:
    form = PublishingForm()
    with writing() as session:
        version = publishing.publish(
            session,
            version_id,
            by=current_user,
            reason=form.reason.data,
            pinned=form.pinned.data,
            expected_live_id=form.expected_live_id,
        )
    _announce(version)
    return redirect(url_for("models.show", version_id=version_id), 303)


@pages.post("/models/<int:version_id>/override")
@fresh_admin_required
def override(version_id: int) -> Response:
    """Requires the tick and a reason; the deployment history keeps who did it, and why."""
    form = PublishingForm()
    back = redirect(url_for("models.show", version_id=version_id), 303)
    reason = form.override_reason
    if reason is None:
        flash(translate(CONFIRM_OVERRIDE))
        return back
    with writing() as session:
        version = publishing.override(
            session,
            version_id,
            by=current_user,
            reason=reason,
            expected_live_id=form.expected_live_id,
        )
    _announce(version)
    return back


@pages.post("/rollbacks")
@fresh_admin_required
def roll_back() -> Response:
    """Requires the tick and a reason as well where the version failed its evaluation."""
    form = PublishingForm()
    try:
        with writing() as session:
            version = publishing.roll_back(
                session,
                by=current_user,
                reason=form.reason.data,
                unpin=form.unpin.data,
                despite_evaluation=form.override_reason is not None,
                expected_live_id=form.expected_live_id,
            )
    except FailedEvaluationError:
        flash(translate(CONFIRM_OVERRIDE))
    else:
        _announce(version)
    return redirect(url_for("models.index"), 303)


@pages.post("/pin")
@fresh_admin_required
def pin() -> Response:
    return _set_pin(pinned=True, news=PINNED)


@pages.post("/pin/removal")
@fresh_admin_required
def unpin() -> Response:
    return _set_pin(pinned=False, news=UNPINNED)


@pages.app_errorhandler(PublishingError)
def on_publishing_error(error: PublishingError) -> Response:
    """Flash why nothing was published, on the page of the version that it is about."""
    if isinstance(error, UnknownVersionError):
        return on_http_error(NotFound())
    flash(translate(error.sentence))
    if error.version_id is None:
        return redirect(url_for("models.index"), 303)
    anchor = "override" if isinstance(error, FailedEvaluationError) else None
    return redirect(url_for("models.show", version_id=error.version_id, _anchor=anchor), 303)


def _set_pin(*, pinned: bool, news: str) -> Response:
    form = PublishingForm()
    with writing() as session:
        version = publishing.set_pin(
            session,
            pinned=pinned,
            by=current_user,
            reason=form.reason.data,
            expected_live_id=form.expected_live_id,
        )
    flash(translate(Message(news, {"number": str(version.id)})))
    return redirect(url_for("models.index"), 303)


def _announce(version: ModelVersion) -> None:
    """Notify the workers, so that one loads the version before a picture waits for it."""
    extensions.queue.enqueue_prediction()
    flash(
        gettext(
            "Version %(number)s takes over as soon as the workers have loaded it.",
            number=version.id,
        )
    )
