"""Taking a brought text for what is said: an engine listens only to tell when each of its words is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Literal, NamedTuple

from soundstage.domain.artifact import Artifact
from soundstage.domain.brought import BroughtCue, BroughtTranscript, TranscriptForm
from soundstage.domain.request import ProjectSetupRequest
from soundstage.domain.timing import Span, merge
from soundstage.domain.transcript import Passage, Stretch, Transcript, Word
from soundstage.domain.value import Share, Value
from soundstage.engines.activity.contract import Activity
from soundstage.engines.spec import Capability, EngineSpec, Readiness
from soundstage.engines.transcription.contract import TranscriptionOptions
from soundstage.engines.transcription.passages import tighten
from soundstage.pipelines.brought_speech import PassageNames, TimedText, timed_text, within_media
from soundstage.pipelines.context import EngineHandle, StageContext
from soundstage.pipelines.heard_languages import HeardLanguage, heard_languages, shares_named
from soundstage.pipelines.wording import counted, language_name, listed, percent

UNDETERMINED = "und"  # ISO 639-2: nobody has told the language
_BRIDGED_MS = 1_000  # between two cues: listened to as well
_FITS = 0.5  # of the words heard where the text has them; below, a text belongs to another recording or cut
_NAMED = 5


class BroughtFindings(Value):
    """What became of a brought text.

    `word_times`: `aligned` with what `engine` heard, `heard_share` of the words being heard where the text has them; or
    `spread` by length over the speech in their cue. Cues after the media's end are left out, those that reach past it
    cut. `speakers`: the names that the text gives. `warning`: a sentence, where the text hardly fits the media.
    `languages`: where the text declares several, how much of it is in which.
    """

    source: Literal["brought"] = "brought"
    form: TranscriptForm
    engine: str | None
    language: str | None
    language_name: str | None
    language_given: bool
    cues: int
    passages: int
    words: int
    word_times: Literal["aligned", "spread"]
    heard_share: Share | None = None
    speakers: tuple[str, ...] = ()
    empty_cues: int = 0
    cues_after_the_end: int = 0
    cues_cut_at_the_end: int = 0
    unsorted: bool = False
    problem: str | None = None
    cure: str | None = None
    warning: str | None = None
    languages: tuple[HeardLanguage, ...] = ()

    @property
    def summary(self) -> str:
        speakers = ""
        if self.speakers:
            more = len(self.speakers) - _NAMED
            names = [*self.speakers[:_NAMED], *((f"{more} more",) if more > 0 else ())]
            speakers = f" of {listed(names)}"
        times = "; their times are spread by length."
        if self.word_times == "aligned":
            times = f"; {self.engine} heard {percent(self.heard_share or 0.0)} of them and told when they are said."
        left = f" {self._lost}" if self._lost else ""
        words = f"{counted(self.words, 'word')} in {counted(self.passages, 'passage')}{speakers}"
        if self.languages:
            words += f", in {len(self.languages)} languages ({shares_named(self.languages)})"
        return f"Took the text that was brought ({self.form.upper()}): {words}{times}{left}" + (
            f" {self.warning}" if self.warning else ""
        )

    @property
    def _lost(self) -> str:
        after, cut = self.cues_after_the_end, self.cues_cut_at_the_end
        told = []
        if after:
            told.append(f"{counted(after, 'cue')} after the end of the media {'is' if after == 1 else 'are'} left out.")
        if cut:
            told.append(f"{counted(cut, 'cue')} past the end of the media {'is' if cut == 1 else 'are'} cut there.")
        return " ".join(told)


class Taken(NamedTuple):
    transcript: Transcript
    names: PassageNames
    findings: BroughtFindings
    device: str


def take_brought(
    context: StageContext,
    request: ProjectSetupRequest,
    brought: BroughtTranscript,
    duration_ms: int,
    audio: Artifact,
    activity: Activity | None,
    given: str | None,
) -> Taken:
    """The text as a transcript of the media. given: the source language's code, where the request names it."""
    speech = None if activity is None else merge(activity.speech + activity.singing)
    language = given or brought.language or _most_declared(brought)
    inside, _ = within_media(brought.cues, duration_ms)
    listened = _Listening(context, request.engines.get(Capability.TRANSCRIPTION), language)
    if inside and speech != ():
        listened.to(context.open(audio), inside)
    text = timed_text(brought.cues, duration_ms, _words(listened.heard, speech), speech or ())
    first = listened.heard[0] if listened.heard else None
    language = language or (first.language if first is not None and first.passages else None)
    passages = tuple(
        one.model_copy(update={"language": None if one.language == language else one.language}) for one in text.passages
    )
    transcript = Transcript(
        language=language or UNDETERMINED,
        language_confidence=1.0,
        passages=passages,
        stretches=_declared_stretches(passages, language),
    )
    return Taken(
        transcript,
        PassageNames(names=text.names),
        _findings(brought, text, listened, transcript, speech, language, given=given is not None),
        listened.device,
    )


class _Listening:
    """Hearing the words of cues, those of each language with an engine for it.

    language: of the cues that do not tell their own, None where the engine is to find it. `engine`: the one for it.
    """

    def __init__(self, context: StageContext, wanted: str | None, language: str | None) -> None:
        self._context = context
        self._wanted = wanted
        self._language = language
        self.engine = self._engine(language)
        self.heard: list[Transcript] = []
        self._used: list[EngineSpec] = []

    @property
    def name(self) -> str | None:
        """Of all that heard something."""
        return listed(list(dict.fromkeys(spec.name for spec in self._used))) or None

    @property
    def device(self) -> str:
        return self._used[0].devices[0] if self._used else "cpu"

    def to(self, audio: Path, cues: Sequence[BroughtCue]) -> None:
        languages = list(dict.fromkeys(cue.language or self._language for cue in cues))
        for number, code in enumerate(languages):
            engine = self.engine if code == self._language else self._engine(code)
            if isinstance(engine, Readiness):
                continue  # the words of its cues are spread by length
            spans = merge([cue.span for cue in cues if (cue.language or self._language) == code], gap_ms=_BRIDGED_MS)
            options = TranscriptionOptions(language=code, speech=spans)
            with self._context.portion(0.95 * number / len(languages), 0.95 * (number + 1) / len(languages)):
                self.heard.append(engine.call("transcribe", audio=audio, options=options))
            self._used.append(engine.spec)

    def _engine(self, language: str | None) -> EngineHandle | Readiness:
        return self._context.engine(Capability.TRANSCRIPTION, self._wanted, language=language)


def _most_declared(brought: BroughtTranscript) -> str | None:
    """Of a text that declares a language for its cues only, the one with the most time."""
    lasts: Counter[str] = Counter()
    for cue in brought.cues:
        if cue.language is not None:
            lasts[cue.language] += cue.span.duration_ms
    return lasts.most_common(1)[0][0] if lasts else None


def _declared_stretches(passages: Sequence[Passage], language: str | None) -> tuple[Stretch, ...]:
    """Of a text in several languages, as it declares them."""
    if language is None or not any(one.language for one in passages):
        return ()
    found = []
    for code, group in groupby(passages, key=lambda one: one.language or language):
        own = list(group)
        span = Span(start_ms=own[0].span.start_ms, end_ms=max(one.span.end_ms for one in own))
        speech = sum(one.span.duration_ms for one in own)
        found.append(Stretch(span=span, language=code, confidence=1.0, speech_ms=speech))
    return tuple(found)


def _words(heard: Sequence[Transcript], speech: tuple[Span, ...] | None) -> tuple[Word, ...]:
    worded = [passage for one in heard for passage in one.passages if passage.words]
    passages = tighten(worded, speech) if speech else worded
    return tuple(sorted((word for one in passages for word in one.words), key=lambda word: word.span.start_ms))


def _findings(
    brought: BroughtTranscript,
    text: TimedText,
    listening: _Listening,
    transcript: Transcript,
    speech: tuple[Span, ...] | None,
    language: str | None,
    *,
    given: bool,
) -> BroughtFindings:
    engine, listened = listening.engine, bool(listening.heard)
    share = text.heard_words / text.words if listened and text.words else None
    languages = heard_languages(transcript, told=True) if transcript.stretches else ()
    return BroughtFindings(
        form=brought.form,
        engine=listening.name,
        language=language,
        language_name=language_name(language) if language else None,
        language_given=given,
        cues=len(brought.cues),
        passages=len(text.passages),
        words=text.words,
        word_times="aligned" if listened else "spread",
        heard_share=None if share is None else round(share, 4),
        speakers=tuple(dict.fromkeys(filter(None, text.names))),
        empty_cues=brought.empty_cues,
        cues_after_the_end=text.left_out,
        cues_cut_at_the_end=text.cut,
        unsorted=brought.unsorted,
        problem=engine.problem if isinstance(engine, Readiness) else None,
        cure=engine.cure if isinstance(engine, Readiness) else None,
        warning=_warning(share, speech),
        languages=languages,
    )


def _warning(share: float | None, speech: tuple[Span, ...] | None) -> str | None:
    if speech == ():
        return "No speech was found in the media: check that the text belongs to it."
    if share is not None and share < _FITS:
        return (
            "Few of its words were heard where it has them: check that it belongs to this recording and its language."
        )
    return None
