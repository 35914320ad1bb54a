"""The report of an evaluation: a table for the terminal, and an HTML page with every miss."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from jinja2 import Environment, PackageLoader
from PIL import Image as PillowImage

from worker.recognition.arrays import Image
from worker.recognition.evaluation.metrics import (
    Decode,
    Outcome,
    Scorecard,
    SetSummary,
    photo_calibration_error,
    refusal_auroc,
    summarise,
)
from worker.recognition.page.steps import draw_steps

MAX_MISSES_SHOWN = 300  # of a set; more would make a page that no browser opens
THUMBNAIL_SIDE = 160  # pixels
HEADS = ("set", "pictures", "right", "wrong", "refused", "digits", "rows", "ms")

templates = Environment(
    loader=PackageLoader("worker.recognition.evaluation"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class MisreadFigure:
    """A picture that was not read right, as it is shown."""

    images: Sequence[str]  # data URLs: the photo, the digits found in it, their 28×28
    caption: str


@dataclass(frozen=True)
class MisreadSet:
    """The misread pictures of one set."""

    name: str
    count: int
    figures: Sequence[MisreadFigure]


@dataclass(frozen=True)
class Report:
    """All results of one evaluation."""

    model_name: str
    mnist: Scorecard | None
    sets: Sequence[SetSummary]
    halves: Sequence[SetSummary]  # the same pictures, by whether their source is kept apart
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
        lines = [HEADS, *(_cells(summary) for summary in (*self.sets, *self.halves))]
        widths = [max(len(line[column]) for line in lines) for column in range(len(HEADS))]
        rows = [
            "  ".join(
                cell.ljust(width) if column == 0 else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(line, widths, strict=True))
            )
            for line in lines
        ]
        return "\n".join([*self._headlines(), "", *rows]) if self.sets else self._headlines()[0]

    def page(self, decode: Decode) -> str:
        """The same as an HTML page that needs no other file; `decode` opens a misread picture."""
        return templates.get_template("report.html").render(
            model_name=self.model_name,
            headlines=self._headlines(),
            heads=HEADS,
            rows=[_cells(summary) for summary in (*self.sets, *self.halves)],
            misread_sets=[
                misread for one in self.sets if (misread := self._misread(one.name, decode))
            ],
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

    def _misread(self, name: str, decode: Decode) -> MisreadSet | None:
        misread = [
            outcome
            for outcome in self.outcomes
            if outcome.picture.set_name == name and not outcome.is_right
        ]
        if not misread:
            return None
        figures = [_figure(one, decode) for one in misread[:MAX_MISSES_SHOWN]]
        return MisreadSet(name, len(misread), figures)


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
        _percent(summary.right),
        _percent(summary.wrong),
        _percent(summary.refused),
        _percent(summary.digits_right),
        _percent(summary.rows_right),
        f"{summary.milliseconds:.1f}",
    )


def _refused(name: str, outcomes: Sequence[Outcome]) -> str:
    if not outcomes:
        return f"There are no {name}."
    share = sum(outcome.is_refused for outcome in outcomes) / len(outcomes)
    return f"Refused: {share:.1%} of {len(outcomes)} {name}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _figure(outcome: Outcome, decode: Decode) -> MisreadFigure:
    """One misread picture, the digits found in it, and the reading."""
    reading = outcome.reading
    digits = reading.digits if reading else ()
    pixels = decode(outcome.picture.data) if reading else None
    steps = [] if pixels is None else draw_steps(pixels, [digit.glyph.box for digit in digits])
    shown = [step.image for step in (*steps[:1], *steps[-1:])]
    inks = [(digit.glyph.ink * 255).astype(np.uint8) for digit in digits[:8]]
    result = outcome.number or (reading.refusal if reading else "not a picture")
    found = ", ".join(f"{digit.label} ({digit.confidence:.0%})" for digit in digits)
    label = outcome.picture.label or "no digit"
    return MisreadFigure(
        images=[*(_data_url(_thumbnail(image)) for image in shown), *map(_data_url, inks)],
        caption=f"{outcome.picture.name}: {label} → {result}. {found}",
    )


def _thumbnail(image: Image) -> Image:
    ratio = THUMBNAIL_SIDE / max(image.shape[:2])
    if ratio >= 1:
        return image
    size = (max(1, round(image.shape[1] * ratio)), max(1, round(image.shape[0] * ratio)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _data_url(image: Image) -> str:
    file = io.BytesIO()
    PillowImage.fromarray(image).save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
