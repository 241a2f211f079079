"""Exports: a project as a file of another kind, in one of its languages."""

from __future__ import annotations

import re
from dataclasses import dataclass

from soundstage.domain.artifact import Artifact
from soundstage.domain.language import find
from soundstage.domain.project import ProjectDocument
from soundstage.domain.speaker import Turn
from soundstage.engines.diarization.contract import Diarization
from soundstage.errors import BadRequest, Fault, Invalid, NotFound
from soundstage.media.exports.formats import FORMATS, Format
from soundstage.media.exports.material import Material, Options
from soundstage.media.exports.timecode import RATES
from soundstage.services.actor import Actor
from soundstage.services.left_out import why_left_out
from soundstage.services.runs import ProjectRun, RunsService
from soundstage.storage import artifacts
from soundstage.storage.blobs.store import BlobStore
from soundstage.storage.database import Connection, Database

DIARIZATION = "diarization.json"  # as the stage diarize names it
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|\s]+')
_LONGEST_NAME = 120


@dataclass(frozen=True)
class Wish:
    """What is asked of an export beside its format. `language`: id or tag; `rate`: one of `timecode.RATES`."""

    language: str | None = None
    rate: str | None = None
    speakers: bool = False
    times: bool = False


@dataclass(frozen=True)
class Export:
    """A file made for a download; `name` is for people, such as `A talk.es-es.srt`."""

    name: str
    media_type: str
    data: bytes


class ExportsService:
    def __init__(self, database: Database, blobs: BlobStore, runs: RunsService) -> None:
        self._database = database
        self._blobs = blobs
        self._runs = runs

    def export(self, actor: Actor, run_id: int, name: str, wish: Wish, revision: int | None = None) -> Export:
        """Make the file anew from the project document as it is now, or was at a revision.

        Raises BadRequest for an unknown format, with the list of those there are, and for a run of another kind;
        Invalid for a language or rate that nobody has and an option that means nothing to the format; NotFound for
        an unknown run, a language that the project is not made for or has no lines in, and turns that were not told.
        """
        format_ = FORMATS.get(name)
        project = self._runs.project(actor, run_id, revision)
        if format_ is None:
            sound = f"sound is had under tracks, such as /apis/projects/{run_id}/tracks/speech.wav"
            raise BadRequest(f"There is no export {name[:40]!r}. The formats: {', '.join(FORMATS)}, zip; {sound}.")
        options, tag = _options(format_, wish), _tag(wish.language)
        written = self._runs.written(project)
        document = ProjectDocument.model_validate_json(written)
        language = self._language(project, document, tag) if format_.has_lines else None
        material = Material(
            document=document,
            written=written,
            language=language,
            turns=self._turns(project) if format_.has_turns else None,
            original=_original(project, document),
            options=options,
        )
        made = format_.make(material)
        data = made if isinstance(made, bytes) else made.encode()
        spoken = language or (document.source_language if format_.has_lines else None)
        return Export(file_name_of(document.project_name, spoken, name), format_.media_type, data)

    def _language(self, project: ProjectRun, document: ProjectDocument, tag: str | None) -> str | None:
        """The target whose lines are wanted; None for the source, also where its own language is asked for."""
        translated = {one for segment in document.segments for one in segment.translations}
        if tag is None or tag in translated:
            return tag
        if tag == document.source_language:
            return None
        if tag not in document.target_languages:
            there = ", ".join(dict.fromkeys(filter(None, (document.source_language, *document.target_languages))))
            raise NotFound(f"This project is not made for {tag}. Its languages: {there}.")
        if not document.segments:
            return tag  # nothing is said, and that is what the file says
        why = why_left_out(self._database, project, "translate", target=tag)
        raise NotFound(f"This project has no lines in {tag}. {why}Without language you get the source's lines.")

    def _turns(self, project: ProjectRun) -> tuple[Turn, ...]:
        with self._database.read() as connection:
            kept = turns_of(connection, project)
        if kept is None:
            why = why_left_out(self._database, project, "diarize")
            raise NotFound(f"This project has no speaker turns: its speakers were not told apart. {why}".strip())
        return Diarization.model_validate_json(self._blobs.path(kept.sha256).read_bytes()).turns


def turns_of(connection: Connection, project: ProjectRun) -> Artifact | None:
    """The document of who was heard when, as it was at the revision; of older products as their task has it now."""
    return project.product.turns or artifacts.of_task(connection, project.made_by).get(DIARIZATION)


def _original(project: ProjectRun, document: ProjectDocument) -> str | None:
    """The name of the media's own file, also where only a reference to it came along."""
    if document.original is not None:
        return document.original.artifact.name
    return next((one.name for one in project.product.files if one.name.startswith("original.")), None)


def _options(format_: Format, wish: Wish) -> Options:
    given = {"rate": wish.rate is not None, "speakers": wish.speakers, "times": wish.times}
    faults = []
    for name in (name for name, is_given in given.items() if is_given and name not in format_.takes):
        takers = ", ".join(one.name for one in FORMATS.values() if name in one.takes)
        faults.append(Fault(("query", name), f"This is an option of {takers}; leave it out for {format_.name}."))
    if wish.rate is not None and wish.rate not in RATES:
        faults.append(Fault(("query", "rate"), f"Use one of {', '.join(RATES)}."))
    if faults:
        raise Invalid(faults)
    return Options(rate=RATES[wish.rate] if wish.rate else None, speakers=wish.speakers, times=wish.times)


def _tag(language: str | None) -> str | None:
    if language is None:
        return None
    found = find(language)
    if found is None:
        raise Invalid.field("language", "Use an id or a tag listed by GET /apis/target-languages.", where="query")
    return found.tag


def file_name_of(project: str, tag: str | None, ending: str) -> str:
    stem = _NOT_IN_NAMES.sub(" ", project).strip(" .")[:_LONGEST_NAME].strip(" .") or "project"
    return ".".join(filter(None, (stem, tag, ending)))
