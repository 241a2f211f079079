"""Carrying a person's edits into a task that does a stage again: its other stages give what the document says now."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from soundstage.domain.project import ProjectDocument
from soundstage.domain.segment import Segment
from soundstage.domain.speaker import Turn
from soundstage.domain.translation import TranslationCheck
from soundstage.domain.value import Value
from soundstage.engines.diarization.contract import Diarization
from soundstage.pipelines.stages.segment import SegmentList
from soundstage.pipelines.stages.translate import TranslatedLines
from soundstage.pipelines.translation_by_language import TargetLines

SPEAKERS, LINES, TRANSLATIONS = "diarize", "segment", "translate"  # the stages that a document can be edited against
TRANSCRIPT = "transcribe"


@dataclass(frozen=True)
class Carried:
    """`documents`: what takes the place of a stage's own, by stage. `lost`: an edit that is done over by a stage."""

    documents: dict[str, Value]
    lost: bool


def edited_stages(made: ProjectDocument, now: ProjectDocument) -> frozenset[str]:
    """Whose part of the document a person has changed since `made` was."""
    return frozenset(
        stage
        for stage, part in (
            (SPEAKERS, made.speakers != now.speakers),
            (LINES, untranslated(made) != untranslated(now)),
            (TRANSLATIONS, _translations(made) != _translations(now)),
        )
        if part
    )


def carry(
    made: ProjectDocument,
    now: ProjectDocument,
    redone: Collection[str],
    heard: Diarization | None,
    *,
    named: bool,
    settled: Collection[str] = (),
) -> Carried:
    """The edits of `now` for the stages that are not done again.

    `heard`: what the stage diarize gave, if anything. `named`: the lines bring speakers of their own, named in a text.
    `settled`: ids of the lines that a person had changed before `made` was.
    Where the lines are cut anew, speakers keep their new names alone: who speaks is as it was heard.
    """
    edited = edited_stages(made, now)
    documents: dict[str, Value] = {}
    lines_kept = LINES not in redone
    if SPEAKERS in edited and SPEAKERS not in redone and not named:
        if lines_kept:
            documents[SPEAKERS] = Diarization(speakers=now.speakers, turns=turns_now(heard, made, now))
        elif heard is not None:
            documents[SPEAKERS] = _renamed(heard, now)
    if lines_kept and (LINES in edited or (named and SPEAKERS in edited)):
        documents[LINES] = SegmentList(
            segments=untranslated(now),
            speakers=now.speakers if named else None,
            settled=settled_lines(made, now, settled),
        )
    if edited & {LINES, TRANSLATIONS} and TRANSLATIONS not in redone:
        documents[TRANSLATIONS] = translated_lines(now)
    speakers_lost = SPEAKERS in edited and not lines_kept and (named or not _only_renamed(made, now))
    return Carried(documents, lost=bool(edited & set(redone)) or speakers_lost)


def untranslated(document: ProjectDocument) -> tuple[Segment, ...]:
    """The lines as the stage that cuts them gives them."""
    return tuple(
        segment.model_copy(update={"translations": {}, "translation_checks": {}}) for segment in document.segments
    )


def settled_lines(made: ProjectDocument, now: ProjectDocument, before: Collection[str] = ()) -> tuple[str, ...]:
    """Ids of the lines that a person has changed since `made` was, or `before` that."""
    lines = {one.segment_id: one for one in untranslated(made)}
    return tuple(
        one.segment_id for one in untranslated(now) if one.segment_id in before or lines.get(one.segment_id) != one
    )


def turns_now(heard: Diarization | None, made: ProjectDocument, now: ProjectDocument) -> tuple[Turn, ...]:
    """When speakers were heard, as whom the document knows them now.

    Turns of one who was taken out are that one's to whom the document says they were joined; else that one's who says
    most of their lines now; and where there are no lines yet and one speaker is left, theirs. Others are left out.
    """
    known = {one.speaker_id: one.speaker_id for one in now.speakers}
    joined = {gone: one.speaker_id for one in now.speakers for gone in one.joined}
    says = {one.segment_id: one.speaker_id for one in now.segments}
    heirs: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for line in made.segments:
        heir = says.get(line.segment_id)
        if line.speaker_id is not None and line.speaker_id not in known and heir in known:
            heirs[line.speaker_id][known[heir]] += line.span.duration_ms
    speaks = {gone: share.most_common(1)[0][0] for gone, share in heirs.items()} | joined | known
    anybody = next(iter(known)) if len(known) == 1 and not made.segments else None
    told = ((turn, speaks.get(turn.speaker_id, anybody)) for turn in (heard.turns if heard else ()))
    return tuple(turn.model_copy(update={"speaker_id": speaker}) for turn, speaker in told if speaker is not None)


def target_lines(document: ProjectDocument, tag: str) -> TargetLines:
    """What the document has in a language, with what is known of it; no texts where it has none."""
    texts = tuple(segment.translations.get(tag, "") for segment in document.segments)
    checks = tuple(segment.translation_checks.get(tag) for segment in document.segments)
    return TargetLines(
        language=tag,
        texts=texts if any(texts) else (),
        checks=tuple(check or TranslationCheck() for check in checks) if any(texts) and any(checks) else (),
    )


def _translations(document: ProjectDocument) -> dict[str, dict[str, str]]:
    """Translations by segment; a line that was taken out or put in without any changes none."""
    return {one.segment_id: one.translations for one in document.segments if one.translations}


def _renamed(heard: Diarization, now: ProjectDocument) -> Diarization:
    names = {one.speaker_id: one.name for one in now.speakers}
    speakers = tuple(one.model_copy(update={"name": names.get(one.speaker_id, one.name)}) for one in heard.speakers)
    return heard.model_copy(update={"speakers": speakers})


def _only_renamed(made: ProjectDocument, now: ProjectDocument) -> bool:
    nameless = [[one.model_copy(update={"name": ""}) for one in document.speakers] for document in (made, now)]
    return nameless[0] == nameless[1]


def translated_lines(now: ProjectDocument) -> TranslatedLines:
    """Every target language in which the document has lines."""
    return TranslatedLines(
        targets=tuple(target for tag in now.target_languages if (target := target_lines(now, tag)).texts)
    )
