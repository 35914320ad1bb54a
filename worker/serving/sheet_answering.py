"""Answering sheets: reads a claimed page step by step, and writes its cells into its row."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2

from webapp.imaging.uploads import UploadError
from webapp.models import ModelVersion, Reason, Sheet, SheetCell
from webapp.platform.storage import Storage
from worker.recognition.arrays import Image
from worker.serving.pixels import stored_pixels

if TYPE_CHECKING:
    from worker.recognition.reader import Reader
    from worker.recognition.sheets.cell_reader import CellReader
    from worker.recognition.sheets.sheet_reading import CellReading, SheetReading

PAGE = "page.jpg"  # the straightened page, in the storage of the sheet
JPEG_QUALITY = 82

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SheetAnswer:
    """A page's answer: its cells, or the reason why there are none."""

    reading: SheetReading | None = None
    failure: str = ""  # a `Reason`

    def settle(self, sheet: Sheet, version: ModelVersion) -> None:
        """Write the answer into the sheet's row."""
        if self.reading is None:
            sheet.fail(self.failure)
            return
        height, width = self.reading.page.shape[:2]
        sheet.succeed(
            [_cell(cell) for cell in self.reading.cells],
            size=(self.reading.rows, self.reading.columns),
            page_size=(width, height),
            is_complete=self.reading.is_complete,
            by=version,
        )


def read_sheet(
    sheet_id: str, reader: Reader, storage: Storage, on_progress: Callable[[int], None]
) -> SheetAnswer:
    """Read the stored page of a sheet; `on_progress` is called with per cents, a step apart.

    A page that breaks the reader fails alone.
    """
    from worker.recognition.sheets.sheet_reader import SheetReader  # noqa: PLC0415 (TensorFlow)

    try:
        pixels = stored_pixels(storage.read_picture(sheet_id))
    except (OSError, UploadError):
        log.exception("The picture of sheet %s cannot be read.", sheet_id)
        return SheetAnswer(failure=Reason.FILE_MISSING)
    try:
        reading = SheetReader(cell_reader(reader)).read(pixels, on_progress)
        storage.put(sheet_id, PAGE, _jpeg(reading.page))
    except Exception:
        log.exception("The page of sheet %s broke the reader.", sheet_id)
        return SheetAnswer(failure=Reason.BROKE_READER)
    return SheetAnswer(reading)


def cell_reader(reader: Reader) -> CellReader:
    """The string network where there is one, confirmed by the digit classifier."""
    from worker.recognition.sheets.cell_reader import ComponentCellReader  # noqa: PLC0415 (TensorFlow)
    from worker.recognition.sheets.confirmed_cell_reader import (  # noqa: PLC0415
        ConfirmedCellReader,
    )
    from worker.recognition.sheets.string_cell_reader import StringCellReader  # noqa: PLC0415

    digits = ComponentCellReader(reader.classifier)
    if reader.strings is None:
        return digits
    return ConfirmedCellReader(StringCellReader(reader.strings), digits)


def _cell(cell: CellReading) -> SheetCell:
    return {
        "row": cell.row,
        "column": cell.column,
        "row_span": cell.row_span,
        "column_span": cell.column_span,
        "box": list(cell.box),
        "kind": str(cell.kind),
        "text": cell.text,
        "confidence": round(cell.confidence, 4),
        "unsure": cell.is_unsure,
    }


def _jpeg(page: Image) -> bytes:
    """(height, width, 3) uint8 RGB as a JPEG."""
    pixels = cv2.cvtColor(page, cv2.COLOR_RGB2BGR)
    done, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise OSError("The page could not be written as a JPEG.")
    return encoded.tobytes()
