"""A sheet: one photographed page of numbers, its cells, and what a person changed in them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypedDict

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column, relationship

from webapp.models.base import Base, new_token, utc_now
from webapp.models.prediction import MAX_CLAIMS
from webapp.models.status import AlreadySettledError, Status

if TYPE_CHECKING:
    from webapp.models.model_version import ModelVersion

FAIR_WITHIN = timedelta(minutes=10)  # an owner who had a sheet read so recently waits for others


class SheetCell(TypedDict):
    """One cell as the recogniser read it."""

    row: int  # 0 at the top
    column: int  # 0 at the left
    row_span: int
    column_span: int
    box: list[int]  # x, y, width, height in the straightened page, pixels
    kind: str  # "number", "mark", "print" or "empty"
    text: str  # the number as it is written, or the name of the mark
    confidence: float  # 0..1
    unsure: bool  # a person should look at it


class Sheet(Base):
    """One accepted page, from pending until it is settled once. The row is the work to do."""

    __tablename__ = "sheets"
    __table_args__ = (
        CheckConstraint("status in ('pending', 'reading', 'done', 'failed')", name="known_status"),
        Index("ix_sheets_owner_id_created_at", "owner_id", "created_at"),
        Index("ix_sheets_status_created_at", "status", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_token)
    owner_id: Mapped[str] = mapped_column(ForeignKey("owners.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    status: Mapped[str] = mapped_column(String(16), default=Status.PENDING)

    # The picture as it was uploaded. Its files are in the storage under this sheet's id.
    filename: Mapped[str] = mapped_column(String(255))  # for display only
    media_type: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]  # pixels, upright
    height: Mapped[int]  # pixels, upright

    # The claim of a worker, as a prediction's.
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    claim_count: Mapped[int] = mapped_column(default=0)
    progress: Mapped[int] = mapped_column(default=0)  # per cent

    # The result.
    settled_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)  # why it failed, a `Reason`
    rows: Mapped[int | None]
    columns: Mapped[int | None]
    page_width: Mapped[int | None]  # pixels of the straightened page
    page_height: Mapped[int | None]
    is_complete: Mapped[bool | None]  # False where the page has more writing than is read
    cells: Mapped[list[SheetCell] | None] = mapped_column(JSON(none_as_null=True))
    model_version_id: Mapped[int | None] = mapped_column(ForeignKey("model_versions.id"))

    # What a person changed: texts by "row,column", values of marks by name, and the checks.
    edits: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    mark_values: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    checks: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))

    model_version: Mapped[ModelVersion | None] = relationship(lazy="joined")

    @property
    def is_settled(self) -> bool:
        return self.status in (Status.DONE, Status.FAILED)

    @classmethod
    def newest_first(cls) -> Select[tuple[Sheet]]:
        return select(cls).order_by(cls.created_at.desc(), cls.id)

    @classmethod
    def of_owner(cls, owner_id: str) -> Select[tuple[Sheet]]:
        return cls.newest_first().where(cls.owner_id == owner_id)

    @classmethod
    def any_waiting(cls, session: Session) -> bool:
        """Whether a worker could claim one; a plain read, which blocks no writer."""
        return session.scalar(select(cls.id).where(cls._is_claimable()).limit(1)) is not None

    @classmethod
    def count_waiting(cls, session: Session) -> int:
        return session.scalar(select(func.count()).where(cls.status == Status.PENDING)) or 0

    @classmethod
    def known(cls, session: Session, ids: Iterable[str]) -> set[str]:
        """The given ids that have a row."""
        return set(session.scalars(select(cls.id).where(cls.id.in_(ids))))

    @classmethod
    def transfer(cls, session: Session, owner_id: str, *, to: str) -> None:
        """Move one owner's sheets to another owner, in the caller's transaction."""
        session.execute(update(cls).where(cls.owner_id == owner_id).values(owner_id=to))

    @classmethod
    def claim(cls, session: Session, *, by: str, lease: timedelta) -> Sheet | None:
        """Claim the oldest waiting sheet, in the caller's transaction; None where none waits.

        Owners who had fewer sheets read lately come first. On SQLite the transaction must have
        begun as IMMEDIATE; on PostgreSQL a row that another worker is claiming is skipped.
        """
        other = aliased(cls)
        lately = (
            select(func.count())
            .where(other.owner_id == cls.owner_id, other.settled_at > utc_now() - FAIR_WITHIN)
            .scalar_subquery()
        )
        in_turn = select(cls.id).where(cls._is_claimable()).order_by(lately, cls.created_at)
        for sheet_id in session.scalars(in_turn.limit(8)).all():
            query = cls.locked(sheet_id, skip=True).where(cls._is_claimable())
            sheet = session.scalar(query)
            if sheet is not None:
                sheet.status = Status.READING
                sheet.claimed_by = by
                sheet.claim_count += 1
                sheet.proceed(0, lease)
                return sheet
        return None

    @classmethod
    def locked(cls, sheet_id: str, *, skip: bool = False) -> Select[tuple[Sheet]]:
        """The row, locked until the transaction ends; `skip` leaves out one locked already."""
        return select(cls).where(cls.id == sheet_id).with_for_update(of=cls, skip_locked=skip)

    @classmethod
    def _is_claimable(cls) -> ColumnElement[bool]:
        is_abandoned = cls._has_expired() & (cls.claim_count < MAX_CLAIMS)
        return or_(cls.status == Status.PENDING, is_abandoned)

    @classmethod
    def _has_expired(cls) -> ColumnElement[bool]:
        return (cls.status == Status.READING) & (cls.lease_until < utc_now())

    @classmethod
    def give_up_on_poison(cls, session: Session, *, reason: str) -> int:
        """Fail the rows that ended their worker too often; returns their number."""
        failed = {"status": Status.FAILED, "settled_at": utc_now(), "lease_until": None}
        poison = update(cls).where(cls._has_expired(), cls.claim_count >= MAX_CLAIMS)
        result = session.execute(poison.values(reason=reason, **failed))
        return int(result.rowcount)  # type: ignore[attr-defined]

    def is_held_by(self, worker: str) -> bool:
        """Whether this worker may still settle the row: no other has claimed or settled it."""
        return self.status == Status.READING and self.claimed_by == worker

    def proceed(self, progress: int, lease: timedelta) -> None:
        """Record the progress in per cent, and extend the claim."""
        self.progress = progress
        self.lease_until = utc_now() + lease

    def succeed(
        self,
        cells: list[SheetCell],
        *,
        size: tuple[int, int],
        page_size: tuple[int, int],
        is_complete: bool,
        by: ModelVersion,
    ) -> None:
        """Settle with the cells; `size` is rows, columns, `page_size` width, height in pixels."""
        self.cells = cells
        self.rows, self.columns = size
        self.page_width, self.page_height = page_size
        self.is_complete = is_complete
        self.progress = 100
        self.model_version = by
        self._settle(Status.DONE)

    def fail(self, reason: str) -> None:
        self.reason = reason
        self._settle(Status.FAILED)

    def retry(self) -> None:
        """Make a failed sheet pending again. Does nothing in any other state."""
        if self.status != Status.FAILED:
            return
        self.status = Status.PENDING
        self.claim_count = self.progress = 0
        self.reason = self.settled_at = None

    def _settle(self, status: Status) -> None:
        if self.is_settled:
            raise AlreadySettledError(self.id)
        self.status = status
        self.settled_at = utc_now()
        self.lease_until = None
