"""What a dry run sees of the media, and the disk it counts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.video_site import about, known_site

from soundstage.domain.media import MediaInfo, Stream, StreamKind
from soundstage.domain.request import ProjectSetupRequest
from soundstage.host.typed import signature, write_arguments
from soundstage.media.sites import known
from soundstage.services.actor import Actor
from soundstage.services.media_look import STEM_BYTES, TRACK_BYTES, Look, MediaLook, ProxyLimits
from soundstage.storage.blobs.local import LocalBlobs
from soundstage.storage.database import Database

SECONDS, BYTES = 100, 5_000_000
SOUND = Stream(index=1, kind=StreamKind.AUDIO, codec="aac", audio_index=0, is_default=True)


def here(function: str, arguments: dict[str, Any], timeout: float) -> Any:
    """A host process's answer, from this one."""
    types = signature(function)
    return json.loads(types.write_answer(types.function(**types.read_arguments(write_arguments(arguments)))))


def looking(database: Database, blobs: LocalBlobs, **limits: Any) -> MediaLook:
    return MediaLook(database, blobs, {"allow": ("127.0.0.1",)}, ProxyLimits(**limits), here)


def asked(media_url: str = "upload://x", **more: Any) -> ProjectSetupRequest:
    whole = {"media_url": media_url, "source_language": None, "target_languages": (54,)} | more
    return ProjectSetupRequest.model_validate(whole)


def film(codec: str, container: str = "mov,mp4", brand: str | None = "isom") -> Look:
    picture = Stream(index=0, kind=StreamKind.VIDEO, codec=codec, pixel_format="yuv420p")
    media = MediaInfo(
        container=container,
        brand=brand,
        duration_ms=SECONDS * 1000,
        bytes=BYTES,
        bit_rate=None,
        streams=(picture, SOUND),
    )
    return Look(media, SECONDS, BYTES)


@pytest.mark.parametrize(
    ("look", "limits", "proxy"),
    [
        (film("h264"), {}, 0),
        (film("h264", brand="qt"), {}, BYTES),
        (film("h264", brand="qt"), {"video_proxy": False}, 0),
        (film("mpeg4"), {}, SECONDS * 200_000),
        (film("mpeg4"), {"proxy_transcode_seconds": SECONDS - 1}, 0),
    ],
)
def test_a_video_for_browsers_counts(
    database: Database, blobs: LocalBlobs, look: Look, limits: dict[str, Any], proxy: int
) -> None:
    service = looking(database, blobs, **limits)
    assert service.disk_bytes(look, asked(), stems=False) == BYTES + SECONDS * TRACK_BYTES + proxy


def test_stems_count_where_they_are_made(database: Database, blobs: LocalBlobs) -> None:
    service, look = looking(database, blobs), film("h264")
    without = service.disk_bytes(look, asked(), stems=False)
    assert without is not None
    assert service.disk_bytes(look, asked(), stems=True) == without + SECONDS * STEM_BYTES
    unwanted = asked(options={"separate": {"quality": "none"}})
    assert service.disk_bytes(look, unwanted, stems=True) == without
    assert service.disk_bytes(Look(seconds=1.0), asked(), stems=True) is None


def test_a_site_tells_of_its_video(
    database: Database, blobs: LocalBlobs, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with known_site(monkeypatch) as site:
        form = {"format_id": "1", "url": f"{site.url}/talk", "ext": "mp4", "filesize": BYTES}
        site.answers["/about/1"] = about(form, duration=SECONDS)
        service = looking(database, blobs)
        look = service.look(actor, asked(f"{site.url}/watch/1"))
        assert look == Look(seconds=SECONDS, bytes=BYTES)
        assert service.disk_bytes(look, asked(), stems=False) == BYTES + SECONDS * TRACK_BYTES
        gone = service.look(actor, asked(f"{site.url}/watch/2"))
        assert gone.problem is not None and "no such video on Loopback" in gone.problem


def test_without_the_extra_its_cure_is_told(
    database: Database, blobs: LocalBlobs, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with known_site(monkeypatch) as site:
        site.answers["/watch/1"] = b"<!doctype html><html><title>A video</title></html>"
        monkeypatch.setattr(known, "find_spec", lambda name: None)
        look = looking(database, blobs).look(actor, asked(f"{site.url}/watch/1"))
    assert look.problem is not None
    assert look.problem.endswith(
        "For videos of video sites this server needs an extra: pip install 'soundstage[links]'."
    )
    assert site.asked == ["/watch/1"]
