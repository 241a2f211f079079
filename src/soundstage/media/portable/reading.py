"""Reading a portable project file that anybody may have made: nothing in it is believed before it is checked.

`look` reads the directory and the manifest; `unpack` reads all and checks all. Both run in a host process with limits.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from soundstage.media.portable.archive import Archive, open_archive, refuse
from soundstage.media.portable.content import check_document, check_file
from soundstage.media.portable.manifest import (
    FORMAT,
    FORMAT_VERSION,
    MANIFEST,
    Manifest,
    PortableFile,
    Unpacked,
    UnpackedFile,
)
from soundstage.media.progress import Report
from soundstage.media.storage_full import full_disk_told

_MOST_MANIFEST_BYTES = 2 << 20
_MOST_PROBLEM = 200  # characters


def look(path: Path) -> Manifest:
    """What a project file says of itself; its entries are those that it lists, of the lengths that it tells.

    Raises SourceFailure, also for a later version of the format.
    """
    with open_archive(path) as archive:
        return _manifest(archive)


def unpack(path: Path, folder: Path, report: Report) -> Unpacked:
    """Unpack all into `folder`, which is empty, under names of our own, and check every file for what it is.

    Raises SourceFailure for a digest that is not the manifest's, a document that is none or does not fit to the files,
    and sound that is no sound; StorageFull.
    """
    with open_archive(path) as archive:
        manifest = _manifest(archive)
        unpacked: list[UnpackedFile] = []
        done = 0
        for number, file in enumerate(manifest.files):
            target = folder / f"{number:04d}"
            _extract(archive, file, target)
            unpacked.append(UnpackedFile(file=file, path=target))
            done += file.bytes
            report(0.9 * done / max(1, manifest.bytes))
    document = check_document(unpacked[0].path, manifest)
    for one in unpacked[1:]:
        check_file(one.file, one.path, document)
    report(1.0)
    return Unpacked(manifest=manifest, files=tuple(unpacked))


def _manifest(archive: Archive) -> Manifest:
    if MANIFEST not in archive.entries:
        refuse(f"it has no {MANIFEST}")
    written = archive.read(MANIFEST, _MOST_MANIFEST_BYTES)
    _check_version(_json(written))
    try:
        manifest = Manifest.model_validate_json(written)
    except ValidationError as error:
        refuse(f"its {MANIFEST} does not fit the format: {explained(error)}")
    listed = {file.path: file for file in manifest.files}
    there = set(archive.entries) - {MANIFEST}
    if missing := sorted(set(listed) - there):
        refuse(f"{missing[0]} is missing from it")
    if more := sorted(there - set(listed)):
        refuse(f"it holds {more[0][:60]!r}, which its {MANIFEST} does not list")
    for name, file in listed.items():
        if archive.entries[name].file_size != file.bytes:
            refuse(f"{name} is not as long as its {MANIFEST} says")
    return manifest


def _json(written: bytes) -> Any:
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        refuse(f"its {MANIFEST} is no JSON")


def _check_version(told: Any) -> None:
    """A later version is told apart from nonsense, whatever else it holds."""
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        refuse(f"its {MANIFEST} is of something else")
    version = told.get("format_version")
    if isinstance(version, int) and version > FORMAT_VERSION:
        refuse(f"it is of version {version} of the format, and this server reads {FORMAT_VERSION}: update it first")


def _extract(archive: Archive, file: PortableFile, target: Path) -> None:
    digest = hashlib.sha256()
    with full_disk_told(target), target.open("xb") as output:
        for block in archive.blocks(file.path, file.bytes):
            digest.update(block)
            output.write(block)
    if digest.hexdigest() != file.sha256:
        refuse(f"{file.path} is not what its {MANIFEST} says (its SHA-256 is another)")


def explained(error: ValidationError) -> str:
    """The first fault, in a few words."""
    fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(part)[:40] for part in fault["loc"])
    return f"{where or 'it'}: {fault['msg']}"[:_MOST_PROBLEM]
