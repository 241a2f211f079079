"""The ZIP around a project file, which anybody may have made: looked through as a whole before an entry is read."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, LargeZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError  # noqa: N812 - it is a class

from soundstage.errors import ExceptionReason, SourceFailure

MOST_ENTRIES = 2_000
_MOST_DIRECTORY_BYTES = 1 << 20  # a directory is read into memory whole
_TAIL = 22 + 65_535  # bytes: the end record and the longest comment after it
_END, _END_64_PLACE, _END_64 = b"PK\x05\x06", b"PK\x06\x07", b"PK\x06\x06"
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*/?")
_LONGEST_NAME = 200
_LOCAL_HEADER_BYTES = 30
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_BLOCK = 1 << 20
# What honest programs do to an honest file: sound and pictures do not shrink, text to a twentieth at most.
_MOST_UNPACKED_RATIO = 2
_FREE_BYTES = 256 << 20


def refuse(what: str, reason: ExceptionReason = ExceptionReason.INVALID_SOURCE_DATA) -> NoReturn:
    """End with SourceFailure: a sentence about what is wrong with the file, and what to do."""
    raise SourceFailure(f"This is not a project file that can be opened: {what}. Export it again, then retry.", reason)


class Archive:
    """A ZIP whose directory has been looked through; entries by name, without folders."""

    def __init__(self, zip_file: ZipFile, entries: dict[str, ZipInfo]) -> None:
        self._zip = zip_file
        self.entries = entries

    def blocks(self, name: str, most: int) -> Iterator[bytes]:
        """An entry's bytes piece by piece. Raises SourceFailure where they are damaged or more than `most`."""
        length = 0
        try:
            with self._zip.open(self.entries[name]) as source:
                while block := source.read(_BLOCK):
                    length += len(block)
                    if length > most:
                        refuse(f"{name} is longer than it says")
                    yield block
        except (BadZipFile, ZlibError, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
            refuse(f"{name} is damaged ({type(error).__name__})")

    def read(self, name: str, most: int) -> bytes:
        return b"".join(self.blocks(name, most))


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Raises SourceFailure for what is no ZIP, and for entries that have no business in a project file."""
    _check_directory_size(path)
    try:
        zip_file = ZipFile(path)
    except (BadZipFile, LargeZipFile, OSError, ValueError, NotImplementedError, EOFError, UnicodeError):
        refuse("it is no ZIP, or a damaged one", ExceptionReason.SOURCE_TYPE_NOT_SUPPORTED)
    with zip_file:
        entries = zip_file.infolist()
        if len(entries) > MOST_ENTRIES:
            refuse(f"it holds {len(entries)} entries, more than the {MOST_ENTRIES} that a project can have")
        for entry in entries:
            _check_entry(entry)
        _check_places(entries, zip_file.start_dir)
        files = [entry for entry in entries if not entry.is_dir()]
        named = {entry.filename: entry for entry in files}
        if len({name.casefold() for name in named}) != len(files):
            refuse("two of its entries have the same name")
        _check_unpacked(files, path.stat().st_size)
        yield Archive(zip_file, named)


def _check_directory_size(path: Path) -> None:
    """The directory is parsed whole by the library: it must be small before that."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _TAIL))
        tail = file.read()
        at = tail.rfind(_END)
        if at < 0 or len(tail) - at < 22:
            refuse("it is no ZIP, or one that breaks off", ExceptionReason.SOURCE_TYPE_NOT_SUPPORTED)
        length = int.from_bytes(tail[at + 12 : at + 16], "little")
        place = tail[max(0, at - 20) : at]
        if place[:4] == _END_64_PLACE:
            file.seek(min(size, int.from_bytes(place[8:16], "little")))
            record = file.read(56)
            length = int.from_bytes(record[40:48], "little") if record[:4] == _END_64 else size
    if length > _MOST_DIRECTORY_BYTES:
        refuse(f"its directory is {length} bytes long, more than a project's can be")


def _check_entry(entry: ZipInfo) -> None:
    name = entry.orig_filename
    shown = repr(name[:60])
    if name != entry.filename or not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        refuse(f"the name {shown} is not one that its entries can have")
    if entry.flag_bits & _ENCRYPTED:
        refuse(f"{shown} is encrypted; a project file has no password")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR) or (kind == stat.S_IFDIR) > entry.is_dir():
        refuse(f"{shown} is a link or a device, not a file")
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        refuse(f"{shown} is compressed in a way that is not in use here")
    if entry.is_dir() and entry.file_size:
        refuse(f"the folder {shown} has content")


def _check_places(entries: list[ZipInfo], directory: int) -> None:
    """No two entries share bytes: that is how a few of them become petabytes."""
    end = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset < end:
            refuse("its entries lie over one another")
        end = entry.header_offset + _LOCAL_HEADER_BYTES + len(entry.orig_filename) + entry.compress_size
    if end > directory:
        refuse("its entries lie over one another")


def _check_unpacked(files: list[ZipInfo], packed: int) -> None:
    unpacked = sum(entry.file_size for entry in files)
    if unpacked > _FREE_BYTES + _MOST_UNPACKED_RATIO * packed:
        refuse(f"it would unpack from {packed} to {unpacked} bytes, which no project does")
