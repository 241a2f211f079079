"""Translate: the lines into every target language for which an engine is there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soundstage.domain.artifact import Artifact
from soundstage.domain.language import BY_ID, Language, default_locale
from soundstage.domain.request import ProjectSetupRequest
from soundstage.domain.segment import Segment
from soundstage.domain.translation import TranslationCheck
from soundstage.domain.value import Value
from soundstage.engines.spec import Capability, Readiness
from soundstage.engines.translation.contract import TermPair, TranslationLine, TranslationOrder
from soundstage.pipelines.context import AnyEngine_co, EngineHandle, ReuseContext, StageContext
from soundstage.pipelines.documents import open_document, put_document
from soundstage.pipelines.fit import line_fit, paces, slots_ms
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.stages.decode import DecodedAudio
from soundstage.pipelines.stages.segment import Segmented, SegmentList
from soundstage.pipelines.stages.transcribe import Transcribed
from soundstage.pipelines.translating import Lines, Translating
from soundstage.pipelines.translation_findings import (
    TargetFindings,
    TargetState,
    TranslateFindings,
    findings_of,
    summary_of,
)
from soundstage.pipelines.wording import language_name


class TargetLines(Value):
    """`texts[i]` stands for segment i; an empty text means that there is none. `checks`: of each, or none at all."""

    language: str
    texts: tuple[str, ...]
    checks: tuple[TranslationCheck, ...] = ()


class TranslatedLines(Value):
    """The document between translate and prepare: the languages that were done."""

    targets: tuple[TargetLines, ...]


class Translated(Value):
    """`translations` is a document of `TranslatedLines`; None where no language could be done."""

    translations: Artifact | None = None
    languages: tuple[str, ...] = ()


class TranslatedTarget(Value):
    """A language done; `lines` is a document of `TargetLines`."""

    findings: TargetFindings
    lines: Artifact


@dataclass(frozen=True)
class _Work:
    """What every target language shares. `tag` is the source's locale tag, or its bare code outside the table;
    `content`: SHA-256 of segments and audio, and how long that is in ms."""

    request: ProjectSetupRequest
    tag: str
    code: str
    source: Language | None
    segments: tuple[Segment, ...]
    audio: Path
    slots_ms: tuple[int, ...]
    paces: dict[str | None, float]
    content: tuple[str, str, int]


@dataclass(frozen=True)
class _Done:
    findings: TargetFindings
    lines: TargetLines | None = None
    engine: EngineHandle | None = None


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
    work = _Work(
        request=request,
        tag=source.tag if source else code,
        code=code,
        source=source,
        segments=segments,
        audio=context.open(decoded.analysis),
        slots_ms=slots_ms(segments, decoded.duration_ms),
        paces=paces(segments, code),
        content=(segmented.segments.sha256, decoded.analysis.sha256, decoded.duration_ms),
    )
    done: list[_Done] = []
    for number, target in enumerate(targets):
        context.check()
        done.append(_target(context, work, target, number / len(targets), (number + 1) / len(targets)))
    return _outcome(context, work, done, decoded.duration_ms)


def source_locale(request: ProjectSetupRequest, transcribed: Transcribed) -> Language | None:
    """The given source language, else the default locale of the one heard; None where it is not in the table."""
    if request.source_language is not None:
        return BY_ID[request.source_language]
    return default_locale(transcribed.language) if transcribed.language else None


def translation_engines(
    context: ReuseContext[AnyEngine_co],
    request: ProjectSetupRequest,
    _decoded: DecodedAudio,
    transcribed: Transcribed,
    _segmented: Segmented,
) -> tuple[AnyEngine_co | Readiness, ...]:
    """The engine of each language that is not copied, or why there is none."""
    source = source_locale(request, transcribed)
    code = source.code if source else transcribed.language
    others = (target for target in _targets(request) if code is not None and target.code != code)
    return tuple(_engine(context, request, code or "", target) for target in others)


def translation_terms(
    context: ReuseContext[Any],
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
    context: ReuseContext[AnyEngine_co], request: ProjectSetupRequest, code: str, target: Language
) -> AnyEngine_co | Readiness:
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


def _target(context: StageContext, work: _Work, target: Language, start: float, end: float) -> _Done:
    """`start`, `end`: this target's part of the stage's progress."""
    if target.code == work.code:
        return _copied(work, target)
    engine = _engine(context, work.request, work.code, target)
    if isinstance(engine, Readiness):
        return _missing(work, target, engine)
    terms = _terms(context, work.request, work.source, target)
    order = TranslationOrder(source=work.tag, target=target.tag, lines=_lines(work), terms=terms)

    def make() -> TranslatedTarget:
        translating = Translating(engine, order, work.audio)
        with context.portion(start, end):
            first = translating.first()
        with context.portion(end, end):  # lines asked for again do not take the progress back
            lines = translating.better(first)
        return _translated(context, work, target, engine, lines)

    made = context.part(f"translation-{target.tag}", _decides(work, order, engine), TranslatedTarget, make)
    findings = made.output.findings.model_copy(update={"taken_over_from": made.taken_over_from})
    return _Done(findings, open_document(context, made.output.lines, TargetLines), engine)


def _decides(work: _Work, order: TranslationOrder, engine: EngineHandle) -> dict[str, Any]:
    """JSON of all that decides on the lines of a target and what is told of them."""
    return {
        "engine": [engine.identity, engine.passed_over],
        "content": work.content,
        "languages": [order.source, order.target, work.code],
        "terms": [term.model_dump() for term in order.terms],
    }


def _translated(
    context: StageContext, work: _Work, target: Language, engine: EngineHandle, lines: Lines
) -> TranslatedTarget:
    checks = tuple(_check(work, target, lines, i) for i in range(len(work.segments)))
    document = TargetLines(language=target.tag, texts=lines.texts, checks=checks)
    return TranslatedTarget(
        findings=findings_of(target, engine, work.segments, lines, checks),
        lines=put_document(context, document, f"translation.{target.tag}.json"),
    )


def _check(work: _Work, target: Language, lines: Lines, i: int) -> TranslationCheck:
    segment = work.segments[i]
    fit = line_fit(
        lines.texts[i],
        target.code,
        span_ms=segment.span.duration_ms,
        slot_ms=work.slots_ms[i],
        pace=work.paces.get(segment.speaker_id, 1.0),
    )
    return TranslationCheck(fit=fit, violations=lines.violations[i], doubts=lines.doubts[i])


def _lines(work: _Work) -> tuple[TranslationLine, ...]:
    return tuple(TranslationLine(segment_id=s.segment_id, text=s.text, span=s.span) for s in work.segments)


def _terms(
    context: ReuseContext[Any], request: ProjectSetupRequest, source: Language | None, target: Language
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
    return _Done(findings, TargetLines(language=target.tag, texts=texts))


def _missing(work: _Work, target: Language, readiness: Readiness) -> _Done:
    findings = TargetFindings(
        language=target.tag,
        name=target.name,
        state=TargetState.MISSING,
        problem=readiness.problem or f"No engine translates {language_name(work.code)} into {target.name}",
        cure=readiness.cure or "Set up a translation engine; `soundstage engines` lists what there is",
    )
    return _Done(findings)


def _outcome(context: StageContext, work: _Work, done: list[_Done], duration_ms: int) -> Outcome[Translated]:
    made = tuple(one.lines for one in done if one.lines is not None)
    engine = next((one.engine for one in done if one.engine is not None), None)
    document = put_document(context, TranslatedLines(targets=made), "translations.json") if made else None
    findings = TranslateFindings(source=work.tag, targets=tuple(one.findings for one in done))
    return Outcome(
        output=Translated(translations=document, languages=tuple(target.language for target in made)),
        findings=findings,
        summary=summary_of(findings),
        skipped=not made,
        engine=engine.spec.name if engine else "",
        device=engine.spec.devices[0] if engine else "cpu",
        media_seconds=duration_ms / 1000,
    )
