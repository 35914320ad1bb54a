"""Model files: a network and its calibration in one .keras file, or in a legacy .h5 one."""

from __future__ import annotations

import logging
import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras

from worker.recognition.network.calibration import Calibration
from worker.recognition.network.model_card import UNCALIBRATED, ModelCard, read_card, write_card

INPUT_SHAPES = ((None, 28, 28, 1), (None, 28, 28))
OUTPUT_SHAPE = (None, 10)
SUFFIXES = (".keras", ".h5")

# Keras warns through absl that .h5 is a legacy format; here it is asked for.
logging.getLogger("absl").setLevel(logging.ERROR)


class ModelFileError(ValueError):
    """The file holds no network that reads digits. The text says why, in a sentence."""


def save(
    model: keras.Model,
    path: Path,
    calibration: Calibration,
    *,
    scores: Mapping[str, Any] | None = None,
) -> None:
    """Write the network whole: beside its place, fsynced, then renamed.

    The suffix chooses the format. Raises ModelFileError for another one than .keras or .h5.
    """
    _require_known_suffix(path)
    card = ModelCard(model.name, model.count_params(), calibration, dict(scores or {}))
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".writing-") as folder:
        temporary = Path(folder) / path.name
        _without_optimizer(model).save(temporary)
        write_card(temporary, card)
        _flush_to_disk(temporary)
        temporary.replace(path)
    _flush_to_disk(path.parent)


def load(path: Path) -> tuple[keras.Model, Calibration]:
    """The network and its calibration; code inside the file is never run (Keras's safe mode).

    Raises ModelFileError for a file that is no network from 28×28 pixels to ten scores.
    """
    _require_known_suffix(path)
    if not path.is_file():
        raise ModelFileError(f"There is no model file at {path}.")
    try:
        model = keras.models.load_model(path, compile=False, safe_mode=True)
        card = read_card(path)
    except (ValueError, TypeError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise ModelFileError(f"{path.name} is damaged or no Keras model: {error}") from error
    _require_digits(model, path)
    return model, card.calibration if card else UNCALIBRATED


def _without_optimizer(model: keras.Model) -> keras.Model:
    """A copy that was never compiled: the state of an optimizer would triple the file."""
    copy = type(model).from_config(model.get_config())
    copy.set_weights(model.get_weights())
    return copy


def _require_known_suffix(path: Path) -> None:
    if path.suffix not in SUFFIXES:
        raise ModelFileError(f"{path.name}: a model file ends in .keras or .h5.")


def _require_digits(model: keras.Model, path: Path) -> None:
    if len(model.inputs) != 1 or tuple(model.input_shape) not in INPUT_SHAPES:
        raise ModelFileError(
            f"{path.name} takes {model.input_shape}; Cifra needs 28×28 pixels, one grey value each."
        )
    if len(model.outputs) != 1 or tuple(model.output_shape) != OUTPUT_SHAPE:
        raise ModelFileError(
            f"{path.name} gives {model.output_shape}; Cifra needs ten scores, one a digit."
        )


def _flush_to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
