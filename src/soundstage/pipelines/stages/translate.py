"""Translate: the lines into every target language for which an engine is there."""

from __future__ import annotations

from typing import Any

from soundstage.domain.artifact import Artifact
from soundstage.domain.language import BY_ID, Language, default_locale
from soundstage.domain.request import ProjectSetupRequest
from soundstage.domain.value import Value
from soundstage.engines.spec import Readiness
from soundstage.pipelines.context import AnyEngine_co, ReuseContext, StageContext
from soundstage.pipelines.documents import open_document, put_document
from soundstage.pipelines.fit import paces, slots_ms
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.stages.decode import DecodedAudio
from soundstage.pipelines.stages.segment import Segmented, SegmentList
from soundstage.pipelines.stages.transcribe import Transcribed
from soundstage.pipelines.translation_by_language import (
    Done,
    TargetLines,
    Work,
    engine_for,
    sources_of,
    terms_for,
    together,
    translate_source,
)
from soundstage.pipelines.translation_findings import TargetFindings, TargetState, TranslateFindings, summary_of


class TranslatedLines(Value):
    """The document between translate and prepare: the languages that were done."""

    targets: tuple[TargetLines, ...]


class Translated(Value):
    """`translations` is a document of `TranslatedLines`; None where no language could be done."""

    translations: Artifact | None = None
    languages: tuple[str, ...] = ()


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
    work = Work(
        request=request,
        code=code,
        tag=source.tag if source else code,
        sources=sources_of(segments, code, source),
        segments=segments,
        audio=context.open(decoded.analysis),
        slots_ms=slots_ms(segments, decoded.duration_ms),
        paces=paces(segments, code),
        content=(segmented.segments.sha256, decoded.analysis.sha256, decoded.duration_ms),
    )
    done: list[Done] = []
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
    segmented: Segmented,
) -> tuple[AnyEngine_co | Readiness, ...]:
    """The engine of each pair of languages that is not copied, or why there is none."""
    codes = [code for code, _ in _spoken(request, transcribed, segmented)]
    pairs = ((code, target) for target in _targets(request) for code in codes if code != target.code)
    return tuple(engine_for(context, request, code, target) for code, target in pairs)


def translation_terms(
    context: ReuseContext[Any],
    request: ProjectSetupRequest,
    _decoded: DecodedAudio,
    transcribed: Transcribed,
    segmented: Segmented,
) -> list[list[dict[str, Any]]]:
    """The dictionaries' terms that hold, by target and by language of the lines."""
    locales = [locale for _, locale in _spoken(request, transcribed, segmented)]
    return [
        [term.model_dump() for term in terms_for(context, request, locale, target)]
        for target in _targets(request)
        for locale in locales
    ]


def _spoken(
    request: ProjectSetupRequest, transcribed: Transcribed, segmented: Segmented
) -> list[tuple[str, Language | None]]:
    """The languages of the lines, the project's own first."""
    source = source_locale(request, transcribed)
    code = source.code if source else transcribed.language
    own = [] if code is None else [(code, source)]
    return [*own, *((other, default_locale(other)) for other in segmented.languages)]


def _targets(request: ProjectSetupRequest) -> tuple[Language, ...]:
    return tuple(BY_ID[language] for language in dict.fromkeys(request.target_languages))


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


def _target(context: StageContext, work: Work, target: Language, start: float, end: float) -> Done:
    """`start`, `end`: this target's part of the stage's progress, which its languages share by their lines."""
    done, begin = [], start
    for source in work.sources:
        context.check()
        until = begin + (end - start) * len(source.places) / len(work.segments)
        done.append(translate_source(context, work, source, target, (begin, until)))
        begin = until
    return done[0] if len(done) == 1 else together(work, target, done)


def _outcome(context: StageContext, work: Work, done: list[Done], duration_ms: int) -> Outcome[Translated]:
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
