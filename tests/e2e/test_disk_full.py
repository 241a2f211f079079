"""A disk that is full while a server writes: told as such, nothing half-made, and all goes on once there is room.

The server's data folder is a small file system of memory, mounted for it alone in a user namespace of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from tests import asking
from tests.e2e.kept import assert_nothing_half_made, drafts_and_scratch
from tests.e2e.web import MB
from tests.server import Server, running_server

from soundstage.testing.media import make_wav

DISK_BYTES = 40 * MB
WITHIN = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c")


def _can_mount(folder: Path) -> bool:
    if shutil.which("unshare") is None:
        return False
    trial = [*WITHIN, f'mount -t tmpfs -o size=1m none "{folder}"']
    return subprocess.run(trial, check=False, capture_output=True).returncode == 0


class SmallDisk:
    """The server's data folder as the server sees it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.data = Path(f"/proc/{server.process.pid}/root{server.data}")
        self._ballast = self.data / "ballast"

    def leave(self, free: int) -> None:
        """Fill the disk up to so many bytes."""
        self.empty()
        with self._ballast.open("wb") as file:
            for _ in range(50):
                facts = os.statvfs(self.data)
                try:
                    os.posix_fallocate(file.fileno(), 0, facts.f_bavail * facts.f_frsize - free)
                except OSError:  # the server wrote in between
                    file.truncate(0)
                else:
                    return
        raise AssertionError("the disk could not be filled")

    def empty(self) -> None:
        self._ballast.unlink(missing_ok=True)

    def assert_nothing_in_hand(self) -> None:
        """Uploads and stages leave nothing."""
        assert_nothing_half_made(self.data, drafts_and_scratch)


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    data = tmp_path_factory.mktemp("small") / "data"
    data.mkdir()
    if not _can_mount(data):
        pytest.skip("this machine lets nobody mount a file system of memory for one process (user namespaces)")
    script = f'mount -t tmpfs -o size={DISK_BYTES},mode=700 none "{data}" && exec "$@"'
    settings = {"stage_retries": "0"}
    with running_server(data, within=(*WITHIN, script, "serve"), settings=settings) as running:
        yield SmallDisk(running)


@pytest.fixture
def client(disk):
    with disk.server.client() as client:
        yield client
    disk.empty()


def test_an_upload(disk, client, refused):
    disk.leave(2 * MB)
    answer = client.post("/apis/uploads", files={"file": ("a.wav", os.urandom(6 * MB))})
    assert "room left" in refused(answer, 507)
    disk.assert_nothing_in_hand()
    disk.empty()
    asking.upload_bytes(client, os.urandom(6 * MB))


def test_a_set_up_fails_and_a_retry_goes_on(disk, client, refused, tmp_path):
    rate = 8_000  # noise: the source track at 48 kHz takes many times the bytes of the upload
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (rate * 60, 1)).astype(np.float32)
    media_url = asking.upload(client, make_wav(tmp_path / "noise.wav", noise, rate))
    disk.leave(4 * MB)
    task_id = asking.set_up(client, media_url, options={"separate": {"quality": "none"}})
    body = asking.failed(client, task_id, "INTERNAL_ERROR")
    assert "disk" in body["message"]
    (broken,) = [stage["name"] for stage in body["stages"] if stage["state"] == "failed"]
    assert broken in ("ingest", "decode")
    disk.assert_nothing_in_hand()
    disk.empty()
    done = [stage["name"] for stage in body["stages"] if stage["state"] == "done"]
    retried = client.post(f"/apis/project-setup/{task_id}/retry").json()
    assert [stage["name"] for stage in retried["stages"] if stage["state"] == "done"] == done
    retried = asking.succeeded(client, task_id)
    assert retried["attempt"] == 2
    disk.leave(2 * MB)  # the track as WAV takes eleven
    track = f"/apis/projects/{retried['run_id']}/tracks/source"
    refused(client.get(f"{track}.wav"), 507)
    disk.assert_nothing_in_hand()
    assert client.get(f"{track}.flac").status_code == 200
    disk.empty()
    assert len(client.get(f"{track}.wav").content) > 11 * MB


def test_a_disk_without_any_room_refuses_and_recovers(disk, client, refused):
    done = asking.succeeded(client, asking.sound(client))
    disk.leave(0)
    answers = [client.post("/apis/text-to-sound", json={"prompt": "rain " * 1500}) for _ in range(8)]
    assert {answer.status_code for answer in answers} <= {200, 507}
    for answer in answers:
        if answer.status_code == 507:
            assert "room left" in refused(answer, 507)
    assert client.get(f"/apis/text-to-sound-result/{done['run_id']}").status_code == 200  # reading goes on
    disk.empty()
    accepted = [answer.json()["task_id"] for answer in answers if answer.status_code == 200]
    for task_id in accepted:  # accepted means kept, whatever becomes of it
        body = asking.ended(client, task_id)
        if body["status"] == "FAILED":
            client.post(f"/apis/tasks/{task_id}/retry").raise_for_status()
            asking.succeeded(client, task_id)
    asking.succeeded(client, asking.sound(client))
    disk.assert_nothing_in_hand()
