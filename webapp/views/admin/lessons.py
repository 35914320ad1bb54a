"""The lessons: what people's approved corrections would teach the next model, digit by digit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy.orm import Session, lazyload

from webapp.models import Correction
from webapp.models.correction import NOT_A_DIGIT

LABELS = (*range(10), None)


@dataclass
class Lesson:
    """The approved corrections of one digit, each picture counted once."""

    label: int | None  # None: not a digit
    taught: int = 0
    held_out: int = 0  # kept for the exam, and never trained on

    @property
    def name(self) -> str:
        return NOT_A_DIGIT if self.label is None else str(self.label)

    @property
    def count(self) -> int:
        return self.taught + self.held_out


def lessons_in(session: Session) -> list[Lesson]:
    """A lesson a digit, and one for what is none. Pictures that are contested teach nothing."""
    lessons = {label: Lesson(label) for label in LABELS}
    for same in _by_ink(session).values():
        if len({correction.label for correction in same}) > 1:
            continue
        lesson = lessons[same[0].label]
        if same[0].is_held_out:
            lesson.held_out += 1
        else:
            lesson.taught += 1
    return list(lessons.values())


def _by_ink(session: Session) -> dict[str, list[Correction]]:
    """The approved corrections of each picture, without fetching the pictures."""
    by_ink = defaultdict(list)
    for correction in session.scalars(Correction.approved().options(lazyload(Correction.digit))):
        by_ink[correction.ink_sha256].append(correction)
    return by_ink
