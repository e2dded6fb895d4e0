"""Who is asking: required by every service and repository call, from the first line."""

from dataclasses import dataclass
from enum import StrEnum

from footnote.kit.errors import NotPermitted
from footnote.kit.ids import OrganisationId, UserId


class Role(StrEnum):
    """What a member may do inside the organisation, strongest first."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"


class Scope(StrEnum):
    """What a credential may be used for, whatever its holder's role."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Principal:
    """One caller, inside exactly one organisation."""

    organisation_id: OrganisationId
    user_id: UserId
    role: Role
    scopes: frozenset[Scope]

    def require(self, scope: Scope) -> None:
        """Raise NotPermitted unless the credential carries the scope."""
        if scope not in self.scopes:
            raise NotPermitted(f"This key lacks the scope {scope.value!r}.")
