"""The comparison: the best version of each architecture, and the pictures they disagree on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import Evaluation, EvaluationPicture, ModelVersion
from webapp.models.catalogue import idea_of
from webapp.models.evaluation import MNIST, Metrics

DISAGREEMENTS_SHOWN = 24


@dataclass(frozen=True)
class ComparedVersion:
    """The most accurate version of one architecture."""

    version: ModelVersion

    @property
    def idea(self) -> str:
        return idea_of(self.version.architecture)

    @property
    def seconds(self) -> float | None:
        """The duration of its training, in seconds."""
        return self.version.scores.get("seconds")

    @property
    def milliseconds(self) -> float | None:
        """The time that it needs for one picture."""
        return self.version.scores.get("milliseconds")


@dataclass(frozen=True)
class Disagreement:
    """A picture of the MNIST test set to which the compared versions give different labels."""

    picture: EvaluationPicture
    labels: list[int | None]  # one for each compared version; None: unknown

    @property
    def known_labels(self) -> set[int]:
        return {label for label in self.labels if label is not None}


@dataclass(frozen=True)
class Comparison:
    versions: list[ComparedVersion]
    disagreements: list[Disagreement]


@dataclass(frozen=True)
class _EvaluatedVersion:
    """A version's evaluation with its pictures of the MNIST test set."""

    evaluation: Evaluation
    pictures: Sequence[EvaluationPicture]


@dataclass(frozen=True)
class _KnownLabels:
    """The labels that one version gave on MNIST, as far as evaluations kept them."""

    by_picture: Mapping[bytes, int | None]
    is_complete: bool  # whether every picture that it misread is among them

    def label_of(self, picture: EvaluationPicture) -> int | None:
        return self.by_picture.get(picture.png, picture.truth if self.is_complete else None)


def compare(session: Session) -> Comparison:
    """Each architecture's best version, the most accurate one first."""
    scored = (
        select(ModelVersion)
        .where(ModelVersion.accuracy.is_not(None))
        .order_by(ModelVersion.accuracy.desc(), ModelVersion.id.desc())
    )
    best: dict[str, ModelVersion] = {}
    for version in session.scalars(scored):
        best.setdefault(version.architecture, version)
    versions = list(best.values())
    evaluated = {
        version.id: _EvaluatedVersion(
            Evaluation.from_json(version.evaluation),
            session.scalars(EvaluationPicture.of_version(version.id, dataset=MNIST)).all(),
        )
        for version in versions
        if version.evaluation
    }
    return Comparison(list(map(ComparedVersion, versions)), _disagreements(versions, evaluated))


def _disagreements(
    versions: Sequence[ModelVersion], evaluated: Mapping[int, _EvaluatedVersion]
) -> list[Disagreement]:
    """The pictures with the most different labels first."""
    known = [_known_labels(version.id, evaluated) for version in versions]
    pictures = {picture.png: picture for one in evaluated.values() for picture in one.pictures}
    rows = [
        Disagreement(picture, [labels.label_of(picture) for labels in known])
        for picture in pictures.values()
    ]
    disputed = [row for row in rows if len(row.known_labels) > 1]
    return sorted(disputed, key=lambda row: -len(row.known_labels))[:DISAGREEMENTS_SHOWN]


def _known_labels(version_id: int, evaluated: Mapping[int, _EvaluatedVersion]) -> _KnownLabels:
    """From its own evaluation, or from one in which it was the champion."""
    for one, network in _evaluations_with(version_id, evaluated):
        result = one.evaluation.result_on(MNIST)
        metrics: Metrics | None = getattr(result, network) if result else None
        if metrics is None:
            continue
        by_picture = {picture.png: picture.predicted_by(network) for picture in one.pictures}
        misread = sum(by_picture[picture.png] != picture.truth for picture in one.pictures)
        return _KnownLabels(by_picture, is_complete=misread == metrics.errors)
    return _KnownLabels({}, is_complete=False)


def _evaluations_with(
    version_id: int, evaluated: Mapping[int, _EvaluatedVersion]
) -> Iterator[tuple[_EvaluatedVersion, str]]:
    if version_id in evaluated:
        yield evaluated[version_id], "challenger"
    for one in evaluated.values():
        if one.evaluation.champion_id == version_id:
            yield one, "champion"
