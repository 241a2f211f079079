"""Who may do what: keys, scopes, teams, and nothing believed that a client merely says."""

from __future__ import annotations

import re
import stat
import subprocess
import sys

import httpx
import pytest
from tests import asking
from tests.e2e.kept import rows
from tests.server import environment

from soundstage.domain.account import Scope
from soundstage.services.keys import KeysService
from soundstage.storage.database import Database
from soundstage.testing.media import make_clip


@pytest.fixture(scope="module")
def owned(server, tmp_path_factory):
    """What team `owners` has: a client, and the addresses of everything by name."""
    clip = make_clip(tmp_path_factory.mktemp("owned") / "tone.wav", seconds=0.5)
    with server.client(server.new_key(team="owners")) as client:
        media_url = asking.upload(client, clip)
        folder = client.post("/apis/folders/create", json={"folder_name": "ours"}).json()["folder_id"]
        terms = {"dictionary_file": ("terms.csv", b"en-us,es-es\nstage,escenario\n")}
        answer = client.post("/apis/dictionaries/create-from-file", files=terms, data={"dictionary_name": "ours"})
        sound, project = asking.sound(client), asking.set_up(client, media_url)
        yield {
            "client": client,
            "media_url": media_url,
            "folder": folder,
            "dictionary": answer.json()["dictionary_id"],
            "sound": sound,
            "project": project,
            "sound_run": asking.succeeded(client, sound)["run_id"],
            "project_run": asking.succeeded(client, project)["run_id"],
        }


@pytest.fixture
def reads(owned) -> list[str]:
    return [
        f"/apis/tasks/{owned['sound']}",
        f"/apis/tasks/{owned['project']}/events",
        f"/apis/text-to-sound/{owned['sound']}",
        f"/apis/text-to-sound/{owned['sound']}?wait=1",
        f"/apis/project-setup/{owned['project']}",
        f"/apis/text-to-sound-result/{owned['sound_run']}",
        f"/apis/project-setup-result/{owned['project_run']}",
        f"/apis/projects/{owned['project_run']}",
        f"/apis/projects/{owned['project_run']}/exports/srt",
        f"/apis/projects/{owned['project_run']}/exports/json",
        f"/apis/projects/{owned['project_run']}/tracks/source.flac",
        f"/apis/dictionaries/{owned['dictionary']}",
        f"/apis/dictionaries/{owned['dictionary']}/full-details",
    ]


@pytest.fixture
def writes(owned) -> list[tuple[str, str]]:
    return [
        ("POST", f"/apis/tasks/{owned['sound']}/cancel"),
        ("POST", f"/apis/tasks/{owned['sound']}/retry"),
        ("POST", f"/apis/project-setup/{owned['project']}/continue"),
        ("DELETE", f"/apis/tasks/{owned['sound']}"),
        ("DELETE", f"/apis/sounds/{owned['sound_run']}"),
        ("DELETE", f"/apis/projects/{owned['project_run']}"),
        ("DELETE", f"/apis/uploads/{owned['media_url'].removeprefix('upload://')}"),
        ("DELETE", f"/apis/dictionaries/{owned['dictionary']}"),
    ]


def test_another_team_finds_nothing(server, owned, reads, writes, refused):
    with server.client(server.new_key(team="strangers")) as stranger:
        for address in reads:
            refused(stranger.get(address), 404)
        for method, address in writes:
            refused(stranger.request(method, address), 404)
        runs = [owned["sound_run"], owned["project_run"]]
        refused(stranger.post("/apis/text-to-sound-results", json={"run_ids": runs}), 404)
        refused(stranger.post("/apis/project-setup-results", json={"run_ids": runs}), 404)
        terms = {"translations": [{"translation": "x", "language": 1}]}
        refused(stranger.post(f"/apis/dictionaries/{owned['dictionary']}/add-term", json=terms), 404)
        refused(stranger.put(f"/apis/dictionaries/term/{owned['dictionary']}/1", json=terms), 404)
        for address in ("/apis/tasks", "/apis/projects", "/apis/sounds"):
            assert stranger.get(address).json()["items"] == []
        assert stranger.get("/apis/folders").json() == stranger.get("/apis/dictionaries").json() == []
        unknown = stranger.get("/apis/tasks/unknown").json()["error"]
        assert stranger.get(reads[0]).json()["error"] == unknown, "never reveal that it exists"
        body = asking.set_up_body(owned["media_url"])
        refused(stranger.post("/apis/project-setup", json=body | {"folder_id": owned["folder"]}), 422)
        refused(stranger.post("/apis/project-setup", json=body | {"chosen_dictionaries": [owned["dictionary"]]}), 422)
        asking.failed(stranger, asking.set_up(stranger, owned["media_url"]), "SOURCE_NOT_FOUND")
    assert owned["client"].get(reads[0]).status_code == 200


def test_a_read_key_only_reads(server, owned, reads, writes, refused):
    with server.client(server.new_key("owners", frozenset({Scope.READ}))) as reader:
        for address in reads:
            assert reader.get(address).status_code == 200
        results = reader.post("/apis/text-to-sound-results", json={"run_ids": [owned["sound_run"]] * 2})
        assert results.status_code == 200
        for method, address in writes:
            refused(reader.request(method, address), 403)
        for address in ("/apis/text-to-sound", "/apis/text-to-sound?dry_run=true"):
            refused(reader.post(address, json={"prompt": "rain"}), 403)
        refused(reader.post("/apis/project-setup", json=asking.set_up_body(owned["media_url"])), 403)
        refused(reader.post("/apis/uploads", files={"file": ("a.wav", b"x")}), 403)
        refused(reader.post("/apis/folders/create", json={"folder_name": "theirs"}), 403)
        refused(reader.post("/apis/dictionaries/create-from-file", files={"dictionary_file": ("a.csv", b"x")}), 403)


def test_a_write_key_reads_and_writes(server, owned, reads):
    with server.client(server.new_key("owners", frozenset({Scope.WRITE}))) as writer:
        for address in reads:
            assert writer.get(address).status_code == 200
        asking.succeeded(writer, asking.sound(writer))


def test_missing_wrong_and_revoked_keys(server, owned, reads, refused):
    with httpx.Client(base_url=server.url, trust_env=False, timeout=60) as nobody:
        for address in reads:
            refused(nobody.get(address), 401)
        refused(nobody.post("/apis/text-to-sound", json={"prompt": "rain"}), 401)
        for wrong in ("x", "sk_" + "a" * 43, owned["client"].headers["x-api-key"][:-1], "ä"):
            refused(nobody.get(reads[0], headers={"x-api-key": wrong.encode()}), 401)
    database = Database(server.database_url)
    keys = KeysService(database)
    key, secret = keys.create(name="short-lived", team="owners")
    with server.client(secret) as client:
        assert client.get(reads[0]).status_code == 200
        keys.revoke(key.key_id)
        for address in reads:
            refused(client.get(address), 401)
        refused(client.post("/apis/text-to-sound", json={"prompt": "rain"}), 401)
    database.close()
    assert secret not in str(rows(server.data, "SELECT * FROM keys"))


def test_the_host_header_makes_no_address(server, owned):
    client = owned["client"]
    told = [
        client.get(f"/apis/tasks/{owned['sound']}", headers=evil).text
        + client.get(f"/apis/project-setup/{owned['project']}?wait=0", headers=evil).text
        + client.get(f"/apis/project-setup-result/{owned['project_run']}", headers=evil).text
        + client.get(f"/apis/text-to-sound-result/{owned['sound_run']}?output_type=file_url", headers=evil).text
        + client.get("/apis/projects", headers=evil).text
        + client.get("/apis/openapi.json", headers=evil).text
        + client.get("/llms.txt", headers=evil).text
        for evil in ({"host": "evil.example"}, {"x-forwarded-host": "evil.example", "forwarded": "host=evil.example"})
    ]
    assert all("evil.example" not in text for text in told)
    assert all(f"{server.url}/studio/projects/{owned['project_run']}" in text for text in told)
    for address in ("/apis/tasks/", "/apis/folders/", "//evil.example/.."):
        answer = client.get(address, headers={"host": "evil.example"})
        assert "evil.example" not in answer.headers.get("location", "")


def test_the_data_folder_is_private_and_taken_by_one_server(server):
    mode = {name: stat.S_IMODE((server.data / name).stat().st_mode) for name in ("", "signing-secret", "scratch")}
    assert mode == {"": 0o700, "signing-secret": 0o600, "scratch": 0o700}
    assert re.fullmatch(r"[0-9a-f]{64}", (server.data / "signing-secret").read_text())
    second = subprocess.run(
        [sys.executable, "-m", "soundstage", "serve", "--port", "0", "--data", str(server.data)],
        env=environment(),
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert second.returncode != 0
    assert "data" in second.stderr and "Traceback" not in second.stderr
    with server.client() as client:
        assert client.get("/readyz").status_code == 200


def test_upload_ids_cannot_be_guessed(owned, tmp_path):
    ids = {asking.upload(owned["client"], make_clip(tmp_path / "a.wav", seconds=0.1)) for _ in range(3)}
    assert len(ids) == 3, "the same bytes, each time another id"
    assert all(len(media_url.removeprefix("upload://")) >= 32 for media_url in ids)
