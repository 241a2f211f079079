"""Models out of a hub, through the hub's own library, from a server on this machine that speaks its protocol."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.hub import COMMIT, TOKEN, Hub, running_hub

from soundstage.engines.model_catalogue import Model, ModelFile
from soundstage.engines.model_store import MANIFEST, installed, pull, remove, verify
from soundstage.engines.spec import Capability
from soundstage.errors import Misconfigured, StorageFull

REPOSITORY = "someone/whisper-toy"
FILES = {"config.json": b'{"toy": true}', "weights/model.bin": bytes(range(256)) * 2000}
SIZE = len(FILES["weights/model.bin"])


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_TOKEN_PATH", str(tmp_path / "no-token"))
    with running_hub({REPOSITORY: dict(FILES)}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield hub


@pytest.fixture
def entry() -> Model:
    return Model(
        name="whisper-toy",
        title="Toy",
        capability=Capability.TRANSCRIPTION,
        licence="MIT",
        package=None,
        version=COMMIT[:12],
        revision=1,
        files=tuple(ModelFile(path, len(data), hashlib.sha256(data).hexdigest()) for path, data in FILES.items()),
        convert=None,
        languages=("en",),
        download_mb=1,
        disk_mb=1,
        memory_mb=1,
        cpu_seconds_per_second=0.01,
        hub=REPOSITORY,
        commit=COMMIT,
    )


def test_a_model_arrives_whole(entry: Model, hub: Hub, tmp_path: Path) -> None:
    told: list[float] = []
    folder = pull(entry, tmp_path, told.append)
    assert installed(entry, tmp_path) == folder == tmp_path / "whisper-toy-0123456789ab-1"
    assert {path.name for path in folder.iterdir()} == {"config.json", "model.bin", MANIFEST}
    assert (folder / "model.bin").read_bytes() == FILES["weights/model.bin"]
    assert json.loads((folder / MANIFEST).read_text())["from"] == f"{REPOSITORY}@{COMMIT}"
    assert (told == sorted(told), told[0], told[-1]) == (True, 0.0, 1.0)
    assert verify(entry, tmp_path) == ()
    asked = len(hub.asked)
    assert pull(entry, tmp_path) == folder
    assert len(hub.asked) == asked  # nothing is asked for twice
    assert list(tmp_path.iterdir()) == [folder]


def test_a_download_that_breaks_goes_on_where_it_broke(entry: Model, hub: Hub, tmp_path: Path) -> None:
    small = len(FILES["config.json"])
    hub.breaks = [small, 100_000, 50_000]
    folder = pull(entry, tmp_path)
    assert (folder / "model.bin").read_bytes() == FILES["weights/model.bin"]
    first, second, third = hub.ranges
    assert first is None
    assert 0 < start_of(second) <= 100_000
    assert start_of(second) < start_of(third) <= 150_000


def start_of(wanted: str | None) -> int:
    assert wanted is not None
    return int(wanted.removeprefix("bytes=").removesuffix("-"))


def test_what_has_arrived_is_kept_for_the_next_pull(
    entry: Model, hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("soundstage.engines.model_hub._WAIT", 0.0)
    hub.breaks = [len(FILES["config.json"]), 200_000, *[0] * 5]
    with pytest.raises(Misconfigured, match=r"does not give weights/model\.bin .* what has arrived is kept"):
        pull(entry, tmp_path)
    assert installed(entry, tmp_path) is None
    hub.asked.clear()
    pull(entry, tmp_path)
    assert verify(entry, tmp_path) == ()
    assert [start_of(wanted) for wanted in hub.ranges] == [pytest.approx(200_000, abs=66_000)]
    assert not [path for _, path, _, _ in hub.asked if path.endswith("config.json")]


def test_what_has_arrived_can_be_removed(
    entry: Model, hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("soundstage.engines.model_hub._WAIT", 0.0)
    hub.breaks = [len(FILES["config.json"]), 200_000, *[0] * 5]
    with pytest.raises(Misconfigured):
        pull(entry, tmp_path)
    assert remove(entry, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_other_bytes_are_refused_and_thrown_away(entry: Model, hub: Hub, tmp_path: Path) -> None:
    hub.files[REPOSITORY]["weights/model.bin"] = b"x" * SIZE
    with pytest.raises(Misconfigured, match=r"weights/model\.bin .* \(wrong SHA-256\), and was thrown away"):
        pull(entry, tmp_path)
    hub.files[REPOSITORY]["weights/model.bin"] = FILES["weights/model.bin"]
    pull(entry, tmp_path)
    assert verify(entry, tmp_path) == ()


def test_another_size_or_commit_is_told_before_anything_comes(entry: Model, hub: Hub, tmp_path: Path) -> None:
    hub.files[REPOSITORY]["weights/model.bin"] = b"x" * (SIZE + 1)
    with pytest.raises(Misconfigured, match=rf"another weights/model\.bin .* {SIZE + 1} bytes"):
        pull(entry, tmp_path)
    assert hub.ranges == []
    hub.commit = "f" * 40
    with pytest.raises(Misconfigured, match=r"commit ffff.* check HF_ENDPOINT"):
        pull(entry, tmp_path)


def test_a_busy_hub_is_asked_again(entry: Model, hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("soundstage.engines.model_hub._WAIT", 0.0)
    hub.busy = 2
    pull(entry, tmp_path)
    assert verify(entry, tmp_path) == ()


def test_a_gated_model_wants_a_token_which_stays_with_the_hub(
    entry: Model, hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.gated = {REPOSITORY}
    with pytest.raises(Misconfigured, match=rf"accept them at {hub.url}/{REPOSITORY}, then .* HF_TOKEN"):
        pull(entry, tmp_path)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    pull(entry, tmp_path)
    elsewhere = [token for _, path, _, token in hub.asked if path.startswith("/elsewhere/")]
    assert elsewhere == [None]  # another origin never sees it


def test_what_is_private_or_not_there_is_told(entry: Model, hub: Hub, tmp_path: Path) -> None:
    hub.private = {REPOSITORY}
    with pytest.raises(Misconfigured, match=r"is private, or is not there \(401\): name a token"):
        pull(entry, tmp_path)
    hub.private = set()
    with pytest.raises(Misconfigured, match="has no commit eeee"):
        pull(replace(entry, commit="e" * 40), tmp_path)
    del hub.files[REPOSITORY]["weights/model.bin"]
    with pytest.raises(Misconfigured, match=r"has no weights/model\.bin at commit .* pull whisper-toy --from FOLDER"):
        pull(entry, tmp_path)


def test_no_hub_at_the_address_is_told(entry: Model, hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("soundstage.engines.model_hub._WAIT", 0.0)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(Misconfigured, match=r"127\.0\.0\.1:9 does not give config\.json .* HF_ENDPOINT"):
        pull(entry, tmp_path)


@pytest.mark.parametrize("flat", [True, False])
def test_a_folder_will_do(entry: Model, hub: Hub, tmp_path: Path, flat: bool) -> None:
    brought = tmp_path / "stick"
    for path, data in FILES.items():
        target = brought / (path.rpartition("/")[2] if flat else path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    pull(entry, tmp_path / "models", source=brought)
    assert verify(entry, tmp_path / "models") == ()
    assert hub.asked == []
    next(brought.rglob("model.bin")).unlink()
    with pytest.raises(Misconfigured, match=rf"does not hold weights/model\.bin .* comes from {REPOSITORY}@"):
        pull(entry, tmp_path / "others", source=brought)


def test_too_little_room_is_told_before_anything_comes(entry: Model, hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(StorageFull, match=r"takes 1000000001 MB while it is put together"):
        pull(replace(entry, disk_mb=10**9), tmp_path)
    assert hub.asked == []
