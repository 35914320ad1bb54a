"""The review: an admin looks at corrections, least sure first, and approves or rejects them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from webapp.models import AuditAction, Correction, Prediction, User, Verdict
from webapp.platform.audit import record
from webapp.platform.database import db, writing

ROOM_AROUND = 2.2  # how much of the picture is shown, in sizes of the digit


@dataclass(frozen=True)
class Crop:
    """The square of a picture around a digit, in pixels; it may reach over the edge."""

    x: float
    y: float
    side: float


@dataclass(frozen=True)
class ReviewItem:
    """A correction as the admin sees it: with its picture, and with others of the same ink."""

    correction: Correction
    prediction: Prediction
    same_ink: Sequence[Correction]  # other people's words on it, and copies of the picture

    @property
    def repetitions(self) -> list[Correction]:
        return [other for other in self.same_ink if other.label == self.correction.label]

    @property
    def contradictions(self) -> list[Correction]:
        return [other for other in self.same_ink if other.label != self.correction.label]

    @property
    def revision(self) -> str:
        return revision(self.correction)

    @property
    def is_by_giver(self) -> bool:
        """Whether the person who gave the picture says so."""
        return self.correction.owner_id == self.prediction.owner_id

    @property
    def crop(self) -> Crop:
        digit = self.correction.digit
        side = max(digit.width, digit.height) * ROOM_AROUND
        return Crop(
            x=digit.x + digit.width / 2 - side / 2,
            y=digit.y + digit.height / 2 - side / 2,
            side=side,
        )


@dataclass(frozen=True)
class ReviewPage:
    """One page of the review; pages count from 1."""

    items: Sequence[ReviewItem]
    number: int
    last: int

    @property
    def uncontested_revisions(self) -> list[str]:
        """Those that can be approved together: the ones that nobody contradicts."""
        return [one.revision for one in self.items if not one.contradictions]


@dataclass(frozen=True)
class Decision:
    """What came of a press: how many were decided, and how many had changed meanwhile."""

    decided: int
    missed: int


def review_page(verdict: Verdict, label: str | None, *, number: int, page_size: int) -> ReviewPage:
    """A page of the corrections with this verdict; the last one when there are not so many.

    A label is "0" to "9" or "not a digit"; None shows all.
    """
    query = (
        Correction.least_sure_first()
        if verdict == Verdict.WAITING
        else Correction.latest_decisions(verdict)
    )
    if label is not None:
        query = query.where(Correction.label == _label(label))
    count = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    last = max(1, -(-count // page_size))
    number = min(max(number, 1), last)
    return ReviewPage(
        _review_items(query.limit(page_size).offset((number - 1) * page_size)), number, last
    )


def counts_by_verdict() -> Mapping[str, int]:
    """How many corrections have each verdict."""
    query = select(Correction.verdict, func.count()).group_by(Correction.verdict)
    return Counter(dict(db.session.execute(query).tuples().all()))


def counts_by_label(verdict: Verdict) -> Mapping[int | None, int]:
    """How many corrections with this verdict name each digit; None: not a digit."""
    query = (
        select(Correction.label, func.count())
        .where(Correction.verdict == verdict)
        .group_by(Correction.label)
    )
    return Counter(dict(db.session.execute(query).tuples().all()))


def count_training_corrections() -> int:
    """How many pictures have an approved correction."""
    query = select(func.count(Correction.ink_sha256.distinct()))
    return db.session.scalars(query.where(Correction.verdict == Verdict.APPROVED)).one()


def revision(correction: Correction) -> str:
    """A correction together with what it said when it was shown: "12=7"."""
    return f"{correction.id}={correction.says}"


def decide(revisions: Sequence[str], verdict: Verdict, *, by: User) -> Decision:
    """Approve or reject what was shown; a word that was changed or withdrawn since is left."""
    ids = [int(one.partition("=")[0]) for one in revisions]
    with writing() as session:
        query = select(Correction).where(Correction.id.in_(ids)).with_for_update(of=Correction)
        seen = [one for one in session.scalars(query) if revision(one) in revisions]
        for correction in seen:
            if verdict == Verdict.APPROVED:
                correction.approve(by=by)
            else:
                correction.reject(by=by)
            action = AuditAction.APPROVED if verdict == Verdict.APPROVED else AuditAction.REJECTED
            record(session, action, f"correction {correction.id}: {correction.says}", by=by)
    return Decision(decided=len(seen), missed=len(set(revisions)) - len(seen))


def _review_items(query: Select[tuple[Correction]]) -> list[ReviewItem]:
    corrections = db.session.scalars(query).all()
    ids = {correction.digit.prediction_id for correction in corrections}
    predictions = {
        prediction.id: prediction
        for prediction in db.session.scalars(select(Prediction).where(Prediction.id.in_(ids)))
    }
    by_ink = defaultdict(list)
    for other in db.session.scalars(Correction.of_ink({one.ink_sha256 for one in corrections})):
        if other.verdict != Verdict.REJECTED:
            by_ink[other.ink_sha256].append(other)
    return [
        ReviewItem(
            correction,
            predictions[correction.digit.prediction_id],
            [other for other in by_ink[correction.ink_sha256] if other is not correction],
        )
        for correction in corrections
    ]


def _label(text: str) -> int | None:
    return int(text) if text.isdigit() else None
