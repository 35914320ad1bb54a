"""The charts of the dashboard."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import format_date, gettext

from webapp.admin.drift import Readings
from webapp.admin.feedback import Feedback, FeedbackByWeek
from webapp.admin.traffic import SLOT_MINUTES, Traffic
from webapp.models import Status
from webapp.models.time_slots import TimeSlots
from webapp.platform.charts import BARS, Chart, Scale, Series
from webapp.platform.charts.number_texts import number, percent

COLOURS_OF_VERSIONS = ("green", "blue", "accent")  # the latest one last


def readings_chart(traffic: Traffic) -> Chart:
    """Settled pictures a minute, by status."""
    series = [
        Series(name, [count[status] / SLOT_MINUTES for count in traffic.settled], colour)
        for status, name, colour in (
            (Status.DONE, gettext("Number read"), "green"),
            (Status.REFUSED, gettext("Refused"), "amber"),
            (Status.FAILED, gettext("Failed"), "red"),
        )
    ]
    totals = [sum(count.values()) / SLOT_MINUTES for count in traffic.settled]
    scale = Scale.from_zero(totals)
    return Chart(
        title=gettext("Pictures answered a minute"),
        series=series if any(totals) else [],
        labels=_minutes_ago(traffic),
        scale=scale,
        text=number(1),
        tick_text=number(scale.decimals),
        places_title=gettext("Minutes ago"),
        kind=BARS,
    )


def latency_chart(traffic: Traffic) -> Chart:
    p50 = [one.p50 if one else None for one in traffic.latencies]
    p95 = [one.p95 if one else None for one in traffic.latencies]
    scale = Scale.from_zero([value for value in p95 if value is not None])
    return Chart(
        title=gettext("Time from the upload to the answer"),
        series=[
            Series(gettext("95 in 100 within"), p95, "blue"),
            Series(gettext("Half within"), p50, "accent"),
        ],
        labels=_minutes_ago(traffic),
        scale=scale,
        text=number(2, unit="s"),
        tick_text=number(scale.decimals, unit="s"),
        places_title=gettext("Minutes ago"),
    )


def confidence_chart(days: TimeSlots, readings: Sequence[Readings]) -> Chart:
    means = [one.mean_confidence for one in readings]
    scale = Scale.fitting([mean for mean in means if mean is not None], least=0.0, most=1.0)
    return Chart(
        title=gettext("Mean confidence of the numbers read"),
        series=[Series(gettext("Confidence"), means)],
        labels=_dates(days),
        scale=scale,
        text=percent(2),
        tick_text=percent(max(scale.decimals - 2, 0)),
        places_title=gettext("Day (UTC)"),
        summary=gettext(
            "A fall may mean that people send other pictures than the network was trained on."
        ),
    )


def refusals_chart(days: TimeSlots, readings: Sequence[Readings]) -> Chart:
    shares = [one.refused for one in readings]
    scale = Scale.from_zero([share for share in shares if share is not None], at_least=0.1)
    return Chart(
        title=gettext("Share of pictures refused"),
        series=[Series(gettext("Refused"), shares, "amber")],
        labels=_dates(days),
        scale=scale,
        text=percent(1),
        tick_text=percent(max(scale.decimals - 2, 0)),
        places_title=gettext("Day (UTC)"),
    )


def accuracy_chart(feedback: FeedbackByWeek) -> Chart:
    """The accuracy that the feedback shows, a line for each of the latest versions."""
    shown = feedback.versions_shown
    colours = COLOURS_OF_VERSIONS[-len(shown) :] if shown else ()
    series = [
        Series(gettext("Version %(number)s", number=version_id), accuracies, colour)
        for version_id, colour in zip(shown, colours, strict=True)
        if (accuracies := feedback.accuracies_of(version_id))
    ]
    known = [value for one in series for value in one.values if value is not None]
    scale = Scale.fitting(known, least=0.0, most=1.0)
    return Chart(
        title=gettext("Accuracy by people's feedback"),
        series=series,
        labels=_dates(feedback.weeks),
        scale=scale,
        text=percent(1),
        tick_text=percent(max(scale.decimals - 2, 0)),
        places_title=gettext("Week from (UTC)"),
        summary=gettext(
            "The share of confirmed digits among all that people confirmed, corrected or added. "
            "People may correct errors more often than they confirm."
        ),
    )


def feedback_chart(days: TimeSlots, feedback: Sequence[Feedback]) -> Chart:
    has_any = any(one.count for one in feedback)
    scale = Scale.from_zero([one.count for one in feedback], at_least=4)
    return Chart(
        title=gettext("Digits confirmed and corrected"),
        series=[
            Series(gettext("Confirmed"), [one.confirmed for one in feedback], "green"),
            Series(gettext("Corrected"), [one.wrong for one in feedback], "accent"),
        ]
        if has_any
        else [],
        labels=_dates(days),
        scale=scale,
        text=number(),
        tick_text=number(),
        places_title=gettext("Day (UTC)"),
        kind=BARS,
    )


def _minutes_ago(traffic: Traffic) -> list[str]:
    """When each slot began: 60, 55, …, 5."""
    count = traffic.slots.count
    return [str((count - index) * SLOT_MINUTES) for index in range(count)]


def _dates(slots: TimeSlots) -> list[str]:
    """The day on which each slot begins, as "9 Nov"."""
    return [
        str(format_date(slots.start_of(number).date(), format="d MMM", rebase=False))  # type: ignore[no-untyped-call]
        for number in slots.numbers
    ]
