"""The contents of an explanation, and of the description of a network: facts, arrays, pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from worker.recognition.arrays import Image, Ink
from worker.recognition.explanation.comparison import comparison, neighbours
from worker.recognition.explanation.decision import decision
from worker.recognition.explanation.gradients import ScoreGradients
from worker.recognition.explanation.layers import INK, Array, ExplainedLayer
from worker.recognition.explanation.nearest import TrainingDigits, directions
from worker.recognition.explanation.normalisation import normalisation
from worker.recognition.explanation.sheets import as_maps, as_strip, coloured, sheet
from worker.recognition.explanation.trace import Trace, Tracer
from worker.recognition.network.calibration import Calibration
from worker.recognition.page.binarisation import BinarisedPage
from worker.recognition.reading import Box

# Kinds with sums that the pages show; their outputs and inputs are kept.
COMPUTED = ("convolution", "dense", "pool", "average", "recurrent", "attention")
MOST_VALUES = 400_000  # numbers of one layer: larger layers of imported networks are not kept


@dataclass
class Contents:
    """What goes into an archive."""

    facts: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, Array] = field(default_factory=dict)
    pictures: dict[str, Image] = field(default_factory=dict)


class NetworkExplainer:
    """Explains inks with one network."""

    def __init__(self, model: keras.Model, calibration: Calibration) -> None:
        self._tracer = Tracer(model)
        self.layers = self._tracer.layers
        self.calibration = calibration
        self._gradients = ScoreGradients(model)

    def network(self) -> Contents:
        """The layers and their weights, which are the same for every digit."""
        contents = Contents({"layers": [layer.facts() for layer in self.layers]})
        for layer in self.layers:
            for name, weight in layer.weights.items():
                if weight.size <= 10 * MOST_VALUES:
                    contents.arrays[f"{layer.index}.{name}"] = weight
            if layer.kind == "dense" and layer.sources == (INK,):
                pictures = layer.weights["kernel"].T.reshape(-1, 28, 28)
                contents.pictures[f"{layer.index}.weights"] = (drawn := sheet(pictures)).pixels
                contents.facts["layers"][layer.index]["weights_sheet"] = drawn.facts()
        return contents

    def explain(self, ink: Ink, page: BinarisedPage, box: Box) -> Contents:
        """One digit: its (28, 28) ink, and the page and box in the photo that it was cut from."""
        normal = normalisation(page, box, ink)
        contents = Contents(
            facts={
                "normalisation": normal.facts,
                "decision": decision(ink, self._tracer.logits, self.calibration),
                "layers": [layer.facts() for layer in self.layers],
            },
            arrays={"ink": ink},
            pictures={"photo": normal.photo, "even": normal.even, "soft-ink": normal.ink},
        )
        trace = self._tracer.trace(ink)
        for layer in self.layers:
            _add_values(contents, layer, trace, self._kept())
            if layer.kind in COMPUTED or layer is self.layers[-1]:
                _add_picture(contents, layer, trace)
        return contents

    def compare(
        self, ink: Ink, labels: tuple[int, int], seen: tuple[TrainingDigits, Array] | None
    ) -> Contents:
        """Why one label and not another.

        `seen` are training digits with their directions, which `directions` gives.
        """
        facts, pictures = comparison(self._gradients, ink, *labels)
        embedding = self._tracer.embeddings(ink[None])
        if embedding is not None and seen is not None:
            digits, of_digits = seen
            facts["neighbours"], pictures["neighbours"] = neighbours(
                directions(embedding)[0], of_digits, digits, labels
            )
        return Contents(facts, {}, pictures)

    def directions(self, digits: TrainingDigits) -> Array | None:
        """The training digits as this network sees them; None where it has no hidden layer."""
        embeddings = self._tracer.embeddings(digits.images.astype(np.float32) / np.float32(255))
        return None if embeddings is None else directions(embeddings)

    def _kept(self) -> set[int]:
        """The layers with outputs that are kept: those with sums, and those that these read."""
        computed = [layer for layer in self.layers if layer.kind in COMPUTED]
        read = {source for layer in computed for source in layer.sources}
        return (read | {layer.index for layer in computed}) - {INK}


def _add_values(contents: Contents, layer: ExplainedLayer, trace: Trace, kept: set[int]) -> None:
    output = trace.outputs[layer.index]
    if layer.index in kept and output.size <= MOST_VALUES:
        contents.arrays[f"{layer.index}"] = output
    if layer.index in trace.states:
        contents.arrays[f"{layer.index}.states"] = trace.states[layer.index]


def _add_picture(contents: Contents, layer: ExplainedLayer, trace: Trace) -> None:
    """The output of a layer as a sheet of maps, or as one picture with a row for each step."""
    facts, output = contents.facts["layers"][layer.index], trace.outputs[layer.index]
    if layer.index in trace.states:
        output = trace.states[layer.index]
    maps = as_maps(output, layer.grid)
    if maps is None and output.ndim == 1:
        maps = as_strip(output)
    if maps is None:
        contents.pictures[f"{layer.index}"] = coloured(output.reshape(len(output), -1))
        return
    drawn = sheet(maps)
    contents.pictures[f"{layer.index}"] = drawn.pixels
    facts["sheet"] = drawn.facts()
    if layer.index in trace.attention and layer.grid:
        received = trace.attention[layer.index].mean(axis=1)  # (heads, to)
        drawn = sheet(received.reshape(-1, *layer.grid))
        contents.pictures[f"{layer.index}.heads"] = drawn.pixels
        facts["heads_sheet"] = drawn.facts()
