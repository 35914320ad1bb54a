"""An export: all that a person gave and said, as one zip that is sent while it is written."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from webapp.corrections.visibility import (
    VisibleCorrections,
    corrections_visible_to,
    number_as_corrected,
)
from webapp.models import Correction, Digit, Prediction, utc_now
from webapp.platform.storage import Storage

AT_ONCE = 50  # predictions fetched together
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take a cell for

READING_COLUMNS = {
    "id": "which reading; its page is /predictions/ and this id",
    "given_at": "when you gave the picture (ISO 8601, UTC)",
    "picture": "its file in this zip; empty where the file is lost",
    "name": "what you called the file",
    "width": "of the picture, in pixels",
    "height": "of the picture, in pixels",
    "status": "pending, reading, done, refused or failed",
    "number": "what was read; rows are parted by a bar",
    "number_as_corrected": "the same after corrections; empty where nobody corrected it",
    "confidence": "of the least certain digit, from 0 to 1",
    "reason": "why there is no number",
    "settled_at": "when it was answered (ISO 8601, UTC)",
    "model_version": "which version of the model answered",
}
CORRECTION_COLUMNS = {
    "reading": "the id of the reading",
    "position": "which digit of it, from 0 on, in reading order",
    "said_at": "when you said it (ISO 8601, UTC)",
    "label": "what you say it is: 0 to 9; empty for “not a digit”",
    "read_as": "what was read, 0 to 9",
    "verdict": "what an admin made of it: waiting, approved or rejected",
    "decided_at": "when (ISO 8601, UTC)",
}

README = """What Cifra keeps of you
=======================

pictures/         the pictures that you gave, as they are kept
readings.csv      one line a picture
readings.json     the same, with each digit: its box in the picture (x, y, width, height in
                  pixels), and the probability of each label from 0 to 9
corrections.csv   one line for each digit of which you said what it is
corrections.json  the same

A cell of a CSV file that begins with = + - or @ has a ' before it, so that no spreadsheet takes
it for a formula. The JSON files have everything as it is.

readings
--------
{readings}

corrections
-----------
{corrections}
"""


@dataclass(frozen=True)
class _Entry:
    """A file of the zip."""

    name: str
    pieces: Iterable[bytes]
    is_picture: bool = False


@dataclass(frozen=True)
class Export:
    """What a visitor's zip is made of. It is written after its request is over, and needs none."""

    owner_id: str
    engine: Engine
    storage: Storage

    def pieces(self) -> Iterator[bytes]:
        """The bytes of the zip, a piece at a time; no more than a few pictures are in memory."""
        outlet = _Outlet()
        with ZipFile(cast("Any", outlet), "w") as archive:
            for entry in self._entries():
                info = ZipInfo(entry.name, utc_now().timetuple()[:6])
                info.compress_type = ZIP_STORED if entry.is_picture else ZIP_DEFLATED
                info.external_attr = 0o644 << 16
                with archive.open(info, "w") as file:
                    for piece in entry.pieces:
                        file.write(piece)
                        yield outlet.drain()
        yield outlet.drain()

    def _entries(self) -> Iterator[_Entry]:
        yield _Entry("README.txt", [_readme().encode()])
        kept = {}
        for prediction in chain.from_iterable(self._batches()):
            try:
                content = self.storage.read_picture(prediction.id)
            except OSError:  # deleted meanwhile, or lost
                continue
            kept[prediction.id] = name = _picture_name(prediction)
            yield _Entry(name, [content], is_picture=True)
        yield _Entry("readings.csv", _csv(READING_COLUMNS, self._readings(kept)))
        yield _Entry("readings.json", _json(self._readings(kept, with_digits=True)))
        yield _Entry("corrections.csv", _csv(CORRECTION_COLUMNS, self._corrections()))
        yield _Entry("corrections.json", _json(self._corrections()))

    def _readings(
        self, kept: Mapping[str, str], *, with_digits: bool = False
    ) -> Iterator[dict[str, Any]]:
        for batch in self._batches():
            with Session(self.engine) as session:
                words = corrections_visible_to(self.owner_id, batch, session)
            for prediction in batch:
                reading = _reading(prediction, words, kept)
                if with_digits:
                    reading["digits"] = [_digit(digit) for digit in prediction.digits]
                yield reading

    def _corrections(self) -> Iterator[dict[str, Any]]:
        with Session(self.engine) as session:
            said = session.scalars(Correction.of_owner(self.owner_id)).all()
        return map(_correction, said)

    def _batches(self) -> Iterator[Sequence[Prediction]]:
        """A few at a time, newest first. No transaction stays open while the line is slow."""
        newest_first = Prediction.of_owner(self.owner_id)
        with Session(self.engine) as session:
            ids = session.scalars(newest_first.with_only_columns(Prediction.id)).all()
        for start in range(0, len(ids), AT_ONCE):
            some = newest_first.where(Prediction.id.in_(ids[start : start + AT_ONCE]))
            with Session(self.engine) as session:
                batch = session.scalars(some).all()
            yield batch


def _reading(
    prediction: Prediction, words: VisibleCorrections, kept: Mapping[str, str]
) -> dict[str, Any]:
    settled_at = prediction.settled_at
    return {
        "id": prediction.id,
        "given_at": prediction.created_at.isoformat(),
        "picture": kept.get(prediction.id),
        "name": prediction.filename,
        "width": prediction.width,
        "height": prediction.height,
        "status": prediction.status,
        "number": prediction.number,
        "number_as_corrected": number_as_corrected(prediction, words),
        "confidence": prediction.confidence,
        "reason": prediction.reason,
        "settled_at": settled_at.isoformat() if settled_at else None,
        "model_version": prediction.model_version_id,
    }


def _digit(digit: Digit) -> dict[str, Any]:
    return {
        "position": digit.position,
        "row": digit.row,
        "label": digit.label,
        "confidence": digit.confidence,
        "probabilities": digit.probabilities,
        "box": [digit.x, digit.y, digit.width, digit.height],
    }


def _correction(word: Correction) -> dict[str, Any]:
    return {
        "reading": word.digit.prediction_id,
        "position": word.digit.position,
        "said_at": word.created_at.isoformat(),
        "label": word.label,
        "read_as": word.read_as,
        "verdict": word.verdict,
        "decided_at": word.decided_at.isoformat() if word.decided_at else None,
    }


def _picture_name(prediction: Prediction) -> str:
    """Our own name: the day, the id, and the type that was found in the content."""
    ending = prediction.media_type.removeprefix("image/")
    return f"pictures/{prediction.created_at:%Y-%m-%d}_{prediction.id}.{ending}"


def _csv(columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """A byte-order mark first, so that Excel reads the letters as UTF-8."""
    line = io.StringIO(newline="")
    writer = csv.writer(line)
    line.write("\ufeff")
    writer.writerow(columns)
    yield line.getvalue().encode()
    for row in rows:
        line.seek(0)
        line.truncate()
        writer.writerow(_cell(row[name]) for name in columns)
        yield line.getvalue().encode()


def _cell(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets a quote before it (OWASP)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _json(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    before = "[\n"
    for row in rows:
        yield f"{before}{json.dumps(row, ensure_ascii=False)}".encode()
        before = ",\n"
    yield b"\n]\n" if before == ",\n" else b"[]\n"


def _readme() -> str:
    return README.format(readings=_told(READING_COLUMNS), corrections=_told(CORRECTION_COLUMNS))


def _told(columns: Mapping[str, str]) -> str:
    return "\n".join(f"{name:<21}{meaning}" for name, meaning in columns.items())


@dataclass
class _Outlet:
    """What the zip is written to: it cannot be sought in, and is emptied again and again."""

    _pieces: list[bytes] = field(default_factory=list)

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def drain(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken
