"""Which words name a sound, under all their English endings; and which say nothing of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from soundstage.engines.sound.synthesis import qualities
from soundstage.engines.sound.synthesis.families.texture import HINTS
from soundstage.engines.sound.synthesis.scenes import SCENES
from soundstage.engines.sound.synthesis.vocabulary import CLASSES, UNKNOWN

LONGEST_PHRASE = 5  # words
# What many things do. Beside a sound that is named in the same part such a word says how it sounds ("the crowd roars",
# "waves crash"); alone it names its own ("a roar").
_WEAK = """
roar crack crash ring ringing rumble hiss whistle rattle squeal growl buzz click snap pop beep crackle bang boom hum
whir clatter thud thump howl scream screech chirp chirping squeak squeaky groan creak creaky crunch swing run running
walk walking burn burning blast shot hit impact splash drop clap swish drive idling accelerating open close shut smash
stomp march type jingle clang ding rap pound toot step foot alert arrow whip transition flow pour drip blow beat pulse
rustle rustling swoosh whoosh slam knock break breaking tick ticking timer pant sigh breath leak fall water glass
bottle metal wood electric gate swipe sweep spray spin grind scrape scratch drag slide roll bounce squish splat plop
gurgle bubble bubbling sizzle fizz fire tap shoot fly rise riser drone pad texture noise tone stinger machine
machinery motor engine car
"""
WEAK = frozenset(_WEAK.split())
# Of these, things: what they do says more than what they are ("water drips", "a car honks").
THINGS = frozenset(
    ["water", "glass", "bottle", "car", "engine", "motor", "machine", "machinery", "gate", "metal", "foot"]
)
PAUSES = frozenset(["silence", "pause", "gap", "stillness"])
# "X of Y": after one of these, Y is what is heard ("a clap of thunder", "drops of rain").
_OF = """
sound noise roar crack crash ring ringing rumble hiss whistle rattle squeal growl buzz click snap pop hum whir clatter
howl scream screech chirp chirping squeak groan creak crackle crunch burst clap drop splash patter murmur beat beating
rustle rustling tick ticking pulse blast boom bang trickle shot rush flow stream drip gust wave shower volley round
breath
"""
OF_WHAT = frozenset(_OF.split())
# Words that neither name nor colour a sound, so they are no evidence that the prompt was missed.
_SILENT = """
a an the of on in at to from by for into onto over under through off up down out is are was were be being been it its
this that these those there here some any very really extremely quite slightly somewhat bit so too just only like
sound noise effect sfx fx audio ambience ambient recording loop sample clip track hear heard hearing make play playing
give me my your our their his her please want need i you we they he she who which what when where how can could would
should will or also more most less than such each every all both other another same new go come get going coming
blowing falling fall blow ringing ring making made sounding rolling moving passing hitting strike striking howl
continuous constant continuously short long realistic real high low quality hd stereo man woman person people someone
somebody child boy girl day evening time times x again back forth around across along against between behind beside
front side old open s t during until till after before since upon about if because do does did has have had natural
nature cinematic film movie game scene direction directions sounds fly flies flying ride riding whole entire full way
ways round towards toward nothing everything that's it's there's moment moments kind sort type types lot lots bunch
group pair set series sequence burst bursts piece pieces part parts body perspective pov view mono binaural begin end
ending beginning middle half goes went came having using used via per clear clean crisp detailed high-quality
professional authentic lifelike believable immersive rich general typical various many alone third last suddenly
sudden gradually gradual eventual old-fashioned modern vintage common classic small-town create generate produce add
include wants repeatedly repeat repeating occasional occasionally sometimes often sporadic intermittent listener
microphone mic recorded foley library scenes video youtube podcast intro outro start stop
"""
SILENT_WORDS = frozenset(_SILENT.split()) | PAUSES


_LONG = 6  # letters of a verb that is told from its doer ("teleporter")
_COMPARED = frozenset([*qualities.INTENSITY, *qualities.DISTANCE, *qualities.PACE, *qualities.SIZES])


@dataclass(frozen=True)
class Lexicon:
    """Phrases of base words → class names; `bases` are all words that are known, `telling` those that say something."""

    phrases: Mapping[tuple[str, ...], str]
    bases: frozenset[str]
    telling: frozenset[str] = frozenset()

    def base(self, word: str) -> str:
        """The form under which the word is known, by undoing English endings; the word itself where none is known."""
        if word in self.bases:
            return word
        for form in _forms(word):
            # "louder" is loud, but a boxer is no box.
            if form in self.bases and (not word.endswith("er") or form in _COMPARED or len(form) > _LONG):
                return form
        return word


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
    spoken = {
        phrase: name
        for name, sound in CLASSES.items()
        if name != UNKNOWN
        for phrase in (name.replace("_", " "), *sound.words)
    }
    # Names of classes are often plurals ("chimes"): they follow the words' own bases instead of setting them.
    asking = [*(phrase for sound in CLASSES.values() for phrase in sound.words), *SCENES]
    words = {phrase for phrase in asking if " " not in phrase}
    tables = (qualities.INTENSITY, qualities.DISTANCE, qualities.PACE, qualities.SPACES, qualities.NUMBERS, HINTS)
    for other in (*tables, qualities.DEGREES, qualities.SIZES):
        words.update(word for phrase in other for word in phrase.split())
    words.update(word for sound in CLASSES.values() for word in sound.materials)
    words |= qualities.UNITS | qualities.NEGATIONS | qualities.JOINTS | qualities.THEN | qualities.ECHOES | SILENT_WORDS
    # A word of a longer phrase only ("dripping" of "dripping tap") is the same as its own base ("drip").
    alone = Lexicon({}, frozenset(words))
    words |= {alone.base(word) for phrase in asking for word in phrase.split()}
    plain = Lexicon({}, frozenset(words))
    phrases = {tuple(plain.base(word) for word in phrase.split()): name for phrase, name in spoken.items()}
    small = SILENT_WORDS | qualities.JOINTS | qualities.NEGATIONS | qualities.UNITS | qualities.THEN
    return Lexicon(phrases, frozenset(words), frozenset(words - small))
