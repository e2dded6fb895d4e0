"""Every setting of the product, typed: defaults < YAML file < environment < secret files.

Names in the environment are the field names in capitals with the prefix FOOTNOTE_. The YAML file is named by
FOOTNOTE_CONFIG, else `footnote.yaml` in the working folder when it exists. Secret files stand in the folder named by
FOOTNOTE_SECRETS_DIR, one file per setting, as Docker and Kubernetes mount them.
"""

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    YamlConfigSettingsSource,
)

PREFIX = "FOOTNOTE_"
_NOT_SETTINGS = frozenset({"FOOTNOTE_CONFIG", "FOOTNOTE_SECRETS_DIR", "FOOTNOTE_OWNER_KEY", "FOOTNOTE_URL"})
_OUTSIDE_PREFIXES = ("FOOTNOTE_TEST_", "FOOTNOTE_BENCH_")


class SettingsError(Exception):
    """The settings cannot be used; the message names each one at fault and what to change."""


def _default_data_dir() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "footnote"


def _default_models_dir() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "footnote" / "models"


class Settings(BaseSettings):
    """All settings; the reference page is generated from the descriptions here."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    # Where things are kept
    data_dir: Path = Field(
        default_factory=_default_data_dir,
        description="Folder of the database, files and search indexes; owned by one server at a time.",
    )
    models_dir: Path = Field(
        default_factory=_default_models_dir, description="Folder of the built embedding models; may be shared."
    )
    database_url: str | None = Field(
        default=None,
        description="SQLAlchemy address of PostgreSQL (`postgresql+asyncpg://…`); without it SQLite in `data_dir`.",
    )

    # The server
    host: str = Field(default="127.0.0.1", description="Address to listen on; loopback unless told.")
    port: int = Field(default=8765, ge=0, le=65_535, description="Port to listen on; 0 takes a free one.")
    public_url: str | None = Field(
        default=None, description="Address under which people reach the server, for links; default from host and port."
    )
    max_upload_bytes: int = Field(default=500_000_000, gt=0, description="Largest file that may be uploaded, in bytes.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Least severe level.")
    log_format: Literal["auto", "console", "json"] = Field(
        default="auto",
        description="Shape of log lines on standard error; `auto` is `console` on a terminal, else `json`.",
    )

    # Ingestion
    ocr_languages: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("eng",), description="Languages of scanned pages as Tesseract names them, joined by `+` or commas."
    )
    chunk_preset: Literal["auto", "kb", "pdf"] = Field(
        default="auto", description="Chunk sizes: kb 500/50, pdf 1000/200 characters; auto takes pdf for paged files."
    )
    job_concurrency: int = Field(default=2, ge=1, le=64, description="Jobs that one process works on at a time.")
    job_lease_seconds: float = Field(default=30.0, gt=0, description="How long a silent worker keeps a job.")
    job_max_attempts: int = Field(default=4, ge=1, description="Tries before a job is given up with its reason.")
    child_processes: int = Field(
        default=2, ge=1, le=64, description="Child processes of each kind: for parsing, for chunking, for embedding."
    )
    child_memory_bytes: int = Field(
        default=2_000_000_000, gt=100_000_000, description="Address space that one parsing child may use, in bytes."
    )
    child_task_seconds: float = Field(default=600.0, gt=0, description="Wall-clock limit of one task in a child.")
    max_pages: int = Field(default=5_000, ge=1, description="Largest number of pages of one document.")

    # Retrieval
    embedder: str = Field(default="minilm", description="Embedder by its registered name.")
    search_index: str = Field(default="sqlite", description="Search index by its registered name.")
    index_cache_bytes: int = Field(
        default=1_000_000_000, gt=0, description="Memory for cached vector matrices, over all organisations, in bytes."
    )
    retrieval_top_k: int = Field(default=12, ge=1, le=50, description="Passages handed to the answering engine.")

    # Answers
    answer_model: Literal["auto", "local", "openai"] = Field(
        default="auto", description="Who writes answers: local quotes; openai needs a key or base URL; auto decides."
    )
    openai_api_key: SecretStr | None = Field(default=None, description="Key of an OpenAI-compatible server.")
    openai_base_url: str | None = Field(
        default=None, description="Address of an OpenAI-compatible server, such as Ollama or vLLM."
    )
    openai_model: str = Field(default="gpt-4.1-mini", description="Model name at the OpenAI-compatible server.")
    openai_input_usd_per_million_tokens: float | None = Field(
        default=None, ge=0, description="Price of input in USD per million tokens; without it costs read as unknown."
    )
    openai_output_usd_per_million_tokens: float | None = Field(
        default=None, ge=0, description="Price of output in USD per million tokens; without it costs read as unknown."
    )
    unsupported_sentences: Literal["mark", "drop"] = Field(
        default="mark", description="What happens to a sentence of a model that no passage supports."
    )
    model_timeout_seconds: float = Field(default=60.0, gt=0, description="Limit of one whole call to a model.")
    run_log_days: float = Field(
        default=7.0,
        gt=0,
        description="Days for which a finished answer's stream is kept; later it is made again from the stored answer.",
    )

    @field_validator("ocr_languages", mode="before")
    @classmethod
    def _split_languages(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.replace("+", ",").split(",") if part.strip())
        return value

    @model_validator(mode="after")
    def _no_conflicts(self) -> "Settings":
        if not self.ocr_languages:
            raise ValueError("ocr_languages is empty: name at least one Tesseract language, such as eng")
        if self.answer_model == "openai" and not (self.openai_api_key or self.openai_base_url):
            raise ValueError("answer_model is openai but neither openai_api_key nor openai_base_url is set")
        if self.answer_model == "local" and (self.openai_api_key or self.openai_base_url):
            raise ValueError(
                "answer_model is local but openai_api_key or openai_base_url is set: "
                "remove one, or use answer_model auto"
            )
        if self.database_url is not None and not self.database_url.startswith("postgresql+asyncpg://"):
            raise ValueError("database_url must start with postgresql+asyncpg:// (leave it out for SQLite)")
        return self

    @property
    def answers_with_model(self) -> bool:
        """Whether a chat model writes answers; otherwise the local engine does."""
        return self.answer_model != "local" and bool(self.openai_api_key or self.openai_base_url)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources, strongest first: arguments, secret files, environment, YAML."""
        secrets_dir = os.environ.get("FOOTNOTE_SECRETS_DIR")
        sources: list[PydanticBaseSettingsSource] = [init_settings]
        if secrets_dir:
            sources.append(SecretsSettingsSource(settings_cls, secrets_dir=secrets_dir, env_prefix=""))
        sources.append(EnvSettingsSource(settings_cls))
        config = _config_file()
        if config is not None:
            sources.append(YamlConfigSettingsSource(settings_cls, yaml_file=config))
        return tuple(sources)


def load_settings(**overrides: object) -> Settings:
    """Read and check all settings; `overrides` win over every source.

    Raises SettingsError, in one message, for every value that does not fit, every unknown name, a secret that stands
    both in the environment and in a secret file with different values, and settings that contradict each other.
    """
    problems = [*_unknown_environment_names(), *_doubled_secrets()]
    config = os.environ.get("FOOTNOTE_CONFIG")
    if config and not Path(config).is_file():
        problems.append(f"FOOTNOTE_CONFIG names a file that does not exist: {config}")
    if problems:
        raise SettingsError("; ".join(problems))
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # values are checked by pydantic, that is the point
    except ValidationError as error:
        raise SettingsError("; ".join(_sentence(item) for item in error.errors())) from error


def _config_file() -> Path | None:
    named = os.environ.get("FOOTNOTE_CONFIG")
    if named:
        return Path(named)
    local = Path("footnote.yaml")
    return local if local.is_file() else None


def _unknown_environment_names() -> list[str]:
    known = {PREFIX + name.upper() for name in Settings.model_fields} | _NOT_SETTINGS
    return [
        f"{name} is not a setting (see docs/reference/settings.md)"
        for name in sorted(os.environ)
        if name.startswith(PREFIX) and name not in known and not name.startswith(_OUTSIDE_PREFIXES)
    ]


def _doubled_secrets() -> list[str]:
    folder = os.environ.get("FOOTNOTE_SECRETS_DIR")
    if not folder:
        return []
    if not Path(folder).is_dir():
        return [f"FOOTNOTE_SECRETS_DIR names a folder that does not exist: {folder}"]
    found = []
    for name in Settings.model_fields:
        file, variable = Path(folder) / name, PREFIX + name.upper()
        if file.is_file() and variable in os.environ and file.read_text().strip() != os.environ[variable]:
            found.append(f"{variable} in the environment and the secret file {name!r} differ: keep one")
    return found


def _sentence(item: object) -> str:
    assert isinstance(item, dict)
    where = ".".join(str(part) for part in item["loc"])
    text = str(item["msg"]).removeprefix("Value error, ")
    return f"setting {where!r}: {text}" if where else text
