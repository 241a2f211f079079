"""Reading a prompt word by word.

The prompt is cut into parts at commas and joints ("and", "with", "then"). In a part, words colour the next sound that
is named, or the last one where none follows ("thunder in the distance"). What is not known is kept, never guessed
silently.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice

from soundstage.engines.sound.language.glosses import glossed
from soundstage.engines.sound.language.phrases import MARK, Phrase, marked
from soundstage.engines.sound.language.text import READ_WORDS, WORD, plain
from soundstage.engines.sound.synthesis import qualities
from soundstage.engines.sound.synthesis.lexicon import (
    LONGEST_PHRASE,
    OF_WHAT,
    PAUSES,
    SILENT_WORDS,
    WEAK,
    Lexicon,
    lexicon,
)
from soundstage.engines.sound.synthesis.reading import MATERIAL_WORDS, Colour, Heard, Reading, Said
from soundstage.engines.sound.synthesis.scenes import EMOJI, SCENES, WEAK_SCENES
from soundstage.engines.sound.synthesis.vocabulary import CLASSES

_EMOJI = re.compile("|".join(map(re.escape, EMOJI)))
_TOKEN = re.compile(f"{MARK.pattern}|{WORD.pattern}")
_STOPS = frozenset(",.;:!?&+\n")
_DETERMINERS = frozenset(["a", "an", "the", "some", "my", "our", "your", "this", "that", "his", "her", "their", "its"])
_PLACE_WORDS = 6  # at most between "in" and the place
_MOST = 64  # happenings of one layer


@dataclass(frozen=True)
class Token:
    """`written` as in the prompt (plain), `base` as the lexicon knows it; `phrase` where it is a mark."""

    written: str
    base: str
    phrase: Phrase | None = None


def tokens(prompt: str) -> list[Token]:
    """Words, numbers, stops and phrases of the prompt; at most the first four thousand."""
    known = lexicon()
    text = _EMOJI.sub(lambda found: f" , {EMOJI[found.group()]} , ", prompt[: 2 * READ_WORDS * 5])
    text, phrases = marked(glossed(plain(text), known.telling))
    stream = []
    for found in islice(_TOKEN.finditer(text), READ_WORDS):
        if found[1] is not None:
            phrase = phrases[int(found[1])]
            stream.append(Token(phrase.words, "", phrase))
        else:
            stream.append(Token(found[0], known.base(found[0])))
    return stream


def read(prompt: str) -> Reading:
    """The whole prompt, read."""
    return _Reader(tokens(prompt)).read()


class _Reader:
    def __init__(self, stream: list[Token]) -> None:
        self.stream = stream
        self.bases = [token.base for token in stream]
        self.known: Lexicon = lexicon()
        self.reading = Reading()

    def read(self) -> Reading:
        reading, at = self.reading, 0
        while at < len(self.stream):
            at += self._step(at)
        reading.end_part()
        if reading.heard and reading.waiting:  # a last part without a sound speaks of the last one
            reading.settle()
        return reading

    def _step(self, at: int) -> int:
        """Reads what stands at `at`; returns how many tokens that were."""
        token = self.stream[at]
        if token.phrase is not None:
            self._phrase(token.phrase)
            return 1
        if (found := self._named(at)) is not None:
            return self._name(at, *found)
        if token.base in qualities.WITHIN and (size := self._place(at)):
            return size
        return self._small_word(at, token)

    def _small_word(self, at: int, token: Token) -> int:
        if self._joint(at):
            return 1
        if token.base in qualities.NEGATIONS:
            return self._negation(at)
        if (count := _number(token.base)) is not None:
            return self._count(at, count)
        self._plain_word(token)
        return 1

    def _plain_word(self, token: Token) -> None:
        reading, word = self.reading, token.base
        reading.part_words.append(token.written)
        if word in qualities.ECHOES:
            reading.known += 1
            if reading.negated:
                reading.space = ("dry", 0.0, f"{reading.negated} {token.written}")
            elif reading.space is None:
                reading.space = ("hall", 0.7, token.written)
        elif word in self.known.bases:
            reading.word(word, token.written)
        elif word not in SILENT_WORDS:
            reading.miss(token.written)

    def _joint(self, at: int) -> bool:
        reading, word = self.reading, self.bases[at]
        if word == "after":
            heard = bool(reading.heard)
            reading.end_part()
            reading.order = "after" if heard else "first"
            return True
        if word in PAUSES:
            self._pause()
            return True
        if word in qualities.THEN:
            reading.end_part()
            reading.turn += bool(reading.heard) and reading.heard[-1].turn == reading.turn
            return True
        if word in qualities.JOINTS or word in _STOPS:
            negated = reading.negated
            reading.end_part()
            reading.joint = word
            reading.sentence += word in _STOPS
            if negated in qualities.STICKY and word in ("and", "&") and self._named(self._after_articles(at + 1)):
                reading.negated = negated
            return True
        return False

    def _pause(self) -> None:
        """ "…, a pause, …": what follows comes a turn later; a prompt of silence alone is as good as silent."""
        reading = self.reading
        reading.known += 1
        reading.end_part()
        if reading.heard:
            last = reading.heard[-1].turn
            reading.turn = max(reading.turn, last + 1) + (reading.turn > last)
        else:
            reading.waiting.say("intensity", 0.02, "silence")

    def _after_articles(self, at: int) -> int:
        while at < len(self.bases) and self.bases[at] in _DETERMINERS:
            at += 1
        return at

    def _negation(self, at: int) -> int:
        """ "no wind" refuses; "not too loud" colours the other way round."""
        ahead = self.bases[at + 1 : at + 4]
        if self.bases[at] == "not" and ahead:
            size = 1 if ahead[0] in ("too", "so", "that", "very", "really") or ahead[0] in qualities.DEGREES else 0
            word = ahead[size] if size < len(ahead) else ""
            if word in qualities.INTENSITY and self._named(at + 1 + size) is None:
                value = 0.5 - 0.4 * (qualities.INTENSITY[word] - 0.5)
                self.reading.waiting.say("intensity", round(value, 3), f"not {word}")
                self.reading.known += 1
                return 2 + size
        self.reading.negated = self.bases[at]
        return 1

    def _count(self, at: int, count: int) -> int:
        word, following = self.bases[at], self.bases[at + 1] if at + 1 < len(self.bases) else ""
        if following in qualities.UNITS:
            return 2
        if following in ("dozen",) and word != "dozen":
            count, size = min(count * 12, _MOST), 2
        elif word == "few" or (word[:1].isdecimal() and 1000 <= float(word[:6]) <= 2999 and len(word) == 4):
            count, size = (3 if word == "few" else 0), 1  # a year is no number of things
        else:
            size = 1
        if count and not self.reading.negated:
            self.reading.note(self.reading.waiting.say("count", count, " ".join(self.bases[at : at + size])))
            self.reading.known += 1
            self.reading.behind |= word in qualities.BEHIND
        return size

    def _phrase(self, phrase: Phrase) -> None:
        if phrase.weak:
            self.reading.offered = self.known.phrases.get(tuple(phrase.weak.split()))
        self.reading.phrase(phrase)

    def _named(self, at: int) -> tuple[str, int] | None:
        """The longest phrase that begins here and names a class or a scene, and how many words it has."""
        for size in range(min(LONGEST_PHRASE, len(self.stream) - at), 0, -1):
            phrase = tuple(self.bases[at : at + size])
            if (sound := self.known.phrases.get(phrase)) is not None and not self._is_material(at, size):
                return sound, size
            if " ".join(phrase) in SCENES:
                return " ".join(phrase), size
        return None

    def _is_material(self, at: int, size: int) -> bool:
        """Whether a word that could name a sound tells of a surface here: "on glass", "through water"."""
        before = [
            w for w in self.bases[max(0, at - 3) : at] if w not in _DETERMINERS and w not in ("wet", "old", "dry")
        ]
        return (
            size == 1
            and self.bases[at] in MATERIAL_WORDS
            and bool(before)
            and before[-1] in ("on", "onto", "against", "through", "in", "over", "into")
        )

    def _name(self, at: int, sound: str, size: int) -> int:
        reading, spoken = self.reading, self.bases[at : at + size]
        reading.part_words += [token.written for token in self.stream[at : at + size]]
        if sound in SCENES and sound not in CLASSES:
            self._scene(sound, spoken)
            return size
        weak = size == 1 and spoken[0] in WEAK
        if self.bases[at + size : at + size + 1] == ["of"] and spoken[-1] in OF_WHAT:
            ahead = self._after_articles(at + size + 1)
            if any(self._named(place) for place in range(ahead, min(ahead + 3, len(self.bases)))):
                reading.known += size  # "a clap of thunder": the thunder is heard
                for word in spoken:
                    if word in qualities.INTENSITY:
                        reading.waiting.say("intensity", qualities.INTENSITY[word], word)
                return size + 1
        again = at > 0 and self.bases[at - 1] in ("the", "that", "this", "its", "his", "her", "their")
        reading.name(sound, spoken, weak=weak, again=again)
        return size

    def _scene(self, scene: str, spoken: list[str]) -> None:
        reading = self.reading
        reading.known += len(spoken)
        for word in spoken:
            if word in qualities.SPACES and not reading.negated:
                reading.set_space(word, None, word)
        parts = [
            Heard(sound, list(spoken), reading.turn,
                  Colour({"intensity": Said(strong, ""), "distance": Said(far, "")}),
                  sure=0.9, part=reading.part_number)
            for sound, strong, far in SCENES[scene]
        ]  # fmt: skip
        if reading.negated:
            reading.denied.update((part.sound, f"{reading.negated} {scene}") for part in parts if part.sound)
        elif scene in WEAK_SCENES:
            reading.scenes += parts
        else:
            for part in parts:
                if "intensity" in reading.waiting.said:
                    part.colour.said["intensity"] = reading.waiting.said["intensity"]
            present = {one.sound for one in reading.heard}
            reading.heard += [part for part in parts if part.sound not in present]
            reading.in_part += 1
            reading.waiting = Colour()

    def _place(self, at: int) -> int:
        """ "in a small stone church": how many tokens tell of a place, from `at`; 0 where it is none."""
        size, unknown, end = None, [], at + 1
        for end in range(at + 1, min(at + 1 + _PLACE_WORDS, len(self.stream))):
            word = self.bases[end]
            if word in qualities.SPACES:
                break
            if (
                word in _STOPS
                or word in qualities.JOINTS
                or word in qualities.WITHIN
                or self.stream[end].phrase is not None
                or self._named(end)
            ):
                return 0
            if word in qualities.SIZES:
                size = qualities.SIZES[word]
            elif word not in SILENT_WORDS and word not in self.known.bases:
                unknown.append(self.stream[end].written)
        else:
            return 0
        found = self._named(end)
        if found is not None and found[1] > 1:  # "in a church bell": no place
            return 0
        if self.bases[end] in MATERIAL_WORDS and self.bases[at] in ("on", "through", "into"):
            return 0
        reading = self.reading
        reading.known += 1 + (size is not None)
        if not reading.in_part:
            reading.part_words += [token.written for token in self.stream[at : end + 1]]
        for word in unknown:
            reading.miss(word)
        if not reading.negated:
            reading.set_space(self.bases[end], size, " ".join(token.written for token in self.stream[at + 1 : end + 1]))
        if found is not None:
            self._backdrop(found[0], self.bases[end])
        return end + 1 - at

    def _backdrop(self, sound: str, word: str) -> None:
        """A place that has a sound of its own is heard only where nothing else is named."""
        reading = self.reading
        if sound in SCENES:
            reading.scenes += [
                replace(
                    Heard(name, [word], reading.turn),
                    colour=Colour({"intensity": Said(strong, ""), "distance": Said(far, "")}),
                )
                for name, strong, far in SCENES[sound]
            ]
        else:
            reading.scenes.append(Heard(sound, [word], reading.turn, sure=0.7))


def _number(token: str) -> int | None:
    if token in qualities.NUMBERS:
        return qualities.NUMBERS[token]
    return min(int(float(token[:9])), _MOST) if token[:1].isdecimal() and token.isascii() else None
