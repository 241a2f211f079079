"""The words that colour a sound: how strong, how far, how fast, how many, of what size, in which space."""

from __future__ import annotations

from collections.abc import Mapping

INTENSITY: Mapping[str, float] = {
    "silent": 0.02, "inaudible": 0.02, "faint": 0.1, "hushed": 0.1, "tiny": 0.15, "subtle": 0.15, "barely": 0.1,
    "quiet": 0.2, "soft": 0.2, "gentle": 0.2, "light": 0.2, "mild": 0.3, "calm": 0.2, "weak": 0.2, "delicate": 0.2,
    "small": 0.35, "slight": 0.25, "drizzle": 0.1, "medium": 0.5, "moderate": 0.5, "steady": 0.5, "big": 0.75,
    "large": 0.75, "strong": 0.8, "loud": 0.8, "heavy": 0.85, "hard": 0.8, "intense": 0.9, "powerful": 0.9,
    "huge": 0.95, "massive": 1.0, "giant": 1.0, "violent": 1.0, "raging": 0.95, "roaring": 0.9, "howling": 0.9,
    "torrential": 1.0, "pouring": 0.9, "downpour": 0.95, "deafening": 1.0, "epic": 0.9, "fierce": 0.9, "wild": 0.85,
    "thunderous": 0.95, "enormous": 1.0, "babbling": 0.25, "river": 0.75, "stormy": 0.9, "gale": 0.9,
    "hurricane": 1.0, "breezy": 0.3, "crackling": 0.4, "bonfire": 0.8, "wildfire": 1.0, "blaze": 0.9,
    "thunderclap": 0.95, "trickle": 0.05, "torrent": 0.95, "furious": 0.95, "booming": 0.9, "blaring": 0.9,
    "brutal": 1.0, "lashing": 0.95, "tempestuous": 0.95, "muted": 0.15, "harsh": 0.8, "vigorous": 0.8, "forceful": 0.85,
    "energetic": 0.75, "tremendous": 0.95, "colossal": 1.0, "ferocious": 0.95, "relentless": 0.85, "whispered": 0.1,
}  # fmt: skip
DISTANCE: Mapping[str, float] = {
    "distant": 0.7, "far": 0.75, "faraway": 0.8, "remote": 0.75, "away": 0.6, "distance": 0.7, "afar": 0.75,
    "horizon": 0.8, "background": 0.5, "muffled": 0.5, "next door": 0.5, "close": 0.0, "near": 0.05, "nearby": 0.1,
    "closeup": 0.0, "foreground": 0.0, "beyond": 0.6, "neighbouring": 0.5, "neighboring": 0.5,
}  # fmt: skip
PACE: Mapping[str, float] = {
    "slow": 0.15, "slowly": 0.15, "leisurely": 0.25, "lazy": 0.2, "fast": 0.8, "quick": 0.8, "quickly": 0.8,
    "rapid": 0.9, "rapidly": 0.9, "racing": 0.95, "frantic": 0.95, "hurried": 0.8, "run": 0.9, "running": 0.9,
    "jogging": 0.75, "hasty": 0.8, "revving": 0.95, "rev": 0.95, "accelerating": 0.85, "idling": 0.5, "furious": 0.95,
    "brisk": 0.7, "tiptoe": 0.25, "tolling": 0.35, "yelp": 0.9, "sluggish": 0.1, "hectic": 0.95, "speeding": 0.9,
    "unhurried": 0.25, "swift": 0.8, "sprint": 0.97, "sprinting": 0.97, "stroll": 0.3, "creeping": 0.15,
}  # fmt: skip
# How much a word before another strengthens it: the way from the middle is so many times as long.
DEGREES: Mapping[str, float] = {
    "very": 1.3, "extremely": 1.6, "really": 1.25, "incredibly": 1.5, "super": 1.4, "so": 1.2, "insanely": 1.6,
    "slightly": 0.5, "somewhat": 0.6, "fairly": 0.8, "rather": 0.9, "quite": 0.9, "moderately": 0.5, "mildly": 0.5,
    "terribly": 1.4, "unbelievably": 1.6, "ever": 1.0, "pretty": 0.9, "ultra": 1.6, "extra": 1.3,
}  # fmt: skip
SIZES: Mapping[str, float] = {
    "tiny": 0.08, "cramped": 0.12, "small": 0.22, "little": 0.22, "narrow": 0.3, "big": 0.75, "large": 0.75,
    "wide": 0.7, "spacious": 0.75, "huge": 0.9, "enormous": 0.95, "giant": 0.95, "vast": 0.97, "massive": 0.95,
    "grand": 0.85, "cavernous": 0.9, "deep": 0.8, "long": 0.7,
}  # fmt: skip
# Word → (space, its size where nothing else says it).
SPACES: Mapping[str, tuple[str, float]] = {
    "room": ("room", 0.4), "bedroom": ("room", 0.3), "kitchen": ("room", 0.35), "office": ("room", 0.4),
    "indoors": ("room", 0.4), "indoor": ("room", 0.4), "inside": ("room", 0.4), "house": ("room", 0.4),
    "classroom": ("room", 0.55), "apartment": ("room", 0.35), "studio": ("room", 0.4), "basement": ("room", 0.5),
    "attic": ("room", 0.4), "garage": ("room", 0.6), "barn": ("hall", 0.5), "cabin": ("small room", 0.3),
    "hall": ("hall", 0.7), "auditorium": ("hall", 0.75), "theatre": ("hall", 0.7), "theater": ("hall", 0.7),
    "concert": ("hall", 0.75), "warehouse": ("hall", 0.85), "gym": ("hall", 0.7), "stadium": ("hall", 0.95),
    "arena": ("hall", 0.95), "hangar": ("hall", 0.95), "museum": ("hall", 0.65), "ballroom": ("hall", 0.7),
    "factory": ("hall", 0.8), "mall": ("hall", 0.85), "lobby": ("hall", 0.5), "station": ("hall", 0.85),
    "cathedral": ("church", 0.95), "church": ("church", 0.75), "chapel": ("church", 0.45), "temple": ("church", 0.7),
    "monastery": ("church", 0.7), "crypt": ("church", 0.4), "cave": ("cave", 0.6), "cavern": ("cave", 0.85),
    "dungeon": ("cave", 0.45), "mine": ("cave", 0.5), "grotto": ("cave", 0.4), "tunnel": ("tunnel", 0.6),
    "subway": ("tunnel", 0.7), "sewer": ("tunnel", 0.5), "pipe": ("tunnel", 0.2), "underpass": ("tunnel", 0.5),
    "corridor": ("corridor", 0.5), "hallway": ("corridor", 0.4), "stairwell": ("corridor", 0.6),
    "staircase": ("corridor", 0.6), "bathroom": ("corridor", 0.2), "restroom": ("corridor", 0.25),
    "outdoors": ("outdoors", 0.9), "outside": ("outdoors", 0.9), "outdoor": ("outdoors", 0.9),
    "field": ("outdoors", 0.95), "forest": ("outdoors", 0.8), "woods": ("outdoors", 0.8), "garden": ("outdoors", 0.6),
    "park": ("outdoors", 0.8), "pond": ("outdoors", 0.6), "lake": ("outdoors", 0.9), "mountain": ("outdoors", 1.0),
    "meadow": ("outdoors", 0.9), "desert": ("outdoors", 1.0), "beach": ("outdoors", 0.95), "jungle": ("outdoors", 0.8),
    "valley": ("outdoors", 1.0), "backyard": ("outdoors", 0.5), "farm": ("outdoors", 0.8), "swamp": ("outdoors", 0.8),
    "street": ("street", 0.6), "alley": ("street", 0.3), "town": ("street", 0.6), "city": ("street", 0.7),
    "courtyard": ("street", 0.5), "road": ("street", 0.7), "closet": ("small room", 0.1),
    "wardrobe": ("small room", 0.1),
    "booth": ("small room", 0.1), "cupboard": ("small room", 0.1), "cell": ("small room", 0.3),
    "elevator": ("small room", 0.1),
}  # fmt: skip
OPEN_AIR = frozenset(["outdoors", "street"])
# Spaces that are meant as such only after "in", "inside" …: alone, the words mean something else.
ONLY_IN = frozenset(["pipe", "mine", "station", "road", "farm", "beach", "cell", "city", "house", "factory",
                     "garage", "booth", "elevator", "concert",
                     "subway", "town", "mall", "studio", "inside"])  # fmt: skip
WITHIN = frozenset(
    ["in", "inside", "within", "through", "across", "down", "along", "from", "at", "on", "into", "under"]
)
ECHOES = frozenset(["reverb", "reverberation", "echo", "reverberant", "echoing", "echoey"])
NUMBERS: Mapping[str, int] = {
    "once": 1, "single": 1, "one": 1, "twice": 2, "two": 2, "double": 2, "pair": 2, "couple": 2, "thrice": 3,
    "three": 3, "triple": 3, "few": 3, "four": 4, "several": 5, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "dozen": 12, "fifteen": 15, "twenty": 20, "thirty": 30,
}  # fmt: skip
BEHIND = frozenset(["once", "twice", "thrice"])  # numbers that stand behind what they count
UNITS = frozenset(
    ["second", "sec", "s", "minute", "min", "m", "ms", "hour", "hz", "khz", "bpm", "db", "am", "pm", "o'clock", "km",
     "metre", "meter", "th", "st", "nd", "rd", "year", "percent"]
)  # fmt: skip
NEGATIONS = frozenset(["no", "not", "without", "never", "minus", "except", "sans", "excluding", "lacking", "don't",
                       "avoid", "zero"])  # fmt: skip
STICKY = frozenset(["without", "except", "minus", "sans", "excluding", "lacking", "avoid"])  # these go on past an "and"
JOINTS = frozenset(
    ["and", "with", "while", "plus", "as", "but", "alongside", "together", "amid", "among", "during", "over",
     "accompanied", "mixed", "featuring", "including", "where", "when", "under", "beneath", "behind"]
)  # begin another part of the prompt  # fmt: skip
THEN = frozenset(["then", "followed", "next", "afterwards", "later", "finally", "before", "eventually", "until"])
