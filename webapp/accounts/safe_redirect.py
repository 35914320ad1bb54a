"""Onward: where a form leads when it is done, and never to another site."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request


def safe_next() -> str | None:
    """The page that the form's `next` names, if it is one of ours."""
    address = request.values.get("next", "")
    return address if _is_ours(address) else None


def _is_ours(address: str) -> bool:
    """Whether an address stays on this site: a path, and nothing that a browser reads as a host."""
    parts = urlsplit(address)
    is_path = address.startswith("/") and not address.startswith(("//", "/\\"))
    return is_path and not parts.scheme and not parts.netloc
