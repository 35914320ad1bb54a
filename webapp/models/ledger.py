"""The ledger: which version was live from when to when, who decided it, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models.base import utc_now
from webapp.models.model_version import ModelVersion
from webapp.models.publication import Publication


@dataclass(frozen=True)
class Span:
    """A time in which one version was live: from its line of the ledger until the next line."""

    line: Publication
    version: ModelVersion
    until: datetime | None  # None: it is live still

    @property
    def since(self) -> datetime:
        return self.line.published_at

    @property
    def seconds(self) -> float:
        return ((self.until or utc_now()) - self.since).total_seconds()


def read_ledger(session: Session, *, version_id: int | None = None) -> list[Span]:
    """All spans, the present one first; or those of one version."""
    lines = session.execute(
        select(Publication, ModelVersion)
        .join(ModelVersion, ModelVersion.id == Publication.model_version_id)
        .order_by(Publication.id.desc())
    )
    spans = []
    until = None
    for line, version in lines:
        spans.append(Span(line, version, until))
        until = line.published_at
    return [span for span in spans if version_id in (None, span.version.id)]
