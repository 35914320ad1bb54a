"""The model card: facts about a network in its file, readable without loading the network."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import h5py

from worker.recognition.network.calibration import Calibration

ENTRY = "cifra.json"  # beside Keras's own entries in a .keras zip
ATTRIBUTE = "cifra"  # on the root of a legacy .h5 file

# The scores of an imported network are no measure of likeness to a digit, so that only its
# confidence can refuse.
UNCALIBRATED = Calibration(refuse_below=0.0)


@dataclass(frozen=True)
class ModelCard:
    """The facts about a network that are needed before it is loaded."""

    architecture: str  # cnn, mlp, rnn, transformer, or the name of an imported network
    parameters: int
    calibration: Calibration = UNCALIBRATED
    scores: Mapping[str, Any] = field(default_factory=dict)  # accuracy and whatever was measured

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> ModelCard:
        values = json.loads(text)
        return cls(
            architecture=values["architecture"],
            parameters=values["parameters"],
            calibration=Calibration.from_dict(values["calibration"]),
            scores=values["scores"],
        )


def read_card(path: Path) -> ModelCard | None:
    """The card in a .keras or .h5 file; None for a file that was not written here.

    Raises OSError or zipfile.BadZipFile for a file that is neither.
    """
    if path.suffix == ".h5":
        with h5py.File(path) as file:
            text = file.attrs.get(ATTRIBUTE)
    else:
        with zipfile.ZipFile(path) as archive:
            text = archive.read(ENTRY).decode() if ENTRY in archive.namelist() else None
    return ModelCard.from_json(text) if text else None


def write_card(path: Path, card: ModelCard) -> None:
    """Add the card to a .keras or .h5 file that has none yet."""
    if path.suffix == ".h5":
        with h5py.File(path, "a") as file:
            file.attrs[ATTRIBUTE] = card.to_json()
    else:
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(ENTRY, card.to_json())
