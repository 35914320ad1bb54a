"""The comparison: the best version of each architecture, side by side, and where they disagree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from webapp.models import Exam, ModelVersion
from webapp.models.exam import MNIST, Marks, Picture

DISAGREEMENTS_SHOWN = 24

# How each architecture looks at a picture, for somebody who never built one.
IDEAS = {
    "cnn": "Small filters slide over the picture and find strokes, then shapes made of strokes.",
    "mlp": "Weighs every pixel by itself, blind to which pixels lie side by side.",
    "rnn": "Reads the picture row by row, from the top and from the bottom, and remembers.",
    "transformer": "Cuts the picture into 49 patches, and lets each patch look at all the others.",
}


def idea_of(architecture: str) -> str:
    return IDEAS.get(architecture, "A network that was brought in from elsewhere.")


@dataclass(frozen=True)
class Contestant:
    """The most accurate version of one architecture."""

    version: ModelVersion

    @property
    def idea(self) -> str:
        return idea_of(self.version.architecture)

    @property
    def seconds(self) -> float | None:
        """How long it was trained."""
        return self.version.scores.get("seconds")

    @property
    def milliseconds(self) -> float | None:
        """What one picture takes it."""
        return self.version.scores.get("milliseconds")


@dataclass(frozen=True)
class Disagreement:
    """A picture of the MNIST test set that the contestants read differently."""

    shown_by: int  # the version whose exam keeps the picture
    picture: Picture
    readings: list[int | None]  # one a contestant; None: its exam does not tell


@dataclass(frozen=True)
class Comparison:
    contestants: list[Contestant]
    disagreements: list[Disagreement]


@dataclass(frozen=True)
class _Sheet:
    """What one version read on MNIST, as far as exams tell."""

    read: dict[str, int | None]  # by picture
    is_complete: bool  # whether every picture that it read wrongly is among them

    def reading_of(self, picture: Picture) -> int | None:
        return self.read.get(picture.png, picture.truth if self.is_complete else None)


def compare(session: Session) -> Comparison:
    """Each architecture's best version, the most accurate one first."""
    scored = (
        select(ModelVersion)
        .where(ModelVersion.accuracy.is_not(None))
        .order_by(ModelVersion.accuracy.desc(), ModelVersion.id.desc())
        .options(undefer(ModelVersion.exam))
    )
    best: dict[str, ModelVersion] = {}
    for version in session.scalars(scored):
        best.setdefault(version.architecture, version)
    versions = list(best.values())
    exams = {version.id: Exam.from_json(version.exam) for version in versions if version.exam}
    return Comparison(list(map(Contestant, versions)), _disagreements(versions, exams))


def _disagreements(versions: Sequence[ModelVersion], exams: dict[int, Exam]) -> list[Disagreement]:
    """The pictures with the most different readings first."""
    sheets = [_sheet(version.id, exams) for version in versions]
    pictures = {
        picture.png: (shown_by, picture)
        for shown_by, exam in exams.items()
        for picture in exam.on(MNIST)
    }
    rows = [
        Disagreement(shown_by, picture, [sheet.reading_of(picture) for sheet in sheets])
        for shown_by, picture in pictures.values()
    ]
    contested = [row for row in rows if len(_told(row)) > 1]
    return sorted(contested, key=lambda row: -len(_told(row)))[:DISAGREEMENTS_SHOWN]


def _told(row: Disagreement) -> set[int]:
    return {reading for reading in row.readings if reading is not None}


def _sheet(version_id: int, exams: dict[int, Exam]) -> _Sheet:
    """From its own exam, or from one in which it was the champion."""
    for exam, by in _exams_it_sat(version_id, exams):
        paper = exam.paper(MNIST)
        marks: Marks | None = getattr(paper, by) if paper else None
        if marks is None:
            continue
        pictures = exam.on(MNIST)
        wrong = sum(getattr(picture, by) != picture.truth for picture in pictures)
        return _Sheet({one.png: getattr(one, by) for one in pictures}, wrong == marks.errors)
    return _Sheet({}, is_complete=False)


def _exams_it_sat(version_id: int, exams: dict[int, Exam]) -> Iterator[tuple[Exam, str]]:
    if version_id in exams:
        yield exams[version_id], "challenger"
    for exam in exams.values():
        if exam.champion_id == version_id:
            yield exam, "champion"
