"""Opening a media file with FFmpeg (PyAV), locked to self-contained files, with its failures in our words."""

from __future__ import annotations

from pathlib import Path

import av
import av.container
import av.error

from soundstage.errors import ExceptionReason, SourceFailure
from soundstage.media.media_types import DEMUXERS, MEDIA_ENDINGS, ending_of, not_media

_BEGINNING_BYTES = 4096
_OPTIONS = {"format_whitelist": DEMUXERS, "protocol_whitelist": "file"}


def open_media(path: Path, file_name: str = "") -> av.container.InputContainer:
    """Open `path` for reading. `file_name` is what its owner calls it; its ending tells what was meant.

    Raises SourceFailure: INVALID_SOURCE_DATA (empty, or damaged beyond reading), SOURCE_TYPE_NOT_SUPPORTED (not media),
    CONTENT_DOES_NOT_MATCH_EXTENSION (named as media but something else).
    """
    refuse_other_files(path, file_name)
    try:
        return av.open(f"file:{path}", mode="r", options=dict(_OPTIONS), metadata_errors="replace")
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise _unreadable(path, file_name, error) from None


def ffmpeg_version() -> str:
    """The version of the FFmpeg that PyAV brings, such as `8.0`."""
    return str(av.ffmpeg_version_info)


def refuse_other_files(path: Path, file_name: str) -> None:
    """Raises SourceFailure for an empty file and for one whose first bytes show that it is not media."""
    with path.open("rb") as file:
        beginning = file.read(_BEGINNING_BYTES)
    if not beginning:
        raise SourceFailure("The media file is empty (0 bytes). Upload it again.", ExceptionReason.INVALID_SOURCE_DATA)
    what = not_media(beginning)
    if what is None:
        return
    ending = ending_of(file_name)
    if ending in MEDIA_ENDINGS:
        raise SourceFailure(
            f"The file is named .{ending} but holds {what}. Upload the media itself.",
            ExceptionReason.CONTENT_DOES_NOT_MATCH_EXTENSION,
        )
    raise SourceFailure(f"The file is {what}, not sound or video.", ExceptionReason.SOURCE_TYPE_NOT_SUPPORTED)


def _unreadable(path: Path, file_name: str, error: Exception) -> SourceFailure:
    ending = ending_of(file_name)
    if isinstance(error, av.error.ArgumentError) or (ending and ending not in MEDIA_ENDINGS):
        kinds = "MP4, MOV, MXF, MKV, WEBM, MP3, FLAC, WAV, AAC, M4A or OGG"
        return SourceFailure(
            f"The file is of no kind that can be read. Use {kinds}.", ExceptionReason.SOURCE_TYPE_NOT_SUPPORTED
        )
    why = "its index is missing or damaged, as after an upload that broke off" if _is_mp4(path) else "it is damaged"
    return SourceFailure(
        f"The media cannot be read: {why}. Export or upload it again.", ExceptionReason.INVALID_SOURCE_DATA
    )


def _is_mp4(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(12)[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
