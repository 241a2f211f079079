"""A dry run of translation: which engine would do each pair, and every way to get one where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from soundstage.bootstrap import PIPELINES
from soundstage.config import Config
from soundstage.domain.request import ProjectSetupRequest
from soundstage.engines.registry import Registry
from soundstage.engines.translation import apertium, ct2, openai_compatible, whisper_english
from soundstage.runtime.settings import StageLimits
from soundstage.services.dry_run import DryRun, DryRunService
from soundstage.services.foreseeing import Foreseeing
from soundstage.services.media_look import MediaLook, ProxyLimits
from soundstage.storage.blobs.local import LocalBlobs
from soundstage.storage.database import Database

ENGLISH, SPANISH, GERMAN = 1, 54, 31
TRANSLATORS = Registry.of(apertium.SPEC, ct2.SPEC, openai_compatible.SPEC, whisper_english.SPEC)
LIMITS = StageLimits(
    max_media_bytes=1, max_media_seconds=1.0, fetch_allow=(), fetch_timeout_seconds=1.0, team_disk_quota_bytes=1
)
ENDPOINT = {"url": "http://127.0.0.1:9/v1", "model": "toy"}


@pytest.fixture
def planned(database: Database, blobs: LocalBlobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("PATH", str(tmp_path))  # no Apertium here, wherever this runs

    def plan(*targets: int, engines: Mapping[str, str] | None = None, **settings: Any) -> DryRun:
        reading = MediaLook(database, blobs, {}, ProxyLimits(), lambda function, arguments, timeout: None)
        service = DryRunService(
            database,
            PIPELINES,
            TRANSLATORS,
            engines=engines or {},
            engine_settings={"models_dir": str(tmp_path / "models"), **settings},
            look=reading,
            foreseeing=Foreseeing(database, TRANSLATORS, LIMITS, on=False),
        )
        request = ProjectSetupRequest(media_url="upload://x", source_language=ENGLISH, target_languages=targets)
        return service.plan_rerun(request, {"translate"}, 60.0)

    return plan


def test_every_way_to_an_engine_is_named_before_the_work(planned: Any) -> None:
    plan = planned(SPANISH, GERMAN)
    (stage,) = plan.stages
    assert (stage.name, stage.engine, stage.ready) == ("translate", None, False)
    spanish, german = plan.warnings
    assert spanish.startswith("no engine translates English (United States) into Spanish (Spain): ")
    for way in ("translation_endpoint", "models/translation/en-es of the data folder", "apt install apertium-eng-spa"):
        assert way in spanish
    assert "models/translation/en-de" in german
    assert "apt install" not in german  # Apertium has no such pair


def test_settings_by_pair_become_defaults_by_pair(tmp_path: Path) -> None:
    config = Config(
        data=tmp_path,
        engines={"translation": "openai-compatible"},
        translation_engines={"en-es": "ct2", "*-ca": "apertium"},
        translation_models={"*-*": tmp_path / "nllb"},
    )
    assert config.default_engines == {
        "translation": "openai-compatible",
        "translation.en-es": "ct2",
        "translation.*-ca": "apertium",
    }
    assert config.engine_settings["translation_models"] == {"*-*": str(tmp_path / "nllb")}
    with pytest.raises(ValidationError, match="translation_engines"):
        Config(data=tmp_path, translation_engines={"English": "ct2"})


def test_the_engine_of_each_pair_is_told(planned: Any) -> None:
    (stage,) = planned(SPANISH, translation_endpoint=ENDPOINT).stages
    assert (stage.engine, stage.ready, stage.cure) == ("openai-compatible", True, None)
    by_pair = {"translation.en-es": "ct2"}  # preferred, but not ready: the next one does it
    (stage,) = planned(SPANISH, engines=by_pair, translation_endpoint=ENDPOINT).stages
    assert stage.engine == "openai-compatible"
