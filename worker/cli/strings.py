"""`flask model train-strings`: trains the network that reads whole numbers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask_babel import gettext

from webapp.messages import gettext_noop
from webapp.platform.extensions import extensions
from webapp.platform.template_filters import decimal, score
from worker.cli.group import model

if TYPE_CHECKING:
    import keras

    from worker.recognition.training.strings.loop import StringProgress

STRINGS_FILE = click.Path(path_type=Path, dir_okay=False)


@model.command("train-strings")
@click.argument("output", type=STRINGS_FILE)
@click.option("--minutes", type=click.FloatRange(min=0.01), default=80.0, show_default=True)
@click.option("--seed", type=int, default=2026, show_default=True)
@click.option(
    "--bfloat16", is_flag=True, help=gettext_noop("Quicker on processors that calculate with it.")
)
@click.option("--threads", type=click.IntRange(min=1), help=gettext_noop("Default: one a core."))
def train_strings(
    *, output: Path, minutes: float, seed: int, bfloat16: bool, threads: int | None
) -> None:
    """Train the string network on drawn lines; OUTPUT is written after every 250 steps."""
    import tensorflow as tf  # noqa: PLC0415 - TensorFlow takes seconds

    from worker.recognition.evaluation.datasets import MissingDataError, load_mnist  # noqa: PLC0415
    from worker.recognition.training.strings.loop import (  # noqa: PLC0415
        StringRecipe,
        train_strings,
    )

    if threads:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)

    def keep(progress: StringProgress, network: keras.Model) -> None:
        network.save(output)
        click.echo(
            gettext(
                "step %(step)s, %(seconds)s s: loss %(loss)s, "
                "%(share)s of the drawn validation lines right",
                step=decimal(progress.steps),
                seconds=decimal(progress.seconds),
                loss=decimal(progress.loss, 3),
                share=score(progress.exact),
            )
        )

    try:
        mnist = load_mnist(extensions.settings.mnist_path)
    except MissingDataError as error:
        raise click.ClickException(str(error)) from error
    recipe = StringRecipe(minutes=minutes, seed=seed, bfloat16=bfloat16)
    output.parent.mkdir(parents=True, exist_ok=True)
    train_strings(recipe, mnist, on_progress=keep)
    click.echo(gettext("Written to %(path)s.", path=output))
