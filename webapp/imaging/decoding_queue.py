"""The decoding queue: bounds the uploads in progress, and shares the decoders between clients.

An upload holds one of the web server's threads until it is decoded. So only some of the threads
may do so, waiting ends after seconds, and the uploads of one client leave a decoder to others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition

from webapp.imaging.uploads import DecodersBusyError, TooManyAtOnceError


@dataclass(frozen=True, eq=False)
class Client:
    """The sender of one upload. None is not counted: a command has neither."""

    owner: str | None = None
    address: str | None = None

    @property
    def keys(self) -> list[tuple[str, str]]:
        pairs = (("owner", self.owner), ("address", self.address))
        return [(kind, name) for kind, name in pairs if name is not None]


@dataclass(frozen=True)
class Limits:
    """How many uploads may be in progress: waiting for a decoder, or in it."""

    decoders: int = 2
    in_progress: int = 20  # fewer than the web server has threads
    per_owner: int = 2
    wait_seconds: float = 5.0

    @property
    def per_address(self) -> int:
        """A class shares an address, so this is most of the places, but never all."""
        return max(self.in_progress - 4, (self.in_progress + 1) // 2)

    @property
    def decoders_per_client(self) -> int:
        """One decoder is left to other clients, where there are several."""
        return max(1, self.decoders - 1)

    def places_of(self, kind: str) -> int:
        return self.per_owner if kind == "owner" else self.per_address


class DecodingQueue:
    """Lets uploads pass to the decoders, first come, first served among those with room."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._changed = Condition()
        self._waiting: list[Client] = []
        self._in_progress = 0
        self._places: Counter[tuple[str, str]] = Counter()  # uploads in progress by client
        self._decoding: Counter[tuple[str, str]] = Counter()  # those of them in a decoder
        self._free = limits.decoders

    @contextmanager
    def decoder(self, client: Client) -> Iterator[None]:
        """Hold one of the decoders.

        Raises TooManyAtOnceError for a client with too many uploads in progress, and
        DecodersBusyError when there are too many in all or none becomes free in time.
        """
        with self._changed:
            self._enter(client)
        try:
            with self._changed:
                self._await_turn(client)
            try:
                yield
            finally:
                with self._changed:
                    self._free += 1
                    self._decoding.subtract(client.keys)
                    self._changed.notify_all()
        finally:
            with self._changed:
                self._leave(client)

    def _enter(self, client: Client) -> None:
        if any(self._places[key] >= self._limits.places_of(key[0]) for key in client.keys):
            raise TooManyAtOnceError
        if self._in_progress >= self._limits.in_progress:
            raise DecodersBusyError
        self._in_progress += 1
        self._places.update(client.keys)

    def _leave(self, client: Client) -> None:
        self._in_progress -= 1
        self._places.subtract(client.keys)
        for key in client.keys:
            if not self._places[key]:
                del self._places[key], self._decoding[key]

    def _await_turn(self, client: Client) -> None:
        self._waiting.append(client)
        try:
            if not self._changed.wait_for(
                lambda: self._next() is client, self._limits.wait_seconds
            ):
                raise DecodersBusyError
        finally:
            self._waiting.remove(client)
            self._changed.notify_all()  # the next one may have been behind this one
        self._free -= 1
        self._decoding.update(client.keys)

    def _next(self) -> Client | None:
        """The first waiting upload that may take a decoder now."""
        if not self._free:
            return None
        most = self._limits.decoders_per_client
        return next(
            (
                client
                for client in self._waiting
                if all(self._decoding[key] < most for key in client.keys)
            ),
            None,
        )
