"""The safe redirect: a form leads to a page of this site when it is done, never elsewhere."""

from __future__ import annotations

import re

from flask import request

# A path without a host. Browsers read "//" and "/\" as the start of a host, and ignore some
# control characters; a response header may hold none of them.
LOCAL_PATH = re.compile(r"/(?!/)[^\x00-\x20\x7f\\]*")


def safe_next() -> str | None:
    """The page that the form's `next` names, if it is a page of this site."""
    address = request.values.get("next", "")
    return address if LOCAL_PATH.fullmatch(address) else None
