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
from soundstage.pipelines.wording import counted, listed

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


class TargetFindings(Value):
    """One target: of its lines, `empty_lines` came back without text and `unchanged_lines` as they were.

    `passed_over`: engines that would have come first, and why they did not. `doubtful_lines` look wrong in another way.
    `terms`: that the dictionaries have for the pair; they are not kept in `violation_count` places. `violations` and
    `doubtful` (of whatever kind) hold the first. `asked_again`: lines that were asked for once more. `fit`: how the
    lines sit in their slots. `problem` and `cure` are set where the state is missing. `taken_over_from`: the task that
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


class TranslateFindings(Value):
    source: str | None
    targets: tuple[TargetFindings, ...]


def findings_of(
    target: Language,
    engine: EngineHandle,
    segments: Sequence[Segment],
    lines: Lines,
    checks: Sequence[TranslationCheck],
) -> TargetFindings:
    """Of a language that was translated. `checks[i]` is of `lines.texts[i]`, which translates `segments[i]`."""
    rows = tuple(enumerate(zip(segments, lines.texts, checks, strict=True), start=1))
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


def summary_of(findings: TranslateFindings) -> str:
    """The stage's sentence: which languages, by which engines, and what is amiss."""
    by_state = {state: [t for t in findings.targets if t.state is state] for state in TargetState}
    parts = []
    for target in by_state[TargetState.TRANSLATED]:
        notes = _notes(target)
        noted = f" ({', '.join(notes)})" if notes else ""
        again = f", taken over from task {target.taken_over_from}" if target.taken_over_from else ""
        parts.append(f"{counted(target.lines, 'line')} into {target.name} by {target.engine}{noted}{again}")
    sentences = [f"Translated {listed(parts)}."] if parts else []
    if by_state[TargetState.COPIED]:
        names = listed([target.name for target in by_state[TargetState.COPIED]])
        sentences.append(f"Copied the lines for {names}: the same language as the source.")
    missing: dict[str, list[str]] = {}
    for target in by_state[TargetState.MISSING]:
        missing.setdefault(target.problem or "", []).append(target.name)
    sentences += [f"Not translated into {listed(names)}: {problem}." for problem, names in missing.items()]
    return " ".join(sentences).replace("..", ".")


def _notes(target: TargetFindings) -> list[str]:
    notes = []
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
