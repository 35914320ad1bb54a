"""Rate limits: how often a person, or a client address, may use a view."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import Literal, ParamSpec, TypeVar, cast

from flask import Flask, request
from flask_limiter import Limiter
from limits.storage import Storage

from webapp.platform.counters import SCHEME
from webapp.platform.extensions import extensions

P = ParamSpec("P")
T = TypeVar("T")


def client_address() -> str:
    """The address of the client; for IPv6 its /64 network, of which a person has every address."""
    remote = request.remote_addr or "unknown"
    try:
        host = ip_address(remote)
    except ValueError:
        return remote
    if isinstance(host, IPv6Address) and host.ipv4_mapped is None:
        return str(IPv6Address(int(host) >> 64 << 64))
    return str(host)


_limiter = Limiter(client_address, strategy="fixed-window")


def init_app(app: Flask, redis_url: str) -> Storage:
    """Count in Redis, or in this process while Redis is away; returns the counters."""
    app.config["RATELIMIT_STORAGE_URI"] = f"{SCHEME}{redis_url}"
    _limiter.init_app(app)
    return _limiter.storage


def rate_limit(
    setting: str,
    per: Literal["minute", "hour"],
    *,
    scope: str,
    key: Callable[[], str | None] = client_address,
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Limit a view to the number of requests that a setting gives; 0 is no limit.

    Views of one scope are counted together. A request for which `key` returns None is not counted.
    Raises RateLimitExceeded (429) when the view is called too often.
    """

    def maximum() -> int:
        return int(getattr(extensions.settings, setting))

    limit = _limiter.shared_limit(
        lambda: f"{maximum()} per {per}",
        scope=f"{scope}/{setting}",
        key_func=lambda: key() or "",
        exempt_when=lambda: not maximum() or key() is None,
    )

    def decorate(view: Callable[P, T]) -> Callable[P, T]:
        return cast("Callable[P, T]", limit(view))

    return decorate
