"""The words for instruments, and what a refusal of one takes with it."""

from __future__ import annotations

from types import MappingProxyType

from soundstage.engines.sound.music.lexicon import spread
from soundstage.engines.sound.music.players import KNOWN

INSTRUMENTS = spread((
    ("piano", "piano pianos keyboard keys grand_piano pianist upright_piano"),
    ("honkytonk piano", "honky-tonk_piano saloon_piano"),
    ("guitar", "guitar guitars acoustic_guitar acoustic_guitars steel_string"),
    ("nylon guitar", "classical_guitar nylon_guitar spanish_guitar"),
    ("jazzguitar clean guitar", "jazz_guitar"),
    ("clean guitar", "clean_guitar"),
    ("overdrive", "electric_guitar electric_guitars riff riffs"),
    ("distortion overdrive", "distortion distorted distorted_guitar distorted_guitars heavy_guitars"),
    ("ukulele guitar", "ukulele uke"), ("banjo guitar", "banjo"), ("mandolin guitar", "mandolin lute bouzouki"),
    ("sitar guitar", "sitar"), ("harp", "harp lyre"), ("koto harp", "koto zither guzheng shamisen"),
    ("harpsichord harp", "harpsichord cembalo"), ("dulcimer harp", "dulcimer"), ("clavinet clean", "clavinet clav"),
    ("violin", "violin violins"), ("fiddle violin", "fiddle"), ("viola violin", "viola"),
    ("strings", "strings string string_section string_ensemble orchestra_strings"),
    ("spiccato strings", "spiccato staccato_strings"), ("tremolo strings", "tremolo_strings"),
    ("cello", "cello cellos"), ("contrabass upright cello", "contrabass"),
    ("flute", "flute flutes piccolo"), ("whistle flute", "whistle tin_whistle whistling"), ("panflute flute",
    "pan_flute"),
    ("recorder flute", "recorder"), ("clarinet flute", "clarinet clarinets"), ("oboe flute", "oboe woodwind woodwinds"),
    ("bassoon sax", "bassoon"), ("bagpipe accordion", "bagpipe bagpipes"),
    ("sax", "sax saxophone saxophones saxes"), ("tenorsax sax", "tenor_sax"), ("sopranosax sax", "soprano_sax"),
    ("trumpet", "trumpet trumpets"), ("mutedtrumpet trumpet", "muted_trumpet"), ("trombone brass",
    "trombone trombones"),
    ("horn brass", "french_horn french_horns"), ("brass", "brass horns brass_section horn"), ("tuba brass", "tuba"),
    ("organ", "organ hammond hammond_organ"), ("pipeorgan organ", "church_organ pipe_organ cathedral_organ"),
    ("accordion", "accordion"), ("harmonica accordion", "harmonica mouth_organ"), ("bandoneon accordion", "bandoneon"),
    ("choir", "choir choirs choral voices vocals voice humming singing singer singers vocal"),
    ("epiano", "rhodes electric_piano wurlitzer e-piano"),
    ("vibraphone", "vibraphone vibes"), ("marimba vibraphone", "marimba"), ("xylophone vibraphone", "xylophone"),
    ("bell", "bells bell chimes tubular_bells"), ("celesta bell", "celesta"), ("glockenspiel bell", "glockenspiel"),
    ("musicbox bell", "music_box"), ("kalimba", "kalimba thumb_piano"), ("steeldrum kalimba",
    "steel_drum steel_drums steelpan"),
    ("synth", "synth synths synthesizer synthesizers synthesiser lead lead_synth"), ("saws synth",
    "supersaw supersaws"),
    ("square synth", "square_wave chip_lead"), ("pad", "pad pads"), ("pluck", "pluck plucks arpeggio arpeggios arp"),
    ("upright", "upright_bass double_bass walking_bass"), ("finger", "bass_guitar electric_bass bass bassline"),
    ("slap finger", "slap_bass"), ("fretless finger", "fretless_bass"), ("acid", "acid synth_bass"),
    ("sub", "sub_bass 808 808s"),
), KNOWN)  # fmt: skip

# What a refusal of one word takes with it: "no guitars" means every guitar.
_FAMILIES = {
    "guitar": "guitar nylon jazzguitar clean muted overdrive distortion twelve", "piano": "piano bright honkytonk",
    "keys": "piano bright honkytonk epiano harpsichord clavinet organ rockorgan pipeorgan celesta",
    "strings": "violin viola cello strings slowstrings tremolo spiccato fiddle contrabass",
    "bass": "upright finger pick fretless slap contrabass acid sub tuba", "violin": "violin fiddle viola",
    "brass": "brass trumpet mutedtrumpet trombone horn tuba", "horns": "brass trumpet mutedtrumpet trombone horn tuba",
    "synth": "synth saws pad pluck acid square sub", "synths": "synth saws pad pluck acid square sub",
    "woodwinds": "flute oboe clarinet bassoon recorder panflute whistle", "sax": "sax sopranosax tenorsax",
    "vocals": "choir voices", "vocal": "choir voices", "singing": "choir voices", "voice": "choir voices",
    "voices": "choir voices", "choir": "choir voices", "lyrics": "choir voices", "singer": "choir voices",
    "organ": "organ rockorgan pipeorgan", "bells": "bell glockenspiel celesta musicbox",
    "flute": "flute panflute recorder whistle",
}  # fmt: skip
FAMILIES = MappingProxyType(
    {word: tuple(name for name in names.split() if name in KNOWN) for word, names in _FAMILIES.items()}
)
