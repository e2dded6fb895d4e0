"""Who is asking, from a request: an owner key, or a browser's session with proof that the page itself asks."""

from fastapi import Request

from footnote.identity.router import SESSION_COOKIE
from footnote.identity.service import IdentityService
from footnote.kit.errors import NotPermitted, Unauthenticated
from footnote.kit.http import Authenticate
from footnote.kit.principal import Principal

CLIENT_HEADER = "x-footnote-client"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def authenticator(identity: IdentityService) -> Authenticate:
    """Return the function behind `current_principal`."""

    async def authenticate(request: Request) -> Principal:
        header = request.headers.get("authorization", "")
        if header:
            scheme, _, key = header.partition(" ")
            if scheme.lower() != "bearer" or not key.strip():
                raise Unauthenticated("Send the key as: Authorization: Bearer <key>.", code="bad_key")
            return await identity.authenticate_key(key.strip())
        secret = request.cookies.get(SESSION_COOKIE)
        if not secret:
            raise Unauthenticated("This needs a key, or a browser that is signed in.", code="no_credential")
        if request.method not in _SAFE_METHODS and request.headers.get(CLIENT_HEADER) != "web":
            # A foreign page can make a browser send its cookie, but not this header.
            raise NotPermitted("This request did not come from Footnote's own page.", code="foreign_page")
        return await identity.authenticate_session(secret)

    return authenticate
