"""Settings come from four sources in a fixed order, and whatever does not fit is named at the start."""

from pathlib import Path

import pytest

from footnote.kit.settings import Settings, SettingsError, load_settings


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"FOOTNOTE_{name.upper()}", raising=False)
    for name in ("FOOTNOTE_CONFIG", "FOOTNOTE_SECRETS_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_without_any_source_the_server_listens_on_loopback_and_answers_locally() -> None:
    settings = load_settings()
    assert settings.host == "127.0.0.1"
    assert not settings.answers_with_model
    assert settings.database_url is None


def test_yaml_beats_defaults_the_environment_beats_yaml_and_secret_files_beat_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "footnote.yaml").write_text("port: 1111\nretrieval_top_k: 7\nopenai_model: from-yaml\n")
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "openai_api_key").write_text("sk-from-file\n")
    monkeypatch.setenv("FOOTNOTE_SECRETS_DIR", str(secrets))
    monkeypatch.setenv("FOOTNOTE_PORT", "2222")
    settings = load_settings()
    assert settings.port == 2222
    assert settings.retrieval_top_k == 7
    assert settings.openai_model == "from-yaml"
    assert settings.openai_api_key is not None
    assert settings.openai_api_key.get_secret_value() == "sk-from-file"


def test_arguments_beat_every_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_PORT", "2222")
    assert load_settings(port=3333).port == 3333


def test_ocr_languages_may_be_joined_by_plus_or_comma(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_OCR_LANGUAGES", "eng+deu, fra")
    assert load_settings().ocr_languages == ("eng", "deu", "fra")


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        ("FOOTNOTE_PORTT", "1", "FOOTNOTE_PORTT"),
        ("FOOTNOTE_PORT", "many", "port"),
        ("FOOTNOTE_ANSWER_MODEL", "openai", "openai_api_key"),
        ("FOOTNOTE_DATABASE_URL", "mysql://x", "database_url"),
        ("FOOTNOTE_OCR_LANGUAGES", "", "ocr_languages"),
        ("FOOTNOTE_CONFIG", "missing.yaml", "missing.yaml"),
        ("FOOTNOTE_SECRETS_DIR", "nowhere", "nowhere"),
    ],
)
def test_what_does_not_fit_is_named_at_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, named: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=named):
        load_settings()


def test_settings_that_contradict_each_other_are_both_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_ANSWER_MODEL", "local")
    monkeypatch.setenv("FOOTNOTE_OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    with pytest.raises(SettingsError, match=r"answer_model.*openai_base_url"):
        load_settings()


def test_a_secret_that_stands_in_two_places_with_two_values_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "openai_api_key").write_text("sk-one")
    monkeypatch.setenv("FOOTNOTE_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("FOOTNOTE_OPENAI_API_KEY", "sk-two")
    with pytest.raises(SettingsError, match="differ"):
        load_settings()


def test_an_unknown_name_in_the_yaml_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "footnote.yaml").write_text("prot: 1\n")
    with pytest.raises(SettingsError, match="prot"):
        load_settings()


def test_a_secret_never_shows_in_the_settings_own_text() -> None:
    assert "sk-hidden" not in repr(load_settings(openai_api_key="sk-hidden"))
