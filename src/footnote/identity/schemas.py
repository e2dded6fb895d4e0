"""What callers see of themselves."""

from pydantic import BaseModel, ConfigDict, Field


class SignIn(BaseModel):
    """A one-time code from a sign-in link."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=1, max_length=200)


class Named(BaseModel):
    """An id with its name."""

    id: str
    name: str


class Profile(BaseModel):
    """What this installation offers."""

    version: str
    answer_model: str
    ocr_languages: list[str]


class MeOut(BaseModel):
    """The caller, and what the credential may be used for."""

    organisation: Named
    user: Named
    role: str
    scopes: list[str]
    profile: Profile


class SignInLink(BaseModel):
    """A link that signs one browser in, once."""

    url: str
