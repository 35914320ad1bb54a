"""The submission of a page: its files are stored, its row is committed, a task is enqueued."""

from __future__ import annotations

from webapp.accounts.current_owner import current_owner_id, ensure_owner_id
from webapp.imaging.uploads import QueueFullError, display_name
from webapp.models import Owner, Sheet, Status, new_token
from webapp.platform.database import db, writing
from webapp.platform.extensions import extensions
from webapp.platform.rate_limits import client_address
from webapp.predictions.submission import store_files

MAX_WAITING = 100  # sheets; each takes some seconds to read


def submit_sheet(data: bytes, filename: str) -> tuple[str, bool]:
    """Accept a page; returns its id, and whether its task could be enqueued at once.

    Raises an UploadError where it is not accepted. The files are stored before the row is
    committed, so that no row names a missing file.
    """
    from webapp.imaging.sandbox import accept  # noqa: PLC0415 (the first picture starts the decoder)

    known_owner = current_owner_id()
    owner_id = ensure_owner_id()
    waiting = Sheet.count_waiting(db.session())
    db.session.rollback()
    if waiting >= MAX_WAITING:
        raise QueueFullError(waiting)
    upload = accept(data, extensions.settings, owner=known_owner, address=client_address())
    sheet = Sheet(
        id=new_token(),
        status=Status.PENDING,
        filename=display_name(filename),
        media_type=upload.media_type,
        width=upload.width,
        height=upload.height,
    )
    sheet_id = sheet.id
    store_files(upload, sheet_id, extensions.storage)
    _store_row(sheet, owner_id)
    return sheet_id, extensions.queue.enqueue_sheets()


def _store_row(sheet: Sheet, owner_id: str) -> None:
    """Commit the row for its owner. Raises OwnerDeletedError for one that was deleted meanwhile."""
    with writing() as session:
        try:
            sheet.owner_id = Owner.lock(session, owner_id).id
            session.add(sheet)
            session.flush()
        except Exception:
            extensions.storage.delete(sheet.id)
            raise
