"""The rate limits of password checks and sign-ups."""

from __future__ import annotations

from webapp.platform.rate_limits import rate_limit

limit_passwords = rate_limit("sign_ins_per_address", "minute", scope="passwords")
limit_sign_ups = rate_limit("sign_ups_per_address", "hour", scope="sign-ups")
