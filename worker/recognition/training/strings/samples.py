"""Samples: lines of handwriting with their texts, as the string network learns from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from worker.recognition.strings.alphabet import BLANK, encode
from worker.recognition.strings.line_format import HEIGHT, STRIDE
from worker.recognition.training.strings.hand import Canvas, DigitSource, Hand
from worker.recognition.training.strings.layout import write_line
from worker.recognition.training.strings.photograph import photograph
from worker.recognition.training.strings.surroundings import add_surroundings
from worker.recognition.training.strings.texts import write_text

Random = np.random.Generator

IGNORED = -1  # a time step without a target of its own


@dataclass(frozen=True)
class LineSample:
    """One line."""

    ink: Canvas  # (32, width), 0..255
    text: str
    steps: NDArray[np.int32]  # (width / 4,): the class at each time step, or IGNORED


@dataclass(frozen=True)
class LineBatch:
    """Lines of about one width."""

    ink: NDArray[np.uint8]  # (n, 32, width, 1), 0..255; width is a multiple of 32
    labels: NDArray[np.int32]  # (n, longest): classes, IGNORED beyond a text's end
    steps: NDArray[np.int32]  # (n, width / 4)
    lengths: NDArray[np.int32]  # (n,): time steps of each line
    texts: tuple[str, ...]


def draw_sample(source: DigitSource, random: Random) -> LineSample:
    """A line that no person wrote."""
    text = write_text(random)
    line = write_line(text, Hand.sample(random), source, random)
    canvas, frame = add_surroundings(line, random)
    picture = photograph(canvas, line, frame, source, random)
    steps = np.full(-(-picture.ink.shape[1] // STRIDE), BLANK, np.int32)
    places = np.clip((picture.centres / STRIDE).astype(int), 0, len(steps) - 1)
    for place in places:
        steps[max(0, place - 1) : place + 2] = IGNORED
    steps[places] = encode(text)
    return LineSample(picture.ink, text, steps)


def as_batch(samples: list[LineSample]) -> LineBatch:
    """Samples side by side; narrower ones have empty paper after them."""
    widest = max(sample.ink.shape[1] for sample in samples)
    width = -(-widest // 32) * 32
    count, longest = len(samples), max(len(sample.text) for sample in samples)
    ink = np.zeros((count, HEIGHT, width, 1), np.uint8)
    labels = np.full((count, longest), IGNORED, np.int32)
    steps = np.full((count, width // STRIDE), BLANK, np.int32)
    for row, sample in enumerate(samples):
        ink[row, :, : sample.ink.shape[1], 0] = sample.ink
        labels[row, : len(sample.text)] = encode(sample.text)
        steps[row, : len(sample.steps)] = sample.steps
    lengths = np.full(count, width // STRIDE, np.int32)
    return LineBatch(ink, labels, steps, lengths, tuple(sample.text for sample in samples))


def draw_batches(
    source: DigitSource, random: Random, *, batch: int, batches: int
) -> list[LineBatch]:
    """Some batches, each of lines of about one width, in random order."""
    samples = [draw_sample(source, random) for _ in range(batch * batches)]
    samples.sort(key=lambda sample: sample.ink.shape[1])
    parts = [samples[start : start + batch] for start in range(0, len(samples), batch)]
    return [as_batch(parts[index]) for index in random.permutation(len(parts))]
