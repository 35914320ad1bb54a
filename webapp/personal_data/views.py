"""Your data: a page that counts it, and its export. Both work without an account."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template
from sqlalchemy import func, select

from webapp.accounts.current_owner import current_owner_id
from webapp.accounts.ownership import count_own_pictures
from webapp.models import Correction, utc_now
from webapp.personal_data.export import Export
from webapp.platform.database import db
from webapp.platform.extensions import extensions
from webapp.platform.languages import current_language
from webapp.platform.rate_limits import rate_limit

pages = Blueprint("personal_data", __name__, url_prefix="/account/data")


@pages.get("")
def show() -> str:
    corrections = select(func.count()).where(Correction.owner_id == current_owner_id())
    return render_template(
        "personal_data/show.html",
        pictures=count_own_pictures(),
        corrections=db.session.scalar(corrections),
        retention=extensions.settings.retention,
    )


@pages.get("/export")
@rate_limit("exports_per_person", "hour", scope="exports", key=current_owner_id)
def export() -> Response:
    owner_id = current_owner_id() or abort(404)
    archive = Export(owner_id, db.engine, extensions.storage, current_language())
    response = Response(archive.pieces(), content_type="application/zip")
    response.headers["Content-Disposition"] = f"attachment; filename=cifra-{utc_now():%Y-%m-%d}.zip"
    response.headers["Cache-Control"] = "no-store"
    return response
