"""Translate: the lines into every target language for which an engine is there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from soundstage.domain.artifact import Artifact
from soundstage.domain.language import BY_ID, Language, default_locale
from soundstage.domain.request import ProjectSetupRequest
from soundstage.domain.segment import Segment
from soundstage.domain.value import Value
from soundstage.engines.spec import Capability, Readiness
from soundstage.engines.translation.contract import TermPair, Translation, TranslationLine, TranslationOrder
from soundstage.errors import EngineFailure
from soundstage.pipelines.context import EngineHandle, ReuseContext, StageContext
from soundstage.pipelines.documents import open_document, put_document
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.stages.decode import DecodedAudio
from soundstage.pipelines.stages.segment import Segmented, SegmentList
from soundstage.pipelines.stages.transcribe import Transcribed
from soundstage.pipelines.wording import counted, language_name, listed


class TargetLines(Value):
    """`texts[i]` stands for segment i; an empty text means that there is none."""

    language: str
    texts: tuple[str, ...]


class TranslatedLines(Value):
    """The document between translate and prepare: the languages that were done."""

    targets: tuple[TargetLines, ...]


class Translated(Value):
    """`translations` is a document of `TranslatedLines`; None where no language could be done."""

    translations: Artifact | None = None
    languages: tuple[str, ...] = ()


class TargetState(StrEnum):
    TRANSLATED = "translated"
    COPIED = "copied"
    MISSING = "missing"


class TargetFindings(Value):
    """One target: of its lines, `empty_lines` came back without text and `unchanged_lines` as they were.

    `problem` and `cure` are set where the state is missing.
    """

    language: str
    name: str
    state: TargetState
    engine: str | None = None
    lines: int = 0
    empty_lines: int = 0
    unchanged_lines: int = 0
    terms: int = 0
    warning: str | None = None
    problem: str | None = None
    cure: str | None = None


class TranslateFindings(Value):
    source: str | None
    targets: tuple[TargetFindings, ...]


@dataclass(frozen=True)
class _Work:
    """What every target language shares. `tag` is the source's locale tag, or its bare code outside the table."""

    request: ProjectSetupRequest
    tag: str
    code: str
    source: Language | None
    segments: tuple[Segment, ...]
    audio: Path


_Done = tuple[TargetFindings, tuple[str, ...], EngineHandle | None]


def translate(
    context: StageContext,
    request: ProjectSetupRequest,
    decoded: DecodedAudio,
    transcribed: Transcribed,
    segmented: Segmented,
) -> Outcome[Translated]:
    source = source_locale(request, transcribed)
    targets = _targets(request)
    segments = open_document(context, segmented.segments, SegmentList).segments
    code = source.code if source else transcribed.language
    if not segments or code is None:
        return _nothing(source, targets)
    work = _Work(request, source.tag if source else code, code, source, segments, context.open(decoded.analysis))
    done: list[_Done] = []
    for number, target in enumerate(targets):
        context.check()
        with context.portion(number / len(targets), (number + 1) / len(targets)):
            done.append(_target(context, work, target))
    return _outcome(context, work, done, decoded.duration_ms)


def source_locale(request: ProjectSetupRequest, transcribed: Transcribed) -> Language | None:
    """The given source language, else the default locale of the one heard; None where it is not in the table."""
    if request.source_language is not None:
        return BY_ID[request.source_language]
    return default_locale(transcribed.language) if transcribed.language else None


def translation_engines(
    context: ReuseContext,
    request: ProjectSetupRequest,
    _decoded: DecodedAudio,
    transcribed: Transcribed,
    _segmented: Segmented,
) -> tuple[EngineHandle | Readiness, ...]:
    """The engine of each language that is not copied, or why there is none."""
    source = source_locale(request, transcribed)
    code = source.code if source else transcribed.language
    others = (target for target in _targets(request) if code is not None and target.code != code)
    return tuple(_engine(context, request, code or "", target) for target in others)


def translation_terms(
    context: ReuseContext,
    request: ProjectSetupRequest,
    _decoded: DecodedAudio,
    transcribed: Transcribed,
    _segmented: Segmented,
) -> list[list[Any]]:
    """JSON of the terms that hold, by target."""
    source = source_locale(request, transcribed)
    return [[term.model_dump() for term in _terms(context, request, source, t)] for t in _targets(request)]


def _targets(request: ProjectSetupRequest) -> tuple[Language, ...]:
    return tuple(BY_ID[language] for language in dict.fromkeys(request.target_languages))


def _engine(
    context: ReuseContext, request: ProjectSetupRequest, code: str, target: Language
) -> EngineHandle | Readiness:
    wanted = request.engines.get(Capability.TRANSLATION)
    return context.engine(Capability.TRANSLATION, wanted, pair=(code, target.code))


def _nothing(source: Language | None, targets: tuple[Language, ...]) -> Outcome[Translated]:
    problem = "There are no words to translate"
    return Outcome(
        output=Translated(),
        findings=TranslateFindings(
            source=source.tag if source else None,
            targets=tuple(
                TargetFindings(language=t.tag, name=t.name, state=TargetState.MISSING, problem=problem) for t in targets
            ),
        ),
        summary=f"{problem}.",
        skipped=True,
    )


def _target(context: StageContext, work: _Work, target: Language) -> _Done:
    if target.code == work.code:
        return _copied(work, target)
    engine = _engine(context, work.request, work.code, target)
    if isinstance(engine, Readiness):
        return _missing(work, target, engine)
    terms = _terms(context, work.request, work.source, target)
    answer: Translation = engine.call(
        "translate",
        order=TranslationOrder(source=work.tag, target=target.tag, lines=_lines(work), terms=terms),
        audio=work.audio,
    )
    if len(answer.texts) != len(work.segments):
        raise EngineFailure(
            f"The engine {engine.spec.name} gave {len(answer.texts)} lines for {len(work.segments)}. "
            "Choose another translation engine, or report this to its maker."
        )
    texts = tuple(text.strip() for text in answer.texts)
    findings = TargetFindings(
        language=target.tag,
        name=target.name,
        state=TargetState.TRANSLATED,
        engine=engine.spec.name,
        lines=sum(map(bool, texts)),
        empty_lines=sum(not text for text in texts),
        unchanged_lines=sum(text == segment.text for text, segment in zip(texts, work.segments, strict=True)),
        terms=len(terms),
    )
    return findings, texts, engine


def _lines(work: _Work) -> tuple[TranslationLine, ...]:
    return tuple(TranslationLine(segment_id=s.segment_id, text=s.text, span=s.span) for s in work.segments)


def _terms(
    context: ReuseContext, request: ProjectSetupRequest, source: Language | None, target: Language
) -> tuple[TermPair, ...]:
    if source is None or not request.chosen_dictionaries:
        return ()
    pairs = context.terms(request.chosen_dictionaries, source.id, target.id)
    return tuple(TermPair(source=original, target=text) for original, text in pairs)


def _copied(work: _Work, target: Language) -> _Done:
    texts = tuple(segment.text for segment in work.segments)
    same = f"{target.name} is the source language"
    if target != work.source:
        same = f"{target.name} and the source share the language {language_name(work.code)}"
    findings = TargetFindings(
        language=target.tag,
        name=target.name,
        state=TargetState.COPIED,
        lines=len(texts),
        warning=f"{same}: the lines are copied, not translated.",
    )
    return findings, texts, None


def _missing(work: _Work, target: Language, readiness: Readiness) -> _Done:
    findings = TargetFindings(
        language=target.tag,
        name=target.name,
        state=TargetState.MISSING,
        problem=readiness.problem or f"No engine translates {language_name(work.code)} into {target.name}",
        cure=readiness.cure or "Set up a translation engine; `soundstage engines` lists what there is",
    )
    return findings, (), None


def _outcome(context: StageContext, work: _Work, done: list[_Done], duration_ms: int) -> Outcome[Translated]:
    made = tuple(TargetLines(language=findings.language, texts=texts) for findings, texts, _ in done if texts)
    engine = next((engine for _, _, engine in done if engine is not None), None)
    document = put_document(context, TranslatedLines(targets=made), "translations.json") if made else None
    findings = TranslateFindings(source=work.tag, targets=tuple(findings for findings, _, _ in done))
    return Outcome(
        output=Translated(translations=document, languages=tuple(target.language for target in made)),
        findings=findings,
        summary=_summary(findings),
        skipped=not made,
        engine=engine.spec.name if engine else "",
        device=engine.spec.devices[0] if engine else "cpu",
        media_seconds=duration_ms / 1000,
    )


def _summary(findings: TranslateFindings) -> str:
    by_state = {state: [t for t in findings.targets if t.state is state] for state in TargetState}
    parts = []
    for target in by_state[TargetState.TRANSLATED]:
        notes = []
        if target.empty_lines:
            notes.append(f"{counted(target.empty_lines, 'line')} left empty")
        if target.unchanged_lines:
            notes.append(f"{counted(target.unchanged_lines, 'line')} left as in the source")
        noted = f" ({', '.join(notes)})" if notes else ""
        parts.append(f"{counted(target.lines, 'line')} into {target.name} by {target.engine}{noted}")
    sentences = [f"Translated {listed(parts)}."] if parts else []
    if by_state[TargetState.COPIED]:
        names = listed([target.name for target in by_state[TargetState.COPIED]])
        sentences.append(f"Copied the lines for {names}: the same language as the source.")
    if by_state[TargetState.MISSING]:
        names = listed([target.name for target in by_state[TargetState.MISSING]])
        sentences.append(f"Not translated into {names}: {by_state[TargetState.MISSING][0].problem}.")
    return " ".join(sentences).replace("..", ".")
