"""Making secret keys."""

import secrets

KEY_PREFIX = "fnk_"
"""Shown in logs and lists, so that a leaked key can be recognised for what it is."""


def new_key() -> str:
    """Return a fresh secret key: a public prefix and 256 random bits."""
    return KEY_PREFIX + secrets.token_urlsafe(32)
