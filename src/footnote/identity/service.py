"""Bootstrap of the first organisation, and turning keys, codes and sessions into a Principal."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from footnote.db.engine import Database
from footnote.identity.models import (
    ApiKeyRow,
    MembershipRow,
    OrganisationRow,
    SessionRow,
    SignInCodeRow,
    UserRow,
)
from footnote.kit.clock import Clock
from footnote.kit.errors import NotFound, Unauthenticated
from footnote.kit.ids import OrganisationId, UserId, new_id
from footnote.kit.principal import Principal, Role, Scope

SIGN_IN_CODE_LIFETIME = timedelta(hours=24)
SESSION_LIFETIME = timedelta(days=30)
_ALL_SCOPES = frozenset(Scope)
_SCOPES_OF_ROLE = {
    Role.OWNER: _ALL_SCOPES,
    Role.ADMIN: _ALL_SCOPES,
    Role.MEMBER: frozenset({Scope.READ, Scope.WRITE}),
    Role.VIEWER: frozenset({Scope.READ}),
}


@dataclass(frozen=True, slots=True)
class Me:
    """What a caller may know of itself."""

    organisation_id: OrganisationId
    organisation_name: str
    user_id: UserId
    user_name: str


class IdentityService:
    """Keys and sessions are looked up by SHA-256: they are random 256-bit secrets, so a slow hash adds nothing."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def bootstrap_owner(self) -> Principal:
        """Return the owner of the first organisation, making both on the first start."""
        async with self._database.writing() as session:
            found = await session.execute(
                select(MembershipRow)
                .where(MembershipRow.role == Role.OWNER)
                .order_by(MembershipRow.created_at)
                .limit(1)
            )
            membership = found.scalar_one_or_none()
            if membership is None:
                membership = await self._first_membership(session)
            return _principal(membership.organisation_id, membership.user_id, Role.OWNER, _ALL_SCOPES)

    async def _first_membership(self, session: AsyncSession) -> MembershipRow:
        now = self._clock.now()
        organisation = OrganisationRow(id=new_id("org"), name="My organisation", created_at=now)
        user = UserRow(id=new_id("usr"), name="Owner", is_active=True, created_at=now)
        session.add_all([organisation, user])
        await session.flush()
        membership = MembershipRow(organisation_id=organisation.id, user_id=user.id, role=Role.OWNER, created_at=now)
        session.add(membership)
        return membership

    async def ensure_key(self, principal: Principal, key: str, *, name: str) -> None:
        """Make `key` a key of the principal, unless it already is one."""
        async with self._database.writing() as session:
            found = await session.execute(select(ApiKeyRow.id).where(ApiKeyRow.key_hash == _hash(key)))
            if found.first() is not None:
                return
            session.add(
                ApiKeyRow(
                    id=new_id("key"),
                    organisation_id=principal.organisation_id,
                    user_id=principal.user_id,
                    name=name,
                    prefix=key[:12],
                    key_hash=_hash(key),
                    scopes=sorted(principal.scopes),
                    created_at=self._clock.now(),
                )
            )

    async def authenticate_key(self, key: str) -> Principal:
        """Return whose key this is; Unauthenticated when it is nobody's, revoked, or its user is switched off."""
        statement = (
            select(ApiKeyRow, MembershipRow.role)
            .join(
                MembershipRow,
                (MembershipRow.user_id == ApiKeyRow.user_id)
                & (MembershipRow.organisation_id == ApiKeyRow.organisation_id),
            )
            .join(UserRow, UserRow.id == ApiKeyRow.user_id)
            .where(ApiKeyRow.key_hash == _hash(key), ApiKeyRow.revoked_at.is_(None), UserRow.is_active.is_(True))
        )
        async with self._database.reading() as session:
            row = (await session.execute(statement)).first()
        if row is None:
            raise Unauthenticated("This key is not known or no longer valid.", code="bad_key")
        scopes = frozenset(Scope(scope) for scope in row[0].scopes)
        role = Role(row[1])
        return _principal(row[0].organisation_id, row[0].user_id, role, scopes & _SCOPES_OF_ROLE[role])

    async def create_sign_in_code(self, principal: Principal) -> str:
        """Return a new one-time code for the principal's user, good for a day."""
        code = secrets.token_urlsafe(32)
        now = self._clock.now()
        async with self._database.writing() as session:
            session.add(
                SignInCodeRow(
                    code_hash=_hash(code),
                    organisation_id=principal.organisation_id,
                    user_id=principal.user_id,
                    created_at=now,
                    expires_at=now + SIGN_IN_CODE_LIFETIME,
                )
            )
        return code

    async def redeem_sign_in_code(self, code: str) -> tuple[str, Principal]:
        """Use up the code and return the new session's secret; Unauthenticated `bad_code` when used, old or unknown."""
        now = self._clock.now()
        async with self._database.writing() as session:
            used = await session.execute(
                update(SignInCodeRow)
                .where(
                    SignInCodeRow.code_hash == _hash(code),
                    SignInCodeRow.used_at.is_(None),
                    SignInCodeRow.expires_at > now,
                )
                .values(used_at=now)
                .returning(SignInCodeRow.organisation_id, SignInCodeRow.user_id)
            )
            row = used.first()
            if row is None:
                raise Unauthenticated(
                    "This sign-in link was used already or is too old; `footnote sign-in` prints a new one.",
                    code="bad_code",
                )
            secret = secrets.token_urlsafe(32)
            session.add(
                SessionRow(
                    id=new_id("ses"),
                    organisation_id=row.organisation_id,
                    user_id=row.user_id,
                    secret_hash=_hash(secret),
                    created_at=now,
                    expires_at=now + SESSION_LIFETIME,
                )
            )
        return secret, await self.authenticate_session(secret)

    async def authenticate_session(self, secret: str) -> Principal:
        """Return whose browser session this is; Unauthenticated when there is none."""
        statement = (
            select(SessionRow.organisation_id, SessionRow.user_id, MembershipRow.role)
            .join(
                MembershipRow,
                (MembershipRow.user_id == SessionRow.user_id)
                & (MembershipRow.organisation_id == SessionRow.organisation_id),
            )
            .join(UserRow, UserRow.id == SessionRow.user_id)
            .where(
                SessionRow.secret_hash == _hash(secret),
                SessionRow.expires_at > self._clock.now(),
                UserRow.is_active.is_(True),
            )
        )
        async with self._database.reading() as session:
            row = (await session.execute(statement)).first()
        if row is None:
            raise Unauthenticated("You are signed out; `footnote sign-in` prints a link.", code="signed_out")
        role = Role(row.role)
        return _principal(row.organisation_id, row.user_id, role, _SCOPES_OF_ROLE[role])

    async def end_session(self, secret: str) -> None:
        """Make the session's secret worthless; unknown ones are no error."""
        async with self._database.writing() as session:
            await session.execute(delete(SessionRow).where(SessionRow.secret_hash == _hash(secret)))

    async def forget_expired(self) -> int:
        """Remove sessions and sign-in codes whose time is over; returns how many."""
        now, removed = self._clock.now(), 0
        async with self._database.writing() as session:
            for table in (SessionRow, SignInCodeRow):
                result = await session.execute(delete(table).where(table.expires_at <= now).returning(table.expires_at))
                removed += len(result.all())
        return removed

    async def describe(self, principal: Principal) -> Me:
        """Return the names behind the principal."""
        async with self._database.reading() as session:
            organisation = await session.get(OrganisationRow, principal.organisation_id)
            user = await session.get(UserRow, principal.user_id)
        if organisation is None or user is None:
            raise NotFound("This account no longer exists.")
        return Me(principal.organisation_id, organisation.name, principal.user_id, user.name)

    async def organisation_ids(self) -> tuple[OrganisationId, ...]:
        """Return every organisation of the installation; for background work, never for a caller."""
        async with self._database.reading() as session:
            rows = await session.execute(select(OrganisationRow.id).order_by(OrganisationRow.id))
            return tuple(OrganisationId(value) for value in rows.scalars())


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _principal(organisation_id: str, user_id: str, role: Role, scopes: frozenset[Scope]) -> Principal:
    return Principal(OrganisationId(organisation_id), UserId(user_id), role, scopes)
