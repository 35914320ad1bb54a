"""A correction as JSON."""

from __future__ import annotations

from typing import TypedDict

from webapp.models import Correction


class CorrectionJson(TypedDict):
    label: int | None  # 0..9; None: not a digit
    read_as: int  # 0..9
    verdict: str  # "waiting", "approved" or "rejected"
    created_at: str  # ISO 8601, UTC


def correction_as_json(correction: Correction) -> CorrectionJson:
    return {
        "label": correction.label,
        "read_as": correction.read_as,
        "verdict": correction.verdict,
        "created_at": correction.created_at.isoformat(),
    }
