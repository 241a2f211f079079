"""Languages: what a source may be spoken in and what it may be translated into."""

from __future__ import annotations

from soundstage.domain.language import LANGUAGES, Language


def source_languages() -> tuple[Language, ...]:
    """Every language of the public API, by id. What no engine knows yet is told by `dry_run` and by the stages."""
    return LANGUAGES


def target_languages() -> tuple[Language, ...]:
    """The same list: a target without a translation engine is a warning, not a refusal."""
    return LANGUAGES
