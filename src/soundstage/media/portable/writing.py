"""Writing a portable project file: the same project gives the same bytes, whenever and wherever it is written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from soundstage.errors import StageFailure
from soundstage.media.portable.manifest import MANIFEST, Manifest, PortableFile
from soundstage.media.progress import Report
from soundstage.media.storage_full import full_disk_told

_BLOCK = 1 << 20
_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a ZIP can tell
_UNIX = 3
_MODE = 0o100644 << 16


def write_project(manifest: Manifest, sources: dict[str, Path], output: Path, report: Report) -> None:
    """Write the manifest and its files to `output`; `sources`: where each lies, by its name.

    Nothing is compressed (sound and pictures are already), so memory and CPU stay small and a reader can seek; entries
    and file may pass 4 GiB (ZIP64). Raises StageFailure where a file is no longer what the manifest says, StorageFull.
    """
    with full_disk_told(output), ZipFile(output, "x", allowZip64=True) as archive:
        text = manifest.model_dump_json(indent=2).encode() + b"\n"
        archive.writestr(_entry(MANIFEST, len(text)), text)
        written = 0
        for file in manifest.files:
            with sources[file.name].open("rb") as source, archive.open(_entry(file.path, file.bytes), "w") as target:
                for length in _copy(source, target, file):
                    written += length
                    report(written / max(1, manifest.bytes))
    report(1.0)


def _entry(path: str, length: int) -> ZipInfo:
    entry = ZipInfo(path, _TIME)
    entry.compress_type, entry.create_system, entry.external_attr = ZIP_STORED, _UNIX, _MODE
    entry.file_size = length  # by which ZIP64 is decided on before anything is written
    return entry


def _copy(source: IO[bytes], target: IO[bytes], file: PortableFile) -> Iterator[int]:
    """Block by block; gives the length of each. Raises StageFailure where the bytes are not those of the manifest."""
    digest, length = hashlib.sha256(), 0
    while block := source.read(_BLOCK):
        digest.update(block)
        length += len(block)
        if length > file.bytes:
            break
        target.write(block)
        yield len(block)
    if (digest.hexdigest(), length) != (file.sha256, file.bytes):
        raise StageFailure(f"{file.name} is damaged in the store: set the project up again, or restore a backup")
