"""Routes of signing in: a one-time code becomes a cookie that scripts cannot read."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from footnote.identity.schemas import MeOut, Named, Profile, SignIn, SignInLink
from footnote.identity.service import SESSION_LIFETIME, IdentityService
from footnote.kit.http import PrincipalDep, problem_responses, provided
from footnote.kit.principal import Principal, Scope

SESSION_COOKIE = "footnote_session"
router = APIRouter(tags=["session"], responses=problem_responses())
Identity = Annotated[IdentityService, Depends(provided(IdentityService))]
Installation = Annotated[Profile, Depends(provided(Profile))]


@router.post("/session")
async def sign_in(
    request: Request, response: Response, identity: Identity, profile: Installation, body: SignIn
) -> MeOut:
    """Turn a one-time code into a signed-in browser."""
    secret, principal = await identity.redeem_sign_in_code(body.code)
    response.set_cookie(
        SESSION_COOKIE, secret, max_age=int(SESSION_LIFETIME.total_seconds()), httponly=True, samesite="strict",
        secure=request.url.scheme == "https", path="/",
    )  # fmt: skip
    return await _me(identity, profile, principal)


@router.delete("/session", status_code=204)
async def sign_out(request: Request, response: Response, principal: PrincipalDep, identity: Identity) -> None:
    """End this browser's session."""
    secret = request.cookies.get(SESSION_COOKIE)
    if secret:
        await identity.end_session(secret)
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="strict")


@router.post("/session/links", status_code=201)
async def create_sign_in_link(request: Request, principal: PrincipalDep, identity: Identity) -> SignInLink:
    """Make a one-time link that signs a browser in as the caller."""
    principal.require(Scope.ADMIN)
    code = await identity.create_sign_in_code(principal)
    base: str = request.app.state.public_url
    return SignInLink(url=f"{base}/sign-in#code={code}")


@router.get("/me")
async def get_me(principal: PrincipalDep, identity: Identity, profile: Installation) -> MeOut:
    """Return who is asking, and what this installation offers."""
    return await _me(identity, profile, principal)


async def _me(identity: IdentityService, profile: Profile, principal: Principal) -> MeOut:
    me = await identity.describe(principal)
    return MeOut(
        organisation=Named(id=me.organisation_id, name=me.organisation_name),
        user=Named(id=me.user_id, name=me.user_name),
        role=principal.role.value,
        scopes=sorted(principal.scopes),
        profile=profile,
    )
