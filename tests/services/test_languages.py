"""The languages that the API lists."""

from __future__ import annotations

from soundstage.services.languages import source_languages, target_languages


def test_all_149_are_listed_by_id() -> None:
    for languages in (source_languages(), target_languages()):
        ids = [language.id for language in languages]
        assert ids == sorted(set(range(1, 152)) - {137, 138})
