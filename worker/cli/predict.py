"""`flask predict`: reads pictures from the terminal, without server or queue."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask.cli import with_appcontext

from webapp.platform.extensions import extensions
from worker.model_files.store import files_to_read_with
from worker.serving.answering import Answer, read_pictures

if TYPE_CHECKING:
    from worker.recognition.reader import Reader

FILES_AT_ONCE = 16  # few enough to stream, enough to use the network well


@click.command("predict")
@click.argument("files", metavar="FILE…", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--model", type=click.Path(path_type=Path, exists=True), help="A model file.")
@with_appcontext
def predict(files: tuple[str, ...], as_json: bool, model: Path | None) -> None:
    """Read the digits in picture files; no server, queue or database is needed."""
    if model:
        _inspect(model)
    reader = _reader([model] if model else files_to_read_with(extensions.settings.models_dir))
    limit = extensions.settings.max_upload_bytes
    for names in _parts(files):
        for name, answer in zip(names, _answers(names, reader, limit), strict=True):
            click.echo(json.dumps(_as_json(name, answer)) if as_json else _as_text(name, answer))


def _parts(files: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(files), FILES_AT_ONCE):
        yield files[start : start + FILES_AT_ONCE]


def _answers(names: tuple[str, ...], reader: Reader, limit: int) -> list[Answer]:
    """One answer a file, in order; a file that cannot be had is a failed one."""
    opened = [_contents(Path(name), limit) for name in names]
    read = iter(read_pictures([data for data in opened if isinstance(data, bytes)], reader))
    return [next(read) if isinstance(data, bytes) else data for data in opened]


def _contents(path: Path, limit: int) -> bytes | Answer:
    try:
        if not path.is_file():
            return Answer(failure="There is no such file.")
        if path.stat().st_size > limit:
            return Answer(failure=f"This file is larger than {limit // 1024**2} MB.")
        return path.read_bytes()
    except OSError as error:
        return Answer(failure=f"This file cannot be opened: {error.strerror}.")


def _as_json(name: str, answer: Answer) -> dict[str, Any]:
    reading = answer.reading
    digits = reading.digits if reading else ()
    return {
        "file": name,
        "status": answer.status,
        "number": reading.number if reading else None,
        "reason": answer.reason,
        "digits": [
            {
                "label": digit.label,
                "confidence": digit.confidence,
                "box": [int(side) for side in digit.glyph.box],
                "probabilities": list(digit.probabilities),
            }
            for digit in digits
        ],
    }


def _as_text(name: str, answer: Answer) -> str:
    reading = answer.reading
    if reading and reading.number and reading.confidence is not None:
        return f"{name}: {reading.number} ({reading.confidence:.1%} sure)"
    return f"{name}: {answer.reason}"


def _inspect(model: Path) -> None:
    """A file that was not imported may come from a stranger."""
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
            return Reader(Classifier.load(path))
        except ModelFileError as error:
            click.echo(str(error), err=True)
    raise click.ClickException("There is no model to read with; make one: flask model train")
