"""One step of a recurrent layer (a GRU), gate by gate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from webapp.explanations.receptive_field import Layer
from webapp.explanations.units import LayerNumbers
from webapp.platform.array_archive import ArrayArchive, FloatArray


@dataclass(frozen=True)
class Gate:
    """The sums that reach one gate: from the line that is read, and from the state before."""

    from_input: float  # with its bias
    from_state: float  # with its bias


@dataclass(frozen=True)
class RecurrentStep:
    """How one number of the state changes with one line."""

    step: int
    unit: int
    is_forward: bool
    before: float  # the number after the line before
    update: Gate
    reset: Gate
    candidate: Gate

    @property
    def keep(self) -> float:
        """z, 0..1: the part of the old number that stays."""
        return _sigmoid(self.update.from_input + self.update.from_state)

    @property
    def remember(self) -> float:
        """r, 0..1: how much the old state counts for the new number."""
        return _sigmoid(self.reset.from_input + self.reset.from_state)

    @property
    def new(self) -> float:
        """The number that the line suggests, -1..1."""
        return math.tanh(self.candidate.from_input + self.remember * self.candidate.from_state)

    @property
    def after(self) -> float:
        return self.keep * self.before + (1 - self.keep) * self.new


def recurrent_step(layer_numbers: LayerNumbers, wanted: Mapping[str, str]) -> RecurrentStep:
    """The step that a query names, or the first unit at the middle line.

    Raises IndexError or ValueError.
    """
    layer = layer_numbers.layer
    states = layer_numbers.numbers.array(f"{layer['index']}.states")
    step = int(wanted.get("row", states.shape[0] // 2))
    unit = int(wanted.get("channel", 0))
    states.at(step, unit)  # raises IndexError
    network = layer_numbers.network
    units = network.array(f"{layer['index']}.forward.recurrent").shape[0]
    is_forward = unit < units
    before = _state_before(states, step, units, is_forward=is_forward)
    line = layer_numbers.inputs().last_axis(step)
    gates = _gates(layer, network, line, before, unit % units, is_forward=is_forward)
    return RecurrentStep(step, unit, is_forward, before[unit % units], *gates)


def _state_before(states: FloatArray, step: int, units: int, *, is_forward: bool) -> list[float]:
    """The state of a direction before a step; it starts at 0."""
    earlier = step - 1 if is_forward else step + 1
    if not 0 <= earlier < states.shape[0]:
        return [0.0] * units
    numbers = states.last_axis(earlier)
    return numbers[:units] if is_forward else numbers[units:]


def _gates(
    layer: Layer,
    network: ArrayArchive,
    line: list[float],
    before: list[float],
    unit: int,
    *,
    is_forward: bool,
) -> list[Gate]:
    """The update gate, the reset gate and the candidate, in Keras's order."""
    prefix = f"{layer['index']}.{'forward' if is_forward else 'backward'}"
    kernel, recurrent, bias = (
        network.array(f"{prefix}.{name}") for name in ("kernel", "recurrent", "bias")
    )
    units = recurrent.shape[0]
    gates = []
    for gate in range(3):
        column = gate * units + unit
        from_input = math.fsum(v * kernel.at(n, column) for n, v in enumerate(line))
        from_state = math.fsum(v * recurrent.at(n, column) for n, v in enumerate(before))
        gates.append(Gate(from_input + bias.at(0, column), from_state + bias.at(1, column)))
    return gates


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value))
