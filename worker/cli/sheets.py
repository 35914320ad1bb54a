"""`flask model evaluate-sheets`: scores the reading of photographed pages of numbers."""

from __future__ import annotations

import json
import time
from pathlib import Path

import click
import numpy as np
from flask_babel import gettext

from webapp.messages import gettext_noop
from webapp.platform.extensions import extensions
from worker.cli.group import model
from worker.model_files import store as model_store
from worker.model_files.strings import shipped_strings

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@model.command("evaluate-sheets")
@click.argument("folder", type=FOLDER)
@click.option(
    "--readings",
    type=click.Path(path_type=Path, dir_okay=False),
    help=gettext_noop("Write the tables to a file of JSON lines."),
)
def evaluate_sheets(folder: Path, readings: Path | None) -> None:
    """Read the labelled pages of FOLDER with the networks that answer, and print their scores."""
    from worker.recognition.evaluation.sheet_scores import (  # noqa: PLC0415 (TensorFlow)
        read_labelled_pages,
        score_page,
        table_of,
    )
    from worker.recognition.network.classifier import Classifier  # noqa: PLC0415
    from worker.recognition.reader import Reader  # noqa: PLC0415
    from worker.recognition.sheets.sheet_reader import SheetReader  # noqa: PLC0415
    from worker.serving.pixels import foreign_pixels  # noqa: PLC0415
    from worker.serving.sheet_answering import cell_reader  # noqa: PLC0415

    path = model_store.files_to_read_with(extensions.settings.models_dir)[0]
    reader = SheetReader(cell_reader(Reader(Classifier.load(path), shipped_strings())))
    scores, lines, times = [], [], []
    for page in read_labelled_pages(folder):
        pixels = foreign_pixels(page.path.read_bytes(), extensions.settings.max_pixels)
        if pixels is None:
            sentence = gettext("%(name)s is no picture that Cifra opens.", name=page.path.name)
            raise click.ClickException(sentence)
        start = time.process_time()
        sheet = reader.read(pixels)
        times.append(time.process_time() - start)
        scores.append((page, score_page(page, sheet)))
        lines.append(json.dumps({"file": page.path.name, "table": sheet.table()}))
    click.echo(table_of(scores))
    click.echo(
        gettext(
            "CPU time of a page: median %(median)s s, at most %(most)s s.",
            median=f"{np.median(times):.1f}",
            most=f"{max(times):.1f}",
        )
    )
    if readings:
        readings.write_text("\n".join(lines) + "\n", encoding="utf-8")
