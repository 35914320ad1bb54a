"""Answering: reads claimed pictures, and writes the answers into their rows."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.imaging.uploads import UploadError
from webapp.models import Digit, ModelVersion, Prediction, Reason, Status
from webapp.platform.storage import Storage
from worker.recognition.arrays import Image
from worker.recognition.reading import DigitReading, Reading
from worker.serving.pixels import stored_pixels
from worker.serving.step_pictures import png

if TYPE_CHECKING:
    from worker.recognition.reader import Reader

GROUP_BYTES = 64 * 1024 * 1024  # of pixels; a batch of 32 large pictures has ten times as many

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """One picture's answer: a reading, or the reason why there is none."""

    reading: Reading | None = None
    failure: str | None = None  # a `Reason`; of a file that `flask predict` refused, a sentence

    @property
    def status(self) -> Status:
        if self.reading is None:
            return Status.FAILED
        return Status.DONE if self.reading.refusal is None else Status.REFUSED

    @property
    def reason(self) -> str | None:
        """Why there is no number; None when there is one."""
        if self.reading is None:
            return self.failure
        return None if self.reading.refusal is None else self.reading.refusal

    def settle(self, prediction: Prediction, version: ModelVersion) -> None:
        """Write the answer into the prediction's row."""
        if self.reading is None:
            prediction.fail(self.failure or Reason.BROKE_READER)
            return
        scale = self.scale_to(prediction.width, prediction.height)
        found = enumerate(self.reading.digits)
        digits = [digit_row(digit, position, scale) for position, digit in found]
        if self.reading.refusal is not None:
            prediction.refuse(self.reading.refusal, by=version, digits=digits)
        else:
            prediction.succeed(
                digits,
                number=self.reading.number or "",
                by=version,
                is_unsure=self.reading.is_unsure,
            )
            prediction.confidence = self.reading.confidence  # of its signs too

    def scale_to(self, width: int, height: int) -> float:
        """Pixels of an original of this size per pixel of the stored file, which may be smaller."""
        return max(width, height) / max(self.reading.size) if self.reading else 1.0


def read(batch: Sequence[Prediction], reader: Reader, storage: Storage) -> list[Answer]:
    """One answer a prediction, in order; a picture that breaks the reader fails alone."""
    return read_pictures((_stored_picture(p.id, storage) for p in batch), reader)


def read_pictures(pictures: Iterable[Image | Answer], reader: Reader) -> list[Answer]:
    """One answer a picture, in order; a file that could not be opened has its answer already."""
    answers = []
    for group in _groups(pictures):
        read = iter(_read_pixels([item for item in group if not isinstance(item, Answer)], reader))
        answers += [item if isinstance(item, Answer) else next(read) for item in group]
    return answers


def _groups(pictures: Iterable[Image | Answer]) -> Iterator[list[Image | Answer]]:
    """Pictures to read together, opened one after another, so that memory stays bounded."""
    group: list[Image | Answer] = []
    size = 0
    for picture in pictures:
        group.append(picture)
        size += 0 if isinstance(picture, Answer) else picture.nbytes
        if size >= GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def _read_pixels(pixels: Sequence[Image], reader: Reader) -> list[Answer]:
    """When a batch breaks the reader, each picture is read alone."""
    try:
        return [Answer(reading=reading) for reading in reader.read(pixels)]
    except Exception:
        if len(pixels) == 1:
            log.exception("A picture broke the reader.")
            return [Answer(failure=Reason.BROKE_READER)]
        log.warning("A batch broke the reader; its pictures are read one by one.")
        return [answer for picture in pixels for answer in _read_pixels([picture], reader)]


def _stored_picture(prediction_id: str, storage: Storage) -> Image | Answer:
    try:
        return stored_pixels(storage.read_picture(prediction_id))
    except OSError:
        log.exception("The picture of prediction %s cannot be read.", prediction_id)
        return Answer(failure=Reason.FILE_MISSING)
    except UploadError:
        log.exception("The picture of prediction %s cannot be decoded.", prediction_id)
        return Answer(failure=Reason.FILE_DAMAGED)
    except MemoryError:
        log.exception("The picture of prediction %s does not fit into memory.", prediction_id)
        return Answer(failure=Reason.BROKE_READER)


def digit_row(digit: DigitReading, position: int, scale: float) -> Digit:
    """The row of a digit; `scale` is the number of original pixels per pixel of the reading."""
    box = digit.glyph.box
    ink = (digit.glyph.ink * 255).round().astype("uint8")
    return Digit(
        position=position,
        row=digit.glyph.row,
        label=digit.label,
        confidence=digit.confidence,
        probabilities=list(digit.probabilities),
        x=round(box.x * scale),
        y=round(box.y * scale),
        width=round(box.width * scale),
        height=round(box.height * scale),
        ink_png=png(ink),
    )
