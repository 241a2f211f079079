"""Whether an edited project document is one: what may not change has not, and everything in it goes together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from pydantic import ValidationError

from soundstage.domain.project import ProjectDocument
from soundstage.domain.segment import Segment
from soundstage.domain.speaker import Speaker
from soundstage.errors import Fault, Invalid

EDITABLE = ("project_name", "project_description", "speakers", "segments")
_MADE_ANEW = ("review",)  # of what is edited: what a client sends of it is as good as nothing
MOST_SPEAKERS, MOST_SEGMENTS = 1_000, 100_000
LONGEST_NAME, LONGEST_DESCRIPTION, LONGEST_TEXT = 255, 5_000, 10_000
MOST_FAULTS = 100
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_CODE = re.compile(r"[a-z]{2,8}")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ROOM_MS = 1_000  # the last line may end a little after the audio does


def read_document(body: bytes) -> ProjectDocument:
    """The document that a client has sent. Raises Invalid, which names every wrong field."""
    try:
        return ProjectDocument.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise Invalid([Fault(("body", *one["loc"]), one["msg"], one["type"]) for one in found[:MOST_FAULTS]]) from None


def check_edit(base: ProjectDocument, edited: ProjectDocument) -> None:
    """Raises Invalid, which names every wrong field (the first hundred)."""
    faults = [
        *_fixed(base, edited),
        *_texts(edited),
        *_speakers(edited.speakers, edited.duration_ms),
        *_segments(edited),
    ]
    if faults:
        raise Invalid(faults[:MOST_FAULTS])


def _fixed(base: ProjectDocument, edited: ProjectDocument) -> Iterator[Fault]:
    for name in ProjectDocument.model_fields:
        if name not in EDITABLE + _MADE_ANEW and getattr(base, name) != getattr(edited, name):
            told = f"An edit cannot change this; send it as GET gave it. What can be edited: {', '.join(EDITABLE)}."
            yield Fault(("body", name), told, "fixed")


def _texts(edited: ProjectDocument) -> Iterator[Fault]:
    yield from _text(("project_name",), edited.project_name, LONGEST_NAME, least=1)
    yield from _text(("project_description",), edited.project_description or "", LONGEST_DESCRIPTION)


def _speakers(speakers: Sequence[Speaker], duration_ms: int) -> Iterator[Fault]:
    if len(speakers) > MOST_SPEAKERS:
        yield Fault(("body", "speakers"), f"There may be {MOST_SPEAKERS} speakers at most.", "too_long")
        return
    yield from _ids("speakers", "speaker_id", [one.speaker_id for one in speakers])
    yield from _joined(speakers)
    for at, speaker in enumerate(speakers):
        yield from _text(("speakers", at, "name"), speaker.name, LONGEST_NAME, least=1)
        if speaker.sample is not None and speaker.sample.end_ms > duration_ms + _ROOM_MS:
            yield Fault(("body", "speakers", at, "sample"), f"The media ends at {duration_ms} ms.", "out_of_range")


def _joined(speakers: Sequence[Speaker]) -> Iterator[Fault]:
    gone = {one.speaker_id for one in speakers}  # a speaker is there, or is joined to one who is
    for at, speaker in enumerate(speakers):
        for number, other in enumerate(speaker.joined):
            if other in gone:
                told = "This speaker is there still, or joined to another already: take them out of one of both."
                yield Fault(("body", "speakers", at, "joined", number), told, "not_unique")
            gone.add(other)


def _segments(edited: ProjectDocument) -> Iterator[Fault]:
    segments = edited.segments
    if len(segments) > MOST_SEGMENTS:
        yield Fault(("body", "segments"), f"There may be {MOST_SEGMENTS} segments at most.", "too_long")
        return
    yield from _ids("segments", "segment_id", [one.segment_id for one in segments])
    speakers = {one.speaker_id for one in edited.speakers}
    before = 0
    for at, segment in enumerate(segments):
        if segment.span.start_ms < before:
            told = "Segments are in the order in which they begin; this one begins before the one before it."
            yield Fault(("body", "segments", at, "span"), told, "order")
        before = segment.span.start_ms
        if segment.speaker_id is not None and segment.speaker_id not in speakers:
            there = ", ".join(sorted(speakers)[:20]) or "none"
            told = f"There is no such speaker; there are: {there}. Add them to speakers, or use null."
            yield Fault(("body", "segments", at, "speaker_id"), told, "unknown_speaker")
        for number, other in enumerate(segment.overlaps):
            if other.speaker_id not in speakers:
                told = "There is no such speaker; leave this one out of overlaps."
                yield Fault(("body", "segments", at, "overlaps", number), told, "unknown_speaker")
        yield from _segment(at, segment, edited)


def _segment(at: int, segment: Segment, edited: ProjectDocument) -> Iterator[Fault]:
    where = ("segments", at)
    if segment.span.end_ms > edited.duration_ms + _ROOM_MS:
        yield Fault(("body", *where, "span"), f"The media ends at {edited.duration_ms} ms.", "out_of_range")
    yield from _text((*where, "text"), segment.text, LONGEST_TEXT)
    if segment.language is not None and not _CODE.fullmatch(segment.language):
        told = "Use the ISO 639 code alone, in small letters, such as de; null is the project's own language."
        yield Fault(("body", *where, "language"), told, "unknown_language")
    for number, word in enumerate(segment.words):
        if word.span.start_ms < segment.span.start_ms or word.span.end_ms > segment.span.end_ms:
            told = "A word lies within the span of its segment; move it, or leave the words of this segment out."
            yield Fault(("body", *where, "words", number, "span"), told, "out_of_range")
        yield from _text((*where, "words", number, "text"), word.text, LONGEST_NAME)
    for tag, text in segment.translations.items():
        if tag not in edited.target_languages:
            told = f"The project is made for {', '.join(edited.target_languages)}; do translate again for another."
            yield Fault(("body", *where, "translations", tag), told, "unknown_language")
        yield from _text((*where, "translations", tag), text, LONGEST_TEXT)


def _ids(of: str, name: str, ids: Iterable[str]) -> Iterator[Fault]:
    seen = set[str]()
    for at, one in enumerate(ids):
        if not _ID.fullmatch(one):
            told = "Use 1 to 64 letters, digits, points, hyphens and underscores, the first a letter or digit."
            yield Fault(("body", of, at, name), told, "pattern")
        elif one in seen:
            yield Fault(("body", of, at, name), "Another one has this id; give each its own.", "not_unique")
        seen.add(one)


def _text(where: tuple[str | int, ...], text: str, longest: int, *, least: int = 0) -> Iterator[Fault]:
    if not least <= len(text) <= longest:
        yield Fault(("body", *where), f"Use {least} to {longest} characters.", "text_length")
    if _UNPRINTABLE.search(text):
        yield Fault(("body", *where), "Control characters are not text; take them out.", "unprintable")
