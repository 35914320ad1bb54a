"""A deployment: the period in which a version was live, derived from the publications."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models.base import utc_now
from webapp.models.model_version import ModelVersion
from webapp.models.publication import Publication, PublicationTrigger


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


def rollback_target(session: Session) -> ModelVersion | None:
    """The version that rolling back returns to; None where there is no step back left.

    Each roll-back undoes the latest deployment that is not undone yet, so that a second one goes
    one step further back instead of returning to the version that was just left.
    """
    rows = session.execute(
        select(Publication.model_version_id, Publication.trigger).order_by(Publication.id)
    )
    steps: list[int] = []  # the ids of the versions that were live and are not rolled back
    for version_id, trigger in rows:
        if trigger == PublicationTrigger.ROLLED_BACK and version_id in steps:
            while steps[-1] != version_id:
                steps.pop()
        elif not steps or steps[-1] != version_id:  # a pin publishes the live version again
            steps.append(version_id)
    return session.get(ModelVersion, steps[-2]) if len(steps) > 1 else None
