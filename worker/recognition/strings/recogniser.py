"""The string recogniser: a trained string network as one function from lines to texts."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # as for the classifier

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from worker.recognition.network.files import ModelFileError
from worker.recognition.strings.alphabet import BLANK, CLASSES, SYMBOLS
from worker.recognition.strings.line_format import HEIGHT, MAX_WIDTH, STRIDE
from worker.recognition.strings.line_image import LineImage

WIDTHS = (64, 128, 256, MAX_WIDTH)  # lines are padded to one of them
MAX_LINES = 32  # at once; bounds the memory

Steps = NDArray[np.float32]  # (steps, CLASSES): the probabilities of each time step


@dataclass(frozen=True)
class Symbol:
    """One symbol that was read in a line."""

    symbol: str
    confidence: float  # 0..1, at its time step
    x: float  # the middle, in pixels of the line


@dataclass(frozen=True)
class StringReading:
    """The text of a line."""

    symbols: tuple[Symbol, ...]
    confidence: float  # 0..1: of the weakest symbol or gap between symbols

    @property
    def text(self) -> str:
        return "".join(symbol.symbol for symbol in self.symbols)


class StringRecogniser:
    """One compiled string network."""

    def __init__(self, network: keras.Model) -> None:
        def forward(lines: tf.Tensor) -> tf.Tensor:
            return tf.nn.softmax(network(lines, training=False))

        signature = [tf.TensorSpec((None, HEIGHT, None, 1), tf.float32)]
        self._forward: Callable[[tf.Tensor], tf.Tensor] = tf.function(
            forward, input_signature=signature
        )

    @classmethod
    def load(cls, path: Path) -> StringRecogniser:
        """Raises ModelFileError for a file that holds no string network."""
        return cls(load_string_network(path))

    def warm_up(self) -> None:
        """Trace the network, so that the first line is read as quickly as the others."""
        self._forward(tf.zeros((1, HEIGHT, WIDTHS[0], 1)))

    def read(self, lines: Sequence[LineImage]) -> list[StringReading]:
        """One reading a line, in order: the mean of what both forms of its ink say."""
        readings: dict[int, StringReading] = {}
        for width in WIDTHS:
            indices = [i for i, line in enumerate(lines) if _padded_width(line.width) == width]
            for start in range(0, len(indices), MAX_LINES):
                some = indices[start : start + MAX_LINES]
                probabilities = self._probabilities([lines[index] for index in some], width)
                for index, steps in zip(some, probabilities, strict=True):
                    readings[index] = read_steps(steps[: math.ceil(lines[index].width / STRIDE)])
        return [readings[index] for index in range(len(lines))]

    def _probabilities(self, lines: Sequence[LineImage], width: int) -> NDArray[np.float32]:
        """The mean of both forms of the ink, (lines, steps, CLASSES); of one where they are one."""
        forms = [[line.absorbed for line in lines]]
        if any(line.strokes is not line.absorbed for line in lines):
            forms.append([line.strokes for line in lines])
        inks = np.zeros((len(forms), len(lines), HEIGHT, width, 1), np.float32)
        for form, of_lines in enumerate(forms):
            for row, ink in enumerate(of_lines):
                inks[form, row, :, : ink.shape[1], 0] = ink
        steps = self._forward(tf.constant(inks.reshape(-1, HEIGHT, width, 1))).numpy()
        both = steps.reshape(len(forms), len(lines), -1, CLASSES)
        return np.asarray(both.mean(axis=0), np.float32)


def load_string_network(path: Path) -> keras.Model:
    """Raises ModelFileError for a file that holds no string network."""
    try:
        network = keras.models.load_model(path, compile=False, safe_mode=True)
    except (ValueError, TypeError, KeyError, OSError) as error:
        raise ModelFileError(f"{path.name} is damaged or no Keras model: {error}") from error
    shapes = (tuple(network.input_shape), network.output_shape[-1])
    if shapes != ((None, HEIGHT, None, 1), CLASSES):
        raise ModelFileError(f"{path.name} is no network that reads strings.")
    return network


def read_steps(steps: Steps) -> StringReading:
    """The text of the likeliest class at each time step, with the place of each symbol.

    Best path decoding (Graves et al. 2006, section 3.2). A symbol lies where its run of steps has
    its weight.
    """
    best = steps.argmax(axis=1)
    edges = np.flatnonzero(np.diff(best, prepend=-1, append=-1))
    symbols, classes = [], []
    for start, end in pairwise(edges.tolist()):
        index = int(best[start])
        if index == BLANK:
            continue
        run = steps[start:end, index]
        middle = float(run @ np.arange(start, end) / run.sum())
        symbols.append(Symbol(SYMBOLS[index], float(run.max()), (middle + 0.5) * STRIDE))
        classes.append(index)
    return StringReading(tuple(symbols), text_probability(steps, classes))


def text_probability(steps: Steps, classes: Sequence[int]) -> float:
    """The probability of a text, over all ways to place it (the forward variables of CTC)."""
    extended = np.full(2 * len(classes) + 1, BLANK)
    extended[1::2] = classes
    may_skip = np.zeros(len(extended), np.bool_)
    may_skip[2:] = (extended[2:] != BLANK) & (extended[2:] != extended[:-2])
    forward = np.zeros(len(extended) + 2)  # two zeros in front
    forward[2] = 1.0
    for index, step in enumerate(steps[:, extended]):
        reached = forward[2:] if index == 0 else forward[2:] + forward[1:-1]
        if index == 0:
            reached = reached.copy()
            reached[1:2] = 1.0
        else:
            reached += np.where(may_skip, forward[:-2], 0)
        forward[2:] = reached * step
    return float(forward[-2:].sum() if len(extended) > 1 else forward[-1])


def _padded_width(width: int) -> int:
    return next(padded for padded in WIDTHS if width <= padded)
