"""Transcribe: what the engine is asked for, and what is told of what it heard."""

from __future__ import annotations

from pathlib import Path

import pytest

from soundstage.domain.brought import SourceTranscript
from soundstage.domain.timing import Span
from soundstage.domain.transcript import Passage, Stretch, Transcript, Word
from soundstage.engines.activity.contract import Activity
from soundstage.engines.progress import Report
from soundstage.engines.spec import Capability
from soundstage.engines.transcription.contract import TranscriptionOptions
from soundstage.media.subtitles.parsing import parse
from soundstage.pipelines.brought_speech import PassageNames
from soundstage.pipelines.documents import open_document, put_document
from soundstage.pipelines.stages.detect_activity import DetectedActivity
from soundstage.pipelines.stages.separate import Separated
from soundstage.pipelines.stages.transcribe import Transcribed, transcribe


class Parrot:
    """Says one word for each span to listen to, of falling confidence, in the given language or English."""

    def transcribe(self, audio: Path, options: TranscriptionOptions, report: Report) -> Transcript:
        spans = options.speech if options.speech is not None else (Span(start_ms=0, end_ms=10_000),)
        words = tuple(
            Word(text=f"{span.start_ms}-{span.end_ms}", span=span, confidence=0.9 / number)
            for number, span in enumerate(spans, start=1)
        )
        passages = tuple(Passage(text=w.text, span=w.span, words=(w,), confidence=w.confidence) for w in words)
        return Transcript(language=options.language or "en", language_confidence=0.976, passages=passages)


def load(_settings: dict[str, object]) -> Parrot:
    return Parrot()


@pytest.fixture
def transcribed(make_context, request_for, decoded_audio, engine):
    def run(
        activity: Activity | None, *, languages: frozenset[str] | None = None, specs=None, stem: bool = False, **fields
    ):
        spec = engine(Capability.TRANSCRIPTION, f"{__name__}:load", languages=languages)
        context = make_context(specs=[spec] if specs is None else specs)
        detected = DetectedActivity(
            activity=None if activity is None else put_document(context, activity, "activity.json")
        )
        decoded = decoded_audio(context)
        separated = Separated(analysis=decoded.analysis if stem else None)
        return context, transcribe(context, request_for(**fields), decoded, separated, detected)

    return run


TALK = Activity(
    speech=(Span(start_ms=500, end_ms=1000), Span(start_ms=9100, end_ms=9500)),
    singing=(Span(start_ms=3000, end_ms=4000),),
    music=(Span(start_ms=0, end_ms=10_000),),
)


def test_speech_and_singing_and_what_lies_between_are_listened_to(transcribed) -> None:
    context, outcome = transcribed(TALK)
    transcript = open_document(context, outcome.output.transcript, Transcript)
    assert [word.text for word in transcript.words] == ["500-4000", "9100-9500"]
    assert outcome.output.language == "en"
    assert outcome.findings.language_name == "English"
    assert outcome.findings.mean_confidence == 0.675
    assert outcome.summary == "Heard English (98 %): 2 words in 2 passages, 1 of them doubtful."
    assert (outcome.engine, outcome.media_seconds) == ("small", 10.0)


def test_what_was_listened_to_is_told(transcribed) -> None:
    _, from_the_stem = transcribed(TALK, stem=True)
    assert from_the_stem.findings.listened_to == "speech"
    assert from_the_stem.summary.startswith("Heard English (98 %) from the speech stem: 2 words")
    _, from_the_mix = transcribed(TALK)
    assert from_the_mix.findings.listened_to == "mix"
    _, from_nothing = transcribed(Activity(speech=(), singing=(), music=()))
    assert from_nothing.findings.listened_to is None


def test_a_given_language_is_used_and_told_so(transcribed) -> None:
    _, outcome = transcribed(TALK, source_language=54)
    assert outcome.output.language == "es"
    assert outcome.findings.language_given
    assert outcome.findings.language_confidence is None
    assert outcome.summary.startswith("Heard Spanish (as given): 2 words")


def test_where_nobody_looked_for_speech_all_is_listened_to(transcribed) -> None:
    context, outcome = transcribed(None)
    assert open_document(context, outcome.output.transcript, Transcript).words[0].text == "0-10000"


@pytest.mark.parametrize("music", [(), (Span(start_ms=0, end_ms=10_000),)])
def test_no_speech_gives_no_words_and_says_so(transcribed, music) -> None:
    _, outcome = transcribed(Activity(speech=(), singing=(), music=music))
    assert not outcome.skipped
    assert outcome.output == Transcribed()
    assert outcome.findings.words == 0
    assert outcome.summary == "There is no speech in 10.0 s: nothing to transcribe."


def test_a_language_that_no_engine_knows_skips_with_a_cure(transcribed) -> None:
    _, outcome = transcribed(TALK, languages=frozenset({"en"}), source_language=147)
    assert outcome.skipped
    assert outcome.output == Transcribed(language="zu")
    assert "'zu'" in outcome.summary
    assert outcome.findings.cure


def test_without_an_engine_it_is_skipped(transcribed) -> None:
    _, outcome = transcribed(TALK, specs=[])
    assert outcome.skipped
    assert outcome.summary == "No engine for transcription is installed. The project opens without text."


# A text that the client brought ---------------------------------------------------------------------------------------

SRT = """1
00:00:00,500 --> 00:00:02,000
ANNA: Good morning, Bob.

2
00:00:03,000 --> 00:00:04,000
BOB: Is it?

3
00:00:09,500 --> 00:00:12,000
ANNA: It was.

4
00:00:20,000 --> 00:00:21,000
BOB: Nobody hears this.
"""


class Listener:
    """Hears "good" and "Bob", in the German it was told or the English it knows, and tells which spans it was given."""

    def transcribe(self, audio: Path, options: TranscriptionOptions, report: Report) -> Transcript:
        assert options.speech == (Span(start_ms=500, end_ms=4000), Span(start_ms=9500, end_ms=10_000))
        words = tuple(
            Word(text=text, span=Span(start_ms=start, end_ms=end), confidence=0.4)
            for text, start, end in (("Good", 900, 1100), ("bob", 1600, 1900))
        )
        passage = Passage(text="Good bob", span=Span(start_ms=900, end_ms=1900), words=words, confidence=0.4)
        return Transcript(language=options.language or "en", language_confidence=0.9, passages=(passage,))


def load_listener(_settings: dict[str, object]) -> Listener:
    return Listener()


@pytest.fixture
def bring(make_context, request_for, decoded_audio, engine):
    def run(
        text: str,
        *,
        hears: bool = True,
        load: str = "load_listener",
        languages: frozenset[str] | None = None,
        activity: Activity | None = None,
        **fields,
    ):
        spec = engine(Capability.TRANSCRIPTION, f"{__name__}:{load}", languages=languages)
        specs = [spec] if hears else []
        context = make_context(specs=specs)
        brought = parse(text)
        source = SourceTranscript(
            document=put_document(context, brought, "source-transcript.json"),
            form=brought.form,
            cues=len(brought.cues),
            ends_at_ms=max(cue.span.end_ms for cue in brought.cues),
        )
        detected = DetectedActivity(
            activity=None if activity is None else put_document(context, activity, "activity.json")
        )
        request = request_for(source_transcript=source, **fields)
        return context, transcribe(context, request, decoded_audio(context), Separated(), detected)

    return run


def test_a_brought_text_is_taken_as_it_is_and_only_its_words_are_timed_by_ear(bring) -> None:
    context, outcome = bring(SRT)
    transcript = open_document(context, outcome.output.transcript, Transcript)
    assert [one.text for one in transcript.passages] == ["Good morning, Bob.", "Is it?", "It was."]
    spans = [(word.text, word.span.start_ms, word.span.end_ms) for word in transcript.passages[0].words]
    assert spans == [("Good", 900, 1100), ("morning,", 1100, 1600), ("Bob.", 1600, 1900)]
    assert transcript.passages[-1].span == Span(start_ms=9500, end_ms=10_000)
    assert {word.confidence for word in transcript.words} == {1.0}
    assert outcome.output.language == "en"
    names = open_document(context, outcome.output.names, PassageNames).names
    assert names == ("ANNA", "BOB", "ANNA")
    assert outcome.summary == (
        "Took the text that was brought (SRT): 7 words in 3 passages of ANNA and BOB; small heard 29 % of them and "
        "told when they are said. 1 cue after the end of the media is left out. 1 cue past the end of the media is cut "
        "there. "
        "Few of its words were heard where it has them: check that it belongs to this recording and its language."
    )
    assert (outcome.engine, outcome.media_seconds) == ("small", 10.0)


def test_without_an_engine_its_words_are_spread_and_it_says_so(bring) -> None:
    context, outcome = bring(SRT, hears=False, source_language=31)
    words = open_document(context, outcome.output.transcript, Transcript).words
    assert [(word.span.start_ms, word.span.end_ms) for word in words[:2]] == [(500, 875), (875, 1625)]
    assert not outcome.skipped
    assert (outcome.output.language, outcome.findings.word_times, outcome.findings.engine) == ("de", "spread", None)
    assert outcome.findings.problem == "no engine for transcription is installed"
    assert "; their times are spread by length. 1 cue after" in outcome.summary


def test_where_nobody_speaks_nobody_listens(bring) -> None:
    _, outcome = bring(SRT, activity=Activity(speech=(), singing=(), music=()))
    assert outcome.findings.word_times == "spread"
    assert outcome.summary.endswith("No speech was found in the media: check that the text belongs to it.")


def test_the_language_that_the_text_declares_counts_where_the_request_names_none(bring) -> None:
    text = "WEBVTT\nLanguage: fr\n\n00:00.500 --> 00:04.000\nBonjour\n\n00:09.500 --> 00:10.000\nOui"
    _, outcome = bring(text)
    assert (outcome.output.language, outcome.output.names) == ("fr", None)
    assert not outcome.findings.language_given


TTML = """<tt xmlns="http://www.w3.org/ns/ttml"><body><div>
<p begin="0.5s" end="4s" xml:lang="de">Good Morgen, bob.</p><p begin="9.5s" end="10s" xml:lang="fr">Bonjour.</p>
</div></body></tt>"""


class ByLanguage:
    """Hears one word in the first span, which it names after the language, and remembers nothing else."""

    def transcribe(self, audio: Path, options: TranscriptionOptions, report: Report) -> Transcript:
        assert options.speech is not None and len(options.speech) == 1
        span = options.speech[0]
        assert (options.language, span.start_ms) in (("de", 500), ("fr", 9_500))
        word = Word(text="Morgen" if options.language == "de" else "Bonjour", span=span, confidence=0.9)
        passage = Passage(text=word.text, span=span, words=(word,), confidence=0.9)
        return Transcript(language=options.language or "en", language_confidence=0.9, passages=(passage,))


def load_by_language(_settings: dict[str, object]) -> ByLanguage:
    return ByLanguage()


def test_a_brought_text_in_several_languages_is_heard_in_each_and_keeps_them(bring) -> None:
    context, outcome = bring(TTML, load="load_by_language")
    transcript = open_document(context, outcome.output.transcript, Transcript)
    assert (transcript.language, outcome.output.language) == ("de", "de"), "the one with the most time"
    assert [(one.text, one.language) for one in transcript.passages] == [
        ("Good Morgen, bob.", None),
        ("Bonjour.", "fr"),
    ]
    assert [one.language for one in transcript.stretches] == ["de", "fr"]
    assert [(one.name, one.confidence) for one in outcome.findings.languages] == [("German", None), ("French", None)]
    assert "in 2 languages (German 88 % of the speech and French 12 %)" in outcome.summary


def test_who_heard_a_part_of_it_is_named_although_nobody_hears_the_rest(bring) -> None:
    _, outcome = bring(TTML, load="load_by_language", languages=frozenset({"fr"}))
    assert (outcome.findings.engine, outcome.engine, outcome.findings.word_times) == ("small", "small", "aligned")
    assert "; small heard 25 % of them and told when they are said." in outcome.summary
    assert outcome.findings.problem is not None and "de" in outcome.findings.problem


# Several languages ----------------------------------------------------------------------------------------------------


class Polyglot:
    """Hears three quarters English and a quarter German; given a language it writes everything in it."""

    def transcribe(self, audio: Path, options: TranscriptionOptions, report: Report) -> Transcript:
        words = [
            Word(text=text, span=Span(start_ms=start, end_ms=end), confidence=0.9)
            for text, start, end in (("Hello.", 0, 6_000), ("Moin.", 7_000, 9_000))
        ]
        german = None if options.language else "de"
        passages = tuple(
            Passage(text=word.text, span=word.span, words=(word,), confidence=0.9, language=language)
            for word, language in zip(words, (None, german), strict=True)
        )
        stretches = tuple(
            Stretch(span=word.span, language=language, confidence=sure, speech_ms=word.span.duration_ms)
            for word, language, sure in zip(words, ("en", "de"), (0.98, 0.8), strict=True)
        )
        return Transcript(
            language=options.language or "en", language_confidence=0.98, passages=passages, stretches=stretches
        )


def load_polyglot(_settings: dict[str, object]) -> Polyglot:
    return Polyglot()


@pytest.fixture
def polyglot(make_context, request_for, decoded_audio, engine):
    def run(**fields):
        context = make_context(specs=[engine(Capability.TRANSCRIPTION, f"{__name__}:load_polyglot")])
        audio = decoded_audio(context)
        return transcribe(context, request_for(**fields), audio, Separated(), DetectedActivity())

    return run


def test_several_languages_are_told_with_their_shares(polyglot) -> None:
    outcome = polyglot(source_language=None)
    english, german = outcome.findings.languages
    assert (english.language, english.share, english.confidence, english.first_ms) == ("en", 0.75, 0.98, 0)
    assert (german.name, german.share, german.confidence, german.speech_ms) == ("German", 0.25, 0.8, 2_000)
    assert [(one.language, one.start_ms, one.end_ms) for one in outcome.findings.stretches] == [
        ("en", 0, 6_000),
        ("de", 7_000, 9_000),
    ]
    assert outcome.findings.warnings == ()
    assert "Heard 2 languages, English 75 % of the speech (98 % sure) and German 25 % (80 % sure)" in outcome.summary


def test_a_given_language_stays_and_what_is_heard_beside_it_is_told(polyglot) -> None:
    english = polyglot(source_language=1)
    assert english.output.language == "en"
    (warning,) = english.findings.warnings
    assert "everything is written as English, but parts of the speech sound like German (25 %)" in warning
    assert "source_language auto" in warning and warning in english.summary
    (other,) = polyglot(source_language=31).findings.warnings
    assert "German was given" in other and "most of the speech sounds like English (75 %)" in other
