"""What has been read of a prompt so far: the sounds that were named, what was said of each, and what was not known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from soundstage.domain.sound import Dynamics, Movement
from soundstage.engines.sound.language.phrases import Phrase
from soundstage.engines.sound.language.text import LONGEST_WORD
from soundstage.engines.sound.synthesis import qualities
from soundstage.engines.sound.synthesis.families.texture import HINTS
from soundstage.engines.sound.synthesis.lexicon import THINGS
from soundstage.engines.sound.synthesis.vocabulary import CLASSES

_OPPOSED = 0.45  # two shares as far apart contradict each other
_SHARES = ("intensity", "distance", "pace")
MATERIAL_WORDS = frozenset(word for sound in CLASSES.values() for word in sound.materials)
_KEPT_UNKNOWN = 32


@dataclass(frozen=True)
class Said:
    """A value and the words of the prompt that say so."""

    value: Any
    words: str


@dataclass
class Colour:
    """What was said of one sound, by the names of the layer's fields; `materials` are words, the class knows which."""

    said: dict[str, Said] = field(default_factory=dict)
    materials: list[str] = field(default_factory=list)

    def say(self, name: str, value: Any, words: str) -> str | None:
        """Takes it down. Returns a sentence where it contradicts what was said before: what is said last counts."""
        clash = _clash(name, self.said.get(name), Said(value, words))
        self.said[name] = Said(value, words)
        return clash

    def value(self, name: str, default: Any = None) -> Any:
        return self.said[name].value if name in self.said else default

    def take(self, other: Colour) -> list[str]:
        """Adds what `other`, which was said later, says. Returns sentences about contradictions."""
        clashes = [self.say(name, said.value, said.words) for name, said in other.said.items()]
        self.materials += other.materials
        return [clash for clash in clashes if clash]

    def __bool__(self) -> bool:
        return bool(self.said or self.materials)


def _clash(name: str, before: Said | None, now: Said) -> str | None:
    if before is None or before.words == now.words or not before.words:
        return None
    if name in _SHARES and abs(before.value - now.value) >= _OPPOSED:
        return f"“{before.words}” and “{now.words}” contradict each other: “{now.words}”, said last, counts."
    if name == "count" and before.value != now.value:
        return f"“{before.words}” and “{now.words}” are two numbers of the same sound: “{now.words}” counts."
    return None


@dataclass
class Heard:
    """A layer in the making: its class, or None while only `text` is known and the nearest class is still to be found.

    `turn`: after how many "then" it comes. `weak`: named only by a word that many sounds share.
    """

    sound: str | None
    words: list[str]
    turn: int = 0
    colour: Colour = field(default_factory=Colour)
    weak: bool = False
    text: str = ""
    unknown: tuple[str, ...] = ()
    sure: float = 1.0
    nearest: str | None = None
    part: int = 0
    sentence: int = 0
    joined: str = ""  # the word between its part and the one before


@dataclass
class Reading:
    """The state of reading a prompt from left to right."""

    heard: list[Heard] = field(default_factory=list)
    scenes: list[Heard] = field(default_factory=list)
    waiting: Colour = field(default_factory=Colour)
    behind: bool = False  # what waits stands behind its sound: "…, far away", "…, twice"
    in_part: int = 0  # sounds named in this part so far
    part_number: int = 0
    sentence: int = 0  # parts between two stops
    joint: str = ""  # the word with which this part began
    part_words: list[str] = field(default_factory=list)
    all_words: list[str] = field(default_factory=list)
    part_unknown: list[str] = field(default_factory=list)
    turn: int = 0
    order: str = ""  # "after" was read: the next sound comes before those of the last part
    negated: str = ""
    degree: float = 1.0
    space: tuple[str, float, str] | None = None  # name, size, words
    dynamics: tuple[Dynamics, str] | None = None
    offered: str | None = None  # the class of a phrase that names a sound where nothing else does ("a fast fly-by")
    hints: list[str] = field(default_factory=list)
    known: int = 0
    missed: int = 0
    unknown: dict[str, None] = field(default_factory=dict)
    denied: dict[str, str] = field(default_factory=dict)  # class → the words that refuse it
    refused: dict[str, None] = field(default_factory=dict)  # other words that are refused
    notes: dict[str, None] = field(default_factory=dict)

    def note(self, *sentences: str | None) -> None:
        self.notes.update((sentence, None) for sentence in sentences if sentence)

    def end_part(self) -> None:
        """A part ends: what still waits belongs to the sound before it, if the part named one or speaks of one."""
        if self.in_part and self.heard:
            self.settle()
            self.heard[-1].text, self.heard[-1].unknown = " ".join(self.part_words)[:200], tuple(self.part_unknown)
        elif self.part_unknown and not self.negated:
            text = " ".join(self.part_words)[:200]
            one = Heard(None, list(self.part_words), self.turn, self.waiting, text=text, part=self.part_number)
            one.unknown, one.sentence, one.joined = tuple(self.part_unknown), self.sentence, self.joint
            self.heard.append(one)
            self.waiting = Colour()
        elif self.behind and self.heard:
            self.settle()
        if self.order == "first" and self.in_part:
            self.turn, self.order = self.turn + 1, ""
        self.in_part, self.negated, self.behind, self.degree = 0, "", False, 1.0
        self.all_words += self.part_words
        self.part_words, self.part_unknown = [], []
        self.part_number += 1

    def settle(self) -> None:
        """What waits is said of the sound named last."""
        self.note(*self.heard[-1].colour.take(self.waiting))
        self.waiting = Colour()

    def name(self, sound: str, spoken: list[str], *, weak: bool, again: bool) -> None:
        """A sound is named by the words `spoken`. `again`: with "the", so it may be one that was named before."""
        self.known += len(spoken)
        if self.negated:
            self.denied[sound] = f"{self.negated} {' '.join(spoken)}"
            return
        own = Colour()
        for word in spoken:
            self._shares(word, own)
        last = self._same(sound, again=again)
        if last is None and self.in_part and self.heard and self.heard[-1].sound is not None:
            thing = self.heard[-1].weak and self.heard[-1].words[-1] in THINGS
            if weak and not thing:  # "the crowd roars": no sound of its own
                self.waiting.said.update((k, v) for k, v in own.said.items() if k not in self.waiting.said)
                return
            last = self.heard[-1] if self.heard[-1].weak else None
            if last is not None:
                last.sound, last.weak, last.sure = sound, weak, 0.7 if weak else 1.0
        if last is None:
            last = self._another(sound, weak=weak)
        last.words += spoken
        own.take(self.waiting)
        own.materials = spoken + own.materials
        for key, said in own.said.items():
            if said.words not in spoken or key not in last.colour.said:
                self.note(last.colour.say(key, said.value, said.words))
        last.colour.materials += own.materials
        self.waiting = Colour()

    def _same(self, sound: str, *, again: bool) -> Heard | None:
        """The layer that the name speaks of once more: the last of this part, or the one that "the" points at."""
        last = self.heard[-1] if self.heard and self.in_part else None
        if last is not None and last.sound is not None:
            mine, theirs = CLASSES[sound], CLASSES[last.sound]
            if sound in (last.sound, theirs.refines) or last.sound == mine.refines:
                if mine.refines or last.sound == sound:
                    last.sound = sound
                last.weak, last.sure = False, 1.0
                return last
        if again:
            return next((one for one in reversed(self.heard) if one.sound == sound and one.turn == self.turn), None)
        return None

    def _another(self, sound: str, *, weak: bool) -> Heard:
        last = self.heard[-1] if self.heard else None
        kin = CLASSES[last.sound].refines if last is not None and last.sound not in (None, sound) else None
        if kin is not None and kin == CLASSES[sound].refines and last is not None and last.turn == self.turn:
            self.turn, weak = self.turn + 1, False  # a door creaks and slams, by turns
        turn = self.turn
        if self.order == "after":  # "X after Y": Y is the earlier one
            for one in self.heard:
                one.turn += one.part == self.part_number - 1 and one.turn == turn
            self.turn, self.order = turn + 1, ""
        one = Heard(sound, [], turn, weak=weak, sure=0.7 if weak else 1.0)
        one.part, one.sentence, one.joined = self.part_number, self.sentence, self.joint
        self.heard.append(one)
        self.in_part += 1
        return one

    def _shares(self, word: str, colour: Colour) -> bool:
        said = False
        tables = (("intensity", qualities.INTENSITY), ("distance", qualities.DISTANCE), ("pace", qualities.PACE))
        for name, table in tables:
            if word in table:
                value = (
                    min(1.0, max(0.0, 0.5 + (table[word] - 0.5) * self.degree)) if name != "distance" else table[word]
                )
                self.note(colour.say(name, round(value, 3), word))
                said = True
        return said

    def word(self, word: str, written: str) -> None:
        """One word that names no sound."""
        said = self._shares(word, self.waiting)
        if word in qualities.DEGREES:
            self.degree = qualities.DEGREES[word]
            return
        if word in qualities.SPACES and word not in qualities.ONLY_IN and not self.negated:
            self.set_space(word, None, written)
            said = True
        if word in HINTS:
            self.hints.append(word)
            said = True
        if word in MATERIAL_WORDS:
            self.waiting.materials.append(word)
            said = True
        if said:
            self.known += 1
            self.degree = 1.0

    def miss(self, word: str) -> None:
        """A word that means nothing to the engine."""
        if self.negated:
            self.refused[word[:LONGEST_WORD]] = None
            return
        self.missed += 1
        self.part_unknown.append(word[:LONGEST_WORD])
        if len(self.unknown) < _KEPT_UNKNOWN:
            self.unknown[word[:LONGEST_WORD]] = None

    def set_space(self, word: str, size: float | None, words: str) -> None:
        name, usual = qualities.SPACES[word]
        size = usual if size is None else size
        if name == "room" and size < 0.25:
            name = "small room"
        if self.space is not None and self.space[0] != name and self.space[2]:
            self.note(f"“{self.space[2]}” and “{words}” are two places: the sound is heard in the last, {name}.")
        self.space = (name, size, words)

    def phrase(self, phrase: Phrase) -> None:
        """A phrase of time, movement or place: it is said of the sound before it in this part, or of the next one."""
        self.known += 1
        if phrase.movement is not None and not self.in_part:
            self.part_words += phrase.words.split()
        if phrase.dynamics is not None:
            self.dynamics = (phrase.dynamics, phrase.words)
        before = self.waiting.value("movement")
        for name in ("onset", "until", "length", "every", "count", "pan", "movement", "distance"):
            value = getattr(phrase, name)
            if value is None or (value == Movement.PASSING and name in self.waiting.said and before is not None):
                continue
            self.note(self.waiting.say(name, value, phrase.words))
            self.behind = True
