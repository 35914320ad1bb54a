"""My data: what Cifra keeps of a visitor, to take along or to delete. It needs no account."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template
from sqlalchemy import func, select

from webapp.access import count_own_pictures
from webapp.auth import visitor
from webapp.database import db
from webapp.export import Export
from webapp.models import Correction, utc_now
from webapp.services import services

pages = Blueprint("data", __name__, url_prefix="/account/data")


@pages.get("")
def show() -> str:
    said = select(func.count()).where(Correction.visitor == visitor())
    return render_template(
        "data/show.html",
        pictures=count_own_pictures(),
        corrections=db.session.scalar(said),
        retention=services.settings.retention,
    )


@pages.get("/export")
def export() -> Response:
    owner = visitor() or abort(404)
    mine = Export(owner, db.engine, services.storage)
    response = Response(mine.pieces(), content_type="application/zip")
    response.headers["Content-Disposition"] = f"attachment; filename=cifra-{utc_now():%Y-%m-%d}.zip"
    response.headers["Cache-Control"] = "no-store"
    return response
