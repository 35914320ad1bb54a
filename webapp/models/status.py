"""The states of a prediction."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """The state of a prediction. The last three are final."""

    PENDING = "pending"
    READING = "reading"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


SETTLED = (Status.DONE, Status.REFUSED, Status.FAILED)


class AlreadySettledError(Exception):
    """A prediction is settled once; settling it again is a programming error."""
