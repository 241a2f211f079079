"""Taking a brought text for what is said: an engine listens only to tell when each of its words is said."""

from __future__ import annotations

from typing import Literal, NamedTuple

from soundstage.domain.artifact import Artifact
from soundstage.domain.brought import BroughtTranscript, TranscriptForm
from soundstage.domain.request import ProjectSetupRequest
from soundstage.domain.timing import Span, merge
from soundstage.domain.transcript import Transcript, Word
from soundstage.domain.value import Share, Value
from soundstage.engines.activity.contract import Activity
from soundstage.engines.spec import Capability, Readiness
from soundstage.engines.transcription.contract import TranscriptionOptions
from soundstage.engines.transcription.passages import tighten
from soundstage.pipelines.brought_speech import PassageNames, TimedText, timed_text, within_media
from soundstage.pipelines.context import EngineHandle, StageContext
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
    language = given or brought.language
    engine = context.engine(Capability.TRANSCRIPTION, request.engines.get(Capability.TRANSCRIPTION), language=language)
    heard: Transcript | None = None
    inside, _ = within_media(brought.cues, duration_ms)
    if not isinstance(engine, Readiness) and speech != () and inside:
        spans = merge([cue.span for cue in inside], gap_ms=_BRIDGED_MS)
        with context.portion(0.0, 0.95):
            heard = engine.call(
                "transcribe", audio=context.open(audio), options=TranscriptionOptions(language=language, speech=spans)
            )
    text = timed_text(brought.cues, duration_ms, _words(heard, speech), speech or ())
    language = language or (heard.language if heard is not None and heard.passages else None)
    transcript = Transcript(language=language or UNDETERMINED, language_confidence=1.0, passages=text.passages)
    return Taken(
        transcript,
        PassageNames(names=text.names),
        _findings(brought, text, engine, heard, speech, language, given=given is not None),
        engine.spec.devices[0] if heard is not None and not isinstance(engine, Readiness) else "cpu",
    )


def _words(heard: Transcript | None, speech: tuple[Span, ...] | None) -> tuple[Word, ...]:
    if heard is None:
        return ()
    worded = [passage for passage in heard.passages if passage.words]
    passages = tighten(worded, speech) if speech else worded
    return tuple(sorted((word for one in passages for word in one.words), key=lambda word: word.span.start_ms))


def _findings(
    brought: BroughtTranscript,
    text: TimedText,
    engine: EngineHandle | Readiness,
    heard: Transcript | None,
    speech: tuple[Span, ...] | None,
    language: str | None,
    *,
    given: bool,
) -> BroughtFindings:
    listened = heard is not None and not isinstance(engine, Readiness)
    share = text.heard_words / text.words if listened and text.words else None
    return BroughtFindings(
        form=brought.form,
        engine=engine.spec.name if listened and not isinstance(engine, Readiness) else None,
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
    )


def _warning(share: float | None, speech: tuple[Span, ...] | None) -> str | None:
    if speech == ():
        return "No speech was found in the media: check that the text belongs to it."
    if share is not None and share < _FITS:
        return (
            "Few of its words were heard where it has them: check that it belongs to this recording and its language."
        )
    return None
