"""The step pictures from the photo to 28×28, each with a caption. A worker draws them on demand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from webapp.messages import gettext_noop
from webapp.models import Prediction, Status
from webapp.platform.languages import translate

STEP = re.compile(r"step-(?P<number>\d{1,2})-(?P<name>[a-z0-9-]{1,40})\.png")

CAPTIONS = {
    "photo": gettext_noop("Your picture."),
    "evened": gettext_noop("Shadows and uneven light are removed."),
    "ink": gettext_noop("The ink is separated from the paper."),
    "lines-removed": gettext_noop("Ruled and squared lines are removed."),
    "found": gettext_noop("The digits are found and put in reading order."),
}

DRAWN = tuple(f"step-{number}-{name}.png" for number, name in enumerate(CAPTIONS))
READ = (Status.DONE, Status.REFUSED)


@dataclass(frozen=True)
class StepPicture:
    filename: str
    caption: str


def steps_of(prediction: Prediction, files: Iterable[str]) -> list[StepPicture]:
    """The step pictures of a prediction in order: its stored ones, or those that can be drawn.

    While a worker draws them, only some are stored; all that it may draw are named then.
    """
    found = stored_steps(files)
    names = {step.filename for step in found}
    if prediction.status in READ and names < set(DRAWN) and DRAWN[-1] not in names:
        found = stored_steps(DRAWN)
    if not prediction.digits:  # the last one would show nothing that was found
        found = [step for step in found if not step.filename.endswith("-found.png")]
    return found


def can_be_drawn(prediction: Prediction, name: str) -> bool:
    return prediction.status in READ and name in DRAWN


def stored_steps(names: Iterable[str]) -> list[StepPicture]:
    """The step pictures among a prediction's files, in order."""
    found = [match for name in names if (match := STEP.fullmatch(name))]
    found.sort(key=lambda match: int(match["number"]))
    return [StepPicture(match[0], _caption(match["name"])) for match in found]


def _caption(name: str) -> str:
    return (
        translate(CAPTIONS[name]) if name in CAPTIONS else name.replace("-", " ").capitalize() + "."
    )
