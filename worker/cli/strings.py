"""`flask model train-strings` and `evaluate-strings`: the network that reads whole numbers."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask_babel import gettext
from rich.console import Console
from rich.table import Table

from webapp.messages import gettext_noop
from webapp.platform.extensions import extensions
from webapp.platform.template_filters import decimal, score
from worker.cli.group import model
from worker.model_files.strings import shipped_strings

if TYPE_CHECKING:
    import keras

    from worker.recognition.evaluation.number_sets import NumberSummary
    from worker.recognition.reading import Reading
    from worker.recognition.training.strings.loop import StringProgress

STRINGS_FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@model.command("train-strings")
@click.argument("output", type=STRINGS_FILE)
@click.option("--minutes", type=click.FloatRange(min=0.01), default=80.0, show_default=True)
@click.option("--seed", type=int, default=2026, show_default=True)
@click.option(
    "--bfloat16", is_flag=True, help=gettext_noop("Quicker on processors that calculate with it.")
)
@click.option("--threads", type=click.IntRange(min=1), help=gettext_noop("Default: one a core."))
@click.option(
    "--learning-rate", type=click.FloatRange(min=1e-6, max=0.1), default=2e-3, show_default=True
)
@click.option(
    "--start",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help=gettext_noop("Go on training this network instead of a fresh one."),
)
def train_strings(
    *,
    output: Path,
    minutes: float,
    seed: int,
    bfloat16: bool,
    threads: int | None,
    learning_rate: float,
    start: Path | None,
) -> None:
    """Train the string network on drawn lines; OUTPUT is written after every 300 steps."""
    import tensorflow as tf  # noqa: PLC0415 - TensorFlow takes seconds

    from worker.recognition.evaluation.datasets import MissingDataError, load_mnist  # noqa: PLC0415
    from worker.recognition.strings.recogniser import load_string_network  # noqa: PLC0415
    from worker.recognition.training.strings.loop import (  # noqa: PLC0415
        StringRecipe,
        train_strings,
    )

    if threads:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)

    def keep(progress: StringProgress, network: keras.Model) -> None:
        network.save(output)
        click.echo(_progress_line(progress))

    try:
        mnist = load_mnist(extensions.settings.mnist_path)
    except MissingDataError as error:
        raise click.ClickException(str(error)) from error
    recipe = StringRecipe(
        minutes=minutes, seed=seed, bfloat16=bfloat16, learning_rate=learning_rate
    )
    network = load_string_network(start) if start else None
    output.parent.mkdir(parents=True, exist_ok=True)
    train_strings(recipe, mnist, start=network, on_progress=keep)
    click.echo(gettext("Written to %(path)s.", path=output))


def _progress_line(progress: StringProgress) -> str:
    return gettext(
        "step %(step)s, %(seconds)s s: loss %(loss)s, "
        "%(share)s of the drawn validation lines right",
        step=decimal(progress.steps),
        seconds=decimal(progress.seconds),
        loss=decimal(progress.loss, 3),
        share=score(progress.exact),
    )


@model.command("evaluate-strings")
@click.argument("folders", nargs=-1, required=True, type=FOLDER)
@click.option(
    "--strings", "network", type=STRINGS_FILE, help=gettext_noop("Default: the one that ships.")
)
@click.option(
    "--readings", type=STRINGS_FILE, help=gettext_noop("Write one JSON object a picture here.")
)
def evaluate_strings(
    *, folders: tuple[Path, ...], network: Path | None, readings: Path | None
) -> None:
    """Read the labelled numbers in FOLDERS, and count how they are read, by kind.

    A number is right if every digit and sign of it is. "wrong" leaves out those marked unsure.
    """
    from worker.model_files.store import files_to_read_with  # noqa: PLC0415 - TensorFlow takes seconds
    from worker.recognition.evaluation.number_sets import (  # noqa: PLC0415
        read_number_set,
        summarise_numbers,
    )
    from worker.recognition.network.classifier import Classifier  # noqa: PLC0415
    from worker.recognition.reader import Reader  # noqa: PLC0415
    from worker.serving.pixels import foreign_pixels  # noqa: PLC0415

    settings = extensions.settings
    strings = shipped_strings(network) if network else shipped_strings()
    reader = Reader(Classifier.load(files_to_read_with(settings.models_dir)[0]), strings)
    numbers = [number for folder in folders for number in read_number_set(folder)]
    read: list[Reading | None] = []
    started = time.process_time()
    for number in numbers:
        pixels = foreign_pixels(number.data, max_pixels=settings.max_pixels)
        read.append(None if pixels is None else reader.read([pixels])[0])
    spent = (time.process_time() - started) * 1000 / max(1, len(numbers))
    Console().print(_as_table(summarise_numbers(numbers, read)))
    click.echo(gettext("%(spent)s ms of processor time a picture.", spent=decimal(spent)))
    if readings:
        lines = [_as_line(number.name, one) for number, one in zip(numbers, read, strict=True)]
        readings.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _as_table(summaries: list[NumberSummary]) -> Table:
    table = Table(
        gettext("kind"),
        gettext("pictures"),
        gettext("right"),
        gettext("marked unsure"),
        gettext("wrong, not marked"),
        gettext("refused"),
    )
    for one in summaries:
        counts = (one.pictures, one.right, one.unsure, one.wrong, one.refused)
        table.add_row(one.kind, *map(str, counts))
    return table


def _as_line(name: str, reading: Reading | None) -> str:
    number = reading.number if reading else None
    rows = [[row] for row in number.split("|")] if number else []
    is_unsure = bool(reading and reading.is_unsure)
    return json.dumps({"file": name, "table": rows, "is_unsure": is_unsure}, ensure_ascii=False)
