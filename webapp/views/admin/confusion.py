"""Confusion matrices, as tables to show: each digit's row, each reading's column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.models import Exam
from webapp.models.exam import Marks

# From how large a share of its row on an error is drawn darker.
SHADES = (0.0, 0.005, 0.02, 0.08)


@dataclass(frozen=True)
class Cell:
    read: int
    count: int
    shade: int  # 0 (none) to 4 (many); errors alone are shaded


@dataclass(frozen=True)
class Confusion:
    """One network's matrix on one paper of an exam."""

    paper: str
    by: str  # challenger or champion
    marks: Marks

    @property
    def rows(self) -> list[list[Cell]]:
        return _cells(self.marks.confusion)


def confusions_of(exam: Exam) -> dict[str, list[Confusion]]:
    """Challenger's and champion's matrices, by paper."""
    return {
        paper.name: [
            Confusion(paper.name, by, marks)
            for by, marks in (("challenger", paper.challenger), ("champion", paper.champion))
            if marks is not None
        ]
        for paper in exam.papers
    }


def _cells(matrix: Sequence[Sequence[int]]) -> list[list[Cell]]:
    return [
        [
            Cell(read, count, shade=0 if read == truth else _shade(count, sum(row)))
            for read, count in enumerate(row)
        ]
        for truth, row in enumerate(matrix)
    ]


def _shade(count: int, of: int) -> int:
    return sum(count / of > least for least in SHADES) if count else 0
