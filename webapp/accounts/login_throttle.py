"""The login throttle: after a few wrong passwords, each further attempt waits twice as long.

A browser that has signed in to the account before is counted by itself alone. Any other client
is counted for the account and its address together, for its address, and for the account. So
somebody else's wrong passwords delay neither a known browser nor, up to a bound, another address.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from limits.storage import Storage

from webapp.accounts.device_cookie import Device, account_key
from webapp.messages import Message, gettext_noop

FIRST_WAIT = 5  # seconds
MAX_WAIT = 15 * 60  # seconds
WINDOW = 60 * 60  # seconds that wrong passwords are counted, from the first one on
FREE_PER_ACCOUNT = 5  # attempts from one address, or from one known browser
FREE_PER_ADDRESS = 20  # attempts; a classroom of people who mistype may share an address
FREE_FROM_ANYWHERE = 100  # attempts on one account from all unknown clients together

WAIT_SECONDS = gettext_noop(
    "There were too many wrong passwords. Wait %(seconds)s seconds, then try again. "
    "Until then, the right password is refused as well."
)
WAIT_MINUTES = gettext_noop(
    "There were too many wrong passwords. Wait %(minutes)s minutes, then try again. "
    "Until then, the right password is refused as well."
)


class LoginThrottledError(Exception):
    """There were too many wrong passwords: no password is checked for some seconds."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        self.sentence = Message(
            WAIT_SECONDS if seconds < 120 else WAIT_MINUTES,
            {"seconds": seconds, "minutes": math.ceil(seconds / 60)},
        )
        super().__init__(str(self.sentence))

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.seconds)}


@dataclass
class AttemptCounter:
    """Counts the attempts under one key, of which some are free and the others must wait.

    Every decision rests on the value that an increment returns, so that of any number of
    attempts at the same time no more than the free ones and one other are allowed.
    """

    storage: Storage
    key: str
    free: int
    started_wait: bool = False  # whether this attempt makes the next one wait

    def begin(self) -> int:
        """Count an attempt. Returns 0 when it may be made, else the seconds to wait."""
        if self.storage.incr(self._attempts, WINDOW) < self.free:
            return 0
        waits = self.storage.get(self._waits)
        if self.storage.incr(self._wait, wait_after(waits)) == 1:  # no wait was running
            self.storage.incr(self._waits, WINDOW)
            self.started_wait = True
            return 0
        left = self.storage.get_expiry(self._wait) - time.time()
        return min(math.ceil(left) + 1, wait_after(waits - 1))  # Redis rounds to whole seconds

    def take_back(self) -> None:
        """Uncount an attempt that began and was not wrong. Others go on counting."""
        self.storage.incr(self._attempts, WINDOW, -1)
        if self.started_wait:
            self.storage.incr(self._waits, WINDOW, -1)
            self.storage.clear(self._wait)

    def clear(self) -> None:
        for key in (self._attempts, self._waits, self._wait):
            self.storage.clear(key)

    @property
    def _attempts(self) -> str:
        return f"login/{self.key}"

    @property
    def _waits(self) -> str:
        return f"login/{self.key}/waits"

    @property
    def _wait(self) -> str:
        return f"login/{self.key}/wait"


@dataclass(frozen=True)
class LoginThrottle:
    """The counters for attempts of one client on one account.

    An e-mail address without an account is counted like one with an account, so that the
    throttle does not reveal which accounts exist.
    """

    client: AttemptCounter  # this client's attempts on this account
    shared: Sequence[AttemptCounter]  # with other clients' attempts

    @classmethod
    def of(cls, storage: Storage, email: str, address: str, device: Device) -> LoginThrottle:
        account = account_key(email)
        if device.knows(email):
            key = f"device/{device.id}/{account}"
            return cls(AttemptCounter(storage, key, FREE_PER_ACCOUNT), ())
        return cls(
            AttemptCounter(storage, f"client/{address}/{account}", FREE_PER_ACCOUNT),
            (
                AttemptCounter(storage, f"address/{address}", FREE_PER_ADDRESS),
                AttemptCounter(storage, f"account/{account}", FREE_FROM_ANYWHERE),
            ),
        )

    def begin(self) -> None:
        """Count an attempt, before its password is checked.

        Raises LoginThrottledError when it must wait; then it is not counted.
        """
        begun: list[AttemptCounter] = []
        for counter in (self.client, *self.shared):
            seconds = counter.begin()
            if seconds:
                for earlier in begun:
                    earlier.take_back()
                raise LoginThrottledError(seconds)
            begun.append(counter)

    def succeed(self) -> None:
        """Forget this client's wrong passwords. Those of other clients go on counting."""
        self.client.clear()
        for counter in self.shared:
            counter.take_back()


def wait_after(waits: int) -> int:
    """Seconds to wait after so many waits before: 5, 10, 20, … 900."""
    return int(min(FIRST_WAIT * 2 ** min(max(waits, 0), 16), MAX_WAIT))
