"""Settings: the only reader of the environment and of the settings file.

Each setting is an environment variable `SOUNDSTAGE_<NAME>` or a line of `soundstage.toml` in the data folder; the
environment wins, and options of the command line win over both.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from soundstage.errors import Misconfigured

SETTINGS_FILE = "soundstage.toml"
GIB = 2**30


def _listed(value: Any) -> Any:
    """Lists may be written with commas in the environment."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def default_data_folder() -> Path:
    """`$XDG_DATA_HOME/soundstage`, or `~/.local/share/soundstage` (XDG Base Directory Specification)."""
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "soundstage"


Pair = Annotated[str, Field(pattern=r"^([a-z]{2,3}|\*)-([a-z]{2,3}|\*)$")]  # ISO 639-1 codes: `en-es`, `*-en`


class TranslationEndpoint(BaseModel):
    """An OpenAI-compatible chat endpoint that translates."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    model: str
    key: str | None = None
    timeout_seconds: Annotated[float, Field(gt=0)] = 120.0


class Config(BaseSettings):
    """Everything that can be set, with its default. `docs/reference/settings.md` explains each."""

    model_config = SettingsConfigDict(
        env_prefix="SOUNDSTAGE_", env_nested_delimiter="__", extra="forbid", frozen=True, validate_default=True
    )

    data: Path = Field(default_factory=default_data_folder, description="Folder of the database, files and secrets.")
    host: str = Field("127.0.0.1", description="Address the server binds.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(8000, description="Port the server binds; 0 takes a free one.")
    public_url: str | None = Field(
        None, description="How clients reach the server, such as https://sound.example.org; all absolute URLs start so."
    )
    database_url: str | None = Field(
        None, description="sqlite:///path or postgresql://user@host/name; default: soundstage.db in the data folder."
    )
    failure_word: Literal["page", "ERROR", "FAILED"] = Field(
        "page", description="Status word of a failed task: each endpoint's own (page), or one for all."
    )
    fern_list_replies: bool = Field(
        True,
        description="Answer the set-up status as a list to the clients that need it (Python, Java, Go).",
    )
    max_prompt_characters: Annotated[int, Field(ge=1)] = Field(10_000, description="Longest prompt.")
    max_sound_seconds: Annotated[float, Field(gt=0, le=600)] = Field(10.0, description="Longest sound or music.")
    default_sound_seconds: Annotated[float, Field(gt=0)] = Field(8.0, description="Length when none is asked for.")
    max_upload_bytes: Annotated[int, Field(ge=1)] = Field(10 * GIB, description="Largest upload.")
    max_media_bytes: Annotated[int, Field(ge=1)] = Field(10 * GIB, description="Largest media file of a set-up.")
    max_media_seconds: Annotated[float, Field(gt=0)] = Field(4 * 3600.0, description="Longest media of a set-up.")
    video_proxy: bool = Field(True, description="Make a video that browsers play where they do not play the source.")
    proxy_transcode_seconds: Annotated[float, Field(ge=0)] = Field(
        300.0, description="Longest video encoded anew for browsers; longer ones are copied or not shown. 0: none is."
    )
    fetch_allow: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)] = Field(
        (), description="Hosts, networks (CIDR) or host:port that media may be fetched from although not public."
    )
    fetch_timeout_seconds: Annotated[float, Field(gt=0)] = Field(3600.0, description="Longest download of media.")
    upload_life_days: Annotated[float, Field(gt=0)] = Field(7.0, description="Days until an unused upload is removed.")
    idempotency_hours: Annotated[float, Field(gt=0)] = Field(24.0, description="Hours an Idempotency-Key is kept.")
    team_disk_quota_bytes: Annotated[int, Field(ge=0)] = Field(200 * GIB, description="Bytes a team may keep.")
    team_concurrent_tasks: Annotated[int, Field(ge=1)] = Field(
        1000, description="Tasks a team may have waiting and running at once."
    )
    rate_limit_per_minute: Annotated[int, Field(ge=0)] = Field(
        6000, description="Requests a minute a key may make; 0 for no limit."
    )
    file_url_seconds: Annotated[int, Field(ge=1)] = Field(24 * 3600, description="Life of a signed file URL.")
    translation_endpoint: TranslationEndpoint | None = Field(
        None, description="OpenAI-compatible chat endpoint for translation: url, model, key, timeout_seconds."
    )
    translation_models: dict[Pair, Path] = Field(
        default_factory=dict, description="Folders of CTranslate2 translation models by pair: en-es, or *-* for many."
    )
    translation_engines: dict[Pair, str] = Field(
        default_factory=dict, description="Translation engine to prefer by pair: en-es, en-* or *-es."
    )
    sound_models: dict[Literal["sound", "music", "any"], str] = Field(
        default_factory=dict,
        description="Neural sound models by use (sound, music or any): a folder, or the hub's name of a pulled one.",
    )
    sound_steps: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        None, description="Steps of a neural sound model's diffusion; default: as many as the model's makers say."
    )
    sound_batch: Annotated[int, Field(ge=1, le=64)] | None = Field(
        None, description="Sounds that a neural engine makes at once; default: 8 on a GPU, 1 without."
    )
    whisper_model_dir: Path | None = Field(None, description="A CTranslate2 whisper model to use, not the packaged.")
    engines: dict[str, str] = Field(default_factory=dict, description="Engine to use by default, by capability.")
    sound_tasks: Annotated[int, Field(ge=0)] = Field(2, description="Sound tasks at once on a worker.")
    setup_tasks: Annotated[int, Field(ge=0)] = Field(1, description="Set-up tasks at once on a worker.")
    import_tasks: Annotated[int, Field(ge=0)] = Field(1, description="Imports of projects at once on a worker.")
    memory_budget_mb: Annotated[int, Field(ge=256)] = Field(4096, description="Memory for loaded engines of a worker.")
    heartbeat_seconds: Annotated[float, Field(gt=0)] = Field(2.0, description="Between two heartbeats of a worker.")
    dead_after_seconds: Annotated[float, Field(gt=0)] = Field(
        15.0, description="Silence after which another worker takes a worker's tasks over."
    )
    drain_seconds: Annotated[int, Field(ge=0)] = Field(30, description="Time tasks get to end when a worker stops.")
    stage_retries: Annotated[int, Field(ge=0)] = Field(2, description="Tries more after a failure that may pass.")
    reuse: bool = Field(
        True, description="Take over what a stage gave for the same media and options in an earlier task of the team."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")
    log_format: Literal["text", "json"] = Field("text", description="Form of the log lines on stderr.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        folder = _data_folder(init_settings, env_settings)
        file = TomlConfigSettingsSource(settings_cls, toml_file=folder / SETTINGS_FILE)
        return init_settings, env_settings, file

    @property
    def engine_settings(self) -> dict[str, Any]:
        """The sections that engines may read (`EngineSpec.settings`), as JSON."""
        sections: dict[str, Any] = {"models_dir": str(self.data / "models")}
        if self.translation_endpoint is not None:
            sections["translation_endpoint"] = self.translation_endpoint.model_dump()
        if self.translation_models:
            sections["translation_models"] = {pair: str(path) for pair, path in self.translation_models.items()}
        if self.sound_models:
            sections["sound_models"] = dict(self.sound_models)
        if self.sound_steps is not None:
            sections["sound_steps"] = self.sound_steps
        if self.sound_batch is not None:
            sections["sound_batch"] = self.sound_batch
        if self.whisper_model_dir is not None:
            sections["whisper_model_dir"] = str(self.whisper_model_dir)
        return sections

    @property
    def default_engines(self) -> dict[str, str]:
        """The engine to use by default, by capability and, for translation, by pair (`translation.en-es`)."""
        by_pair = {f"translation.{pair}": name for pair, name in self.translation_engines.items()}
        return {**self.engines, **by_pair}

    @property
    def resolved_database_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data / 'soundstage.db'}"


def load(**overrides: Any) -> Config:
    """Settings from the environment, the file, and what the command line says (None: not said).

    Raises Misconfigured naming each wrong setting.
    """
    try:
        return Config(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        raise Misconfigured(
            f"a setting is wrong: {faults} (set it as SOUNDSTAGE_<NAME> or in {SETTINGS_FILE})"
        ) from None


def prepare_data_folder(folder: Path) -> None:
    """Make the data folder private (0700). Raises Misconfigured when that cannot be done."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise Misconfigured(
            f"cannot use the data folder {folder}: {error.strerror}; choose another with --data"
        ) from error


def signing_secret(folder: Path) -> str:
    """The installation's signing secret, made whole at first use (32 random bytes as hex, mode 0600)."""
    path = folder / "signing-secret"
    if not path.exists():
        draft = path.with_name(f"signing-secret.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was first: its secret counts
            os.link(draft, path)
        draft.unlink()
    path.chmod(0o600)
    return path.read_text().strip()


def _data_folder(*sources: PydanticBaseSettingsSource) -> Path:
    for source in sources:
        value = source().get("data")
        if value is not None:
            return Path(value)
    return default_data_folder()
