"""The signatures of cookies: HMAC with SHA-256, and with SHA-1 for those of earlier versions."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Flask, Request, Response, current_app, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer


def signer(salt: str) -> URLSafeSerializer:
    """Signs the values of cookies. The salt keeps one kind of cookie from passing for another."""
    return URLSafeSerializer(
        current_app.config["SECRET_KEY"],
        salt=salt,
        signer_kwargs={"digest_method": hashlib.sha256},
    )


def is_over_tls(app: Flask) -> bool:
    """Whether the cookies of this response must never travel unencrypted."""
    return bool(app.config["SESSION_COOKIE_SECURE"] or request.is_secure)


class CookieSessions(SecureCookieSessionInterface):
    """Flask's sessions, signed with SHA-256, and sent over TLS alone once they were."""

    digest_method = staticmethod(hashlib.sha256)

    def get_cookie_secure(self, app: Flask) -> bool:
        return is_over_tls(app)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Accepts a cookie that an earlier version signed with SHA-1, and replaces it."""
        session = super().open_session(app, request)
        cookie = request.cookies.get(self.get_cookie_name(app))
        if session or not cookie:
            return session
        lifetime = int(app.permanent_session_lifetime.total_seconds())
        try:
            values: dict[str, Any] = self._earlier_signer(app).loads(cookie, max_age=lifetime)
        except BadSignature:
            return session
        replaced = self.session_class(values)
        replaced.modified = True
        return replaced

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Sets no cookie with a static file, as a cache may store it for everybody."""
        if request.endpoint != "static":
            super().save_session(app, session, response)

    def _earlier_signer(self, app: Flask) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(
            app.config["SECRET_KEY"],
            salt=self.salt,
            serializer=self.serializer,
            signer_kwargs={"key_derivation": self.key_derivation, "digest_method": hashlib.sha1},
        )
