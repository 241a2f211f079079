"""Transcribe: what is said, word by word; heard, or as the text says that the client brought."""

from __future__ import annotations

from statistics import fmean
from typing import Any, Literal

from soundstage.domain.artifact import Artifact
from soundstage.domain.brought import BroughtTranscript, SourceTranscript
from soundstage.domain.language import BY_ID
from soundstage.domain.request import ProjectSetupRequest
from soundstage.domain.timing import Span, merge
from soundstage.domain.transcript import Transcript
from soundstage.domain.value import Share, Value
from soundstage.engines.activity.contract import Activity
from soundstage.engines.spec import Capability, Readiness
from soundstage.engines.transcription.contract import TranscriptionOptions
from soundstage.pipelines.absence import absence
from soundstage.pipelines.brought_text import take_brought
from soundstage.pipelines.context import AnyEngine_co, EngineHandle, ReuseContext, StageContext
from soundstage.pipelines.documents import open_document, put_document
from soundstage.pipelines.heard_languages import (
    HeardLanguage,
    LanguageStretch,
    disagreement,
    heard_languages,
    shares_named,
    stretches_told,
)
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.stages.decode import DecodedAudio
from soundstage.pipelines.stages.detect_activity import DetectedActivity
from soundstage.pipelines.stages.separate import Separated
from soundstage.pipelines.wording import clock, counted, language_name, percent

DOUBTFUL = 0.5  # a word below this confidence is worth a second look
# Detectors take some seconds of speech for music now and then: what lies between speech is listened to as well.
_BRIDGED_MS = 5_000


class Transcribed(Value):
    """`transcript` is a document of `Transcript`, None where nothing was heard; `language` an ISO 639 code, if any.

    `names`: a document of `PassageNames`, where the text itself tells who speaks.
    """

    transcript: Artifact | None = None
    language: str | None = None
    names: Artifact | None = None


class TranscribeFindings(Value):
    """`language`: the one that is spoken most; `language_given`: the request named it, and all is written in it.

    `languages`: all that are heard, the most spoken first; `stretches`: where, if they are several. `warnings`: where
    what is heard is not what was given. `mean_confidence` of the words and `doubtful_words` (below 0.5) tell how sure
    the engine was. `listened_to`: the `mix`, or the `speech` with a quarter of the background under it, as the findings
    of `separate` tell why; None where there was nothing to listen to.
    """

    engine: str | None
    language: str | None
    language_name: str | None
    language_confidence: Share | None
    language_given: bool
    passages: int = 0
    words: int = 0
    mean_confidence: Share | None = None
    doubtful_words: int = 0
    listened_to: Literal["speech", "mix"] | None = None
    languages: tuple[HeardLanguage, ...] = ()
    stretches: tuple[LanguageStretch, ...] = ()
    warnings: tuple[str, ...] = ()


def transcribe(
    context: StageContext,
    request: ProjectSetupRequest,
    decoded: DecodedAudio,
    separated: Separated,
    detected: DetectedActivity,
) -> Outcome[Transcribed]:
    given = _given(request)
    if request.source_transcript is not None:
        return _brought(context, request, request.source_transcript, decoded, separated, detected)
    speech = _speech(context, detected)
    if speech is not None and not speech:
        return _silent(given, decoded)
    (engine,) = transcription_engines(context, request)
    if isinstance(engine, Readiness):
        missing = absence(Capability.TRANSCRIPTION, engine, "The project opens without text")
        return Outcome(output=Transcribed(language=given), findings=missing, summary=missing.summary, skipped=True)
    with context.portion(0.0, 0.98):
        heard: Transcript = engine.call(
            "transcribe",
            audio=context.open(separated.analysis or decoded.analysis),
            options=TranscriptionOptions(language=given, speech=speech),
        )
    return _outcome(context, engine, heard, given, decoded, "mix" if separated.analysis is None else "speech")


def _brought(
    context: StageContext,
    request: ProjectSetupRequest,
    source: SourceTranscript,
    decoded: DecodedAudio,
    separated: Separated,
    detected: DetectedActivity,
) -> Outcome[Transcribed]:
    brought = open_document(context, source.document, BroughtTranscript)
    activity = None if detected.activity is None else open_document(context, detected.activity, Activity)
    taken = take_brought(
        context,
        request,
        brought,
        decoded.duration_ms,
        separated.analysis or decoded.analysis,
        activity,
        _given(request),
    )
    transcript = put_document(context, taken.transcript, "transcript.json") if taken.transcript.passages else None
    return Outcome(
        output=Transcribed(
            transcript=transcript,
            language=taken.findings.language,
            names=put_document(context, taken.names, "names.json") if any(taken.names.names) else None,
        ),
        findings=taken.findings,
        summary=taken.findings.summary,
        engine=taken.findings.engine or "",
        device=taken.device,
        media_seconds=decoded.duration_ms / 1000,
    )


def transcription_engines(
    context: ReuseContext[AnyEngine_co], request: ProjectSetupRequest, *_taken: Any
) -> tuple[AnyEngine_co | Readiness]:
    """The engine that listens, or why there is none."""
    wanted, brought = request.engines.get(Capability.TRANSCRIPTION), request.source_transcript
    language = _given(request) or (brought.language if brought else None)
    return (context.engine(Capability.TRANSCRIPTION, wanted, language=language),)


def _given(request: ProjectSetupRequest) -> str | None:
    return BY_ID[request.source_language].code if request.source_language is not None else None


def _speech(context: StageContext, detected: DetectedActivity) -> tuple[Span, ...] | None:
    """What to listen to: speech and singing. None where nobody looked for them."""
    if detected.activity is None:
        return None
    activity = open_document(context, detected.activity, Activity)
    return merge(activity.speech + activity.singing, gap_ms=_BRIDGED_MS)


def _silent(given: str | None, decoded: DecodedAudio) -> Outcome[Transcribed]:
    findings = TranscribeFindings(
        engine=None,
        language=given,
        language_name=language_name(given) if given else None,
        language_confidence=None,
        language_given=given is not None,
    )
    return Outcome(
        output=Transcribed(language=given),
        findings=findings,
        summary=f"There is no speech in {clock(decoded.duration_ms)}: nothing to transcribe.",
    )


def _outcome(
    context: StageContext,
    engine: EngineHandle,
    heard: Transcript,
    given: str | None,
    decoded: DecodedAudio,
    listened_to: Literal["speech", "mix"],
) -> Outcome[Transcribed]:
    confidences = [word.confidence for word in heard.words]
    languages = heard_languages(heard)
    warning = disagreement(given, languages) if given else None
    findings = TranscribeFindings(
        engine=engine.spec.name,
        language=heard.language,
        language_name=language_name(heard.language),
        language_confidence=None if given else round(heard.language_confidence, 4),
        language_given=given is not None,
        passages=len(heard.passages),
        words=len(confidences),
        mean_confidence=round(min(1.0, fmean(confidences)), 4) if confidences else None,
        doubtful_words=sum(confidence < DOUBTFUL for confidence in confidences),
        listened_to=listened_to,
        languages=languages,
        stretches=stretches_told(heard),
        warnings=(warning,) if warning else (),
    )
    transcript = put_document(context, heard, "transcript.json") if heard.passages else None
    return Outcome(
        output=Transcribed(transcript=transcript, language=heard.language if transcript else given),
        findings=findings,
        summary=_summary(findings),
        engine=engine.spec.name,
        device=engine.spec.devices[0],
        media_seconds=decoded.duration_ms / 1000,
    )


def _summary(findings: TranscribeFindings) -> str:
    if not findings.passages:
        return "Listened, and understood no words."
    stem = " from the speech stem" if findings.listened_to == "speech" else ""
    sure = "as given" if findings.language_given else percent(findings.language_confidence or 0.0)
    heard = f"{findings.language_name} ({sure})"
    if len(findings.languages) > 1 and not findings.language_given:
        heard = f"{len(findings.languages)} languages, {shares_named(findings.languages)}"
    doubtful = f"{findings.doubtful_words:,} of them" if findings.doubtful_words else "none of them"
    return (
        f"Heard {heard}{stem}: {counted(findings.words, 'word')} "
        f"in {counted(findings.passages, 'passage')}, {doubtful} doubtful."
        + "".join(f" {warning}" for warning in findings.warnings)
    )
