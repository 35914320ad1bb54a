"""Answers: what a worker says of claimed pictures, and how it is written into their rows."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import cv2

from webapp.models import Digit, ModelVersion, Prediction
from webapp.platform.storage import Storage
from worker.recognition.arrays import Image
from worker.recognition.reading import DigitReading, Reading, UnreadablePictureError

if TYPE_CHECKING:
    from worker.recognition.reader import Reader

MISSING = "The picture's file is missing, so it could not be read. Please upload it again."
BROKEN = "Something went wrong while reading this picture. Please try another one."

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """One picture's answer: a reading, or the sentence why there is none."""

    reading: Reading | None = None
    failure: str | None = None

    @property
    def status(self) -> Literal["read", "refused", "failed"]:
        if self.reading is None:
            return "failed"
        return "read" if self.reading.refusal is None else "refused"

    @property
    def reason(self) -> str | None:
        """Why there is no number, in a sentence; None when there is one."""
        if self.reading is None:
            return self.failure
        return None if self.reading.refusal is None else self.reading.refusal.sentence

    def settle(self, prediction: Prediction, version: ModelVersion) -> None:
        """Write the answer into the prediction's row."""
        if self.reading is None:
            prediction.fail(self.failure or BROKEN)
            return
        original = max(prediction.width, prediction.height)  # what was kept may be smaller
        scale = original / max(self.reading.size)
        found = enumerate(self.reading.digits)
        digits = [_row(digit, position, scale) for position, digit in found]
        if self.reading.refusal is not None:
            prediction.refuse(self.reading.refusal.sentence, by=version, digits=digits)
        else:
            prediction.succeed(digits, number=self.reading.number or "", by=version)


def read(batch: Sequence[Prediction], reader: Reader, storage: Storage) -> list[Answer]:
    """One answer a prediction, in order; a picture that breaks the reader fails alone."""
    pictures = {}
    for prediction in batch:
        try:
            pictures[prediction.id] = storage.read_picture(prediction.id)
        except OSError:
            log.exception("The picture of prediction %s cannot be read.", prediction.id)
    readings = dict(zip(pictures, read_pictures(list(pictures.values()), reader), strict=True))
    answers = []
    for prediction in batch:
        answer = readings.get(prediction.id, Answer(failure=MISSING))
        if answer.reading is not None:
            _keep_steps(prediction.id, answer.reading, storage)
        answers.append(answer)
    return answers


def read_pictures(pictures: Sequence[bytes], reader: Reader) -> list[Answer]:
    """One answer a picture, in order; when a batch breaks the reader, each is read alone."""
    try:
        return [_answer(result) for result in reader.read(pictures)]
    except Exception:
        if len(pictures) == 1:
            log.exception("A picture broke the reader.")
            return [Answer(failure=BROKEN)]
        log.warning("A batch broke the reader; its pictures are read one by one.")
        return [answer for picture in pictures for answer in read_pictures([picture], reader)]


def _answer(result: Reading | UnreadablePictureError) -> Answer:
    if isinstance(result, UnreadablePictureError):
        return Answer(failure=str(result))
    return Answer(reading=result)


def _keep_steps(prediction_id: str, reading: Reading, storage: Storage) -> None:
    """Keep the pictures on the way to 28×28; an answer without them is still an answer."""
    try:
        for number, step in enumerate(reading.steps):
            name = re.sub(r"[^a-z0-9]+", "-", step.name.lower())
            storage.put(prediction_id, f"step-{number}-{name}.png", _png(step.image), durably=False)
    except OSError:
        log.exception("The steps of prediction %s could not be kept.", prediction_id)


def _row(digit: DigitReading, position: int, scale: float) -> Digit:
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
        ink_png=_png(ink),
    )


def _png(image: Image) -> bytes:
    """8-bit grey (height, width), or RGB (height, width, 3), as a PNG."""
    pixels = cv2.cvtColor(image, cv2.COLOR_RGB2BGR) if image.ndim == 3 else image
    done, encoded = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 3])
    if not done:
        raise OSError("The picture could not be written as a PNG.")
    return encoded.tobytes()
