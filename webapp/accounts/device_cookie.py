"""The device cookie: which accounts this browser has signed in to before.

The login throttle counts such a browser by itself, so that somebody else's wrong passwords do not
keep the user of an account out (OWASP: "Slow Down Online Guessing Attacks with Device Cookies").
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256

from flask import Flask, Response, current_app, g, request
from itsdangerous import BadSignature

from webapp.accounts.signing import is_over_tls, signer
from webapp.models import new_token
from webapp.models.user import normalize_email

COOKIE = "cifra_device"
LIFETIME = timedelta(days=400)  # the longest that browsers keep a cookie
MAX_ACCOUNTS = 20  # the latest; a browser in a library has many


@dataclass(frozen=True)
class Device:
    """A browser, with the accounts that signed in there, the latest last."""

    id: str = field(default_factory=new_token)
    accounts: tuple[str, ...] = ()

    def knows(self, email: str) -> bool:
        return account_key(email) in self.accounts


def init_app(app: Flask) -> None:
    app.after_request(_write_cookie)


def current_device() -> Device:
    """The browser that this request comes from; a new one when it has no valid cookie."""
    try:
        device_id, accounts = signer("device").loads(request.cookies.get(COOKIE, ""))
    except BadSignature:
        return Device()
    return Device(device_id, tuple(accounts))


def remember_account(email: str) -> None:
    """Note that this browser has signed in to an account, in a cookie with the response."""
    device = current_device()
    known = account_key(email)
    others = [account for account in device.accounts if account != known]
    g.device = replace(device, accounts=(*others, known)[-MAX_ACCOUNTS:])


def account_key(email: str) -> str:
    """Stands for an account in a cookie or a counter, without its address."""
    return sha256(normalize_email(email).encode(errors="replace")).hexdigest()[:32]


def _write_cookie(response: Response) -> Response:
    if "device" in g:
        device: Device = g.device
        response.set_cookie(
            COOKIE,
            signer("device").dumps([device.id, list(device.accounts)]),
            max_age=LIFETIME,
            httponly=True,
            samesite="Lax",
            secure=is_over_tls(current_app),
        )
    return response
