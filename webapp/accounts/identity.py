"""The names by which other features ask who makes a request."""

from webapp.accounts.authentication import is_admin
from webapp.accounts.current_owner import current_owner_id, ensure_owner_id
from webapp.accounts.guards import admin_required, fresh_admin_required

__all__ = [
    "admin_required",
    "current_owner_id",
    "ensure_owner_id",
    "fresh_admin_required",
    "is_admin",
]
