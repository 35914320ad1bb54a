"""`flask predict`: reads pictures from the terminal, without server or queue."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask.cli import with_appcontext
from flask_babel import gettext

from webapp.imaging.sandbox import accept
from webapp.imaging.uploads import TooLargeError, Upload, UploadError
from webapp.messages import gettext_noop
from webapp.platform.extensions import extensions
from webapp.platform.languages import translate
from webapp.platform.template_filters import percent, reason
from webapp.predictions.schemas import number_as_json, reading_as_json
from webapp.settings import Settings
from worker.model_files.store import files_to_read_with
from worker.model_files.strings import shipped_strings
from worker.serving.answering import Answer, digit_row, read_pictures
from worker.serving.pixels import stored_pixels

if TYPE_CHECKING:
    from worker.recognition.reader import Reader

FILES_AT_ONCE = 16  # few enough to stream, enough to use the network well


@dataclass(frozen=True)
class FileAnswer:
    """One file's answer, and the size of the picture in it."""

    name: str
    answer: Answer
    width: int = 0  # pixels, of the upright original; 0 for a file that was refused
    height: int = 0


@click.command("predict")
@click.argument("files", metavar="FILE…", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help=gettext_noop("One JSON object a line."))
@click.option(
    "--model", type=click.Path(path_type=Path, exists=True), help=gettext_noop("A model file.")
)
@with_appcontext
def predict(files: tuple[str, ...], as_json: bool, model: Path | None) -> None:
    """Read the digits in picture files; no server, queue or database is needed.

    A file is accepted, decoded and refused exactly as an upload is.
    """
    if model:
        _inspect(model)
    reader = _reader([model] if model else files_to_read_with(extensions.settings.models_dir))
    for names in _batches(files):
        for result in _results(names, reader, extensions.settings):
            click.echo(json.dumps(_as_json(result)) if as_json else _as_text(result))


def _batches(files: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(files), FILES_AT_ONCE):
        yield files[start : start + FILES_AT_ONCE]


def _results(names: tuple[str, ...], reader: Reader, settings: Settings) -> list[FileAnswer]:
    """One result a file, in order."""
    uploads = [_accepted(Path(name), settings) for name in names]
    pictures = (u if isinstance(u, Answer) else stored_pixels(u.picture) for u in uploads)
    answers = read_pictures(pictures, reader)
    results = []
    for name, upload, answer in zip(names, uploads, answers, strict=True):
        size = (0, 0) if isinstance(upload, Answer) else (upload.width, upload.height)
        results.append(FileAnswer(name, answer, *size))
    return results


def _accepted(path: Path, settings: Settings) -> Upload | Answer:
    """The file as an upload, or the reason why it is refused."""
    try:
        if not path.is_file():
            return Answer(failure=gettext("There is no such file."))
        if path.stat().st_size > settings.max_upload_bytes:
            raise TooLargeError(settings.max_upload_bytes)
        return accept(path.read_bytes(), settings)
    except UploadError as error:
        return Answer(failure=translate(error.sentence))
    except OSError as error:
        return Answer(
            failure=gettext("This file cannot be opened: %(cause)s.", cause=error.strerror)
        )


def _as_json(result: FileAnswer) -> dict[str, Any]:
    answer = result.answer
    found = answer.reading.digits if answer.reading else ()
    scale = answer.scale_to(result.width, result.height)
    reading = reading_as_json(
        status=answer.status,
        number=number_as_json(
            answer.reading.number if answer.reading else None,
            is_unsure=bool(answer.reading and answer.reading.is_unsure),
        ),
        confidence=answer.reading.confidence if answer.reading else None,
        reason=answer.reason,
        digits=[digit_row(digit, position, scale) for position, digit in enumerate(found)],
    )
    return {"file": result.name, **reading}


def _as_text(result: FileAnswer) -> str:
    reading = result.answer.reading
    if reading and reading.number and reading.confidence is not None:
        sure = gettext("%(confidence)s sure", confidence=percent(reading.confidence))
        doubt = ", " + gettext("please check it") if reading.is_unsure else ""
        return f"{result.name}: {reading.number} ({sure}{doubt})"
    return f"{result.name}: {reason(result.answer.reason)}"


def _inspect(model: Path) -> None:
    """Refuse an unsafe model file: one that was not imported has not been inspected."""
    from worker.model_files.inspection import SuspectFileError, inspect  # noqa: PLC0415 - h5py takes a second

    try:
        inspect(model)
    except SuspectFileError as error:
        raise click.ClickException(f"{model.name}: {error}") from error


def _reader(paths: list[Path]) -> Reader:
    """A reader with the first network that loads."""
    from worker.recognition.network.classifier import Classifier  # noqa: PLC0415 - TensorFlow takes seconds
    from worker.recognition.network.files import ModelFileError  # noqa: PLC0415
    from worker.recognition.reader import Reader  # noqa: PLC0415

    for path in paths:
        try:
            return Reader(Classifier.load(path), shipped_strings())
        except ModelFileError as error:
            click.echo(str(error), err=True)
    raise click.ClickException(
        gettext("There is no model to read with; make one: flask model train")
    )
