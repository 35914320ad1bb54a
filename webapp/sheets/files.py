"""The files of a sheet: its pictures, and its exports as XLSX, CSV and JSON."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, abort, jsonify, request

from webapp.models import Sheet, Status
from webapp.platform.extensions import extensions
from webapp.platform.image_response import image_response
from webapp.platform.storage import PICTURE
from webapp.platform.xlsx_table import XLSX
from webapp.sheets.export import as_csv, as_json, as_xlsx
from webapp.sheets.ownership import own_sheets, visible_sheet

pages = Blueprint("sheet_files", __name__, url_prefix="/sheets")

MAX_PAGES = 100  # in one spreadsheet
THUMBNAIL = "thumbnail"
JPEGS = (THUMBNAIL, "page")
SEPARATORS = {"semicolon": ";", "comma": ","}


@pages.get("/<sheet_id>/images/<name>")
def image(sheet_id: str, name: str) -> Response:
    sheet = visible_sheet(sheet_id)
    storage = extensions.storage
    if name not in (PICTURE, *JPEGS):
        abort(404)
    try:
        if name in JPEGS:
            return image_response(storage.read(sheet.id, f"{name}.jpg"), "image/jpeg")
    except FileNotFoundError:
        if name != THUMBNAIL:  # a small picture has none, and is shown itself
            abort(404)
    try:
        return image_response(storage.read_picture(sheet.id), sheet.media_type)
    except FileNotFoundError:
        abort(404)


@pages.get("/<sheet_id>/export/<kind>")
def export(sheet_id: str, kind: str) -> Response:
    sheet = visible_sheet(sheet_id)
    if sheet.status != Status.DONE:
        abort(404)
    return _download([sheet], kind)


@pages.get("/export/<kind>")
def export_several(kind: str) -> Response:
    """Several of one's own pages in one file, in the order of their ids in the address."""
    ids = request.args.getlist("id")[:MAX_PAGES]
    sheets = [
        sheet
        for sheet in own_sheets([i for i in ids if i.isascii() and i.isprintable()])
        if sheet.status == Status.DONE
    ]
    return _download(sheets[::-1], kind) if sheets else abort(404)


def _download(sheets: Sequence[Sheet], kind: str) -> Response:
    if kind == "json":
        response = jsonify(as_json(sheets[0]) if len(sheets) == 1 else [as_json(s) for s in sheets])
        name = "json"
    elif kind == "csv":
        separator = SEPARATORS.get(request.args.get("separator", "semicolon"), ";")
        response = Response(as_csv(sheets, separator=separator), mimetype="text/csv")
        name = "csv"
    elif kind == "xlsx":
        response = Response(as_xlsx(sheets), mimetype=XLSX)
        name = "xlsx"
    else:
        abort(404)
    response.headers["Content-Disposition"] = f'attachment; filename="cifra-{sheets[0].id}.{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
