"""The dashboard: what an admin looks at first. Every query is bounded in time or in rows."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, render_template
from flask_babel import gettext, ngettext

from webapp.accounts.guards import admin_required
from webapp.admin import dashboard_charts as charts
from webapp.admin.disk import DiskUse, disk_use
from webapp.admin.drift import readings_by_day
from webapp.admin.feedback import feedback_by_day, feedback_by_week
from webapp.admin.traffic import Queue, queue_now, refusals_by_reason, traffic_of_the_hour
from webapp.models import Correction, Rollout, TrainingRun, Worker, utc_now
from webapp.platform.database import db
from webapp.platform.extensions import extensions

pages = Blueprint("dashboard", __name__, url_prefix="/admin")

LONG_WAIT_SECONDS = 60


@pages.get("")
@admin_required
def index() -> str:
    session, now = db.session(), utc_now()
    queue, rollout = queue_now(session, now), Rollout.now(session)
    traffic = traffic_of_the_hour(session, now)
    by_week, readings = feedback_by_week(session, now), readings_by_day(session, now)
    disk = disk_use(session, extensions.settings)
    return render_template(
        "admin/dashboard.html",
        now=now,
        queue=queue,
        rollout=rollout,
        workers=session.scalars(Worker.remembered()).all(),
        traffic=traffic,
        feedback=by_week.latest,
        disk=disk,
        warnings=list(_warnings(queue, rollout, disk)),
        refusals=refusals_by_reason(session, now),
        corrections_waiting=session.scalar(Correction.waiting()),
        last_run=session.scalar(TrainingRun.newest_first().limit(1)),
        charts=[
            charts.readings_chart(traffic),
            charts.latency_chart(traffic),
            charts.accuracy_chart(by_week),
            charts.feedback_chart(*feedback_by_day(session, now)),
            charts.confidence_chart(*readings),
            charts.refusals_chart(*readings),
        ],
    )


def _warnings(queue: Queue, rollout: Rollout, disk: DiskUse) -> Iterator[str]:
    """What an admin should look after, a sentence each."""
    if rollout.live is None:
        yield gettext("No model is published yet, so pictures wait.")
    elif rollout.live.load_error:
        yield gettext(
            "Version %(number)s could not be loaded, so an earlier one answers.",
            number=rollout.live.id,
        )
    if not rollout.workers:
        yield gettext("No worker that reads pictures is running, so pictures wait.")
    elif queue.oldest_seconds is not None and queue.oldest_seconds > LONG_WAIT_SECONDS:
        minutes = round(queue.oldest_seconds / 60)
        yield ngettext(
            "The oldest picture has waited for %(num)s minute.",
            "The oldest picture has waited for %(num)s minutes.",
            minutes,
        )
    if disk.is_scarce:
        yield gettext("Less than a tenth of the disk is free.")
