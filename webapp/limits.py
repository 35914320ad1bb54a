"""Rate limits: how often a person, and an address, may upload, sign in, retrain and the like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Any

from flask import Flask, request
from flask_limiter import Limiter
from limits.storage import Storage

from webapp.auth import visitor
from webapp.counters import SCHEME
from webapp.settings import Settings


@dataclass(frozen=True)
class Rule:
    """So many presses of these buttons in a minute or an hour, counted together."""

    endpoints: tuple[str, ...]
    most: int  # 0: as many as anyone likes
    per: str  # "minute" or "hour"
    of: Callable[[], str | None]  # whose presses are counted; None: this one is not


def guard(app: Flask, settings: Settings) -> Storage:
    """Guard the views, which must all be there; returns the counters."""
    limiter = Limiter(
        address, app=app, storage_uri=f"{SCHEME}{settings.redis_url}", strategy="fixed-window"
    )
    for rule in rules(settings):
        if rule.most:
            _hold_to(rule, app, limiter)
    return limiter.storage


def rules(settings: Settings) -> list[Rule]:
    uploads = ("predictions.create", "api_predictions.create", "attempts.create")
    passwords = ("sessions.create", "renewals.create", "accounts.update", "accounts.destroy")
    return [
        Rule(uploads, settings.uploads_per_person, "minute", visitor),
        Rule(uploads, settings.uploads_per_address, "minute", address),
        Rule(passwords, settings.sign_ins_per_address, "minute", address),
        Rule(("accounts.create",), settings.sign_ups_per_address, "hour", address),
        Rule(("training_runs.create",), settings.retrains_per_person, "hour", visitor),
        Rule(("data.export",), settings.exports_per_person, "hour", visitor),
    ]


def address() -> str:
    """Where the request comes from. Of IPv6 the network counts: a person has 2**64 addresses."""
    told = request.remote_addr or "unknown"
    try:
        host = ip_address(told)
    except ValueError:
        return told
    if isinstance(host, IPv6Address) and host.ipv4_mapped is None:
        return str(IPv6Address(int(host) >> 64 << 64))
    return str(host)


def _hold_to(rule: Rule, app: Flask, limiter: Limiter) -> None:
    limit = limiter.shared_limit(
        f"{rule.most} per {rule.per}",
        scope=rule.endpoints[0],
        key_func=lambda: rule.of() or "",
        exempt_when=lambda: rule.of() is None,
    )
    for endpoint in rule.endpoints:
        view: Callable[..., Any] = app.view_functions[endpoint]
        app.view_functions[endpoint] = limit(view)
