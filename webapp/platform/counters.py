"""The counters of the rate limits: in Redis, or in this process while Redis is away."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

from limits.storage import MemoryStorage, Storage

SCHEME = "counters+"  # the prefix by which Flask-Limiter finds this storage
SCHEMES = [f"{SCHEME}{scheme}" for scheme in ("redis", "rediss", "unix")]
TIMEOUT_SECONDS = 0.2  # a request waits, and enqueues its task in the same Redis afterwards
ABSENCE_SECONDS = 5.0  # a Redis that did not answer is not asked again for this long

T = TypeVar("T")

log = logging.getLogger(__name__)


class Counters(Storage):
    """Flask-Limiter's storage. The first count loads Redis's client, so that the start is light."""

    STORAGE_SCHEME = SCHEMES

    def __init__(self, uri: str, wrap_exceptions: bool = False) -> None:
        super().__init__(uri, wrap_exceptions)
        self._address = uri.removeprefix(SCHEME)
        self._memory = MemoryStorage()
        self._ask_again_at = 0.0  # on the monotonic clock

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        return self._redis.base_exceptions

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return self._ask(lambda storage: storage.incr(key, expiry, amount))

    def get(self, key: str) -> int:
        return self._ask(lambda storage: storage.get(key))

    def get_expiry(self, key: str) -> float:
        return self._ask(lambda storage: storage.get_expiry(key))

    def clear(self, key: str) -> None:
        self._ask(lambda storage: storage.clear(key))

    def check(self) -> bool:
        return self._ask(lambda storage: storage.check())

    def reset(self) -> int | None:
        return self._ask(lambda storage: storage.reset())

    def _ask(self, operation: Callable[[Storage], T]) -> T:
        if time.monotonic() >= self._ask_again_at:
            try:
                return operation(self._redis)
            except self.base_exceptions as error:
                log.warning(
                    "Redis is away (%s). This process counts requests by itself meanwhile.", error
                )
                self._ask_again_at = time.monotonic() + ABSENCE_SECONDS
        return operation(self._memory)

    @cached_property
    def _redis(self) -> Storage:
        # First, as it waits where another thread is importing the package. Half imported, it has
        # no version yet, and `limits` refuses it.
        import redis  # noqa: PLC0415, F401
        from limits.storage import RedisStorage  # noqa: PLC0415 (loads Redis's client: 10 MB)
        from redis.backoff import NoBackoff  # noqa: PLC0415
        from redis.retry import Retry  # noqa: PLC0415

        return RedisStorage(
            self._address,
            key_prefix="cifra",
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),  # type: ignore[arg-type]
        )
