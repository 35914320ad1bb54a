"""Tries at a password: after the first few wrong ones, each next must wait twice as long."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from limits.storage import Storage

FIRST_WAIT = 5  # seconds
LONGEST_WAIT = 15 * 60  # seconds
REMEMBERED = 60 * 60  # seconds from the first wrong one
FREE_FOR_ACCOUNT = 5
FREE_FOR_ADDRESS = 20  # a classroom of people who mistype may share one


class LoginThrottledError(Exception):
    """There were too many wrong passwords. Even a right one is not looked at for some seconds."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        wait = f"{seconds} seconds" if seconds < 120 else f"{math.ceil(seconds / 60)} minutes"
        super().__init__(
            f"The password was wrong too often. Wait {wait}, then try again: "
            "until then even the right one is refused."
        )

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.seconds)}


@dataclass(frozen=True)
class LoginThrottle:
    """The tries that count against one account and against one address.

    A try is counted before the password is looked at, so that many at once gain nothing.
    An address without an account is counted like one that has it, and so tells nothing.
    """

    counters: Storage
    email: str
    address: str

    def begin(self) -> None:
        """Count one more. Raises TooManyTriesError while there is something to wait for."""
        seconds = max(self._seconds_left(whose) for whose, _ in self._counted())
        if seconds:
            raise LoginThrottledError(seconds)
        for whose, free in self._counted():
            tries = self.counters.incr(_count(whose), REMEMBERED)
            if tries >= free:
                self.counters.incr(_wait(whose), wait_after(tries - free))

    def succeed(self) -> None:
        """Forget what led here. Other tries from this address go on counting."""
        account, address = (whose for whose, _ in self._counted())
        self.counters.clear(_count(account))
        self.counters.incr(_count(address), REMEMBERED, -1)
        for whose in (account, address):
            self.counters.clear(_wait(whose))

    def _counted(self) -> Iterator[tuple[str, int]]:
        yield f"account/{sha256(self.email.encode()).hexdigest()}", FREE_FOR_ACCOUNT
        yield f"address/{self.address}", FREE_FOR_ADDRESS

    def _seconds_left(self, whose: str) -> int:
        if not self.counters.get(_wait(whose)):
            return 0
        return max(1, math.ceil(self.counters.get_expiry(_wait(whose)) - time.time()))


def wait_after(too_many: int) -> int:
    """Seconds to wait after so many wrong passwords more than are free: 5, 10, 20, … 900."""
    return int(min(FIRST_WAIT * 2 ** min(too_many, 16), LONGEST_WAIT))


def _count(whose: str) -> str:
    return f"tries/{whose}"


def _wait(whose: str) -> str:
    return f"tries/{whose}/wait"
