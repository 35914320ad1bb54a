"""The pages of sheets: upload a page, see and review its grid, retry, delete."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from webapp.accounts.current_owner import hand_out_owner
from webapp.imaging.uploads import NoPictureError, UploadError, display_name
from webapp.models import Status
from webapp.platform.database import writing
from webapp.platform.extensions import extensions
from webapp.platform.languages import translate
from webapp.predictions.limits import limit_uploads
from webapp.predictions.request_picture import NoPictureFieldError, picture_in_form
from webapp.predictions.submission import QUEUE_AWAY
from webapp.sheets.deletion import delete_sheet
from webapp.sheets.grid import Checks, Grid
from webapp.sheets.marks import name_of, sign_of
from webapp.sheets.ownership import is_own, latest_sheets, own_sheet, visible_sheet
from webapp.sheets.review import save_review
from webapp.sheets.submission import submit_sheet

pages = Blueprint("sheets", __name__, url_prefix="/sheets")

LATEST = 50


@pages.get("")
def index() -> str:
    hand_out_owner()  # so that several pages uploaded at once have one owner
    return _index()


def _index(problem: str | None = None, filename: str | None = None) -> str:
    return render_template(
        "sheets/index.html",
        sheets=latest_sheets(LATEST),
        problem=problem,
        filename=filename,
        max_bytes=extensions.settings.max_upload_bytes,
        Status=Status,
    )


@pages.post("")
@limit_uploads
def create() -> Response | tuple[str, int, dict[str, str]]:
    filename = None
    try:
        content, filename = picture_in_form()
        sheet_id, enqueued = submit_sheet(content, filename)
    except NoPictureFieldError:
        return _refused(NoPictureError())
    except UploadError as error:
        return _refused(error, filename)
    if not enqueued:
        flash(translate(QUEUE_AWAY))
    return redirect(url_for(".show", sheet_id=sheet_id), 303)


@pages.get("/<sheet_id>")
def show(sheet_id: str) -> str:
    sheet = visible_sheet(sheet_id)
    return render_template(
        "sheets/show.html",
        sheet=sheet,
        grid=Grid.of(sheet),
        checks=Checks.of(sheet),
        sign_of=sign_of,
        name_of=name_of,
        is_own=is_own(sheet),
        Status=Status,
    )


@pages.post("/<sheet_id>/review")
def review(sheet_id: str) -> Response:
    with writing() as session:
        sheet = own_sheet(session, sheet_id)
        if sheet.status == Status.DONE:
            save_review(sheet, request.form)
    flash(gettext("Saved."))
    return redirect(url_for(".show", sheet_id=sheet_id), 303)


@pages.post("/<sheet_id>/attempts")
@limit_uploads
def retry(sheet_id: str) -> Response:
    with writing() as session:
        own_sheet(session, sheet_id).retry()
    if not extensions.queue.enqueue_sheets():
        flash(translate(QUEUE_AWAY))
    return redirect(url_for(".show", sheet_id=sheet_id), 303)


@pages.get("/<sheet_id>/deletion")
def new_deletion(sheet_id: str) -> str:
    sheet = visible_sheet(sheet_id)
    return render_template("sheets/delete.html", sheet=sheet, is_own=is_own(sheet))


@pages.post("/<sheet_id>/deletion")
def create_deletion(sheet_id: str) -> Response:
    delete_sheet(visible_sheet(sheet_id))
    flash(gettext("The page and its table are deleted."))
    return redirect(url_for(".index"), 303)


def _refused(error: UploadError, filename: str | None = None) -> tuple[str, int, dict[str, str]]:
    """The page again, with the reason why a picture was refused."""
    shown = display_name(filename) if filename else None
    return _index(translate(error.sentence), shown), error.status, error.headers
