"""A deployment: the period in which a version was live, derived from the publications."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models.base import utc_now
from webapp.models.model_version import ModelVersion
from webapp.models.publication import Publication


@dataclass(frozen=True)
class Deployment:
    """The period from one publication to the next."""

    publication: Publication
    version: ModelVersion
    until: datetime | None  # None: it is live

    @property
    def since(self) -> datetime:
        return self.publication.published_at

    @property
    def seconds(self) -> float:
        return ((self.until or utc_now()) - self.since).total_seconds()


def deployment_history(session: Session, *, version_id: int | None = None) -> list[Deployment]:
    """All deployments, the present one first; or those of one version."""
    rows = session.execute(
        select(Publication, ModelVersion)
        .join(ModelVersion, ModelVersion.id == Publication.model_version_id)
        .order_by(Publication.id.desc())
    )
    deployments = []
    until = None
    for publication, version in rows:
        deployments.append(Deployment(publication, version, until))
        until = publication.published_at
    return [one for one in deployments if version_id in (None, one.version.id)]
