"""The one error tree of the product; domains subclass, borders translate.

    FootnoteError                 code, status, safe message, optional retry_after_seconds
    ├── Refused                   the caller must change something
    │   ├── InvalidInput 422 · Unauthenticated 401 · NotPermitted 403 · NotFound 404 (also when hidden)
    │   └── Conflict 409 · QuotaExceeded 429 · TooLarge 413 · UnsupportedFormat 415
    ├── Unavailable               trying later, or elsewhere, may work: routing falls back on these
    │   └── ProviderOverloaded · ProviderTimeout · StoreUnavailable
    ├── ProviderRejected 502      the provider refused: ContextTooLong, ContentFiltered, BadCredentials
    └── Defect 500                our bug: logged with trace, a person should look

A message is shown to people as it stands, so it never holds document text, keys or paths.
"""

from typing import ClassVar


class FootnoteError(Exception):
    """Base of every error the product raises on purpose.

    `code` is stable and part of the public interface; `status` is the HTTP status it maps to.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500

    def __init__(self, message: str, *, code: str | None = None, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.error_code = code or self.code
        self.retry_after_seconds = retry_after_seconds


class Refused(FootnoteError):
    """The caller must change something before trying again."""

    code = "refused"
    status = 400


class InvalidInput(Refused):
    """The request is understood and not acceptable as it stands."""

    code = "invalid_input"
    status = 422


class Unauthenticated(Refused):
    """No usable credential came with the request."""

    code = "unauthenticated"
    status = 401


class NotPermitted(Refused):
    """The caller is known and may not do this."""

    code = "not_permitted"
    status = 403


class NotFound(Refused):
    """The thing does not exist, or the caller may not know that it does."""

    code = "not_found"
    status = 404


class Conflict(Refused):
    """The thing is in a state in which this cannot be done."""

    code = "conflict"
    status = 409


class QuotaExceeded(Refused):
    """A limit of the caller's plan or rate is used up."""

    code = "quota_exceeded"
    status = 429


class TooLarge(Refused):
    """The body, file or answer would exceed a stated limit."""

    code = "too_large"
    status = 413


class UnsupportedFormat(Refused):
    """The content is of a kind that no registered parser reads."""

    code = "unsupported_format"
    status = 415


class Unavailable(FootnoteError):
    """Trying later, or elsewhere, may work."""

    code = "unavailable"
    status = 503


class ProviderOverloaded(Unavailable):
    """The provider asked us to slow down."""

    code = "provider_overloaded"


class ProviderTimeout(Unavailable):
    """The provider did not answer in the time allowed."""

    code = "provider_timeout"
    status = 504


class StoreUnavailable(Unavailable):
    """A store (database, blobs, index) did not answer."""

    code = "store_unavailable"


class ProviderRejected(FootnoteError):
    """The provider refused this very request; another may not."""

    code = "provider_rejected"
    status = 502


class ContextTooLong(ProviderRejected):
    """The request exceeds the model's context; a larger model may serve."""

    code = "context_too_long"


class ContentFiltered(ProviderRejected):
    """The provider's own filter stopped the request or the answer."""

    code = "content_filtered"


class BadCredentials(ProviderRejected):
    """The provider does not accept the configured key."""

    code = "bad_credentials"


class Defect(FootnoteError):
    """Our own mistake: logged with its trace; a person should look."""

    code = "internal_error"
    status = 500
