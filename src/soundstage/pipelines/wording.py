"""How summaries say figures, so that every stage says them alike."""

from __future__ import annotations

from collections.abc import Sequence

from soundstage.domain.language import default_locale


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """`1 word`, `12,345 words`, `no words`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {plural or noun + 's'}" if number else f"no {plural or noun + 's'}"


def percent(share: float) -> str:
    """`98 %`; never `100 %` or `0 %` for what is only nearly so."""
    if 0 < share < 0.005:
        return "under 1 %"
    if 0.995 <= share < 1:
        return "over 99 %"
    return f"{share:.0%}".replace("%", " %")


def clock(milliseconds: int) -> str:
    """`11.0 s` below a minute, `3:05` below an hour, `1:02:03` from there."""
    if milliseconds < 59_950:
        return f"{milliseconds / 1000:.1f} s"
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def size(number: int) -> str:
    """Bytes for a person, in decimal units: `532 bytes`, `1.2 MB`."""
    amount = float(number)
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if amount < 999.5 or unit == "TB":
            return f"{number:,} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1000
    raise AssertionError


def listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def language_name(code: str) -> str:
    """The English name of an ISO 639 code without its country (`en` → `English`); the code itself where unknown."""
    language = default_locale(code)
    return language.name.split(" (")[0] if language else f"“{code}”"
