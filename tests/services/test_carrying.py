"""What becomes of a person's edits when a stage is done again: carried where it is not done over, and never lost."""

from __future__ import annotations

from typing import Any

import pytest
from tests.domain.comparison.test_compare import document, line, speaker

from soundstage.domain.project import ProjectDocument
from soundstage.domain.speaker import Turn
from soundstage.domain.timing import Span
from soundstage.domain.translation import LineDoubt, TranslationCheck
from soundstage.engines.diarization.contract import Diarization
from soundstage.pipelines.project_setup import PIPELINE
from soundstage.pipelines.stages.segment import SegmentList
from soundstage.pipelines.stages.translate import TranslatedLines
from soundstage.services.carrying import LINES, SPEAKERS, TRANSLATIONS, carry

HEARD = Diarization(speakers=(speaker(1), speaker(2)), turns=())


def made() -> ProjectDocument:
    return document(
        line(1, "One.", 0, 1_000, translations={"es-es": "Uno."}),
        line(2, "Two.", 1_000, 2_000, translations={"es-es": "Dos."}),
        speakers=HEARD.speakers,
    )


def edited(**change: Any) -> ProjectDocument:
    """A person has changed this of the first line."""
    first, *rest = made().segments
    return made().model_copy(update={"segments": (first.model_copy(update=change), *rest)})


def renamed() -> ProjectDocument:
    return made().model_copy(update={"speakers": (speaker(1).model_copy(update={"name": "Ann"}), speaker(2))})


def carried(now: ProjectDocument, stage: str, *, named: bool = False) -> Any:
    return carry(made(), now, PIPELINE.following(stage), HEARD, named=named)


def test_what_was_not_edited_is_not_carried() -> None:
    for stage in PIPELINE.stages:
        assert carried(made(), stage.name).documents == {}
        assert not carried(made(), stage.name).lost


def test_lines_that_were_corrected_are_what_is_translated() -> None:
    found = carried(edited(text="Won!"), "translate")
    lines = found.documents[LINES]
    assert isinstance(lines, SegmentList)
    assert [one.text for one in lines.segments] == ["Won!", "Two."]
    assert [one.translations for one in lines.segments] == [{}, {}]
    assert set(found.documents) == {LINES}
    assert not found.lost


@pytest.mark.parametrize("stage", ["separate", "detect_activity", "diarize", "transcribe", "segment"])
def test_lines_that_would_be_cut_anew_keep_the_revision_beside(stage: str) -> None:
    found = carried(edited(text="Won!"), stage)
    assert found.lost
    assert found.documents == {}


def test_translations_by_hand_keep_a_new_translation_beside() -> None:
    assert carried(edited(translations={"es-es": "¡Uno!"}), "translate").lost
    found = carried(edited(translations={"es-es": "¡Uno!"}), "prepare")
    lines = found.documents[TRANSLATIONS]
    assert isinstance(lines, TranslatedLines)
    assert [(one.language, one.texts) for one in lines.targets] == [("es-es", ("¡Uno!", "Dos."))]
    assert not found.lost


def test_a_line_that_was_taken_out_takes_its_translation_along() -> None:
    found = carried(made().model_copy(update={"segments": made().segments[1:]}), "prepare")
    lines = found.documents[TRANSLATIONS]
    assert isinstance(lines, TranslatedLines)
    assert [one.texts for one in lines.targets] == [("Dos.",)]


def test_names_of_speakers_outlive_another_transcript() -> None:
    found = carried(renamed(), "transcribe")
    (stage, heard) = next(iter(found.documents.items()))
    assert isinstance(heard, Diarization)
    assert (stage, [one.name for one in heard.speakers]) == (SPEAKERS, ["Ann", "Speaker 2"])
    assert not found.lost
    assert carried(renamed(), "diarize").lost


def test_speakers_that_were_joined_are_lost_to_lines_that_are_cut_anew() -> None:
    joined = made().model_copy(update={"speakers": (speaker(1),)})
    assert carried(joined, "segment").lost
    assert not carried(joined, "translate").lost


def test_turns_of_a_speaker_who_was_joined_to_another_are_that_others() -> None:
    turns = tuple(Turn(speaker_id=f"speaker-{n}", span=Span(start_ms=n, end_ms=n + 1)) for n in (1, 2, 3))
    first, second = made().segments
    before = made().model_copy(update={"segments": (first, second.model_copy(update={"speaker_id": "speaker-2"}))})
    joined = made().model_copy(update={"speakers": (speaker(1),)})
    found = carry(before, joined, ("prepare",), HEARD.model_copy(update={"turns": turns}), named=False).documents
    spoken, lines = found[SPEAKERS], found[LINES]
    assert isinstance(spoken, Diarization) and isinstance(lines, SegmentList)
    assert [(one.speaker_id, one.span.start_ms) for one in spoken.turns] == [("speaker-1", 1), ("speaker-1", 2)]
    assert lines.settled == (second.segment_id,)


def test_lines_that_a_person_changed_stay_settled_in_later_re_runs() -> None:
    first, second = made().segments
    lines = carry(made(), edited(text="Won!"), ("prepare",), HEARD, named=False, settled=(second.segment_id,))
    assert lines.documents[LINES].settled == (first.segment_id, second.segment_id)  # type: ignore[attr-defined]


def test_speakers_whom_a_text_names_are_carried_with_its_lines() -> None:
    found = carried(renamed(), "translate", named=True)
    lines = found.documents[LINES]
    assert isinstance(lines, SegmentList)
    assert lines.speakers is not None
    assert lines.speakers[0].name == "Ann"
    assert SPEAKERS not in found.documents
    assert carried(renamed(), "segment", named=True).lost


def test_what_is_known_of_translations_goes_along_and_is_no_edit_of_lines() -> None:
    odd = {"es-es": TranslationCheck(doubts=(LineDoubt.SHORT,))}
    first, second = (one.model_copy(update={"translation_checks": odd}) for one in made().segments)
    before = made().model_copy(update={"segments": (first, second)})
    better = first.model_copy(update={"translations": {"es-es": "¡Uno!"}, "translation_checks": {}})
    found = carry(
        before, before.model_copy(update={"segments": (better, second)}), ("prepare",), HEARD, named=False
    ).documents
    assert set(found) == {TRANSLATIONS}
    (target,) = found[TRANSLATIONS].targets  # type: ignore[attr-defined]
    assert (target.texts, target.checks) == (("¡Uno!", "Dos."), (TranslationCheck(), odd["es-es"]))
