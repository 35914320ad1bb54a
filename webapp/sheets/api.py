"""The API of sheets: upload a page, ask for its cells, delete it."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, url_for
from flask_babel import gettext

from webapp.models import Status
from webapp.predictions.limits import limit_uploads
from webapp.predictions.request_picture import picture_in_request
from webapp.predictions.submission import QUEUE_AWAY
from webapp.sheets.deletion import delete_sheet
from webapp.sheets.export import as_json
from webapp.sheets.ownership import visible_sheet
from webapp.sheets.submission import submit_sheet

resource = Blueprint("api_sheets", __name__, url_prefix="/api/sheets")


@resource.post("")
@limit_uploads
def create() -> tuple[Response, int, dict[str, str]]:
    sheet_id, enqueued = submit_sheet(*picture_in_request())
    answer = {
        "id": sheet_id,
        "status": Status.PENDING,
        "url": url_for("sheets.show", sheet_id=sheet_id, _external=True),
    }
    if not enqueued:
        answer["note"] = gettext(QUEUE_AWAY)
    return jsonify(answer), 202, {"Location": url_for(".show", sheet_id=sheet_id)}


@resource.get("/<sheet_id>")
def show(sheet_id: str) -> Response:
    response = jsonify(as_json(visible_sheet(sheet_id)))
    response.headers["Cache-Control"] = "no-store"
    return response


@resource.delete("/<sheet_id>")
def destroy(sheet_id: str) -> tuple[str, int]:
    delete_sheet(visible_sheet(sheet_id))
    return "", 204
