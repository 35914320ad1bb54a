"""The review of corrections by an admin: pages with the lowest confidence first, and decisions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from webapp.models import AuditAction, Correction, Prediction, User, Verdict
from webapp.platform.audit import record
from webapp.platform.database import db, writing

CROP_SIZE = 2.2  # of the part of the picture that is shown, in sizes of the digit


@dataclass(frozen=True)
class Crop:
    """The square of a picture around a digit, in pixels; it may reach over the edge."""

    x: float
    y: float
    side: float


@dataclass(frozen=True)
class ReviewItem:
    """A correction in the review: with its picture, and with others of the same ink."""

    correction: Correction
    prediction: Prediction
    same_ink: Sequence[Correction]  # of other people, or of copies of the picture
    is_for_validation: bool  # approved, and no model is trained on it

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
    def is_by_picture_owner(self) -> bool:
        return self.correction.owner_id == self.prediction.owner_id

    @property
    def crop(self) -> Crop:
        digit = self.correction.digit
        side = max(digit.width, digit.height) * CROP_SIZE
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
        """The revisions that can be approved together, as no other correction contradicts them."""
        return [item.revision for item in self.items if not item.contradictions]


@dataclass(frozen=True)
class ReviewDecision:
    """The result of an approval or rejection of several corrections."""

    decided: int
    missed: int  # changed or withdrawn since the page was shown


def review_page(verdict: Verdict, label: str | None, *, number: int, page_size: int) -> ReviewPage:
    """A page of the corrections with this verdict; the last page where there are fewer.

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
    """The number of corrections with each verdict."""
    query = select(Correction.verdict, func.count()).group_by(Correction.verdict)
    return Counter(dict(db.session.execute(query).tuples().all()))


def counts_by_label(verdict: Verdict) -> Mapping[int | None, int]:
    """The number of corrections with this verdict to each label; None: not a digit."""
    query = (
        select(Correction.label, func.count())
        .where(Correction.verdict == verdict)
        .group_by(Correction.label)
    )
    return Counter(dict(db.session.execute(query).tuples().all()))


def count_training_corrections() -> int:
    """The number of pictures with an approved correction."""
    query = select(func.count(Correction.ink_sha256.distinct()))
    return db.session.scalars(query.where(Correction.verdict == Verdict.APPROVED)).one()


def revision(correction: Correction) -> str:
    """A correction with the label that it has when it is shown: "12=7"."""
    return f"{correction.id}={correction.label_name}"


def decide(revisions: Sequence[str], verdict: Verdict, *, by: User) -> ReviewDecision:
    """Approve or reject the corrections that still are as they were shown; leaves the others."""
    ids = [int(one.partition("=")[0]) for one in revisions]
    with writing() as session:
        query = select(Correction).where(Correction.id.in_(ids)).with_for_update(of=Correction)
        unchanged = [one for one in session.scalars(query) if revision(one) in revisions]
        for correction in unchanged:
            if verdict == Verdict.APPROVED:
                correction.approve(by=by)
            else:
                correction.reject(by=by)
            action = AuditAction.APPROVED if verdict == Verdict.APPROVED else AuditAction.REJECTED
            subject = f"correction {correction.id}: {correction.label_name}"
            record(session, action, subject, by=by)
    return ReviewDecision(decided=len(unchanged), missed=len(set(revisions)) - len(unchanged))


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
    validation = Correction.validation_hashes(db.session())
    return [
        ReviewItem(
            correction,
            predictions[correction.digit.prediction_id],
            [other for other in by_ink[correction.ink_sha256] if other is not correction],
            correction.verdict == Verdict.APPROVED and correction.ink_sha256 in validation,
        )
        for correction in corrections
    ]


def _label(name: str) -> int | None:
    return int(name) if name.isdigit() else None
