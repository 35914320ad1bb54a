"""An evaluation: the scores of challenger and champion on the same datasets."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from webapp.messages import gettext_noop

MNIST_VALIDATION = gettext_noop(
    "MNIST validation set"
)  # part of the training set; nothing learns it
MNIST = gettext_noop("MNIST test set")  # it is reported, and decides nothing
VALIDATION_CORRECTIONS = gettext_noop("Validation corrections")
NEVER_AGAIN = gettext_noop(
    "Never again"
)  # all that a published version once misread, and people corrected
PUBLIC_DATASETS = (MNIST_VALIDATION, MNIST)  # the others hold pictures of Cifra's users


@dataclass(frozen=True)
class Metrics:
    """The scores of one network on one dataset."""

    accuracy: float  # 0..1
    confusion: list[list[int]]  # 10×10: rows are the true labels, columns the predicted ones
    calibration_error: float  # 0..1, expected calibration error

    @property
    def errors(self) -> int:
        """The number of digits that were taken for another digit."""
        return sum(
            count
            for truth, row in enumerate(self.confusion)
            for predicted, count in enumerate(row)
            if predicted != truth
        )


@dataclass(frozen=True)
class DatasetResult:
    """The scores of both networks on one dataset."""

    name: str  # one of the names above
    count: int
    challenger: Metrics
    champion: Metrics | None  # None: there was no champion to compare with

    @property
    def right(self) -> int:
        """The number of pictures that the challenger reads right."""
        return round(self.challenger.accuracy * self.count)

    @property
    def champion_right(self) -> int | None:
        return None if self.champion is None else round(self.champion.accuracy * self.count)

    @property
    def difference(self) -> int | None:
        """How many more pictures the challenger reads right than the champion does."""
        return None if self.champion_right is None else self.right - self.champion_right

    @property
    def decides(self) -> bool:
        """Whether a challenger can fail on this dataset."""
        return self.name != MNIST


@dataclass(frozen=True)
class Evaluation:
    """The whole result. `ModelVersion.evaluation` stores `to_json()`; pages read `from_json()`.

    The pictures that either network misread are rows of their own: `EvaluationPicture`.
    """

    passed: bool
    summary: list[str]  # plain sentences: the decision first, then each reason
    champion_id: int | None  # the live version; None: there was none, or it did not load
    margin: float  # the accuracy that the challenger may lose, 0..1
    results: list[DatasetResult] = field(default_factory=list)
    best_id: int | None = None  # the best version ever published, where it was another one

    def result_on(self, dataset: str) -> DatasetResult | None:
        """The result on the dataset of this name; None where it was not part of the evaluation."""
        return next((result for result in self.results if result.name == dataset), None)

    @property
    def decision(self) -> str:
        return self.summary[0]

    @property
    def reasons(self) -> list[str]:
        """The sentences of the summary that say more than the results do, as a table shows them."""
        counted = tuple(
            f"{result.name}: {result.right:,} of {result.count:,} read right"
            for result in self.results
        )
        return [sentence for sentence in self.summary[1:] if not sentence.startswith(counted)]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Evaluation:
        results = [
            DatasetResult(
                name=result["name"],
                count=result["count"],
                challenger=Metrics(**result["challenger"]),
                champion=Metrics(**result["champion"]) if result["champion"] else None,
            )
            for result in stored["results"]
        ]
        return cls(**{**stored, "results": results})
