"""Keys, codes and sessions: what each gives, until when, and to whom."""

import pytest
from sqlalchemy import text
from tests.support.clock import ManualClock

from footnote.db.engine import Database
from footnote.identity.service import SESSION_LIFETIME, SIGN_IN_CODE_LIFETIME, IdentityService
from footnote.kit.errors import Unauthenticated
from footnote.kit.principal import Principal, Role, Scope
from footnote.kit.secret_keys import new_key


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def identity(database: Database, clock: ManualClock) -> IdentityService:
    return IdentityService(database, clock)


@pytest.fixture
async def owner(identity: IdentityService) -> Principal:
    return await identity.bootstrap_owner()


async def test_the_first_start_makes_one_owner_and_later_ones_find_it(
    identity: IdentityService, owner: Principal
) -> None:
    assert owner.role is Role.OWNER
    assert owner.scopes == frozenset(Scope)
    assert await identity.bootstrap_owner() == owner
    assert await identity.organisation_ids() == (owner.organisation_id,)


async def test_a_key_stands_for_its_user_until_it_is_revoked(
    identity: IdentityService, owner: Principal, database: Database
) -> None:
    key = new_key()
    await identity.ensure_key(owner, key, name="test")
    await identity.ensure_key(owner, key, name="again")
    assert await identity.authenticate_key(key) == owner
    async with database.writing() as session:
        await session.execute(text("UPDATE api_keys SET revoked_at = created_at"))
    with pytest.raises(Unauthenticated):
        await identity.authenticate_key(key)


async def test_a_switched_off_user_has_neither_key_nor_session(
    identity: IdentityService, owner: Principal, database: Database
) -> None:
    key = new_key()
    await identity.ensure_key(owner, key, name="test")
    secret, _ = await identity.redeem_sign_in_code(await identity.create_sign_in_code(owner))
    async with database.writing() as session:
        await session.execute(text("UPDATE users SET is_active = :off").bindparams(off=False))
    with pytest.raises(Unauthenticated):
        await identity.authenticate_key(key)
    with pytest.raises(Unauthenticated):
        await identity.authenticate_session(secret)


async def test_a_key_is_worth_no_more_than_its_users_role(
    identity: IdentityService, owner: Principal, database: Database
) -> None:
    key = new_key()
    await identity.ensure_key(owner, key, name="test")
    async with database.writing() as session:
        await session.execute(text("UPDATE memberships SET role = 'viewer'"))
    found = await identity.authenticate_key(key)
    assert (found.role, found.scopes) == (Role.VIEWER, frozenset({Scope.READ}))


async def test_a_code_works_once_and_for_a_day(identity: IdentityService, owner: Principal, clock: ManualClock) -> None:
    code = await identity.create_sign_in_code(owner)
    clock.advance(SIGN_IN_CODE_LIFETIME.total_seconds() - 1)
    secret, principal = await identity.redeem_sign_in_code(code)
    assert principal == owner == await identity.authenticate_session(secret)
    with pytest.raises(Unauthenticated):
        await identity.redeem_sign_in_code(code)
    late = await identity.create_sign_in_code(owner)
    clock.advance(SIGN_IN_CODE_LIFETIME.total_seconds() + 1)
    with pytest.raises(Unauthenticated):
        await identity.redeem_sign_in_code(late)


async def test_a_session_ends_in_time_or_on_request(
    identity: IdentityService, owner: Principal, clock: ManualClock
) -> None:
    first, _ = await identity.redeem_sign_in_code(await identity.create_sign_in_code(owner))
    second, _ = await identity.redeem_sign_in_code(await identity.create_sign_in_code(owner))
    await identity.end_session(first)
    with pytest.raises(Unauthenticated):
        await identity.authenticate_session(first)
    assert await identity.authenticate_session(second) == owner
    clock.advance(SESSION_LIFETIME.total_seconds() + 1)
    with pytest.raises(Unauthenticated):
        await identity.authenticate_session(second)


@pytest.mark.parametrize("secret", ["", "x", "fnk_", "'", "é" * 50])
async def test_a_guess_is_nobodys(identity: IdentityService, owner: Principal, secret: str) -> None:
    with pytest.raises(Unauthenticated):
        await identity.authenticate_key(secret)
    with pytest.raises(Unauthenticated):
        await identity.authenticate_session(secret)


async def test_what_is_over_is_removed_and_what_is_good_stays(
    identity: IdentityService, owner: Principal, clock: ManualClock
) -> None:
    old, _ = await identity.redeem_sign_in_code(await identity.create_sign_in_code(owner))
    await identity.create_sign_in_code(owner)
    clock.advance(SESSION_LIFETIME.total_seconds())
    new, _ = await identity.redeem_sign_in_code(await identity.create_sign_in_code(owner))

    assert await identity.forget_expired() == 3, "the old session and both old codes"
    assert await identity.forget_expired() == 0
    assert await identity.authenticate_session(new) == owner
    with pytest.raises(Unauthenticated):
        await identity.authenticate_session(old)
