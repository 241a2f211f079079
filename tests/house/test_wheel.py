"""The wheel holds the whole product: installed into an empty environment, it makes a sound."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import wave
import zipfile
from pathlib import Path

import pytest

SECONDS = 500


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_wheel_alone_makes_a_sound(root: Path, tmp_path: Path) -> None:
    pins = {"PIP_CONSTRAINT": str(root / "constraints.txt"), "PIP_BUILD_CONSTRAINT": str(root / "constraints.txt")}
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

    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, root)
    (wheel,) = tmp_path.glob("soundstage-*.whl")
    with zipfile.ZipFile(wheel) as packed:
        assert [name for name in packed.namelist() if name.endswith(".sf3")], "hatch_build.py brings the soundfont"
    venv.create(tmp_path / "empty", with_pip=True)
    bin_folder = tmp_path / "empty" / "bin"
    run(bin_folder / "python", "-m", "pip", "install", "--quiet", "--no-compile", wheel)
    run(bin_folder / "soundstage", "sound", "rain", "--duration", "1", "-o", "x.wav")
    with wave.open(str(tmp_path / "x.wav")) as sound:
        assert (sound.getnframes(), sound.getframerate(), sound.getnchannels()) == (44_100, 44_100, 2)
