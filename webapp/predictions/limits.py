"""The rate limits of uploads and retries, which both enqueue a picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from webapp.accounts.current_owner import current_owner_id
from webapp.platform.rate_limits import rate_limit

P = ParamSpec("P")
T = TypeVar("T")


def limit_uploads(view: Callable[P, T]) -> Callable[P, T]:
    """Limit the uploads and retries of one person, and those from one address."""
    by_person = rate_limit("uploads_per_person", "minute", scope="uploads", key=current_owner_id)
    by_address = rate_limit("uploads_per_address", "minute", scope="uploads")
    return by_address(by_person(view))
