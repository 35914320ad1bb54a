"""The measurements of the shipped networks, as `flask model measure-networks` wrote them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("measurements.json")


@dataclass(frozen=True)
class MeasuredNetwork:
    """One network of `models/` with its figures; shares lie in 0..1."""

    name: str  # of its file
    architecture: str
    parameters: int
    bytes: int
    recipe: str
    epochs: int
    seconds: float  # of its training
    accuracy: float  # on MNIST's test set
    accuracy_by_digit: Sequence[float]
    calibration_error: float
    milliseconds: float  # of processor time, for one picture
    robustness: Mapping[str, Sequence[float]]  # by slider: the accuracy at each position
    photographs: Mapping[str, int] | None = None  # pictures, right, refused
    drawings: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Measurements:
    """All that was measured in one run of the command."""

    networks: Sequence[MeasuredNetwork]
    changes: Mapping[str, Sequence[float]]  # by slider: its positions
    changed_pictures: int
    mnist: Mapping[str, Any]  # pictures, pairs, any
    drawn: Mapping[str, Any]  # pictures, any, right, shown

    def network(self, name: str) -> MeasuredNetwork:
        return next(network for network in self.networks if network.name == name)


@cache
def measurements() -> Measurements:
    """Read once per process."""
    content = json.loads(FILE.read_text(encoding="utf-8"))
    networks = tuple(MeasuredNetwork(**row) for row in content.pop("networks"))
    return Measurements(networks=networks, **content)
