"""What the stage translate found out, language by language: counts of everything, and the first of what is amiss."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

from soundstage.domain.language import Language
from soundstage.domain.segment import Segment
from soundstage.domain.translation import LineDoubt, TermFault, TranslationCheck
from soundstage.domain.value import Value
from soundstage.pipelines.context import EngineHandle
from soundstage.pipelines.translating import Lines
from soundstage.pipelines.wording import counted, language_name, listed

_MOST_LISTED = 50  # of violations and of doubtful lines; the document has all
_TOLD_APART = {LineDoubt.EMPTY, LineDoubt.UNCHANGED}  # have counts of their own


class TargetState(StrEnum):
    TRANSLATED = "translated"
    COPIED = "copied"
    MISSING = "missing"


class FitCounts(Value):
    """How many lines have which verdict (see `domain.translation.Fit`)."""

    fits: int = 0
    tight: int = 0
    too_long: int = 0
    short: int = 0


class LineViolation(Value):
    """A term that a line does not keep; `line` counts from 1, `text` is the translation."""

    line: int
    segment_id: str
    term: str
    expected: str
    fault: TermFault
    found: str | None
    text: str


class DoubtfulLine(Value):
    line: int
    segment_id: str
    doubts: tuple[LineDoubt, ...]
    text: str


class SourceFindings(Value):
    """Of the lines in one language (ISO 639) what became in a target: `copied` are carried over as they are."""

    language: str
    name: str
    lines: int
    state: TargetState
    engine: str | None = None
    passed_over: tuple[str, ...] = ()
    problem: str | None = None
    cure: str | None = None


class TargetFindings(Value):
    """One target: of its lines, `empty_lines` came back without text and `unchanged_lines` as they were.

    `passed_over`: engines that would have come first, and why they did not. `doubtful_lines` look wrong in another way.
    `terms`: that the dictionaries have for the pair; they are not kept in `violation_count` places. `violations` and
    `doubtful` (of whatever kind) hold the first. `asked_again`: lines that were asked for once more. `fit`: how the
    lines sit in their slots. `problem` and `cure` are set where the state is missing, or the lines of a language are.
    `copied_lines` were in the target language already. `sources`: by language of the lines, where they are in several,
    the project's own first; then `engine` names all that did something. `taken_over_from`: the task that
    translated the same lines with the same engine and terms.
    """

    language: str
    name: str
    state: TargetState
    engine: str | None = None
    passed_over: tuple[str, ...] = ()
    lines: int = 0
    empty_lines: int = 0
    unchanged_lines: int = 0
    asked_again: int = 0
    doubtful_lines: int = 0
    doubtful: tuple[DoubtfulLine, ...] = ()
    terms: int = 0
    violation_count: int = 0
    violations: tuple[LineViolation, ...] = ()
    fit: FitCounts | None = None
    warning: str | None = None
    problem: str | None = None
    cure: str | None = None
    taken_over_from: str | None = None
    copied_lines: int = 0
    sources: tuple[SourceFindings, ...] = ()


class TranslateFindings(Value):
    source: str | None
    targets: tuple[TargetFindings, ...]


def findings_of(
    target: Language,
    engine: EngineHandle,
    segments: Sequence[Segment],
    lines: Lines,
    checks: Sequence[TranslationCheck],
    numbers: Sequence[int],
) -> TargetFindings:
    """Of a language that was translated. `checks[i]` is of `lines.texts[i]`, which translates `segments[i]`, and
    `numbers[i]` its number among all lines, from 1."""
    rows = tuple(zip(numbers, zip(segments, lines.texts, checks, strict=True), strict=True))
    doubtful = tuple(
        DoubtfulLine(line=number, segment_id=segment.segment_id, doubts=check.doubts, text=text)
        for number, (segment, text, check) in rows
        if check.doubts
    )
    violations = tuple(
        LineViolation(line=number, segment_id=segment.segment_id, text=text, **found.model_dump())
        for number, (segment, text, check) in rows
        for found in check.violations
    )
    verdicts = Counter(check.fit.verdict for check in checks if check.fit)
    return TargetFindings(
        language=target.tag,
        name=target.name,
        state=TargetState.TRANSLATED,
        engine=engine.spec.name,
        passed_over=engine.passed_over,
        lines=sum(map(bool, lines.texts)),
        empty_lines=sum(not text for text in lines.texts),
        unchanged_lines=sum(text == segment.text for _, (segment, text, _) in rows),
        asked_again=lines.asked_again,
        doubtful_lines=sum(bool(set(one.doubts) - _TOLD_APART) for one in doubtful),
        doubtful=doubtful[:_MOST_LISTED],
        terms=lines.terms,
        violation_count=len(violations),
        violations=violations[:_MOST_LISTED],
        fit=FitCounts(**{verdict.value: count for verdict, count in verdicts.items()}),
    )


def joined(target: Language, parts: Sequence[tuple[str, int, TargetFindings]]) -> TargetFindings:
    """Of a target whose lines are in several languages: for each its code, how many lines, and what became of them."""
    of = {state: [found for _, _, found in parts if found.state is state] for state in TargetState}
    done = of[TargetState.TRANSLATED]
    states = (state for state in (TargetState.TRANSLATED, TargetState.COPIED, TargetState.MISSING) if of[state])
    doubtful = sorted((one for found in done for one in found.doubtful), key=lambda one: one.line)
    violations = sorted((one for found in done for one in found.violations), key=lambda one: one.line)
    verdicts: Counter[str] = Counter()
    for found in done:
        verdicts.update(found.fit.model_dump() if found.fit else {})
    taken_over = {found.taken_over_from for found in done}
    lacking = [(code, count, found) for code, count, found in parts if found.state is TargetState.MISSING]
    return TargetFindings(
        language=target.tag,
        name=target.name,
        state=next(states, TargetState.MISSING),
        engine=listed(list(dict.fromkeys(found.engine for found in done if found.engine))) or None,
        passed_over=tuple(dict.fromkeys(told for found in done for told in found.passed_over)),
        lines=sum(found.lines for found in done),
        empty_lines=sum(found.empty_lines for found in done),
        unchanged_lines=sum(found.unchanged_lines for found in done),
        asked_again=sum(found.asked_again for found in done),
        doubtful_lines=sum(found.doubtful_lines for found in done),
        doubtful=tuple(doubtful[:_MOST_LISTED]),
        terms=sum(found.terms for found in done),
        violation_count=sum(found.violation_count for found in done),
        violations=tuple(violations[:_MOST_LISTED]),
        fit=FitCounts(**verdicts) if done else None,
        warning=listed([found.warning.rstrip(".") for found in of[TargetState.COPIED] if found.warning]) or None,
        problem=_lacking(lacking),
        cure=" ".join(dict.fromkeys(f"{(found.cure or '').rstrip('.')}." for _, _, found in lacking)) or None,
        taken_over_from=taken_over.pop() if len(taken_over) == 1 else None,
        copied_lines=sum(found.lines for found in of[TargetState.COPIED]),
        sources=tuple(_source(*part) for part in parts),
    )


def _source(code: str, count: int, found: TargetFindings) -> SourceFindings:
    return SourceFindings(
        language=code,
        name=language_name(code),
        lines=count,
        state=found.state,
        engine=found.engine,
        passed_over=found.passed_over,
        problem=found.problem,
        cure=found.cure,
    )


def _lacking(missing: Sequence[tuple[str, int, TargetFindings]]) -> str | None:
    """`no line in Thai (3) and Korean (1) is translated: …`"""
    reasons: dict[str, list[str]] = {}
    for code, count, found in missing:
        reasons.setdefault(found.problem or "", []).append(f"{language_name(code)} ({count})")
    told = [f"the lines in {listed(named)} are not translated: {why.rstrip('.')}" for why, named in reasons.items()]
    return "; ".join(told) or None


def summary_of(findings: TranslateFindings) -> str:
    """The stage's sentence: which languages, by which engines, and what is amiss."""
    by_state = {state: [t for t in findings.targets if t.state is state] for state in TargetState}
    parts = []
    for target in by_state[TargetState.TRANSLATED]:
        notes = _notes(target)
        noted = f" ({', '.join(notes)})" if notes else ""
        again = f", taken over from task {target.taken_over_from}" if target.taken_over_from else ""
        tongues = sum(one.state is TargetState.TRANSLATED for one in target.sources)
        out_of = f" out of {tongues} languages" if tongues > 1 else ""
        parts.append(f"{counted(target.lines, 'line')}{out_of} into {target.name} by {target.engine}{noted}{again}")
    sentences = [f"Translated {listed(parts)}."] if parts else []
    sentences += [f"{target.name}: {target.warning}." for target in by_state[TargetState.COPIED] if target.sources]
    if alike := [target.name for target in by_state[TargetState.COPIED] if not target.sources]:
        names = listed(alike)
        sentences.append(f"Copied the lines for {names}: the same language as the source.")
    sentences += [f"For {target.name}, {target.problem}." for target in findings.targets if _partly(target)]
    missing: dict[str, list[str]] = {}
    for target in by_state[TargetState.MISSING]:
        missing.setdefault(target.problem or "", []).append(target.name)
    sentences += [f"Not translated into {listed(names)}: {problem}." for problem, names in missing.items()]
    return " ".join(sentences).replace("..", ".")


def _partly(target: TargetFindings) -> bool:
    return target.state is not TargetState.MISSING and target.problem is not None


def _notes(target: TargetFindings) -> list[str]:
    notes = []
    if target.copied_lines:
        notes.append(f"{counted(target.copied_lines, 'line')} in {target.name.split(' (')[0]} already")
    if target.empty_lines:
        notes.append(f"{counted(target.empty_lines, 'line')} left empty")
    if target.unchanged_lines:
        notes.append(f"{counted(target.unchanged_lines, 'line')} left as in the source")
    if target.doubtful_lines:
        notes.append(f"{counted(target.doubtful_lines, 'line')} doubtful")
    if target.violation_count:
        notes.append(f"{counted(target.violation_count, 'dictionary term')} not kept")
    if target.fit and target.fit.too_long:
        notes.append(f"{counted(target.fit.too_long, 'line')} too long to say in time")
    return notes
