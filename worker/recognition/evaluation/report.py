"""The report: one table for the terminal, and one HTML page with a picture of every miss."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image as PillowImage

from worker.recognition.evaluation.metrics import (
    Outcome,
    Scorecard,
    SetSummary,
    photo_calibration_error,
    refusal_auroc,
    summarise,
)

MISSES_SHOWN = 300  # a set; more would make a page that no browser opens


@dataclass(frozen=True)
class Report:
    """Everything that one evaluation found."""

    model_name: str
    mnist: Scorecard | None
    sets: Sequence[SetSummary]
    halves: Sequence[SetSummary]  # the same pictures, parted by whether their source is kept apart
    outcomes: Sequence[Outcome]
    auroc: float
    calibration_error: float  # on the single digits of the photographs

    @classmethod
    def of(cls, model_name: str, mnist: Scorecard | None, outcomes: list[Outcome]) -> Report:
        names = list(dict.fromkeys(outcome.picture.set_name for outcome in outcomes))
        of_set = {name: [o for o in outcomes if o.picture.set_name == name] for name in names}
        return cls(
            model_name=model_name,
            mnist=mnist,
            sets=[summarise(name, some) for name, some in of_set.items()],
            halves=[summarise(name, some) for name, some in _halves_of(outcomes) if some],
            outcomes=outcomes,
            auroc=refusal_auroc(outcomes),
            calibration_error=photo_calibration_error(outcomes),
        )

    def table(self) -> str:
        """The figures as lines of text."""
        heads = ("set", "pictures", "right", "wrong", "refused", "digits", "rows", "ms")
        lines = [heads, *(_cells(summary) for summary in (*self.sets, *self.halves))]
        widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
        rows = [
            "  ".join(
                cell.ljust(width) if column == 0 else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(line, widths, strict=True))
            )
            for line in lines
        ]
        return "\n".join([*self._headlines(), "", *rows]) if self.sets else self._headlines()[0]

    def page(self) -> str:
        """The same as an HTML page that needs no other file."""
        heads = "<th>set<th>pictures<th>right<th>wrong<th>refused<th>digits<th>rows<th>ms a picture"
        rows = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}" for cell in _cells(summary))
            for summary in (*self.sets, *self.halves)
        )
        headlines = "".join(f"<p>{html.escape(line)}" for line in self._headlines())
        misses = "".join(self._misses_of(summary.name) for summary in self.sets)
        return (
            f"<!doctype html><html lang=en><meta charset=utf-8><title>{self.model_name}</title>"
            f"<style>{_STYLE}</style><h1>How well {html.escape(self.model_name)} reads</h1>"
            f"{headlines}<table><tr>{heads}{rows}</table>{misses}"
        )

    def _headlines(self) -> list[str]:
        lines = []
        if self.mnist is not None:
            lines.append(
                f"MNIST test set: {self.mnist.accuracy:.2%} of {self.mnist.count} right, "
                f"calibration error {self.mnist.calibration_error:.2%}"
            )
        if self.sets:
            lines.append(
                f"Photographs: AUROC of the refusal {self.auroc:.4f}, "
                f"calibration error {self.calibration_error:.2%}"
            )
            digits = [o for o in self.outcomes if len(o.truth) == 1]
            others = [o for o in self.outcomes if not o.picture.is_digit]
            lines += [_refused("single digits", digits), _refused("pictures of no digit", others)]
        return lines or ["Nothing was measured."]

    def _misses_of(self, name: str) -> str:
        misses = [
            outcome
            for outcome in self.outcomes
            if outcome.picture.set_name == name and not outcome.is_right
        ]
        if not misses:
            return ""
        figures = "".join(_figure(outcome) for outcome in misses[:MISSES_SHOWN])
        return f"<h2>{html.escape(name)}: {len(misses)} missed</h2><div>{figures}</div>"


def _halves_of(outcomes: list[Outcome]) -> Iterator[tuple[str, list[Outcome]]]:
    kinds: dict[str, Callable[[Outcome], bool]] = {
        "one digit": lambda outcome: len(outcome.truth) == 1,
        "several digits": lambda outcome: len(outcome.truth) > 1,
        "no digit": lambda outcome: not outcome.picture.is_digit,
    }
    for is_apart, half in ((False, "chosen by"), (True, "kept apart")):
        for kind, belongs in kinds.items():
            some = [o for o in outcomes if belongs(o) and o.picture.is_kept_apart == is_apart]
            yield f"{kind}, {half}", some


def _cells(summary: SetSummary) -> tuple[str, ...]:
    return (
        summary.name,
        str(summary.pictures),
        _share(summary.right),
        _share(summary.wrong),
        _share(summary.refused),
        _share(summary.digits_right),
        _share(summary.rows_right),
        f"{summary.milliseconds:.1f}",
    )


def _refused(name: str, outcomes: Sequence[Outcome]) -> str:
    if not outcomes:
        return f"There are no {name}."
    share = sum(outcome.is_refused for outcome in outcomes) / len(outcomes)
    return f"Refused: {share:.1%} of {len(outcomes)} {name}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _figure(outcome: Outcome) -> str:
    """One miss: what the person gave, how it was seen, and what was made of it."""
    reading = outcome.reading
    steps = [step.image for step in reading.steps[:1] + reading.steps[-1:]] if reading else []
    inks = (
        [(digit.glyph.ink * 255).astype(np.uint8) for digit in reading.digits[:8]]
        if reading
        else []
    )
    images = "".join(_img(_small(image)) for image in steps) + "".join(_img(ink) for ink in inks)
    why = outcome.number or (reading.refusal if reading else "did not open")
    seen = ", ".join(f"{d.label} ({d.confidence:.0%})" for d in reading.digits) if reading else ""
    caption = f"{outcome.picture.name}: {outcome.picture.label or 'no digit'} → {why}. {seen}"
    return f"<figure>{images}<figcaption>{html.escape(caption)}</figcaption></figure>"


def _small(image: np.ndarray, side: int = 160) -> np.ndarray:
    ratio = side / max(image.shape[:2])
    if ratio >= 1:
        return image
    size = (max(1, round(image.shape[1] * ratio)), max(1, round(image.shape[0] * ratio)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA))


def _img(image: np.ndarray) -> str:
    file = io.BytesIO()
    PillowImage.fromarray(image).save(file, "PNG")
    return f"<img alt='' src='data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}'>"


_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem}
table{border-collapse:collapse}td,th{padding:.3rem .8rem;text-align:right}
td:first-child,th:first-child{text-align:left}tr+tr{border-top:1px solid #ddd}
div{display:flex;flex-wrap:wrap;gap:1rem}figure{margin:0;max-width:20rem}
img{height:6rem;margin-right:.3rem;image-rendering:pixelated;border:1px solid #ccc}
figcaption{font-size:.8rem}
"""
