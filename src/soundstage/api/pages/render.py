"""HTML pages: templates, security headers, and how findings and times read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from soundstage import __version__

_FOLDER = Path(__file__).parent
STATIC = _FOLDER / "static"

_COMMON = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
)
PAGE_POLICY = _COMMON + "style-src 'self'; img-src 'self' data:; media-src 'self' blob:"
# Swagger UI and Redoc style their elements inline; Redoc searches in a worker of its own making.
DOCS_POLICY = (
    _COMMON + "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; worker-src blob:"
)

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
}


def html(template: str, *, code: int = 200, policy: str = PAGE_POLICY, prefix: str = "", **values: Any) -> Response:
    """A rendered page with a strict content policy. `prefix` is the path of `public_url`."""
    text = _ENVIRONMENT.get_template(template).render(prefix=prefix, version=__version__, **values)
    return HTMLResponse(text, code, {**_HEADERS, "Content-Security-Policy": policy})


def words_of(name: str) -> str:
    """`low_confidence_lines` → `low confidence lines`."""
    return name.replace("_", " ")


def clock_of(milliseconds: float) -> str:
    """`1:02:03.4` or `2:03.4`."""
    tenths = round(milliseconds / 100)
    minutes, tenths = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    tail = f"{tenths // 10:02d}.{tenths % 10}"
    return f"{hours}:{minutes:02d}:{tail}" if hours else f"{minutes}:{tail}"


def duration_of(seconds: float) -> str:
    """`8 s`, `2 min 5 s`, `1 h 4 min`: how long a person has to wait."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def moment_of(at: datetime | str) -> str:
    when = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def number_of(value: float) -> str:
    """Four significant digits, never with an exponent a reader has to decode: `44100`, `-17.1`, `0.0035`."""
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def bytes_of(count: int) -> str:
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"), autoescape=True, undefined=StrictUndefined
    )
    environment.filters.update(
        words=words_of, clock=clock_of, duration=duration_of, moment=moment_of, filesize=bytes_of, number=number_of
    )
    return environment


_ENVIRONMENT = _environment()
