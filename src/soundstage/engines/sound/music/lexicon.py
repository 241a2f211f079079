"""The words that prompts for music use, and what each asks for."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Mood:
    """What a mood does: the `mode` it leans to, if any, what it adds to the energy, by what it multiplies the tempo.

    `style` is the one it suggests when the prompt names none.
    """

    mode: str | None
    energy: float
    tempo: float
    style: str


def _spread(groups: dict[str, str]) -> MappingProxyType[str, str]:
    """`{"rock": "rock metal"}` → `{"rock": "rock", "metal": "rock"}`; `_` stands for a space."""
    return MappingProxyType({word.replace("_", " "): name for name, words in groups.items() for word in words.split()})


STYLES = _spread({
    "ambient": "ambient atmospheric atmosphere drone soundscape meditation meditative spa yoga new_age ethereal space",
    "pop": "pop k-pop jingle indie_pop advert commercial corporate disco reggae latin",
    "rock": "rock metal punk grunge hard_rock indie_rock garage blues surf heavy_metal",
    "lofi": "lofi lo-fi lo_fi hip-hop hip_hop hiphop chillhop trap boom_bap rap r&b rnb trip_hop downtempo "
    "beats_to_study",
    "classical": "classical baroque romantic_era chamber sonata symphony symphonic concerto quartet "
    "string_quartet orchestral "
    "orchestra mozart bach beethoven minuet nocturne lullaby",
    "jazz": "jazz jazzy swing bebop bossa bossa_nova big_band ragtime lounge noir",
    "electronic": "electronic edm techno house trance dubstep electro synthwave retrowave dance club rave "
    "drum_and_bass dnb "
    "chiptune 8-bit 8_bit deep_house eurodance vaporwave",
    "cinematic": "cinematic film movie soundtrack score trailer epic_score game video_game fantasy adventure "
    "documentary thriller "
    "suspense horror action battle",
    "folk": "folk acoustic country bluegrass celtic irish campfire americana singer-songwriter singer_songwriter "
    "ballad",
    "funk": "funk funky groove groovy soul motown",
    "waltz": "waltz waltzes viennese ballroom musette",
})  # fmt: skip

_BRIGHT = Mood("major", 0.15, 1.06, "pop")
_SAD = Mood("minor", -0.2, 0.85, "classical")
_CALM = Mood(None, -0.25, 0.85, "ambient")
_DARK = Mood("minor", 0.0, 0.95, "cinematic")
_STRONG = Mood(None, 0.3, 1.04, "cinematic")
_LIVELY = Mood(None, 0.25, 1.1, "electronic")
_WARM = Mood("major", -0.1, 0.95, "folk")
_EASY = Mood(None, -0.15, 0.95, "lofi")

MOODS = MappingProxyType(
    {
        word: mood
        for mood, words in (
            (_BRIGHT, "happy cheerful joyful joyous uplifting bright upbeat optimistic playful fun sunny carefree "
            "positive feel-good "
             "merry triumphant festive birthday christmas whimsical cute"),
            (_SAD, "sad melancholy melancholic sorrowful mournful tragic lonely heartbreaking grief gloomy "
            "wistful emotional "
             "bittersweet somber sombre"),
            (_CALM, "calm peaceful relaxing relaxed soothing gentle quiet soft serene tranquil sleepy sleep "
            "dreamy floating "
             "meditate minimal sparse delicate subtle"),
            (_DARK, "dark tense mysterious scary eerie ominous haunting sinister creepy spooky suspenseful "
            "dramatic menacing evil "
             "anxious"),
            (_STRONG, "epic powerful heroic majestic grand massive intense aggressive heavy bombastic huge "
            "glorious inspiring "
             "motivational angry"),
            (_LIVELY, "energetic driving exciting party lively bouncy hype workout running fast-paced danceable"),
            (_WARM, "warm nostalgic tender romantic love sweet hopeful heartfelt intimate wedding rustic cozy "
            "cosy pastoral"),
            (_EASY, "chill chilled mellow laid-back smooth study rainy lazy cool coffee cafe evening"),
        )
        for word in words.split()
    }
)  # fmt: skip

TEMPOS = MappingProxyType({
    "very slow": 0.0, "slow": 0.12, "slowly": 0.12, "moderate": 0.5, "medium": 0.5, "mid-tempo": 0.5, "fast": 0.95,
    "quick": 0.9,
    "rapid": 1.0, "very fast": 1.1, "uptempo": 0.85, "up-tempo": 0.85, "slow-paced": 0.12,
})  # fmt: skip
ITALIAN = MappingProxyType({
    "largo": 50, "lento": 54, "adagio": 66, "andante": 84, "moderato": 104, "allegretto": 112, "allegro": 132,
    "vivace": 152,
    "presto": 176,
})  # fmt: skip

INSTRUMENTS = _spread({
    "piano": "piano pianos keyboard keys grand_piano pianist",
    "guitar": "guitar guitars acoustic_guitar ukulele banjo mandolin lute",
    "overdrive": "electric_guitar electric_guitars distortion distorted riff riffs",
    "harp": "harp harpsichord zither koto",
    "violin": "violin violins fiddle viola",
    "strings": "strings string string_section",
    "cello": "cello cellos contrabass",
    "flute": "flute flutes whistle pan_flute recorder clarinet oboe woodwind woodwinds",
    "sax": "sax saxophone saxophones",
    "trumpet": "trumpet trumpets",
    "brass": "brass horn horns trombone tuba",
    "organ": "organ hammond",
    "accordion": "accordion harmonica bandoneon",
    "choir": "choir choirs choral voices vocals voice humming",
    "epiano": "rhodes electric_piano wurlitzer e-piano",
    "vibraphone": "vibraphone vibes marimba xylophone",
    "bell": "bells bell celesta glockenspiel chimes music_box",
    "kalimba": "kalimba",
    "synth": "synth synths synthesizer synthesiser lead",
    "pad": "pad pads",
    "pluck": "pluck plucks arpeggio arpeggios arp",
    "upright": "upright_bass double_bass",
    "finger": "bass_guitar electric_bass bass bassline",
    "acid": "acid synth_bass",
    "sub": "sub_bass 808",
})  # fmt: skip

# The style an instrument suggests when the prompt names neither style nor mood.
SUGGESTED = MappingProxyType({
    "piano": "classical", "guitar": "folk", "overdrive": "rock", "harp": "classical", "violin": "classical",
    "strings": "classical",
    "cello": "classical", "flute": "classical", "sax": "jazz", "trumpet": "jazz", "brass": "cinematic",
    "organ": "classical",
    "accordion": "waltz", "choir": "cinematic", "epiano": "lofi", "vibraphone": "jazz", "bell": "ambient",
    "kalimba": "lofi",
    "synth": "electronic", "pad": "ambient", "pluck": "electronic", "upright": "jazz", "finger": "funk",
    "acid": "electronic",
    "sub": "electronic",
})  # fmt: skip

_DRUMS = "drum drums drumming percussion percussive beat beats drumbeat taiko timpani drummer rhythm"
DRUMS = frozenset(_DRUMS.split())

# Words that ask for nothing of their own: heard, but neither known nor unknown.
_PLAIN = """
a an and are as at background bars be bpm but by clip composition feel feeling flat for from good has her his i in
intro instrument instrumental instruments into is it its jam key like loop made major make me melodic melody minor mood
music musical my nice of on only or our out over part piece play played playing plays please sharp short solo some
something song sound sounds style tempo that the theme then there this time to track tune tunes underscore up use using
vibe vibes very want we with without you your no not bit little quite really great beautiful lovely simple long minute
second seconds minutes per
"""
PLAIN = frozenset(_PLAIN.split())
