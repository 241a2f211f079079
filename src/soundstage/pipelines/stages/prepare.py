"""Prepare: the project document and the files that go with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from pydantic import Field

from soundstage.domain.artifact import Artifact
from soundstage.domain.language import BY_ID, BY_TAG
from soundstage.domain.project import Original, ProjectDocument, ProjectProduct, Track, TrackKind
from soundstage.domain.request import ProjectSetupRequest
from soundstage.domain.review import DoubtReason, ReviewLine
from soundstage.domain.segment import Segment
from soundstage.domain.speaker import Speaker, Turn
from soundstage.domain.transcript import Stretch, Transcript
from soundstage.domain.translation import Fit, TermFault, TranslationCheck
from soundstage.domain.value import Milliseconds, Value
from soundstage.engines.diarization.contract import Diarization
from soundstage.media.redact import redact_url
from soundstage.pipelines.context import StageContext
from soundstage.pipelines.documents import open_document, put_document
from soundstage.pipelines.picture import prepare_video
from soundstage.pipelines.review import Heard, review
from soundstage.pipelines.review_translations import TargetReview
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.stages.decode import DecodedAudio
from soundstage.pipelines.stages.diarize import Diarized
from soundstage.pipelines.stages.ingest import Ingested
from soundstage.pipelines.stages.probe import Probed
from soundstage.pipelines.stages.segment import Segmented, SegmentList
from soundstage.pipelines.stages.separate import Separated
from soundstage.pipelines.stages.transcribe import Transcribed
from soundstage.pipelines.stages.translate import Translated, TranslatedLines, source_locale
from soundstage.pipelines.subtitle_files import subtitle_files, subtitle_tracks
from soundstage.pipelines.translation_by_language import TargetLines
from soundstage.pipelines.wording import clock, counted, listed

_LONGEST_NAME = 255
_UPLOAD = "upload://"


class PreparedFile(Value):
    name: str
    bytes: int


class PrepareFindings(Value):
    """`languages`: tags of the languages in which the lines are there, beside the source. `video`: how browsers get the
    picture (`source`, `copy`, `transcode`, `none`), and why so; None for sound alone. `to_review`: lines worth a second
    look, and by `review_reasons` how many there are for each reason."""

    project_name: str
    duration_ms: Milliseconds
    segments: int
    to_review: int = 0
    review_reasons: dict[DoubtReason, int] = Field(default_factory=dict)
    tracks: int
    video: str | None = None
    video_why: str | None = None
    posters: int = 0
    languages: tuple[str, ...]
    files: tuple[PreparedFile, ...]


def prepare(
    context: StageContext,
    request: ProjectSetupRequest,
    ingested: Ingested,
    probed: Probed,
    decoded: DecodedAudio,
    separated: Separated,
    diarized: Diarized,
    transcribed: Transcribed,
    segmented: Segmented,
    translated: Translated,
    draft: ProjectProduct | None = None,
) -> Outcome[ProjectProduct]:
    """`draft`: the project as it was when the task stopped halfway; its picture is taken over."""
    name = request.project_name or _stem(ingested.file_name)
    video = draft.video if draft is not None else prepare_video(context, ingested, probed, decoded)
    lines = _lines(context, translated)
    segments = _segments(context, segmented, lines)
    speakers, turns = _speakers(context, segmented, diarized)
    subtitles = _subtitles(context, segments, speakers, translated.languages)
    source = source_locale(request, transcribed)
    heard = Heard(segments, turns, transcribed.language, _stretches(context, transcribed), _settled(context, segmented))
    tracks = _tracks(decoded, separated, subtitles, source.tag if source else transcribed.language)
    document = ProjectDocument(
        project_name=name,
        project_description=request.project_description,
        created_at=(request.basis.created_at if request.basis else None) or context.created_at,
        source_language=source.tag if source else None,
        detected_language=transcribed.language if request.source_language is None else None,
        target_languages=tuple(BY_ID[target].tag for target in request.target_languages),
        duration_ms=decoded.duration_ms,
        media=probed.media,
        audio_tracks=tuple(stream.audio_index for stream in probed.chosen if stream.audio_index is not None),
        original=_original(request, ingested),
        video=video,
        tracks=tracks,
        speakers=speakers,
        segments=segments,
        review=review(heard, _to_review(lines, segments, transcribed.language)),
    )
    kept = put_document(context, document, "project.json")
    pictures = video.files if video is not None else ()
    stems = tuple(stem for stem in (separated.speech, separated.background) if stem is not None)
    files = (kept, ingested.source, decoded.source, *stems, decoded.peaks, *pictures, *subtitles)
    product = ProjectProduct.of(document, kept, files).model_copy(update={"turns": _turns(context, diarized)})
    return Outcome(
        output=product,
        findings=_findings(product, translated.languages, document.review),
        summary=_summary(product, translated.languages, len(document.review)),
        media_seconds=decoded.duration_ms / 1000,
    )


def _stem(file_name: str) -> str:
    return PurePosixPath(file_name).stem.strip()[:_LONGEST_NAME] or "Untitled"


def _original(request: ProjectSetupRequest, ingested: Ingested) -> Original:
    if request.original is not None:
        return request.original
    url = None if request.media_url.startswith(_UPLOAD) else redact_url(request.media_url)
    return Original(file_name=ingested.file_name, url=url, artifact=ingested.source)


def _lines(context: StageContext, translated: Translated) -> tuple[TargetLines, ...]:
    if translated.translations is None:
        return ()
    return open_document(context, translated.translations, TranslatedLines).targets


def _segments(context: StageContext, segmented: Segmented, lines: tuple[TargetLines, ...]) -> tuple[Segment, ...]:
    segments = open_document(context, segmented.segments, SegmentList).segments
    return tuple(
        segment.model_copy(
            update={
                "translations": {t.language: t.texts[i] for t in lines if t.texts[i]},
                "translation_checks": {t.language: t.checks[i] for t in lines if t.checks},
            }
        )
        for i, segment in enumerate(segments)
    )


def _stretches(context: StageContext, transcribed: Transcribed) -> tuple[Stretch, ...]:
    if transcribed.transcript is None:
        return ()
    return open_document(context, transcribed.transcript, Transcript).stretches


def _settled(context: StageContext, segmented: Segmented) -> frozenset[str]:
    return frozenset(open_document(context, segmented.segments, SegmentList).settled)


def _to_review(
    lines: tuple[TargetLines, ...], segments: tuple[Segment, ...], code: str | None
) -> tuple[TargetReview, ...]:
    return tuple(
        TargetReview(
            language=one.language,
            texts=one.texts,
            copied_lines=frozenset(
                i for i, segment in enumerate(segments) if (segment.language or code) == one.language.split("-")[0]
            ),
            odd={i: check.doubts for i, check in enumerate(one.checks) if check.doubts},
            terms={i: tuple(_lacking(check)) for i, check in enumerate(one.checks) if check.violations},
            fits={i: c.fit.ratio for i, c in enumerate(one.checks) if c.fit and c.fit.verdict is Fit.TOO_LONG},
        )
        for one in lines
    )


def _lacking(check: TranslationCheck) -> Iterator[tuple[str, str]]:
    """Terms that the line does not say; that it says one in another form is as it should be, mostly."""
    return ((found.term, found.expected) for found in check.violations if found.fault is not TermFault.OTHER_FORM)


def _speakers(
    context: StageContext, segmented: Segmented, diarized: Diarized
) -> tuple[tuple[Speaker, ...], tuple[Turn, ...]]:
    """Those whom the text names, about whom nothing is doubtful; else those who were heard, and when."""
    named = open_document(context, segmented.segments, SegmentList).speakers
    if named is not None:
        return named, ()
    if diarized.diarization is None:
        return (), ()
    found = open_document(context, diarized.diarization, Diarization)
    return found.speakers, found.turns


def _turns(context: StageContext, diarized: Diarized) -> Artifact | None:
    """Kept with what is prepared: once the task goes on with other speakers, this revision still has its own."""
    heard = diarized.diarization
    return None if heard is None else context.adopt(heard, name=heard.name, media_type=heard.media_type)


def _subtitles(
    context: StageContext, segments: tuple[Segment, ...], speakers: tuple[Speaker, ...], languages: tuple[str, ...]
) -> tuple[Artifact, ...]:
    # The import brings soundfile along, which a server without a worker is spared.
    from soundstage.media.storage_full import full_disk_told  # noqa: PLC0415

    folder = context.scratch()
    kept = []
    for file in subtitle_files(segments, speakers, languages):
        path = folder / file.name
        with full_disk_told(path):
            path.write_text(file.text, encoding="utf-8", newline="\n")
        kept.append(context.put(path, name=file.name, media_type=file.media_type))
    return tuple(kept)


def _tracks(
    decoded: DecodedAudio, separated: Separated, subtitles: tuple[Artifact, ...], language: str | None
) -> tuple[Track, ...]:
    tracks = [
        Track(
            track_id="source",
            kind=TrackKind.SOURCE,
            title="Source",
            language=language,
            artifact=decoded.source,
            peaks=decoded.peaks,
        )
    ]
    for kind, stem in ((TrackKind.SPEECH, separated.speech), (TrackKind.BACKGROUND, separated.background)):
        if stem is not None:
            tracks.append(Track(track_id=kind.value, kind=kind, title=kind.value.title(), language=None, artifact=stem))
    return (*tracks, *subtitle_tracks(subtitles, language))


def _findings(
    product: ProjectProduct, languages: tuple[str, ...], review_lines: tuple[ReviewLine, ...]
) -> PrepareFindings:
    reasons = Counter(reason for line in review_lines for reason in {doubt.reason for doubt in line.doubts})
    return PrepareFindings(
        project_name=product.project_name,
        duration_ms=product.duration_ms,
        segments=product.segments,
        to_review=len(review_lines),
        review_reasons={reason: reasons[reason] for reason in DoubtReason if reasons[reason]},
        tracks=len(product.tracks),
        video=product.video.way if product.video else None,
        video_why=product.video.why if product.video else None,
        posters=len(product.video.posters) if product.video else 0,
        languages=languages,
        files=tuple(PreparedFile(name=file.name, bytes=file.bytes) for file in product.files),
    )


def _summary(product: ProjectProduct, languages: tuple[str, ...], to_review: int) -> str:
    lines = counted(product.segments, "segment")
    if product.segments:
        lines += f" ({to_review or 'none'} to review)"
        names = listed([BY_TAG[tag].name for tag in languages])
        lines += f", lines in {names}" if names else ", not translated"
    return (
        f"The project “{product.project_name}” is ready: {clock(product.duration_ms)}, {lines}; "
        f"{counted(len(product.files), 'file')}.{f' {product.video.why}' if product.video else ''}"
    )
