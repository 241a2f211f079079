"""The wheel holds the whole product: beside what it says it depends on, and nothing else, it makes a sound."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import venv
import wave
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

SECONDS = 240


def depended_on(name: str) -> dict[str, Distribution]:
    """All that a package needs when it is installed without extras, as it is installed here."""
    found: dict[str, Distribution] = {}
    waiting, seen = [(name, "")], {(name, "")}
    while waiting:
        one, extra = waiting.pop()
        found[one] = distribution(one)
        for requirement in map(Requirement, found[one].requires or ()):
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                other = re.sub(r"[-_.]+", "-", requirement.name).lower()
                new = {(other, wanted) for wanted in ("", *requirement.extras)} - seen
                waiting += new
                seen |= new
    del found[name]
    return found


def link(packages: dict[str, Distribution], site: Path) -> None:
    """Put these into an environment without copying them. That pip finds them is proven by `scripts/install`."""
    for package in packages.values():
        for top in {file.parts[0] for file in package.files or ()} - {"..", "__pycache__"}:
            if not (site / top).exists():  # some share a folder
                (site / top).symlink_to(Path(str(package.locate_file(top))))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_wheel_alone_makes_a_sound(root: Path, tmp_path: Path) -> None:
    pins = {"PIP_BUILD_CONSTRAINT": str(root / "constraints.txt")}
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SOUNDSTAGE_", "PYTHON"))}

    def run(*command: str | Path) -> None:
        done = subprocess.run(
            [*map(str, command)],
            cwd=tmp_path,
            env={**environment, **pins, "XDG_DATA_HOME": str(tmp_path / "data")},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    pip = (sys.executable, "-m", "pip")
    run(*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, root)
    (wheel,) = tmp_path.glob("soundstage-*.whl")
    with zipfile.ZipFile(wheel) as packed:
        assert [name for name in packed.namelist() if name.endswith(".sf3")], "hatch_build.py brings the soundfont"
    empty = tmp_path / "empty"
    venv.create(empty, symlinks=True)
    link(depended_on("soundstage"), Path(sysconfig.get_path("purelib", "venv", {"base": str(empty)})))
    run(*pip, "--python", empty, "install", "--quiet", "--no-deps", "--no-compile", wheel)
    run(empty / "bin" / "soundstage", "sound", "rain", "--duration", "1", "-o", "x.wav")
    with wave.open(str(tmp_path / "x.wav")) as sound:
        assert (sound.getnframes(), sound.getframerate(), sound.getnchannels()) == (44_100, 44_100, 2)
