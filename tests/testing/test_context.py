"""The StageContext of the test kit, in this process and on real ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from soundstage.domain.sound import AudioType
from soundstage.domain.timing import Span
from soundstage.engines.registry import Registry
from soundstage.engines.resident import EngineRoom
from soundstage.engines.sound.contract import Wish
from soundstage.engines.spec import Capability, EngineSpec, Readiness
from soundstage.errors import Cancelled, EngineFailure, SourceFailure
from soundstage.host.pool import HostPool
from soundstage.testing.context import LocalContext

FAULTS = "soundstage.testing.faults:"
LIAR = EngineSpec(
    name="liar",
    capability=Capability.SOUND,
    version="1",
    title="Liar",
    load=FAULTS + "liar",
    check=lambda settings: Readiness.yes(),
    licence="MIT",
)


@pytest.fixture(params=["here", "processes"])
def context(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LocalContext]:
    parts: dict[str, Any] = {}
    if request.param == "processes":
        parts = {"pool": HostPool(1), "room": EngineRoom(1000, 60)}
    yield LocalContext(tmp_path, registry=Registry.of(LIAR), uploads={"upload://a": (tmp_path / "a", "a.mp4")}, **parts)
    for part in parts.values():
        part.close()


def test_isolated_functions_take_and_give_typed_values(context: LocalContext) -> None:
    assert context.isolated(FAULTS + "shift", span=Span(start_ms=1, end_ms=2), by_ms=5) == Span(start_ms=6, end_ms=7)
    assert context.isolated(FAULTS + "parent_of", path=Path("/a/b")) == Path("/a")


def test_progress_counts_within_a_portion(context: LocalContext) -> None:
    with context.portion(0.5, 1.0):
        context.isolated(FAULTS + "sleep", seconds=0.3)
    assert context.reported
    assert all(0.5 <= fraction <= 1.0 for fraction in context.reported)


def test_engines_are_resolved_and_held_to_their_contract(context: LocalContext) -> None:
    missing = context.engine(Capability.SPEECH)
    assert isinstance(missing, Readiness)
    engine = context.engine(Capability.SOUND)
    assert not isinstance(engine, Readiness)
    with pytest.raises((EngineFailure, TypeError), match="wrong thing"):
        engine.call("understand", wish=Wish(prompt="x", audio_type=AudioType.SOUND))


def test_artifacts_uploads_terms_and_cancelling(context: LocalContext, tmp_path: Path) -> None:
    file = context.scratch() / "note.txt"
    file.write_text("hello")
    artifact = context.put(file, name="note.txt", media_type="text/plain")
    file.unlink()
    assert context.open(artifact).read_text() == "hello"
    (tmp_path / "a").write_bytes(b"a film")
    upload = context.upload("upload://a")
    assert (upload.name, context.open(upload).read_bytes()) == ("a.mp4", (tmp_path / "a").read_bytes())
    adopted = context.adopt(upload, name="original.mp4", media_type="video/mp4")
    assert adopted == upload.model_copy(update={"name": "original.mp4", "media_type": "video/mp4"})
    assert context.adopt(upload.model_copy(update={"sha256": "0" * 64}), name="x", media_type="video/mp4") is None
    with pytest.raises(SourceFailure):
        context.upload("upload://b")
    assert context.terms((), 1, 2) == ()
    context.check()
    context.cancel()
    with pytest.raises(Cancelled):
        context.check()
