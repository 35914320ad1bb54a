"""Accounts: sign-up, sessions, re-authentication, the login throttle and ownership."""
