"""A comparison in a sentence or two."""

from __future__ import annotations

from collections.abc import Iterator

from soundstage.domain.comparison.comparison import Comparison, StageDifference
from soundstage.domain.language import BY_TAG


def summary(found: Comparison) -> str:
    """Such as `Revision 2 against 1: transcribe by x instead of y; 3 lines say something else …`."""
    if found.same:
        return f"Revisions {found.a} and {found.b} are the same."
    return f"Revision {found.b} against {found.a}: {'; '.join(_facts(found))}."


def _facts(found: Comparison) -> Iterator[str]:
    for stage in found.stages:
        yield _stage(stage)
    if found.fields:
        yield f"other {' and '.join(name.replace('_', ' ') for name in found.fields)}"
    if found.speakers_a != found.speakers_b:
        yield f"{_counted(found.speakers_b, 'speaker')} instead of {found.speakers_a}"
    elif found.speakers:
        yield f"{_counted(len(found.speakers), 'speaker')} told otherwise"
    yield from _lines(found)
    for language in found.translations:
        name = BY_TAG[language.language].name if language.language in BY_TAG else language.language
        yield f"{_counted(language.changed, 'line')} translated otherwise into {name}"


def _lines(found: Comparison) -> Iterator[str]:
    counts = found.segments
    if counts.text:
        yield f"{_counted(counts.text, 'line')} of {counts.a} in other words ({found.word_difference_rate:.1%})"
    if counts.only_a:
        yield f"{_counted(counts.only_a, 'line')} gone"
    if counts.only_b:
        yield f"{_counted(counts.only_b, 'line')} new"
    if counts.cut:
        yield f"{_counted(counts.cut, 'stretch', 'stretches')} cut otherwise"
    if counts.words:
        yield f"{_counted(counts.words, 'line')} with other times or confidence of their words"
    if counts.speaker:
        yield f"{_counted(counts.speaker, 'line')} said by another"
    if counts.language:
        yield f"{_counted(counts.language, 'line')} in another language"


def _stage(stage: StageDifference) -> str:
    if stage.a is None or stage.b is None:
        return f"{stage.stage} {'not done' if stage.b is None else 'done'}"
    if stage.a.engine != stage.b.engine:
        return f"{stage.stage} by {stage.b.engine or 'no engine'} instead of {stage.a.engine or 'none'}"
    if stage.a.options != stage.b.options:
        other = [name for name in stage.b.options | stage.a.options if _option(stage, name)]
        return f"{stage.stage} with another {' and '.join(name.replace('_', ' ') for name in other)}"
    return f"{stage.stage} {stage.b.state} instead of {stage.a.state}"


def _option(stage: StageDifference, name: str) -> bool:
    assert stage.a is not None
    assert stage.b is not None
    return bool(stage.a.options.get(name) != stage.b.options.get(name))


def _counted(number: int, noun: str, nouns: str | None = None) -> str:
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"
