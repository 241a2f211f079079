"""The words of a prompt: which name a sound, which colour it, which place it, which say nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from soundstage.engines.sound.synthesis.families.texture import HINTS
from soundstage.engines.sound.synthesis.vocabulary import CLASSES

LONGEST_PHRASE = 4  # words

INTENSITY: Mapping[str, float] = {
    "faint": 0.1, "tiny": 0.15, "subtle": 0.15, "quiet": 0.2, "soft": 0.2, "gentle": 0.2, "light": 0.2, "mild": 0.3,
    "calm": 0.2, "weak": 0.2,
    "small": 0.35, "slight": 0.25, "drizzle": 0.1, "medium": 0.5, "moderate": 0.5, "steady": 0.5, "big": 0.75,
    "large": 0.75, "strong": 0.8,
    "loud": 0.8, "heavy": 0.85, "hard": 0.8, "intense": 0.9, "powerful": 0.9, "huge": 0.95, "massive": 1.0,
    "giant": 1.0, "violent": 1.0,
    "raging": 0.95, "roaring": 0.9, "howling": 0.9, "torrential": 1.0, "pouring": 0.9, "downpour": 0.95,
    "deafening": 1.0, "epic": 0.9, "fierce": 0.9,
    "wild": 0.85, "thunderous": 0.95, "enormous": 1.0, "babbling": 0.25, "river": 0.75, "stormy": 0.9, "gale": 0.9,
    "hurricane": 1.0, "breezy": 0.3,
    "crackling": 0.4, "bonfire": 0.8, "wildfire": 1.0, "blaze": 0.9, "thunderclap": 0.95, "trickle": 0.05,
    "torrent": 0.95,
}  # fmt: skip
DISTANCE: Mapping[str, float] = {
    "distant": 0.7, "far": 0.75, "faraway": 0.8, "remote": 0.75, "away": 0.6, "distance": 0.7, "afar": 0.75,
    "horizon": 0.8, "background": 0.5,
    "muffled": 0.5, "next door": 0.5, "close": 0.0, "near": 0.05, "nearby": 0.1, "closeup": 0.0, "foreground": 0.0,
    "approaching": 0.35,
}  # fmt: skip
PACE: Mapping[str, float] = {
    "slow": 0.15, "slowly": 0.15, "leisurely": 0.25, "lazy": 0.2, "fast": 0.8, "quick": 0.8, "quickly": 0.8,
    "rapid": 0.9, "rapidly": 0.9,
    "racing": 0.95, "frantic": 0.95, "hurried": 0.8, "run": 0.9, "running": 0.9, "jogging": 0.75, "hasty": 0.8,
    "revving": 0.95, "rev": 0.95,
    "accelerating": 0.85, "idling": 0.5, "furious": 0.95, "brisk": 0.7, "tiptoe": 0.25, "tolling": 0.35, "yelp": 0.9,
}  # fmt: skip
SPACES: Mapping[str, str] = {
    "room": "room", "bedroom": "room", "kitchen": "room", "office": "room", "indoors": "room", "inside": "room",
    "house": "room", "hall": "hall", "auditorium": "hall", "theatre": "hall", "theater": "hall", "concert": "hall",
    "warehouse": "hall", "gym": "hall", "cathedral": "church", "church": "church", "chapel": "church",
    "temple": "church", "cave": "cave", "cavern": "cave", "dungeon": "cave", "tunnel": "tunnel", "subway": "tunnel",
    "sewer": "tunnel", "corridor": "corridor", "hallway": "corridor", "stairwell": "corridor", "bathroom": "corridor",
    "outdoors": "outdoors", "outside": "outdoors", "outdoor": "outdoors", "field": "outdoors", "forest": "outdoors",
    "garden": "outdoors", "park": "outdoors", "pond": "outdoors", "lake": "outdoors", "mountain": "outdoors",
    "street": "street", "alley": "street", "town": "street", "closet": "small room",
}  # fmt: skip
NUMBERS: Mapping[str, int] = {
    "once": 1, "single": 1, "one": 1, "twice": 2, "two": 2, "double": 2, "pair": 2, "couple": 2, "thrice": 3,
    "three": 3, "triple": 3, "few": 3,
    "four": 4, "several": 5, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "dozen": 12,
}  # fmt: skip
UNITS = frozenset(["second", "sec", "s", "minute", "min", "m", "ms", "hour", "hz", "khz", "bpm", "db"])
NEGATIONS = frozenset(["no", "not", "without", "never", "minus", "except", "sans"])
JOINTS = frozenset(
    ["and", "with", "while", "plus", "as", "but", "alongside", "together", "amid", "among"]
)  # begin another part of the prompt
THEN = frozenset(["then", "followed", "next", "afterwards", "later", "finally"])  # … that comes after
# One word that stands for a scene.
SCENES: Mapping[str, tuple[tuple[str, float, float], ...]] = {  # (class, intensity, distance)
    "thunderstorm": (("rain", 0.8, 0.0), ("thunder", 0.7, 0.45)),
    "storm": (("wind", 0.85, 0.0), ("rain", 0.75, 0.0), ("thunder", 0.6, 0.5)),
    "stormy": (("wind", 0.85, 0.0), ("rain", 0.75, 0.0), ("thunder", 0.6, 0.5)),
    "forest": (("birds", 0.4, 0.2), ("leaves", 0.3, 0.3)),
    "jungle": (("birds", 0.6, 0.1), ("crickets", 0.6, 0.2)),
    "night": (("crickets", 0.4, 0.2),),
    "summer night": (("crickets", 0.5, 0.1),),
    "morning": (("birds", 0.4, 0.1),),
    "dawn": (("birds", 0.5, 0.1),),
    "harbour": (("waves", 0.3, 0.2), ("horn", 0.5, 0.6)),
    "swamp": (("frogs", 0.5, 0.1), ("crickets", 0.4, 0.2)),
    "war": (("explosion", 0.8, 0.6), ("gunshot", 0.6, 0.6)),
    "battlefield": (("explosion", 0.8, 0.6), ("gunshot", 0.6, 0.6)),
    "haunted": (("wind", 0.6, 0.1), ("door_creak", 0.5, 0.1)),
}
WEAK_SCENES = frozenset(
    ("forest", "jungle", "night", "summer night", "morning", "dawn")
)  # only a backdrop where a sound is named
EMOJI: Mapping[str, str] = {
    "🌧": "rain", "☔": "rain", "⛈": "thunderstorm", "🌩": "thunder", "⚡": "thunder", "💨": "wind", "🌬": "wind",
    "🔥": "fire", "🌊": "ocean waves",
    "🔔": "bell", "🕰": "clock", "⏰": "alarm clock", "🚨": "siren", "👣": "footsteps", "🚪": "door", "🐦": "birds",
    "🦗": "crickets", "🐕": "dog",
    "🐶": "dog", "🐱": "cat", "🐈": "cat", "🐸": "frog", "🦉": "owl", "❤": "heartbeat", "💓": "heartbeat",
    "👏": "applause",
    "💥": "explosion",
    "💣": "explosion", "🔫": "gunshot", "⌨": "keyboard typing", "🚗": "car engine", "🏍": "motorcycle",
    "🚁": "helicopter",
    "☎": "telephone",
    "📞": "telephone", "📷": "camera", "🎐": "wind chimes", "💧": "drip", "🏞": "stream", "🚓": "police siren",
    "🚑": "ambulance",
}  # fmt: skip
# Words that neither name nor colour a sound, so they are no evidence that the prompt was missed.
_SILENT = """
a an the of on in at to from by for into onto over under through off up down out is are was were be being been it
its this that these those there here some any very really extremely quite slightly somewhat bit so too just only
like sound noise effect sfx fx audio ambience ambient recording loop background sample clip track hear heard hearing
make play playing give me my your our their his her please want need i you we they he she who which what when where
how can could would should will or also more most less than such each every all both other another same new go come
get going coming blowing falling fall blow ringing ring making made sounding rolling moving passing hitting strike
striking howl continuous constant continuously short long realistic real high low quality hd stereo man woman person
people someone somebody child boy girl day evening time times x again back forth around across along against between
behind beside front side old open s t during until till after before since upon about if because do does did has
have had natural nature cinematic film movie game scene
"""
SILENT_WORDS = frozenset(_SILENT.split())


@dataclass(frozen=True)
class Lexicon:
    """Phrases of base words → class names; `bases` are all words that carry meaning."""

    phrases: Mapping[tuple[str, ...], str]
    bases: frozenset[str]

    def base(self, word: str) -> str:
        """The form under which the word is known, by undoing English endings; the word itself where none is known."""
        if word in self.bases:
            return word
        return next((form for form in _forms(word) if form in self.bases), word)


def _forms(word: str) -> list[str]:
    forms = []
    for ending, stem_endings in (
        ("'s", ("",)), ("ies", ("y",)), ("ves", ("f", "fe")), ("es", ("", "e")), ("s", ("",)), ("ing", ("", "e")),
            ("ed", ("", "e")),
        ("ly", ("",)), ("er", ("", "e")), ("y", ("",)),
    ):  # fmt: skip
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            stem = word[: -len(ending)]
            forms += [stem + tail for tail in stem_endings]
            if len(stem) > 3 and stem[-1] == stem[-2]:
                forms.append(stem[:-1])
            if ending in ("ing", "ed", "s") and stem.endswith("ing"):
                forms.append(stem[:-3])
    return forms


@cache
def lexicon() -> Lexicon:
    """Built once from the vocabulary: constant data, so the same in every process."""
    spoken = {phrase: name for name, sound in CLASSES.items() for phrase in (*sound.words, name.replace("_", " "))}
    # Names of classes are often plurals ("chimes"): they follow the words' own bases instead of setting them.
    words = {
        word for phrase in (*(w for sound in CLASSES.values() for w in sound.words), *SCENES) for word in phrase.split()
    }
    for other in (INTENSITY, DISTANCE, PACE, SPACES, NUMBERS, HINTS):
        words.update(word for phrase in other for word in phrase.split())
    words.update(word for sound in CLASSES.values() for word in sound.materials)
    words |= UNITS | NEGATIONS | JOINTS | THEN | SILENT_WORDS
    plain = Lexicon({}, frozenset(words))
    phrases = {tuple(plain.base(word) for word in phrase.split()): name for phrase, name in spoken.items()}
    return Lexicon(phrases, frozenset(words))
