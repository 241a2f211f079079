"""From a prompt to a plan: a small grammar over the lexicon.

The prompt is cut into parts at commas and joints ("and", "with", "then"). In a part,
    words colour the next sound that is
named, or the last one where none follows ("thunder in the distance"). What is not known is told,
    never guessed silently.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from itertools import islice

from soundstage.domain.request import AudioType
from soundstage.domain.sound import Layer, Plan, Space
from soundstage.engines.sound.synthesis import lexicon as words
from soundstage.engines.sound.synthesis.families.texture import HINTS
from soundstage.engines.sound.synthesis.lexicon import Lexicon, lexicon
from soundstage.engines.sound.synthesis.sounds import Event
from soundstage.engines.sound.synthesis.vocabulary import CLASSES, UNKNOWN

_READ_CHARACTERS = 20_000  # of a longer prompt only the beginning is read
_READ_WORDS = 2_000
_LONGEST_WORD = 40
MOST_LAYERS = 6
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+(?:['’][^\W\d_]+)?|[,.;:!?&+\n]")
_EMOJI = re.compile("|".join(map(re.escape, words.EMOJI)))
_STOPS = frozenset(",.;:!?&+\n")


@dataclass
class _Colour:
    """What has been said about a sound that is still to come, or about the one just named."""

    intensity: float | None = None
    distance: float | None = None
    pace: float | None = None
    count: int | None = None
    material: str | None = None

    def over(self, other: _Colour) -> _Colour:
        """Mine where said, else the other's."""
        merged = {name: mine if mine is not None else theirs for name, mine, theirs in _pairs(self, other)}
        return _Colour(**merged)  # type: ignore[arg-type]


def _pairs(one: _Colour, two: _Colour) -> list[tuple[str, object, object]]:
    return [(name, getattr(one, name), getattr(two, name)) for name in _Colour.__dataclass_fields__]


@dataclass
class _Heard:
    """A layer in the making: its class, the words that named it, its colours and after how many `then` it comes."""

    sound: str
    words: list[str]
    turn: int
    colour: _Colour = field(default_factory=_Colour)
    material_words: list[str] = field(default_factory=list)


@dataclass
class _Reading:
    """The state of reading a prompt from left to right."""

    lexicon: Lexicon
    heard: list[_Heard] = field(default_factory=list)
    scenes: list[_Heard] = field(default_factory=list)
    waiting: _Colour = field(default_factory=_Colour)
    waiting_words: list[str] = field(default_factory=list)
    in_part: int = 0  # sounds named in this part so far
    turn: int = 0
    negated: bool = False
    space: str | None = None
    hints: list[str] = field(default_factory=list)
    known: int = 0
    unknown: dict[str, None] = field(default_factory=dict)
    missed: int = 0
    denied: set[str] = field(default_factory=set)

    def part(self) -> None:
        """A part ends: what still waits belongs to the sound before it, if that part named one."""
        if self.in_part and self.heard:
            self._settle()
        self.in_part, self.negated = 0, False

    def _settle(self) -> None:
        last = self.heard[-1]
        last.colour = self.waiting.over(last.colour)
        last.material_words += self.waiting_words
        self.waiting, self.waiting_words = _Colour(), []

    def name(self, sound: str, spoken: list[str]) -> None:
        self.known += len(spoken)
        if self.negated:
            self.denied.add(sound)
            return
        last = self.heard[-1] if self.heard and self.in_part else None
        related = last is not None and (
            last.sound == sound or sound == CLASSES[last.sound].refines or last.sound == CLASSES[sound].refines
        )
        if related and last is not None:
            last.sound = sound if CLASSES[sound].refines else last.sound
            last.words += spoken
        else:
            kin = CLASSES[self.heard[-1].sound].refines if self.heard else None
            self.turn += kin is not None and kin == CLASSES[sound].refines  # a door creaks and slams, by turns
            last = _Heard(sound, list(spoken), self.turn)
            self.heard.append(last)
            self.in_part += 1
        # Words before the name colour it; the name itself may ("downpour", "running footsteps").
        own = _Colour()
        for word in spoken:
            self._colour(word, own)
        last.material_words += self.waiting_words + spoken
        last.colour = (
            own.over(self.waiting).over(last.colour) if own.pace or own.intensity else self.waiting.over(last.colour)
        )
        self.waiting, self.waiting_words = _Colour(), []

    def _colour(self, word: str, colour: _Colour) -> bool:
        said = False
        for name, table in (("intensity", words.INTENSITY), ("distance", words.DISTANCE), ("pace", words.PACE)):
            if word in table:
                setattr(colour, name, table[word])
                said = True
        return said

    def word(self, word: str) -> None:
        """One word that names no sound."""
        said = self._colour(word, self.waiting)
        if word in words.SPACES and not self.negated:
            self.space, said = words.SPACES[word], True
        if word in HINTS:
            self.hints.append(word)
            said = True
        if word in _MATERIAL_WORDS:
            self.waiting_words.append(word)
            said = True
        if said:
            self.known += 1
        elif word not in words.SILENT_WORDS:
            self.missed += 1
            if len(self.unknown) < 32:
                self.unknown[word[:_LONGEST_WORD]] = None


_OUTDOORS = frozenset(["outdoors", "street"])
_MATERIAL_WORDS = frozenset(word for sound in CLASSES.values() for word in sound.materials)


def tokens(prompt: str) -> list[str]:
    """Words, numbers and stops of the prompt, lower case, base forms; at most the first two thousand."""
    text = prompt[:_READ_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
    text = _EMOJI.sub(lambda found: f" , {words.EMOJI[found.group()]} , ", text)
    text = unicodedata.normalize("NFKC", text)[: 2 * _READ_CHARACTERS].casefold().replace("’", "'")
    known = lexicon()
    return [known.base(token) for token in islice((found.group() for found in _TOKEN.finditer(text)), _READ_WORDS)]


def understand(prompt: str) -> Plan:
    """The plan of a sound. `confidence` is the share of the meaningful words that were understood, a quarter of that
    where only a mood was, 0 where nothing was."""
    reading = _Reading(lexicon())
    _read(reading, tokens(prompt))
    _backdrops(reading)
    heard = [one for one in reading.heard if one.sound not in reading.denied][:MOST_LAYERS]
    coverage = reading.known / max(reading.known + reading.missed, 1)
    layers = tuple(_layer(one, reading) for one in heard)
    if not layers:
        coverage *= 0.25
        spoken = " ".join([*reading.hints, *reading.unknown])[:400]
        layers = (Layer(sound=UNKNOWN, words=spoken, **_shares(reading.waiting)),)
    return Plan(
        audio_type=AudioType.SOUND,
        layers=layers,
        space=None if reading.space is None else place(reading.space),
        confidence=round(coverage, 3),
        unknown_words=tuple(reading.unknown),
    )


def place(name: str) -> Space:
    return Space(name=name, outdoors=name in _OUTDOORS)


def _read(reading: _Reading, stream: list[str]) -> None:
    at = 0
    while at < len(stream):
        token = stream[at]
        step = 1
        found = _phrase(reading.lexicon, stream, at)
        if found is not None:
            sound, step = found
            if sound in words.SCENES:
                _scene(reading, sound, stream[at : at + step])
            else:
                reading.name(sound, stream[at : at + step])
        elif token in _STOPS or token in words.JOINTS:
            reading.part()
        elif token in words.THEN:
            reading.part()
            reading.turn += bool(reading.heard) and reading.heard[-1].turn == reading.turn
        elif token in words.NEGATIONS:
            reading.negated = True
        elif (count := _number(token)) is not None:
            if at + 1 < len(stream) and stream[at + 1] in words.UNITS:
                step = 2
            elif count:
                reading.waiting.count = min(count, 64)
                reading.known += 1
        else:
            reading.word(token)
        at += step
    reading.part()
    if reading.heard:  # "…, far away": a last part without a sound speaks of the last one
        reading._settle()


def _phrase(known: Lexicon, stream: list[str], at: int) -> tuple[str, int] | None:
    """The longest phrase that begins here, and how many words it has."""
    for size in range(min(words.LONGEST_PHRASE, len(stream) - at), 0, -1):
        phrase = tuple(stream[at : at + size])
        if " ".join(phrase) in words.SCENES:
            return " ".join(phrase), size
        if (sound := known.phrases.get(phrase)) is not None and not _is_material(stream, at, size):
            return sound, size
    return None


def _is_material(stream: list[str], at: int, size: int) -> bool:
    """Whether a word that could name a sound tells of a surface here: "on glass", "through water"."""
    before = [word for word in stream[max(0, at - 3) : at] if word not in ("a", "an", "the", "wet", "old", "dry")]
    return (
        size == 1
        and stream[at] in _MATERIAL_WORDS
        and bool(before)
        and before[-1] in ("on", "onto", "against", "through", "in", "over")
    )


def _number(token: str) -> int | None:
    if token in words.NUMBERS:
        return words.NUMBERS[token]
    return min(int(float(token[:9])), 64) if token[0].isdecimal() and token.isascii() else None


def _scene(reading: _Reading, scene: str, spoken: list[str]) -> None:
    reading.known += len(spoken)
    for word in spoken:
        if word in words.SPACES:
            reading.space = words.SPACES[word]
    parts = [
        _Heard(sound, spoken, reading.turn, _Colour(intensity, distance))
        for sound, intensity, distance in words.SCENES[scene]
    ]
    if reading.negated:
        reading.denied.update(part.sound for part in parts)
    elif scene in words.WEAK_SCENES:
        reading.scenes += parts
    else:
        for part in parts:
            part.colour = replace(part.colour, intensity=reading.waiting.intensity or part.colour.intensity)
        present = {one.sound for one in reading.heard}
        reading.heard += [part for part in parts if part.sound not in present]
        reading.waiting = _Colour()


def _backdrops(reading: _Reading) -> None:
    """ "Night" or "forest" alone is a scene; beside a named sound it only says where and when."""
    if not reading.heard:
        reading.heard += reading.scenes


def _layer(one: _Heard, reading: _Reading) -> Layer:
    sound = CLASSES[one.sound]
    material = next((sound.materials[word] for word in reversed(one.material_words) if word in sound.materials), None)
    turns = reading.turn + 1
    shares = _shares(one.colour)
    return Layer(
        sound=one.sound,
        words=" ".join(dict.fromkeys(one.words))[:200],
        count=one.colour.count if isinstance(sound, Event) else None,
        material=material,
        onset=min(one.turn / turns, 0.95),
        **shares,
    )


def _shares(colour: _Colour) -> dict[str, float]:
    return {
        "intensity": 0.5 if colour.intensity is None else colour.intensity,
        "distance": 0.0 if colour.distance is None else colour.distance,
        "pace": 0.5 if colour.pace is None else colour.pace,
    }
