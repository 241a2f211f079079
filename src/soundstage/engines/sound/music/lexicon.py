"""The words that prompts for music use, and what each asks for.

A row of a table begins with names of the engine, the best first: the first that exists is meant, so that a style or an
instrument that is added is understood by its words at once.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from types import MappingProxyType

from soundstage.engines.sound.music.styles import STYLES as KNOWN_STYLES


@dataclass(frozen=True)
class Mood:
    """What a mood does: the `mode` it leans to, if any, what it adds to the energy, by what it multiplies the tempo.

    `style` is the one it suggests when the prompt names none.
    """

    mode: str | None
    energy: float
    tempo: float
    style: str


def spread(rows: tuple[tuple[str, str], ...], known: Collection[str]) -> MappingProxyType[str, str]:
    """`(("metal rock", "metal thrash"),)` → `{"metal": "rock", "thrash": "rock"}` where there is no metal.

    `_` stands for a space. The names of what is known are words of their own.
    """
    words = {name.replace("_", " "): name for name in known}
    for names, spoken in rows:
        meant = next((name for name in names.split() if name in known), None)
        if meant is not None:
            words.update(
                (word.replace("_", " "), meant) for word in spoken.split() if word.replace("_", " ") not in known
            )
    return MappingProxyType(words)


STYLES = spread((
    ("ambient", "ambient atmospheric atmosphere drone soundscape meditation meditative spa yoga new_age ethereal "
    "space"),
    ("pop", "pop k-pop indie_pop advert commercial corporate jingle top_40"),
    ("disco funk pop", "disco nu-disco nu_disco"),
    ("reggae pop", "reggae dub ska dancehall rocksteady"),
    ("reggaeton latin pop", "reggaeton"),
    ("latin salsa pop", "salsa mambo cha-cha cumbia merengue"),
    ("latin bossa bossa_nova pop", "latin rumba bolero"),
    ("samba latin pop", "samba carnival"),
    ("tango latin waltz", "tango milonga"),
    ("rock", "rock grunge hard_rock indie_rock garage surf rock_and_roll rock'n'roll"),
    ("punk rock", "punk pop-punk pop_punk hardcore"),
    ("metal rock", "metal heavy_metal thrash death_metal black_metal djent"),
    ("blues rock", "blues bluesy delta_blues twelve_bar 12-bar"),
    ("lofi", "lofi lo-fi lo_fi chillhop beats_to_study study_beats downtempo trip_hop trip-hop"),
    ("hiphop hip_hop lofi", "hip-hop hip_hop hiphop boom_bap rap"),
    ("trap hiphop hip_hop lofi", "trap drill"),
    ("rnb soul lofi", "r&b rnb neo-soul neo_soul"),
    ("classical", "classical romantic_era mozart beethoven minuet sonata"),
    ("orchestral classical", "orchestral orchestra symphony symphonic concerto philharmonic overture"),
    ("baroque classical", "baroque bach vivaldi fugue harpsichord_suite"),
    ("chamber classical", "chamber quartet string_quartet chamber_music trio_sonata"),
    ("lullaby classical", "lullaby nocturne cradle_song berceuse"),
    ("march classical", "march marching_band military_band parade"),
    ("jazz", "jazz jazzy swing_jazz bebop lounge noir cool_jazz"),
    ("swing big_band jazz", "swing big_band"),
    ("bossa_nova bossa jazz", "bossa bossa_nova"),
    ("ragtime jazz", "ragtime stride saloon honky-tonk dixieland"),
    ("gospel soul funk", "gospel spiritual church_choir"),
    ("electronic house techno", "electronic edm electro dance club rave electronica eurodance"),
    ("house electronic", "house deep_house tech_house"),
    ("techno electronic", "techno minimal_techno acid_techno"),
    ("trance electronic", "trance psytrance goa"),
    ("dubstep electronic", "dubstep brostep"),
    ("drum_and_bass dnb electronic", "drum_and_bass dnb drum'n'bass jungle_music breakbeat"),
    ("synthwave electronic", "synthwave retrowave vaporwave outrun 80s eighties"),
    ("chiptune electronic", "chiptune 8-bit 8_bit chip_tune video_game_music arcade retro_game"),
    ("cinematic", "cinematic film movie soundtrack score trailer epic_score fantasy adventure documentary action "
    "battle "
     "game video_game hans_zimmer"),
    ("horror cinematic", "horror"),
    ("suspense cinematic", "thriller suspense"),
    ("folk", "folk acoustic campfire singer-songwriter singer_songwriter"),
    ("ballad folk", "ballad power_ballad piano_ballad love_song"),
    ("playful pop", "quirky comedy cartoon funny silly"),
    ("tropical latin pop", "tropical hawaiian island_music calypso caribbean"),
    ("eastern folk", "eastern asian chinese japanese oriental"),
    ("country folk", "country nashville western honky_tonk americana"),
    ("bluegrass country folk", "bluegrass hoedown"),
    ("celtic folk", "celtic irish scottish jig reel"),
    ("funk", "funk funky groove groovy"),
    ("soul funk", "soul motown soulful"),
    ("waltz", "waltz waltzes viennese ballroom musette valse"),
    ("polka waltz folk", "polka oompah oktoberfest"),
    ("flamenco latin folk", "flamenco spanish_guitar"),
    ("afrobeat funk", "afrobeat afrobeats highlife"),
    ("christmas pop", "christmas xmas holiday_music"),
), KNOWN_STYLES)  # fmt: skip

# Words that stand for a style but are said of much else: beside words that are not known, the meaning of all counts.
VAGUE_STYLES = frozenset(
    [
        "club",
        "dance",
        "lounge",
        "parade",
        "space",
        "film",
        "movie",
        "game",
        "action",
        "battle",
        "adventure",
        "garage",
        "score",
        "campfire",
        "acoustic",
        "house",
    ]
)

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
    "very slow": 0.0, "extremely slow": 0.0, "slow": 0.12, "slowly": 0.12,
    "moderate": 0.5, "medium": 0.5, "mid-tempo": 0.5, "fast": 0.95,
    "quick": 0.9, "quickly": 0.9, "speedy": 0.95, "frantic": 1.05,
    "rapid": 1.0, "very fast": 1.1, "uptempo": 0.85, "up-tempo": 0.85, "slow-paced": 0.12,
})  # fmt: skip
ITALIAN = MappingProxyType({
    "largo": 50, "lento": 54, "adagio": 66, "andante": 84, "moderato": 104, "allegretto": 112, "allegro": 132,
    "vivace": 152,
    "presto": 176,
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
second seconds minutes per feeling energy high low time tune like kind type please instrumental key signature
rhythm-free
"""
PLAIN = frozenset(_PLAIN.split())
