"""What the stages of a set-up found, in a few numbers, and what of it a person should know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Findings = Mapping[str, Any]


def facts(stages: Sequence[Findings]) -> list[tuple[str, str]]:
    """Label and value of what is most often asked; what is not known is left out."""
    found = {stage["name"]: stage["findings"] or {} for stage in stages if stage["state"] == "done"}
    return [(label, value) for label, value in _facts(found) if value]


def notices(stages: Sequence[Findings]) -> list[dict[str, str | None]]:
    """Stages that were left out, with the cure, and warnings of those that were done."""
    told: list[dict[str, str | None]] = []
    for stage in stages:
        findings = stage["findings"] or {}
        if stage["state"] == "skipped":
            told.append(_notice(stage["title"], stage["summary"], findings.get("cure")))
        told.extend(_notice(stage["title"], one) for one in findings.get("warnings") or ())
        told.extend(
            _notice(f"{stage['title']}: {one.get('name')}", one["problem"], one.get("cure"))
            for one in findings.get("targets") or ()
            if stage["state"] == "done" and one.get("problem")
        )
    return told


def _notice(title: str, text: str | None, cure: str | None = None) -> dict[str, str | None]:
    return {"title": title, "text": _sentence(text or ""), "cure": _sentence(cure) if cure else None}


def _sentence(text: str) -> str:
    text = text.strip().rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."


def _facts(found: Mapping[str, Findings]) -> Iterator[tuple[str, str]]:
    none: Findings = {}
    heard, decoded = found.get("transcribe", none), found.get("decode", none)
    parted, spoken = found.get("separate", none), found.get("detect_activity", none)
    yield "Language", _language(heard)
    yield "Languages", _languages(heard)
    yield "Words", _of(heard.get("words"), heard.get("doubtful_words"), "doubtful")
    yield "Heard", _shares(spoken)
    yield "Loudness", _with_unit(decoded.get("integrated_lufs"), "LUFS")
    yield "True peak", _with_unit(decoded.get("true_peak_dbtp"), "dBTP")
    yield "Speech over background", _with_unit(parted.get("speech_to_background_db"), "dB")


def _language(heard: Findings) -> str:
    name, sure = heard.get("language_name"), heard.get("language_confidence")
    if not name:
        return ""
    return f"{name}, as given" if sure is None else f"{name}, {sure * 100:.0f} % sure"


def _languages(heard: Findings) -> str:
    """Which share of the speech is in which, where they are several."""
    spoken = heard.get("languages") or ()
    if len(spoken) < 2:
        return ""
    return ", ".join(f"{one['name']} {one['share'] * 100:.0f} %" for one in spoken)


def _of(count: int | None, some: int | None, what: str) -> str:
    if not count:
        return ""
    return f"{count:,}" if not some else f"{count:,}, {some:,} {what}"


def _shares(spoken: Findings) -> str:
    kinds = ("speech", "singing", "music")
    shares = [(kind, (spoken.get(kind) or {}).get("share") or 0.0) for kind in kinds]
    return ", ".join(f"{share * 100:.0f} % {kind}" for kind, share in shares if share >= 0.005)


def _with_unit(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:.1f} {unit}".replace("-", "−")
