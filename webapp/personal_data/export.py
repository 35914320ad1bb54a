"""An export: the pictures, readings and corrections of an owner, as a zip that is streamed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session
from zipstream import ZIP_DEFLATED, ZIP_STORED, ZipStream

from webapp.corrections.visibility import corrections_visible_to
from webapp.models import Correction, Prediction, Sheet
from webapp.personal_data.export_tables import (
    CORRECTION_COLUMNS,
    READING_COLUMNS,
    as_json,
    correction_as_row,
    reading_as_row,
    readme,
)
from webapp.platform.csv_table import as_csv
from webapp.platform.storage import Storage
from webapp.sheets.export import as_json as sheet_as_json

BATCH_SIZE = 50  # predictions in one query


@dataclass(frozen=True)
class Entry:
    """A file of the zip."""

    name: str
    content: bytes | Iterable[bytes]
    is_picture: bool = False  # compressed already


@dataclass(frozen=True)
class Export:
    """The zip of one owner. It is written after its request has ended, and does not need it."""

    owner_id: str
    engine: Engine
    storage: Storage
    language: str  # of the explanation and the reasons
    only: Set[str] | None = None  # the ids of some predictions; None for all that the owner has

    def pieces(self) -> Iterator[bytes]:
        """The bytes of the zip, a piece at a time. One picture at most is held in memory."""
        archive = ZipStream(compress_type=ZIP_DEFLATED)
        for entry in self._entries():
            compression = ZIP_STORED if entry.is_picture else ZIP_DEFLATED
            archive.add(entry.content, entry.name, compress_type=compression)
            yield from archive.file()
        yield from archive.finalize()

    def _entries(self) -> Iterator[Entry]:
        yield Entry("README.txt", readme(self.language, with_sheets=self.only is None))
        names = {}
        for prediction in chain.from_iterable(self._batches()):
            try:
                content = self.storage.read_picture(prediction.id)
            except OSError:  # deleted in the meantime, or missing
                continue
            names[prediction.id] = name = _picture_name(prediction)
            yield Entry(name, content, is_picture=True)
        yield Entry("readings.csv", as_csv(READING_COLUMNS, self._readings(names)))
        yield Entry("readings.json", as_json(self._readings(names)))
        yield Entry("corrections.csv", as_csv(CORRECTION_COLUMNS, self._corrections()))
        yield Entry("corrections.json", as_json(self._corrections()))
        if self.only is None:
            yield from self._sheets()

    def _sheets(self) -> Iterator[Entry]:
        """The photographed pages, and their tables."""
        with Session(self.engine) as session:
            ids = session.scalars(Sheet.of_owner(self.owner_id).with_only_columns(Sheet.id)).all()
        tables = []
        for sheet_id in ids:
            with Session(self.engine) as session:
                sheet = session.get(Sheet, sheet_id)
            try:
                content = self.storage.read_picture(sheet_id)
            except OSError:  # deleted in the meantime, or missing
                continue
            if sheet is not None:
                yield Entry(_picture_name(sheet), content, is_picture=True)
                tables.append({**sheet_as_json(sheet), "picture": _picture_name(sheet)})
        yield Entry("sheets.json", as_json(tables))

    def _readings(self, picture_names: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        for batch in self._batches():
            with Session(self.engine) as session:
                corrections = corrections_visible_to(self.owner_id, batch, session)
            for prediction in batch:
                picture = picture_names.get(prediction.id)
                yield reading_as_row(
                    prediction, corrections, picture=picture, language=self.language
                )

    def _corrections(self) -> Iterator[dict[str, Any]]:
        with Session(self.engine) as session:
            corrections = session.scalars(Correction.of_owner(self.owner_id)).all()
        for correction in corrections:
            if self.only is None or correction.digit.prediction_id in self.only:
                yield correction_as_row(correction)

    def _batches(self) -> Iterator[Sequence[Prediction]]:
        """The owner's predictions, newest first. No transaction stays open while they are sent."""
        newest_first = Prediction.of_owner(self.owner_id)
        with Session(self.engine) as session:
            ids = session.scalars(newest_first.with_only_columns(Prediction.id)).all()
        if self.only is not None:
            ids = [prediction_id for prediction_id in ids if prediction_id in self.only]
        for start in range(0, len(ids), BATCH_SIZE):
            query = newest_first.where(Prediction.id.in_(ids[start : start + BATCH_SIZE]))
            with Session(self.engine) as session:
                batch = session.scalars(query).all()
            yield batch


def _picture_name(prediction: Prediction | Sheet) -> str:
    """A name in the zip: the day, the id, and the type that was found in the content."""
    extension = prediction.media_type.removeprefix("image/")
    return f"pictures/{prediction.created_at:%Y-%m-%d}_{prediction.id}.{extension}"
