"""An exam: challenger and champion read the same pictures. What came out, as a version keeps it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, field
from typing import Any

MNIST = "MNIST test set"
HELD_OUT = "Held-out corrections"
NEVER_AGAIN = "Never again"  # what a champion once read wrongly, and was corrected


@dataclass(frozen=True)
class Marks:
    """How one network did on one paper."""

    accuracy: float  # 0..1
    confusion: list[list[int]]  # 10×10: rows are the truth, columns what was read
    calibration_error: float  # 0..1, expected calibration error

    @property
    def errors(self) -> int:
        """How many digits it took for another."""
        return sum(
            count
            for truth, row in enumerate(self.confusion)
            for read, count in enumerate(row)
            if read != truth
        )


@dataclass(frozen=True)
class Paper:
    """One set of labelled pictures that both networks read."""

    name: str  # MNIST, HELD_OUT or NEVER_AGAIN
    count: int
    challenger: Marks
    champion: Marks | None  # None: there was no champion to compare with


@dataclass(frozen=True)
class Picture:
    """A picture of the exam that at least one of the two read wrongly."""

    paper: str  # the name of its paper
    truth: int | None  # 0..9; None: not a digit
    challenger: int | None  # what it read; None: it told that this is no digit
    champion: int | None  # None as well when there was no champion
    png: str  # the 28×28 ink as a grey PNG, in base64
    ink_sha256: str = ""  # of the correction that it comes from; "" for MNIST's own
    number: int = -1  # its place in the exam, known once the exam is read back

    @property
    def content(self) -> bytes:
        return base64.b64decode(self.png)


@dataclass(frozen=True)
class Exam:
    """The whole of it: `ModelVersion.exam` holds `to_json()`, pages read it with `from_json()`."""

    passed: bool
    verdict: list[str]  # plain sentences: first what was decided, then each reason
    champion_id: int | None  # the version it was held against
    margin: float  # how much less accurate it may be, 0..1
    papers: list[Paper] = field(default_factory=list)
    # Those that either read wrongly; a bounded number for each cell of a confusion matrix.
    pictures: list[Picture] = field(default_factory=list)

    @property
    def gained(self) -> list[Picture]:
        """What the challenger reads rightly and the champion does not."""
        return self._where(lambda picture: picture.challenger == picture.truth != picture.champion)

    @property
    def lost(self) -> list[Picture]:
        return self._where(lambda picture: picture.champion == picture.truth != picture.challenger)

    @property
    def inks(self) -> set[str]:
        """The corrections whose pictures it keeps, by the hash of their ink."""
        return {picture.ink_sha256 for picture in self.pictures} - {""}

    def picture(self, number: int) -> Picture | None:
        """The picture at this place; None for one that was forgotten, or never was."""
        return next((picture for picture in self.pictures if picture.number == number), None)

    def paper(self, name: str) -> Paper | None:
        return next((paper for paper in self.papers if paper.name == name), None)

    def on(self, paper: str) -> list[Picture]:
        """The pictures of one paper."""
        return [picture for picture in self.pictures if picture.paper == paper]

    def cell(self, paper: str, by: str, *, truth: int, read: int) -> list[Picture]:
        """The pictures of one cell of a confusion matrix; `by` is "challenger" or "champion"."""
        return [
            picture
            for picture in self.on(paper)
            if (picture.truth, getattr(picture, by)) == (truth, read)
        ]

    def _where(self, holds: Callable[[Picture], bool]) -> list[Picture]:
        return [] if self.champion_id is None else list(filter(holds, self.pictures))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def forgetting(told: dict[str, Any], inks: Collection[str]) -> dict[str, Any]:
        """The exam as it is kept, without these pictures. The others keep their places."""
        pictures = [
            None if picture and picture.get("ink_sha256") in inks else picture
            for picture in told["pictures"]
        ]
        return {**told, "pictures": pictures}

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Exam:
        papers = [
            Paper(
                name=paper["name"],
                count=paper["count"],
                challenger=Marks(**paper["challenger"]),
                champion=Marks(**paper["champion"]) if paper["champion"] else None,
            )
            for paper in told["papers"]
        ]
        pictures = [
            Picture(**{**picture, "number": number})
            for number, picture in enumerate(told["pictures"])
            if picture is not None
        ]
        return cls(**{**told, "papers": papers, "pictures": pictures})
