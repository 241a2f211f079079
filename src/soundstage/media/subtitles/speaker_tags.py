"""Who speaks, as the text of subtitles tells it: `ANNA: …`, `[Anna] …`, `>> ANNA: …`, and `- …` for another voice.

What the format itself names (WebVTT's voices, TTML's agents) counts first. A word before a colon is a name only if it
is written like one: in capitals, numbered (`Speaker 2`), or capitalised and met at least twice, for `Note: …` is none.
In brackets stand noises too (`[LAUGHS]`): there a name needs text behind it, to be met twice, or a colon.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from soundstage.media.subtitles.raw_cues import RawCue

_NAME = r"[^\W_][^\s:：\[\]()<>.,!?…]*\.?(?:[ \t]+(?:&[ \t]+)?[^\s:：\[\]()<>,!?…]+){0,3}"
_CHEVRONS = r"(?P<chevrons>(?:>|&gt;){2,3}\s*)?"
# A long dash right before a word goes on with a sentence, and one before a figure is a minus.
_DASH = r"(?P<dash>[-–—‐]\s+|[-–‐](?=[^\W\d]|[\[(¿¡\"“]))?"
_TAG = re.compile(
    rf"\s*{_DASH}{_CHEVRONS}(?:(?P<open>[\[(])(?P<inner>{_NAME})[\])](?P<colon>\s*[:：])?|(?P<plain>{_NAME})\s*[:：])?"
    r"\s*(?P<rest>.*)",
    re.DOTALL,
)
_NUMBERED = re.compile(r"(?:speaker|spk|person|voice)[ _-]?\d{1,3}", re.IGNORECASE)
_LONGEST_NAME = 40
_TWICE = 2
# What subtitles for the deaf put in brackets beside names.
_NOISES = re.compile(
    r".*(?:ing|music|laughs?|laughter|applause|sighs?|gasps?|coughs?|cries|groans?|cheers?|silence|noise|sounds?|inaudible"
    r"|foreign|voice|crosstalk|sobs?|whispers?|shouts?|screams?|chuckles?|sniffs?|beeps?|rings?|continues?)",
    re.IGNORECASE,
)


class _Tag(NamedTuple):
    """changes: somebody else begins to speak, named or not. bracketed: the name stands in brackets, without a colon."""

    changes: bool
    name: str | None
    bracketed: bool
    rest: str


class SpeakerTags:
    """Which names a file uses, learnt from all its cues: what parts they have and who speaks each."""

    def __init__(self, cues: Sequence[RawCue]) -> None:
        tags = [_tag(row) for cue in cues for row in cue.rows]
        self._met = Counter(tag.name for tag in tags if tag.name and tag.rest)
        said = "".join(tag.rest for tag in tags)
        capitals, small = sum(map(str.isupper, said)), sum(map(str.islower, said))
        self._all_capitals = capitals > small  # then capitals tell nothing

    def parts(self, cue: RawCue) -> Iterator[tuple[str | None, str]]:
        """Who speaks (None: the text does not tell) and what; a new part begins where somebody else does."""
        speaker: str | None = None
        before: str | None = None
        said: list[str] = []
        for row, voice in zip(cue.rows, cue.voices, strict=True):
            tag = self._believed(row)
            if tag.changes or tag.name or voice != before:
                if said:
                    yield speaker, _joined(said)
                speaker, said = voice or tag.name, []
            before = voice
            if tag.rest.strip():
                said.append(tag.rest)
        if said:
            yield speaker, _joined(said)

    def _believed(self, row: str) -> _Tag:
        tag = _tag(row)
        if tag.name is None or self._is_name(tag):
            return tag
        whole = _tag_without_name(row)
        return _Tag(tag.changes, None, bracketed=False, rest=whole)

    def _is_name(self, tag: _Tag) -> bool:
        name = tag.name or ""
        if _NUMBERED.fullmatch(name):
            return True
        letters = [character for character in name if character.isalpha()]
        if len(letters) < _TWICE or len(name) > _LONGEST_NAME:
            return False
        met = self._met[name] >= _TWICE
        if tag.bracketed:
            return bool(tag.rest) and met and not _NOISES.fullmatch(name) and _capitalised(name)
        cased = any(letter.isupper() or letter.islower() for letter in letters)
        shouted = cased and not any(letter.islower() for letter in letters) and not self._all_capitals
        return shouted or (met and _capitalised(name))


def _tag(row: str) -> _Tag:
    found = _TAG.fullmatch(row)
    assert found is not None  # every part but the rest may be absent
    name = found["inner"] or found["plain"]
    bracketed = found["inner"] is not None and found["colon"] is None
    changes = bool(found["dash"] or found["chevrons"])
    return _Tag(changes, " ".join(name.split()) if name else None, bracketed, found["rest"])


def _tag_without_name(row: str) -> str:
    found = re.fullmatch(rf"\s*{_DASH}{_CHEVRONS}(?P<rest>.*)", row, re.DOTALL)
    assert found is not None
    return found["rest"]


def _capitalised(name: str) -> bool:
    """No word begins with a small letter; scripts without capitals pass."""
    return not any(word[0].islower() for word in name.split())


def _joined(rows: Sequence[str]) -> str:
    """Rows of one part as one line: no space between scripts that have none."""
    text = rows[0].strip()
    for row in map(str.strip, rows[1:]):
        text += row if _spaceless(text[-1:]) and _spaceless(row[:1]) else f" {row}"
    return text


def _spaceless(character: str) -> bool:
    return bool(
        re.match(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]", character)
    )
