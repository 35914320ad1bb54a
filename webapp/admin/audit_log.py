"""The audit log's page: the actions of admins, newest first. Nothing changes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext
from sqlalchemy import Select

from webapp.accounts.guards import admin_required
from webapp.admin.forms import AuditFilterForm
from webapp.models import AuditAction, AuditEntry, User
from webapp.platform.database import db
from webapp.platform.extensions import extensions
from webapp.platform.languages import translate

pages = Blueprint("audit", __name__, url_prefix="/admin/audit")

TOGETHER = timedelta(seconds=2)  # between two actions of one press of a button
MOST_ENTRIES = 1000  # that a page reads; a longer press is continued on the next page


@dataclass(frozen=True)
class Press:
    """The entries of one press of a button, such as the approvals of many corrections."""

    entries: list[AuditEntry]  # the newest first

    @property
    def newest(self) -> AuditEntry:
        return self.entries[0]

    @property
    def oldest(self) -> AuditEntry:
        return self.entries[-1]

    def continues_with(self, older: AuditEntry) -> bool:
        newer = self.oldest
        return newer.at - older.at <= TOGETHER and _what(newer) == _what(older)


@pages.get("")
@admin_required
def index() -> str:
    filters = AuditFilterForm(request.args)
    if not filters.validate():
        abort(404)
    page_size = extensions.settings.page_size
    presses, has_more = _page(db.session.scalars(_query(filters)).all(), page_size)
    return render_template(
        "admin/audit_log.html",
        filters=filters,
        actions=[*AuditAction],
        admins=db.session.scalars(User.admins()).all(),
        presses=presses,
        subject_of=subject_of,
        older=presses[-1].oldest.id if has_more else None,
        chosen={
            name: value
            for name, value in request.args.items()
            if value and name in ("action", "person", "from", "to")
        },
    )


def _query(filters: AuditFilterForm) -> Select[tuple[AuditEntry]]:
    query = AuditEntry.newest_first().limit(MOST_ENTRIES)
    if filters.action.data:
        query = query.where(AuditEntry.action == filters.action.data)
    if filters.person.data:
        query = query.where(AuditEntry.email == filters.person.data)
    if filters.begins:
        query = query.where(AuditEntry.at >= filters.begins)
    if filters.ends:
        query = query.where(AuditEntry.at < filters.ends)
    if filters.before.data:
        query = query.where(AuditEntry.id < filters.before.data)
    return query


def _page(entries: Iterable[AuditEntry], page_size: int) -> tuple[list[Press], bool]:
    """As many presses as a page has, and whether there are older entries."""
    presses: list[Press] = []
    read = 0
    for entry in entries:
        read += 1
        if presses and presses[-1].continues_with(entry):
            presses[-1].entries.append(entry)
        elif len(presses) == page_size:
            return presses, True
        else:
            presses.append(Press([entry]))
    return presses, read == MOST_ENTRIES


def _what(entry: AuditEntry) -> tuple[object, ...]:
    return entry.user_id, entry.email, entry.action, entry.address, entry.note


def subject_of(entry: AuditEntry) -> str:
    """What the action was done to, in the language of the page; an e-mail address as it is."""
    if found := re.fullmatch(r"(?:to )?version (\d+)", entry.subject):
        return gettext("version %(number)s", number=found[1])
    if found := re.fullmatch(r"run (\d+)", entry.subject):
        return gettext("run %(number)s", number=found[1])
    if found := re.fullmatch(r"prediction (\S+)", entry.subject):
        return gettext("prediction %(id)s", id=found[1])
    if found := re.fullmatch(r"correction (\d+): (.+)", entry.subject):
        label = translate(found[2])
        return gettext("correction %(number)s: %(label)s", number=found[1], label=label)
    return entry.subject
