"""What counts as media: the containers FFmpeg may open, the file endings of media, and what other files look like."""

from __future__ import annotations

# FFmpeg's demuxers that read one self-contained file. Playlists (hls, concat, dash …) stay out: they open other files
# and addresses, which would walk past the guarded fetch. In the notation of FFmpeg's option `format_whitelist`.
DEMUXERS = "aac,ac3,aiff,amr,asf,au,avi,caf,eac3,flac,flv,matroska,mov,mp3,mpeg,mpegts,mxf,ogg,w64,wav,webm,wv"

_ENDINGS = """
    3g2 3gp aac ac3 aif aifc aiff amr asf au avi caf eac3 flac flv m2ts m4a m4b m4v mka mkv mov mp2 mp3 mp4 mpeg mpg
    mts mxf oga ogg ogv opus ts vob w64 wav weba webm wma wmv wv
"""
MEDIA_ENDINGS = frozenset(_ENDINGS.split())

# Beginnings of well-known files that are not media, with what a person calls them.
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"SQLite format 3", "a database"),
)


def not_media(beginning: bytes) -> str | None:
    """What a file is whose first bytes show that it is not media (`a PDF document`), or None when it may be media.

    `beginning`: the first 4 KiB or so.
    """
    for magic, what in _BEGINNINGS:
        if beginning.startswith(magic):
            return what
    if beginning[8:12] == b"WEBP" and beginning.startswith(b"RIFF"):
        return "a WebP picture"
    return _text_kind(beginning)


def _text_kind(beginning: bytes) -> str | None:
    if beginning.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            text = beginning[: len(beginning) & ~1].decode("utf-16")
        except UnicodeDecodeError:
            return None
    else:
        try:
            text = beginning.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
        except UnicodeDecodeError as error:
            if error.start < len(beginning) - 3:  # else a character is cut at the end of what was read
                return None
            text = beginning[: error.start].decode("utf-8")
    if not text or any(ord(character) < 32 and character not in "\t\n\r\f\x1b" for character in text):
        return None
    start = text.lstrip().lower()
    if start.startswith(("<!doctype html", "<html")):
        return "a web page"
    if start.startswith(("#extm3u", "[playlist]")):
        return "a playlist"
    return "text"


def ending_of(file_name: str) -> str:
    """The lower-case ending of a file name without its dot, or an empty string."""
    return file_name.rpartition(".")[2].lower() if "." in file_name else ""
