"""Accounts: sign-up, sessions, re-authentication, the login throttle and ownership."""

from __future__ import annotations

from flask import Flask

from webapp.accounts import authentication, current_owner, device_cookie


def init_app(app: Flask) -> None:
    for part in (authentication, current_owner, device_cookie):
        part.init_app(app)
