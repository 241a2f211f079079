"""Prepare: the document, the files and the product."""

from __future__ import annotations

import pysubs2
import pytest

from soundstage.domain.media import MediaInfo
from soundstage.domain.project import ProjectDocument, ProjectProduct, TrackKind
from soundstage.domain.review import DoubtReason
from soundstage.domain.speaker import Speaker, Turn
from soundstage.domain.timing import Span
from soundstage.domain.translation import Fit, LineFit, TermFault, TermViolation, TranslationCheck
from soundstage.engines.diarization.contract import Diarization
from soundstage.media.peaks import read_peaks
from soundstage.pipelines.documents import open_document, put_document
from soundstage.pipelines.stages.decode import decode
from soundstage.pipelines.stages.diarize import Diarized
from soundstage.pipelines.stages.ingest import Ingested, ingest
from soundstage.pipelines.stages.prepare import prepare
from soundstage.pipelines.stages.probe import Probed, probe
from soundstage.pipelines.stages.segment import SegmentList, segment
from soundstage.pipelines.stages.separate import Separated
from soundstage.pipelines.stages.transcribe import Transcribed
from soundstage.pipelines.stages.translate import TargetLines, Translated, TranslatedLines
from soundstage.testing import media

MEDIA = MediaInfo(container="wav", duration_ms=10_000, bytes=44, bit_rate=None, streams=())
HEARD = ("We came here last night.", "Nobody was at home then.")


@pytest.fixture
def prepared(make_context, request_for, decoded_audio, transcript):
    def run(
        *,
        texts: tuple[str, ...] = HEARD,
        spoken: str | None = "en",
        spanish: tuple[str, ...] = (),
        checks: tuple[TranslationCheck, ...] = (),
        file_name: str = "My talk.mp4",
        diarization: Diarization | None = None,
        stems: bool = False,
        settled: bool = False,
        **fields,
    ):
        context = make_context()
        decoded = decoded_audio(context)
        heard = Transcribed(language=spoken if texts else None)
        if texts:
            document = put_document(context, transcript(*texts, language=spoken), "transcript.json")
            heard = heard.model_copy(update={"transcript": document})
        diarized = Diarized(diarization=put_document(context, diarization, "diarization.json") if diarization else None)
        translated = Translated()
        if spanish:
            lines = TranslatedLines(targets=(TargetLines(language="es-es", texts=spanish, checks=checks),))
            translated = Translated(translations=put_document(context, lines, "t.json"), languages=("es-es",))
        segmented = segment(context, heard, diarized).output
        if settled:
            cut = open_document(context, segmented.segments, SegmentList)
            cut = cut.model_copy(update={"settled": tuple(one.segment_id for one in cut.segments)})
            segmented = segmented.model_copy(update={"segments": put_document(context, cut, "by hand.json")})
        return context, prepare(
            context,
            request_for(**fields),
            Ingested(source=decoded.analysis, file_name=file_name),
            Probed(media=MEDIA, chosen=()),
            decoded,
            Separated(speech=decoded.source, background=decoded.source) if stems else Separated(),
            diarized,
            heard,
            segmented,
            translated,
        )

    return run


def test_the_product(prepared) -> None:
    context, outcome = prepared(spanish=("Llegamos anoche.", ""), target_languages=(54, 76))
    product = outcome.output
    assert isinstance(product, ProjectProduct)
    assert product.project_name == "My talk"
    assert (product.source_language, product.target_languages) == (1, (54, 76))
    assert (product.duration_ms, product.segments) == (10_000, 2)
    assert product.created_at == context.created_at
    names = [file.name for file in product.files]
    assert names == [
        "project.json",
        "analysis.wav",  # stands for the original here
        "source.flac",
        "peaks.bin",
        "source.srt",
        "source.vtt",
        "es-es.srt",
        "es-es.vtt",
    ]
    assert product.file("source.srt") is not None
    assert product.file("nothing") is None
    assert [(track.track_id, track.language) for track in product.tracks] == [
        ("source", "en-us"),
        ("subtitles-source", "en-us"),
        ("subtitles-es-es", "es-es"),
    ]
    assert outcome.summary == (
        "The project “My talk” is ready: 10.0 s, 2 segments (1 to review), lines in Spanish (Spain); 8 files."
    )
    assert outcome.findings.languages == ("es-es",)


def test_what_was_found_out_about_a_translation_is_kept_beside_it_and_asks_for_review(prepared) -> None:
    fit = LineFit(verdict=Fit.TOO_LONG, slot_ms=1_000, spoken_ms=1_500, ratio=1.5, characters_per_second=16.0)
    missing = TermViolation(term="night", expected="noche", fault=TermFault.MISSING)
    inflected = TermViolation(term="home", expected="casa", fault=TermFault.OTHER_FORM, found="casas")
    checks = (TranslationCheck(fit=fit, violations=(missing,)), TranslationCheck(violations=(inflected,)))
    context, outcome = prepared(spanish=("Llegamos ayer.", "Nadie en sus casas."), checks=checks)
    document = open_document(context, outcome.output.document, ProjectDocument)
    assert [one.translation_checks for one in document.segments] == [{"es-es": check} for check in checks]
    asked = {one.segment_id: {doubt.reason for doubt in one.doubts} for one in document.review}
    assert asked[document.segments[0].segment_id] >= {DoubtReason.TERM_MISSING, DoubtReason.DOES_NOT_FIT}
    assert DoubtReason.TERM_MISSING not in asked.get(document.segments[1].segment_id, set())


def test_lines_that_a_person_changed_are_asked_about_for_their_translations_alone(prepared) -> None:
    same = (HEARD[0],) * 3
    heard, by_hand = (prepared(texts=same, spanish=("Hola.", "", "Hola."), settled=told)[1] for told in (False, True))
    assert set(heard.findings.review_reasons) == {DoubtReason.REPEATED, DoubtReason.NOT_TRANSLATED}
    assert set(by_hand.findings.review_reasons) == {DoubtReason.NOT_TRANSLATED}


def test_the_document_holds_segments_with_their_translations(prepared) -> None:
    context, outcome = prepared(spanish=("Llegamos anoche.", ""), project_description="A night")
    document = open_document(context, outcome.output.document, ProjectDocument)
    assert [one.translations for one in document.segments] == [{"es-es": "Llegamos anoche."}, {}]
    assert [one.text for one in document.segments] == list(HEARD)
    assert (document.source_language, document.detected_language) == ("en-us", "en")
    assert (document.project_description, document.revision, document.media) == ("A night", 1, MEDIA)


def test_the_document_tells_of_its_media_and_of_doubtful_lines(prepared) -> None:
    context, outcome = prepared(
        spanish=("Llegamos anoche.", ""), media_url="https://me:pw@media.example/talks/My%20talk.mp4?token=secret"
    )
    document = open_document(context, outcome.output.document, ProjectDocument)
    assert document.original is not None
    assert document.original.url == "https://media.example/talks/My%20talk.mp4"
    assert document.original.artifact in outcome.output.files
    (line,) = document.review
    assert (line.segment_id, [doubt.reason for doubt in line.doubts]) == ("s0002", [DoubtReason.NOT_TRANSLATED])
    assert (outcome.findings.to_review, outcome.findings.review_reasons) == (1, {DoubtReason.NOT_TRANSLATED: 1})


def test_the_files_open(prepared) -> None:
    context, outcome = prepared(spanish=("Llegamos anoche.", ""))
    files = {file.name: context.open(file) for file in outcome.output.files}
    assert read_peaks(files["peaks.bin"]).frames == 480_000
    for suffix in ("srt", "vtt"):
        text = files[f"source.{suffix}"].read_text()
        assert [line.plaintext for line in pysubs2.SSAFile.from_string(text, format_=suffix)] == list(HEARD)
        text = files[f"es-es.{suffix}"].read_text()
        assert [line.plaintext for line in pysubs2.SSAFile.from_string(text, format_=suffix)] == ["Llegamos anoche."]


def test_speakers_and_stems_come_along(prepared) -> None:
    speaker = Speaker(speaker_id="a", name="Anna", airtime_ms=3000, confidence=0.9)
    turn = Turn(speaker_id="a", span=Span(start_ms=0, end_ms=9000))
    context, outcome = prepared(stems=True, diarization=Diarization(speakers=(speaker,), turns=(turn,)))
    document = open_document(context, outcome.output.document, ProjectDocument)
    assert document.speakers == (speaker,)
    assert {one.speaker_id for one in document.segments} == {"a"}
    assert [track.kind for track in document.tracks][:3] == [TrackKind.SOURCE, TrackKind.SPEECH, TrackKind.BACKGROUND]
    assert open_document(context, outcome.output.turns, Diarization).turns == (turn,)
    assert "<v Anna>" in context.open(outcome.output.file("source.vtt")).read_text()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"spoken": "es"}, (54, "es-es", "es")),
        ({"spoken": "haw", "target_languages": (76,)}, (76, None, "haw")),
        ({"texts": (), "target_languages": (31, 54)}, (31, None, None)),
        ({"spoken": "en", "source_language": 35}, (35, "en-gb", None)),
    ],
)
def test_the_source_language(prepared, fields, expected) -> None:
    context, outcome = prepared(**fields)
    document = open_document(context, outcome.output.document, ProjectDocument)
    assert (outcome.output.source_language, document.source_language, document.detected_language) == expected


@pytest.mark.parametrize(
    ("file_name", "project_name", "expected"),
    [("a.b.mp4", None, "a.b"), ("a.mp4", "Mine", "Mine"), (".mp4", None, ".mp4"), ("", None, "Untitled")],
)
def test_the_name(prepared, file_name, project_name, expected) -> None:
    assert prepared(file_name=file_name, project_name=project_name)[1].output.project_name == expected


def test_nothing_heard_still_gives_a_project(prepared) -> None:
    context, outcome = prepared(texts=())
    assert outcome.output.segments == 0
    assert context.open(outcome.output.file("source.vtt")).read_text().startswith("WEBVTT")
    assert outcome.summary == "The project “My talk” is ready: 10.0 s, no segments; 6 files."


def test_the_same_again_gives_the_same(prepared) -> None:
    assert prepared(spanish=("Llegamos anoche.", ""))[1] == prepared(spanish=("Llegamos anoche.", ""))[1]


def test_the_video_of_a_film_is_part_of_it(make_context, request_for, tmp_path) -> None:
    film = media.make_clip(tmp_path / "film.mov", seconds=3.0)
    context, request = make_context(film), request_for()
    ingested = ingest(context, request).output
    probed = probe(context, request, ingested).output
    decoded = decode(context, ingested, probed).output
    heard, diarized = Transcribed(language=None), Diarized()
    segmented = segment(context, heard, diarized).output
    outcome = prepare(
        context, request, ingested, probed, decoded, Separated(), diarized, heard, segmented, Translated()
    )
    product = outcome.output
    document = open_document(context, product.document, ProjectDocument)
    assert product.video == document.video and product.video is not None
    assert product.file("video.mp4") == product.video.artifact and product.file("poster-1.jpg") is not None
    assert (outcome.findings.video, outcome.findings.posters) == ("copy", len(product.video.posters))
    assert outcome.summary.endswith(outcome.findings.video_why) and "copied into an MP4" in outcome.summary
