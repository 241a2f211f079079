"""What is known of lines holds as long as they are as they were."""

from __future__ import annotations

from tests.domain.comparison.test_compare import document, line

from soundstage.domain.review import Doubt, DoubtReason, ReviewLine
from soundstage.domain.translation import LineDoubt, TranslationCheck
from soundstage.services.edited_review import still_doubtful, with_checks

ODD = {"es-es": TranslationCheck(doubts=(LineDoubt.SHORT,))}
BEFORE = document(
    line(1, "One.", 0, 1_000, translations={"es-es": "U."}, translation_checks=ODD),
    line(2, "Two.", 1_000, 2_000, translations={"es-es": "D."}, translation_checks=ODD),
)


def test_a_check_ends_with_its_translation_whatever_a_client_sends() -> None:
    first, second = BEFORE.segments
    new = line(3, "Three.", 2_000, 3_000, translations={"es-es": "Tres."}, translation_checks=ODD)
    changed = first.model_copy(update={"translations": {"es-es": "Uno."}})
    bare = second.model_copy(update={"translation_checks": {}})
    found = with_checks(BEFORE, BEFORE.model_copy(update={"segments": (changed, bare, new)}))
    assert [one.translation_checks for one in found.segments] == [{}, ODD, {}]


def test_a_better_translation_settles_nothing_about_what_was_heard() -> None:
    heard = Doubt(reason=DoubtReason.LOW_CONFIDENCE, sentence="Unclear.", weight=0.5)
    before = BEFORE.model_copy(update={"review": (ReviewLine(segment_id="s1", weight=0.5, doubts=(heard,)),)})
    first, second = before.segments
    changed = first.model_copy(update={"translations": {"es-es": "Uno."}, "translation_checks": {}})
    edited = before.model_copy(update={"segments": (changed, second)})
    assert still_doubtful(before, edited) == before.review
