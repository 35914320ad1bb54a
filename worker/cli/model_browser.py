"""`flask model export-browser` and `measure-networks`: what the pages about networks show."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask_babel import gettext

from webapp.messages import gettext_noop
from webapp.platform.extensions import extensions
from webapp.platform.template_filters import decimal, score
from webapp.settings import ROOT
from worker.cli.group import model

if TYPE_CHECKING:
    from worker.recognition.evaluation.side_by_side import Network

FAMILIES = ("mlp", "small-cnn", "rnn", "transformer")  # that browsers compute
NETWORKS = ("cifra", *FAMILIES)
SHIPPED = ROOT / "models"
STATIC = ROOT / "webapp" / "static" / "networks"
MEASUREMENTS = ROOT / "webapp" / "networks" / "measurements.json"
SAMPLES_OF_EACH = 60  # drawn digits that the pages offer, of each label
DISPUTED_FROM = 400  # drawn digits of each label, among which networks disagree on some
DISPUTED_SHOWN = 18
COLUMNS = 30  # pictures in a row of the file


@model.command("export-browser")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=STATIC,
    show_default=True,
    help=gettext_noop("The folder for weights.bin, manifest.json, digits.png and digits.json."),
)
def export_browser(output: Path) -> None:
    """Write the four small networks of models/ and the sample digits for browsers."""
    import numpy as np  # noqa: PLC0415 (the web's commands need none of these)

    from worker.recognition.network import files  # noqa: PLC0415 (TensorFlow)
    from worker.recognition.network.browser_format import WeightFile, describe  # noqa: PLC0415
    from worker.recognition.training.synthetic.sample_digits import (  # noqa: PLC0415
        draw_sample_digits,
        picture_sheet,
    )

    weights = WeightFile()
    networks = [describe(*files.load(SHIPPED / f"{name}.keras"), weights) for name in FAMILIES]
    output.mkdir(parents=True, exist_ok=True)
    (output / "weights.bin").write_bytes(weights.content)
    _write_json(output / "manifest.json", {"networks": networks})
    samples = draw_sample_digits(SAMPLES_OF_EACH, np.random.default_rng(2026))
    (output / "digits.png").write_bytes(picture_sheet(samples.images, COLUMNS))
    facts = {
        "columns": COLUMNS,
        "labels": samples.labels.tolist(),
        "styles": list(samples.styles),
    }
    _write_json(output / "digits.json", facts)
    click.echo(
        gettext(
            "%(count)s networks, %(size)s bytes of weights: %(path)s",
            count=len(networks),
            size=decimal(weights.size),
            path=output,
        )
    )


@model.command("measure-networks")
@click.argument("names", metavar="[NAME]…", type=click.Choice(NETWORKS), nargs=-1)
@click.option(
    "--photos",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    envvar="PHOTOS_PATH",
    help=gettext_noop("Labelled photos with their manifest.csv. Default: PHOTOS_PATH."),
)
def measure_networks(names: tuple[str, ...], photos: Path | None) -> None:
    """Measure the networks of models/ for the page "Networks side by side".

    The rows of networks that are not named stay as they are.
    """
    from worker.cli.model import load_mnist_or_fail  # noqa: PLC0415
    from worker.recognition.evaluation import side_by_side  # noqa: PLC0415 (TensorFlow)
    from worker.recognition.evaluation.changes import CHANGES  # noqa: PLC0415
    from worker.recognition.network.classifier import Classifier  # noqa: PLC0415

    mnist = load_mnist_or_fail()
    networks = [
        side_by_side.Network(name, Classifier.load(SHIPPED / f"{name}.keras")) for name in NETWORKS
    ]
    rows = {row["name"]: row for row in _measured_before()}
    for network in networks:
        if network.name in (names or NETWORKS):
            row = {**_facts(network.name), **side_by_side.measure(network, mnist)}
            rows[network.name] = row | _on_photographs(network, photos)
            share = score(row["accuracy"])
            click.echo(
                gettext("%(name)s: %(share)s of MNIST's test set", name=network.name, share=share)
            )
    predictions = side_by_side.predict(networks, mnist.test_images)
    measured = {
        "networks": [rows[name] for name in NETWORKS],
        "changes": {name: list(change.values) for name, change in CHANGES.items()},
        "changed_pictures": side_by_side.CHANGED_PICTURES,
        "mnist": {"pictures": len(mnist.test_labels), **side_by_side.disagreements(predictions)},
        "drawn": _disputed_drawn_digits(networks),
    }
    _write_json(MEASUREMENTS, measured)
    click.echo(gettext("Written to %(path)s.", path=MEASUREMENTS))


def _measured_before() -> list[dict[str, Any]]:
    """The rows of the networks in the file, if there is one."""
    if not MEASUREMENTS.is_file():
        return []
    rows: list[dict[str, Any]] = json.loads(MEASUREMENTS.read_text(encoding="utf-8"))["networks"]
    return rows


def _on_photographs(network: Network, photos: Path | None) -> dict[str, Any]:
    """The counts on whole photographs of one digit; nothing without photographs."""
    from worker.recognition.evaluation import side_by_side  # noqa: PLC0415 (TensorFlow)
    from worker.recognition.evaluation.photo_sets import read_photo_sets  # noqa: PLC0415
    from worker.serving.pixels import foreign_pixels  # noqa: PLC0415

    if photos is None:
        return {}
    pictures = [one for one in read_photo_sets(photos) if _is_one_digit(one)]
    decode = partial(foreign_pixels, max_pixels=extensions.settings.max_pixels)
    return side_by_side.on_photographs(network, pictures, decode)


def _is_one_digit(picture: Any) -> bool:
    return picture.label is not None and len(picture.label) == 1


def _facts(name: str) -> dict[str, Any]:
    """The facts in a file of models/, without loading its network."""
    from worker.recognition.network.model_card import read_card  # noqa: PLC0415

    path = SHIPPED / f"{name}.keras"
    card = read_card(path)
    assert card is not None  # every file of models/ was written by `flask model train`
    return {
        "name": name,
        "architecture": card.architecture,
        "parameters": card.parameters,
        "bytes": path.stat().st_size,
        **{key: card.scores.get(key) for key in ("recipe", "epochs", "seconds")},
    }


def _disputed_drawn_digits(networks: list[Network]) -> dict[str, Any]:
    """Drawn digits that the networks read differently; their pictures go to disputed.png."""
    import numpy as np  # noqa: PLC0415

    from worker.recognition.evaluation import side_by_side  # noqa: PLC0415 (TensorFlow)
    from worker.recognition.training.synthetic.sample_digits import (  # noqa: PLC0415
        draw_sample_digits,
        picture_sheet,
    )

    samples = draw_sample_digits(DISPUTED_FROM, np.random.default_rng(2027))
    predictions = side_by_side.predict(networks, samples.images)
    labels = side_by_side.different_labels(predictions)
    shown = np.argsort(-labels, kind="stable")[: min(DISPUTED_SHOWN, int((labels > 1).sum()))]
    (STATIC / "disputed.png").write_bytes(picture_sheet(samples.images[shown], COLUMNS))
    return {
        "pictures": len(samples.labels),
        "any": int((labels > 1).sum()),
        "right": {name: int((read == samples.labels).sum()) for name, read in predictions.items()},
        "shown": [
            {
                "label": int(samples.labels[index]),
                "read": {name: int(read[index]) for name, read in predictions.items()},
            }
            for index in shown
        ],
    }


def _write_json(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n", encoding="utf-8")
