"""Which translations are worth a second look, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from soundstage.domain.language import BY_TAG
from soundstage.domain.review import Doubt, DoubtReason
from soundstage.domain.segment import Segment
from soundstage.domain.translation import LineDoubt
from soundstage.pipelines.wording import listed

_NAME_WORDS = 2  # so few words may be a name, which stays as it is
_FIT_LIMIT = 1.0  # of the line's own time
_LONGEST_FIT = 2.0  # from here on it does not matter more
_ODD = {  # an empty line and one left in the source's words have reasons of their own
    LineDoubt.SHORT: "is far shorter than the source's",
    LineDoubt.LONG: "is far longer than the source's",
    LineDoubt.MERGED: "seems to hold a neighbour's words, or to lack its own",
    LineDoubt.REPEATED: "says the same as another line of other words",
    LineDoubt.LOOP: "says the same again and again",
}


@dataclass(frozen=True)
class TargetReview:
    """What is known of the lines in a target language: `texts[i]` stands for segment i, empty where there is none.

    copied: the lines are the source's on purpose; copied_lines: those of these numbers are.
    odd: by segment number, what looks wrong with the line's length or words.
    terms: by segment number, what the dictionary wanted and the line does not say, as `(source, wanted)`.
    fits: by segment number, how long the line is predicted to be as a multiple of the time it has.
    """

    language: str
    texts: Sequence[str]
    copied: bool = False
    copied_lines: frozenset[int] = frozenset()
    odd: dict[int, tuple[LineDoubt, ...]] = field(default_factory=dict)
    terms: dict[int, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    fits: dict[int, float] = field(default_factory=dict)


def doubts_of_translations(segments: Sequence[Segment], target: TargetReview) -> Iterator[list[Doubt]]:
    """For each segment what is doubtful about its line in the target."""
    name = BY_TAG[target.language].name if target.language in BY_TAG else target.language
    for number, segment in enumerate(segments):
        text = target.texts[number] if number < len(target.texts) else ""
        yield list(_doubts(segment, text, number, target, name))


def _doubts(segment: Segment, text: str, number: int, target: TargetReview, name: str) -> Iterator[Doubt]:
    if not text.strip():
        if segment.text.strip():
            said = f"There is no line in {name}."
            yield Doubt(reason=DoubtReason.NOT_TRANSLATED, sentence=said, weight=0.9, language=target.language)
        return
    copied = target.copied or number in target.copied_lines
    if not copied and _plain(text) == _plain(segment.text) and _is_more_than_a_name(segment.text):
        said = f"The line in {name} is the source's, word for word."
        yield Doubt(reason=DoubtReason.UNCHANGED_TRANSLATION, sentence=said, weight=0.7, language=target.language)
    odd = [_ODD[doubt] for doubt in target.odd.get(number, ()) if doubt in _ODD]
    if odd:
        said = f"The line in {name} {listed(odd)}."
        yield Doubt(reason=DoubtReason.ODD_TRANSLATION, sentence=said, weight=0.7, language=target.language)
    terms = target.terms.get(number, ())
    if terms:
        wanted = listed([f"“{there}” for “{here}”" for here, there in terms])
        yield Doubt(
            reason=DoubtReason.TERM_MISSING,
            sentence=f"The dictionary wants {wanted}, which the line in {name} does not say.",
            weight=0.75,
            language=target.language,
            words=tuple(there for _, there in terms),
        )
    fit = target.fits.get(number, 0.0)
    if fit > _FIT_LIMIT:
        over = min(1.0, (fit - _FIT_LIMIT) / (_LONGEST_FIT - _FIT_LIMIT))
        yield Doubt(
            reason=DoubtReason.DOES_NOT_FIT,
            sentence=f"Spoken, the line in {name} needs {fit:.1f} times the time that it has.",
            weight=round(0.3 + 0.5 * over, 4),
            measured=round(fit, 2),
            limit=_FIT_LIMIT,
            language=target.language,
        )


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _is_more_than_a_name(text: str) -> bool:
    words = [word for word in text.split() if any(character.isalpha() for character in word)]
    return len(words) > _NAME_WORDS
