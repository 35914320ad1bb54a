"""A publication for the tests, made without the checks of the registry."""

from __future__ import annotations

from sqlalchemy.orm import Session

from webapp.models import ModelVersion, Publication, PublicationTrigger, User


def publish(
    session: Session,
    version_id: int,
    trigger: PublicationTrigger = PublicationTrigger.CHOSEN,
    *,
    by: User | None = None,
    pinned: bool = False,
) -> None:
    """Make this version the live one, in the caller's transaction."""
    publication = Publication(trigger=trigger, published_by_id=by.id if by else None, pinned=pinned)
    version = session.get_one(ModelVersion, version_id)
    version.publications.append(publication)
    session.flush()
