"""Ingest: uploads and the web, sizes, and no secret in what is told."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.drive import LARGE, drive_server
from tests.video_site import about, known_site, write_clips

from soundstage.domain.artifact import Artifact
from soundstage.domain.project import Original
from soundstage.errors import ExceptionReason, SourceFailure
from soundstage.pipelines.context import Earlier
from soundstage.pipelines.stages.ingest import IngestFindings, Origin, ingest


class Shelf(BaseHTTPRequestHandler):
    """`/old…` leads to `/talk.wav`, whose bytes are `content`; `/kept…` to `/kept.wav`, which has an ETag as well."""

    def __init__(self, content: bytearray, *arguments: object) -> None:
        self.content = content
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        tag = f'"{hashlib.sha256(self.content).hexdigest()}"' if self.path.startswith("/kept.wav") else None
        if self.path.startswith(("/old", "/kept?")):
            self.send_response(302)
            self.send_header("Location", "/talk.wav?token=secret" if "old" in self.path else "/kept.wav?token=secret")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if tag is not None and self.headers["If-None-Match"] == tag:
            self.send_response(304)
            self.send_header("ETag", tag)
            self.end_headers()
            return
        self.send_response(200)
        if tag is not None:
            self.send_header("ETag", tag)
        self.send_header("Content-Type", "audio/wav")
        self.send_header("Content-Length", str(len(self.content)))
        self.end_headers()
        self.wfile.write(bytes(self.content))  # a test may change it while this is sent

    def log_message(self, *arguments: object) -> None: ...


@pytest.fixture
def content(tone) -> bytearray:
    """What the shelf serves; a test may change it."""
    return bytearray(tone().read_bytes())


@pytest.fixture
def shelf(content: bytearray) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Shelf, content)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def test_an_upload_is_taken_in_and_stays(make_context, request_for, tone) -> None:
    media = tone("talk.wav")
    context = make_context(media)
    outcome = ingest(context, request_for())
    assert outcome.output.file_name == "talk.wav"
    assert outcome.output.source.name == "original.wav"
    assert outcome.output.source.media_type == "audio/wav"
    assert outcome.output.source.sha256 == hashlib.sha256(media.read_bytes()).hexdigest()
    assert outcome.findings.origin is Origin.UPLOAD
    assert outcome.summary == "Took in the upload talk.wav: 384.0 kB."
    assert context.open(outcome.output.source).read_bytes() == media.read_bytes()


def test_the_media_of_a_project_that_came_without_it_keeps_the_names_it_had(make_context, request_for, tone) -> None:
    media = tone("copy of talk.WAV")
    sha256 = hashlib.sha256(media.read_bytes()).hexdigest()
    artifact = Artifact(sha256=sha256, bytes=media.stat().st_size, media_type="audio/wav", name="original.wav")
    original = Original(file_name="talk.wav", url=None, artifact=artifact)
    context = make_context(media)
    outcome = ingest(context, request_for(original=original))
    assert (outcome.output.source, outcome.output.file_name) == (artifact, "talk.wav")
    assert context.open(outcome.output.source).read_bytes() == media.read_bytes()


def test_other_media_than_the_project_was_made_from_is_refused_with_both_digests(
    make_context, request_for, tone
) -> None:
    artifact = Artifact(sha256="a" * 64, bytes=7, media_type="audio/wav", name="original.wav")
    original = Original(file_name="talk.wav", url=None, artifact=artifact)
    with pytest.raises(SourceFailure, match=r"it has 384\d+ bytes .* and talk\.wav had 7 with aaaa") as caught:
        ingest(make_context(tone("other.wav")), request_for(original=original))
    assert caught.value.reason is ExceptionReason.INVALID_SOURCE_DATA


def test_the_same_upload_again_gives_the_same(make_context, request_for, tone) -> None:
    context = make_context(tone())
    assert ingest(context, request_for()) == ingest(context, request_for())


@pytest.mark.parametrize(
    ("name", "kept", "media_type"),
    [
        ("Talk.MP4", "original.mp4", "video/mp4"),
        ("page.html", "original.html", "application/octet-stream"),
        ("no ending", "original.bin", "application/octet-stream"),
        ("odd.../../x y", "original.bin", "application/octet-stream"),
    ],
)
def test_names_and_types_come_from_a_table(make_context, request_for, tone, name, kept, media_type) -> None:
    source = ingest(make_context(tone(), name), request_for()).output.source
    assert (source.name, source.media_type) == (kept, media_type)


def test_an_empty_upload_is_refused(make_context, request_for, tmp_path: Path) -> None:
    empty = tmp_path / "empty.mp4"
    empty.touch()
    with pytest.raises(SourceFailure, match="empty") as caught:
        ingest(make_context(empty), request_for())
    assert caught.value.reason is ExceptionReason.INVALID_SOURCE_DATA


def test_a_large_upload_is_refused(make_context, request_for, tone) -> None:
    with pytest.raises(SourceFailure, match=r"384\.0 kB; this server takes up to 1\.0 kB") as caught:
        ingest(make_context(tone(), max_media_bytes=1000), request_for())
    assert caught.value.reason is ExceptionReason.SOURCE_TOO_LARGE


def test_an_unknown_upload_is_not_found(make_context, request_for) -> None:
    with pytest.raises(SourceFailure) as caught:
        ingest(make_context(), request_for())
    assert caught.value.reason is ExceptionReason.SOURCE_NOT_FOUND


def test_a_url_is_fetched_and_its_secrets_are_not_told(make_context, request_for, shelf) -> None:
    context = make_context(fetch_allow=("127.0.0.1",))
    outcome = ingest(context, request_for(media_url=f"http://user:pass@{shelf}/old?key=secret#part"))
    findings = outcome.findings
    assert isinstance(findings, IngestFindings)
    assert findings.origin is Origin.URL
    assert findings.final_url == f"http://{shelf}/talk.wav"
    assert len(findings.redirects) == 1
    assert outcome.summary == "Fetched talk.wav after 1 redirect: 384.0 kB."
    told = findings.model_dump_json() + outcome.summary + outcome.output.model_dump_json()
    assert "secret" not in told
    assert "pass" not in told


def test_what_has_not_changed_is_not_downloaded_again(make_context, request_for, shelf, content, tmp_path) -> None:
    request = request_for(media_url=f"http://{shelf}/kept?key=secret")
    first = ingest(make_context(fetch_allow=("127.0.0.1",)), request)
    assert first.output.web is not None
    assert "secret" not in first.output.model_dump_json()
    assert (first.findings.downloaded, first.taken_over_from) == (True, None)
    before = Earlier("task-1", first.output)

    again = ingest(make_context(fetch_allow=("127.0.0.1",), before=before), request)
    assert again.output == first.output
    assert again.findings == first.findings.model_copy(update={"downloaded": False})
    assert again.taken_over_from == "task-1"
    assert again.summary == (
        "kept.wav after 1 redirect has not changed since task task-1 fetched it: 384.0 kB, not downloaded again."
    )

    with pytest.raises(SourceFailure, match="takes up to"):
        ingest(make_context(fetch_allow=("127.0.0.1",), before=before, max_media_bytes=1000), request)

    (tmp_path / "context" / "artifacts" / first.output.source.sha256).unlink()
    lost = ingest(make_context(fetch_allow=("127.0.0.1",), before=before), request)
    assert (lost.findings, lost.taken_over_from) == (first.findings, None), "what is gone here is downloaded again"

    content += b"more"
    changed = ingest(make_context(fetch_allow=("127.0.0.1",), before=before), request)
    assert changed.findings.downloaded
    assert changed.output.source.bytes == first.output.source.bytes + 4


def test_a_server_that_vouches_for_nothing_is_asked_for_all_of_it(make_context, request_for, shelf) -> None:
    request = request_for(media_url=f"http://{shelf}/talk.wav")
    first = ingest(make_context(fetch_allow=("127.0.0.1",)), request)
    assert first.output.web is None
    again = ingest(make_context(fetch_allow=("127.0.0.1",), before=Earlier("task-1", first.output)), request)
    assert again == first


def test_a_drive_link_is_followed_to_its_file(make_context, request_for, tone) -> None:
    with drive_server(tone().read_bytes()) as server:
        context = make_context(fetch_allow=("127.0.0.1",), drive_url=server.url)
        outcome = ingest(context, request_for(media_url=f"https://drive.google.com/open?id={LARGE}"))
    assert outcome.findings.origin is Origin.DRIVE
    assert outcome.summary == "Fetched my talk.mp4 from Google Drive: 384.0 kB."
    assert outcome.output.source.name == "original.mp4"


def test_a_video_of_a_site_is_taken_under_its_title(make_context, request_for, monkeypatch, tmp_path) -> None:
    clips = write_clips(tmp_path)
    with known_site(monkeypatch) as site:
        site.answers["/talk"] = clips.whole
        site.answers["/about/1"] = about({"format_id": "1", "url": f"{site.url}/talk", "ext": "mp4"})
        context = make_context(fetch_allow=("127.0.0.1",))
        outcome = ingest(context, request_for(media_url=f"{site.url}/watch/1?key=secret"))
    assert outcome.output.file_name == "A talk: part-1.mp4"
    assert outcome.output.source.sha256 == hashlib.sha256(clips.whole).hexdigest()
    findings = outcome.findings
    assert (findings.origin, findings.site, findings.video_id) == (Origin.SITE, "Loopback", "1")
    assert (findings.title, findings.final_url) == ("A talk: part/1", f"{site.url}/watch/1")
    assert outcome.summary.startswith("Took “A talk: part/1” from Loopback: ")
    assert "secret" not in findings.model_dump_json()


def test_a_url_in_the_house_is_refused(make_context, request_for, shelf) -> None:
    with pytest.raises(SourceFailure) as caught:
        ingest(make_context(), request_for(media_url=f"http://{shelf}/talk.wav"))
    assert caught.value.reason is ExceptionReason.ERROR_DOWNLOADING_SOURCE


def test_a_large_download_is_refused(make_context, request_for, shelf) -> None:
    context = make_context(fetch_allow=("127.0.0.1",), max_media_bytes=1000)
    with pytest.raises(SourceFailure) as caught:
        ingest(context, request_for(media_url=f"http://{shelf}/talk.wav"))
    assert caught.value.reason is ExceptionReason.SOURCE_TOO_LARGE
