"""A comparison: why a digit is one label and not another, as facts and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np

from worker.recognition.arrays import Image, Ink
from worker.recognition.explanation.evidence import integrated_gradients, occlusion
from worker.recognition.explanation.gradients import ScoreGradients, difference
from worker.recognition.explanation.layers import Array
from worker.recognition.explanation.nearest import Neighbour, TrainingDigits, nearest
from worker.recognition.explanation.sheets import NEGATIVE, sheet
from worker.recognition.explanation.smallest_change import SmallestChange, smallest_change

FOR = np.array((255, 96, 72), np.float32)  # red: for the first label; blue: for the second
SOFTENED = 0.8  # pixels: the contributions of neighbouring pixels alternate
ENLARGED = 10  # times
NEAREST, NEAREST_OF_LABEL = 8, 4


def comparison(
    gradients: ScoreGradients, ink: Ink, first: int, second: int
) -> tuple[dict[str, Any], dict[str, Image]]:
    """The evidence for `first` and against `second`, and the smallest change that flips it."""
    weights = difference(first, second)
    evidence = integrated_gradients(gradients, ink, weights)
    softened = np.asarray(cv2.GaussianBlur(evidence.contributions, (0, 0), SOFTENED), np.float32)
    falls = occlusion(gradients, ink, weights)
    # The label that is in front has to lose it.
    ahead, behind = (first, second) if evidence.value >= 0 else (second, first)
    change = smallest_change(gradients, ink, ahead, behind)
    facts = {
        "first": first,
        "second": second,
        "scores": gradients.scores(ink[None])[0].tolist(),
        "evidence": {
            "value": evidence.value,
            "baseline": evidence.baseline,
            "total": evidence.total,
            "for_first": float(np.maximum(evidence.contributions, 0).sum(dtype=np.float64)),
            "for_second": float(np.minimum(evidence.contributions, 0).sum(dtype=np.float64)),
            "error": evidence.error,
            "gradients": evidence.gradients,
        },
        "occlusion": {"highest": float(falls.max()), "lowest": float(falls.min())},
        "change": _change_facts(change, ink, ahead, behind),
    }
    drawn = sheet(change.frames)
    facts["change"]["sheet"] = drawn.facts()
    pictures = {
        "evidence": _over_ink(softened, ink),
        "occlusion": _over_ink(falls, ink),
        "correction": _correction(change),
        "frames": drawn.pixels,
    }
    return facts, pictures


def neighbours(
    embedding: Array, of_digits: Array, digits: TrainingDigits, labels: tuple[int, int]
) -> tuple[dict[str, Any], Image]:
    """The nearest digits of all, then the nearest of each of the two labels, on one sheet."""
    found: dict[str, list[Neighbour]] = {
        "all": nearest(embedding, of_digits, digits.labels, NEAREST)
    }
    for name, label in zip(("first", "second"), labels, strict=True):
        of_label = np.flatnonzero(digits.labels == label)
        near = nearest(embedding, of_digits[of_label], digits.labels[of_label], NEAREST_OF_LABEL)
        found[name] = [Neighbour(int(of_label[n.index]), n.label, n.distance) for n in near]
    every = [one.index for group in found.values() for one in group]
    drawn = sheet(digits.images[every].astype(np.float32) / np.float32(255))
    groups: Mapping[str, list[dict[str, Any]]] = {
        name: [{"label": one.label, "distance": one.distance} for one in group]
        for name, group in found.items()
    }
    return {**groups, "sheet": drawn.facts(), "count": len(digits.labels)}, drawn.pixels


def _change_facts(change: SmallestChange, ink: Ink, ahead: int, behind: int) -> dict[str, Any]:
    added, erased = np.maximum(change.change, 0), np.maximum(-change.change, 0)
    return {
        "from": ahead,
        "to": behind,
        "flips": change.flips,
        "dabs": change.dabs,
        "scores": change.scores.tolist(),
        "added": float(added.sum()),
        "erased": float(erased.sum()),
        "ink": float(ink.sum()),
        "added_at": _place(added, ink),
        "erased_at": _place(erased, ink),
    }


def _place(changed: Array, ink: Ink) -> str | None:
    """Where most of a change lies on the digit, such as "top left"; None without a change."""
    if float(changed.sum()) < 0.5:
        return None
    rows, columns = np.nonzero(ink > 0.2)
    if rows.size == 0:
        return "middle"
    names = []
    for axis, (places, words) in enumerate(
        ((rows, ("top", "middle", "bottom")), (columns, ("left", "middle", "right")))
    ):
        mass = changed.sum(axis=1 - axis)
        centre = float((np.arange(len(mass)) * mass).sum() / mass.sum())
        share = (centre - places.min()) / max(1, places.max() - places.min())
        names.append(words[int(np.clip(share * 3, 0, 2))])
    return " ".join(dict.fromkeys(names))


def _over_ink(numbers: Array, ink: Ink) -> Image:
    """(280, 280, 3): red and blue over the digit in grey."""
    limit = float(np.abs(numbers).max()) or 1.0
    share = np.clip(numbers / limit, -1, 1)[..., None]
    colours = np.where(share >= 0, FOR, NEGATIVE)
    strength = np.abs(share) ** 0.7  # small contributions are visible too
    pixels = strength * colours + (1 - strength) * ink[..., None] * np.float32(105)
    return _enlarged(pixels)


def _correction(change: SmallestChange) -> Image:
    """(280, 280, 3): the digit in white, what is added in green, what is erased in red."""
    before, difference_ = change.frames[0][..., None], change.change[..., None]
    green, red = np.array((70, 220, 130), np.float32), np.array((255, 80, 70), np.float32)
    pixels = np.minimum(before, change.frames[-1][..., None]) * np.float32(235)
    pixels = pixels + np.maximum(difference_, 0) * green + np.maximum(-difference_, 0) * red
    return _enlarged(pixels)


def _enlarged(pixels: Array) -> Image:
    whole = np.clip(pixels, 0, 255).astype(np.uint8)
    return np.asarray(np.repeat(np.repeat(whole, ENLARGED, axis=0), ENLARGED, axis=1), np.uint8)
