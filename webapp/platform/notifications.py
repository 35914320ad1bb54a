"""Notifications: a worker tells waiting requests at once that something is ready.

They travel through Redis (publish and subscribe), and one thread of a web process receives them for
all of its requests. Nothing depends on one: a request that waits also looks for itself.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redis import Redis
    from redis.client import PubSub

CHANNEL = "cifra:ready"
MAX_WAITING = 12  # requests of one process at once: uploads in progress leave more threads free
LOOK_SECONDS = 0.5  # between two looks of a request that waits for a notification
LOOK_SECONDS_WITHOUT_REDIS = 0.1
CONNECT_SECONDS = 1.0
SILENCE_SECONDS = 5.0  # after which a connection is tested

log = logging.getLogger(__name__)


class Notifications:
    """Sends notifications, and lets a bounded number of requests wait for them."""

    def __init__(self, redis_url: str) -> None:
        self._url = redis_url
        self._changed = threading.Condition()
        self._waiting: dict[str, int] = {}  # how many requests wait for each name
        self._ready: set[str] = set()  # names that requests wait for, of which a notification came
        self._is_connected = False
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def send(self, names: Iterable[str]) -> None:
        """Tell that these are ready. Where that fails, requests notice by looking."""
        from redis import RedisError  # noqa: PLC0415 (heavy: not for a start of the web process)

        try:
            self._redis.publish(CHANNEL, " ".join(names))
        except RedisError as error:
            log.warning("A notification could not be sent: %s", error)

    def wait(self, name: str, is_ready: Callable[[], bool], seconds: float) -> bool:
        """Wait until something is ready, at most for some seconds; returns whether it is.

        `is_ready` looks for itself: before the wait, after a notification, and now and then.
        Where too many requests wait already, or the process is about to end, it looks only once.
        """
        deadline = time.monotonic() + seconds
        if not self._enter(name):
            return is_ready()
        try:
            while not is_ready():
                left = deadline - time.monotonic()
                if left <= 0 or self._is_closed:
                    return False
                self._await(name, left)
            return True
        finally:
            self._leave(name)

    def close(self) -> None:
        """End all waits, and allow no further ones: the process is about to end."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def _enter(self, name: str) -> bool:
        with self._changed:
            if self._is_closed or sum(self._waiting.values()) >= MAX_WAITING:
                return False
            self._waiting[name] = self._waiting.get(name, 0) + 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._listen, name="ready", daemon=True)
                self._thread.start()
        return True

    def _leave(self, name: str) -> None:
        with self._changed:
            self._waiting[name] -= 1
            if not self._waiting[name]:
                del self._waiting[name]
                self._ready.discard(name)

    def _await(self, name: str, left: float) -> None:
        """Until a notification, or until the next look is due."""
        with self._changed:
            look = LOOK_SECONDS if self._is_connected else LOOK_SECONDS_WITHOUT_REDIS
            self._changed.wait_for(lambda: name in self._ready or self._is_closed, min(look, left))
            self._ready.discard(name)

    def _listen(self) -> None:
        """Listen for as long as the process runs, or until Redis is away and no request waits."""
        from redis import RedisError  # noqa: PLC0415

        while self._is_wanted():
            try:
                with self._subscription() as subscription:
                    subscription.subscribe(CHANNEL)  # type: ignore[no-untyped-call]
                    self._is_connected = True
                    self._receive(subscription)
            except (RedisError, OSError) as error:
                self._is_connected = False
                log.warning("Notifications cannot be received (%s); requests look instead.", error)
                time.sleep(CONNECT_SECONDS)

    def _is_wanted(self) -> bool:
        with self._changed:
            if self._is_closed or not (self._is_connected or self._waiting):
                self._thread = None
                return False
        return True

    def _receive(self, subscription: PubSub) -> None:
        """Raises RedisError when the connection is lost."""
        while not self._is_closed:
            message = subscription.get_message(timeout=SILENCE_SECONDS)
            if message is None:
                subscription.ping()
                continue
            if not isinstance(message.get("data"), bytes) or message["type"] != "message":
                continue
            names = message["data"].decode("ascii", "replace").split()
            with self._changed:
                self._ready.update(name for name in names if name in self._waiting)
                self._changed.notify_all()

    def _subscription(self) -> PubSub:
        made: PubSub = self._redis.pubsub(  # type: ignore[no-untyped-call]
            ignore_subscribe_messages=True
        )
        return made

    @cached_property
    def _redis(self) -> Redis:
        from redis import Redis  # noqa: PLC0415

        return Redis.from_url(
            self._url,
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=2 * SILENCE_SECONDS,
        )
