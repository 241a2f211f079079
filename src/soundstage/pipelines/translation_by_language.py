"""Lines into one language, by the language that each of them is in: an engine for each pair, chosen by data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soundstage.domain.artifact import Artifact
from soundstage.domain.language import Language, default_locale
from soundstage.domain.request import ProjectSetupRequest
from soundstage.domain.segment import Segment
from soundstage.domain.translation import TranslationCheck
from soundstage.domain.value import Value
from soundstage.engines.spec import Capability, Readiness
from soundstage.engines.translation.contract import TermPair, TranslationLine, TranslationOrder
from soundstage.pipelines.context import AnyEngine_co, EngineHandle, ReuseContext, StageContext
from soundstage.pipelines.documents import open_document, put_document
from soundstage.pipelines.fit import line_fit
from soundstage.pipelines.translating import Lines, Translating
from soundstage.pipelines.translation_findings import TargetFindings, TargetState, findings_of, joined
from soundstage.pipelines.wording import language_name


class TargetLines(Value):
    """`texts[i]` stands for line i; an empty text means that there is none. `checks`: of each, or none at all."""

    language: str
    texts: tuple[str, ...]
    checks: tuple[TranslationCheck, ...] = ()


class TranslatedTarget(Value):
    """Lines of one language done into another; `lines` is a document of `TargetLines`."""

    findings: TargetFindings
    lines: Artifact


@dataclass(frozen=True)
class Source:
    """The lines of one language: `places` of theirs among all, in order. `tag`: the locale tag that the language stands
    for, or its bare code outside the table."""

    code: str
    tag: str
    locale: Language | None
    places: tuple[int, ...]


@dataclass(frozen=True)
class Work:
    """What every target language shares. `code`, `tag`: the project's own language; `content`: SHA-256 of segments and
    audio, and how long that is in ms."""

    request: ProjectSetupRequest
    code: str
    tag: str
    sources: tuple[Source, ...]
    segments: tuple[Segment, ...]
    audio: Path
    slots_ms: tuple[int, ...]
    paces: dict[str | None, float]
    content: tuple[str, str, int]

    def segments_of(self, source: Source) -> tuple[Segment, ...]:
        return tuple(self.segments[place] for place in source.places)


@dataclass(frozen=True)
class Done:
    """`lines`: of the source's lines only, until they are put `together`."""

    findings: TargetFindings
    lines: TargetLines | None = None
    engine: EngineHandle | None = None


def sources_of(segments: Sequence[Segment], code: str, locale: Language | None) -> tuple[Source, ...]:
    """The languages of the lines, the project's own (`code`, as `locale`) first, then as they come."""
    places: dict[str, list[int]] = {code: []}
    for place, segment in enumerate(segments):
        places.setdefault(segment.language or code, []).append(place)
    found = []
    for language, own in places.items():
        known = locale if language == code else default_locale(language)
        if own:
            found.append(Source(language, known.tag if known else language, known, tuple(own)))
    return tuple(found)


def translate_source(
    context: StageContext, work: Work, source: Source, target: Language, portion: tuple[float, float]
) -> Done:
    """The lines of one language. portion: of the stage's progress."""
    if target.code == source.code:
        return _copied(work, source, target)
    engine = engine_for(context, work.request, source.code, target)
    if isinstance(engine, Readiness):
        return _missing(source, target, engine)
    terms = terms_for(context, work.request, source.locale, target)
    order = TranslationOrder(source=source.tag, target=target.tag, lines=_lines(work, source), terms=terms)

    def make() -> TranslatedTarget:
        translating = Translating(engine, order, work.audio)
        with context.portion(*portion):
            first = translating.first()
        with context.portion(portion[1], portion[1]):  # lines asked for again do not take the progress back
            lines = translating.better(first)
        return _translated(context, work, source, target, engine, lines)

    name = f"translation-{target.tag}" + (f"-from-{source.tag}" if len(work.sources) > 1 else "")
    made = context.part(name, _decides(work, source, order, engine), TranslatedTarget, make)
    findings = made.output.findings.model_copy(update={"taken_over_from": made.taken_over_from})
    return Done(findings, open_document(context, made.output.lines, TargetLines), engine)


def together(work: Work, target: Language, done: Sequence[Done]) -> Done:
    """What was done of each of `work.sources`, as lines and findings of the whole; no lines where nothing was."""
    texts = [""] * len(work.segments)
    checks = [TranslationCheck()] * len(work.segments)
    for source, part in zip(work.sources, done, strict=True):
        if part.lines is not None:
            for number, place in enumerate(source.places):
                texts[place] = part.lines.texts[number]
                checks[place] = part.lines.checks[number] if part.lines.checks else checks[place]
    parts = [(source.code, len(source.places), part.findings) for source, part in zip(work.sources, done, strict=True)]
    lines = TargetLines(language=target.tag, texts=tuple(texts), checks=tuple(checks)) if any(texts) else None
    return Done(joined(target, parts), lines, next((one.engine for one in done if one.engine is not None), None))


def engine_for(
    context: ReuseContext[AnyEngine_co], request: ProjectSetupRequest, code: str, target: Language
) -> AnyEngine_co | Readiness:
    wanted = request.engines.get(Capability.TRANSLATION)
    return context.engine(Capability.TRANSLATION, wanted, pair=(code, target.code))


def terms_for(
    context: ReuseContext[Any], request: ProjectSetupRequest, source: Language | None, target: Language
) -> tuple[TermPair, ...]:
    if source is None or not request.chosen_dictionaries or source.code == target.code:
        return ()
    pairs = context.terms(request.chosen_dictionaries, source.id, target.id)
    return tuple(TermPair(source=original, target=text) for original, text in pairs)


def _decides(work: Work, source: Source, order: TranslationOrder, engine: EngineHandle) -> dict[str, Any]:
    """JSON of all that decides on the lines of a target and what is told of them."""
    return {
        "engine": [engine.identity, engine.passed_over],
        "content": work.content,
        "languages": [order.source, order.target, source.code],
        "terms": [term.model_dump() for term in order.terms],
    }


def _translated(
    context: StageContext, work: Work, source: Source, target: Language, engine: EngineHandle, lines: Lines
) -> TranslatedTarget:
    checks = tuple(_check(work, target, place, lines, number) for number, place in enumerate(source.places))
    document = TargetLines(language=target.tag, texts=lines.texts, checks=checks)
    numbers = tuple(place + 1 for place in source.places)
    return TranslatedTarget(
        findings=findings_of(target, engine, work.segments_of(source), lines, checks, numbers),
        lines=put_document(context, document, f"translation.{target.tag}.json"),
    )


def _check(work: Work, target: Language, place: int, lines: Lines, number: int) -> TranslationCheck:
    segment = work.segments[place]
    fit = line_fit(
        lines.texts[number],
        target.code,
        span_ms=segment.span.duration_ms,
        slot_ms=work.slots_ms[place],
        pace=work.paces.get(segment.speaker_id, 1.0),
    )
    return TranslationCheck(fit=fit, violations=lines.violations[number], doubts=lines.doubts[number])


def _lines(work: Work, source: Source) -> tuple[TranslationLine, ...]:
    lines, before = [], None
    for place in source.places:
        segment = work.segments[place]
        apart = before is not None and place != before + 1
        lines.append(
            TranslationLine(segment_id=segment.segment_id, text=segment.text, span=segment.span, after_other=apart)
        )
        before = place
    return tuple(lines)


def _copied(work: Work, source: Source, target: Language) -> Done:
    texts = tuple(segment.text for segment in work.segments_of(source))
    same = f"{target.name} is the source language"
    if len(work.sources) > 1:
        same = f"{len(texts)} of {len(work.segments)} lines are in {language_name(source.code)} already"
    elif target != source.locale:
        same = f"{target.name} and the source share the language {language_name(source.code)}"
    findings = TargetFindings(
        language=target.tag,
        name=target.name,
        state=TargetState.COPIED,
        lines=len(texts),
        warning=f"{same}: the lines are copied, not translated.",
    )
    return Done(findings, TargetLines(language=target.tag, texts=texts))


def _missing(source: Source, target: Language, readiness: Readiness) -> Done:
    findings = TargetFindings(
        language=target.tag,
        name=target.name,
        state=TargetState.MISSING,
        problem=readiness.problem or f"No engine translates {language_name(source.code)} into {target.name}",
        cure=readiness.cure or "Set up a translation engine; `soundstage engines` lists what there is",
    )
    return Done(findings)
