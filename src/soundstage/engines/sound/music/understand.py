"""What a prompt for music asks for, field by field, and how sure that is."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field

from soundstage.domain.sound import AudioType, Certainty, Metre, MusicPlan, Plan
from soundstage.engines.sound.contract import Wish
from soundstage.engines.sound.language.text import plain
from soundstage.engines.sound.music import lexicon, near_styles
from soundstage.engines.sound.music.asked import Asked, taken
from soundstage.engines.sound.music.listening import Heard, Refused, listen, refused_by, take_negated, words_of
from soundstage.engines.sound.music.styles import STYLES, Style
from soundstage.engines.sound.music.tonality import parse

_DEFAULT_STYLE = "ambient"
_OPPOSED_PLACES = 0.5  # two places in a style's tempo range as far apart contradict each other
_ENERGIES = {"high energy": 0.9, "high-energy": 0.9, "low energy": 0.2, "low-energy": 0.2}


@dataclass
class _Draft:
    certainties: list[Certainty] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def sure(self, name: str, confidence: float, words: str = "") -> None:
        self.certainties.append(Certainty(field=f"music.{name}", confidence=round(confidence, 3), words=words[:400]))


def understand(wish: Wish) -> Plan:
    """The plan of a piece of music. Never raises: what is not understood lowers `confidence` and is listed.

    What the prompt leaves open is chosen by the style, varied by a checksum of the prompt: the same prompt always
    gives the same plan. Confidence is 0.1 when nothing was understood, up to 0.97.
    """
    text = " ".join(plain(wish.prompt).split())
    rest, asked = taken(text)
    rest, refused = take_negated(rest)
    if wish.negative_prompt:
        refused |= refused_by(words_of(plain(wish.negative_prompt)))
    if "drumless" in text or re.search(r"\bsolo\s+\w+|\bunaccompanied\b|\ba\s?cappella\b", rest):
        refused |= Refused(drums=True)
    heard = listen(rest)
    draft = _Draft(notes=list(asked.notes))
    chance = zlib.crc32(text.encode())
    style, suggestions = _style(heard, refused, text, draft)
    music = MusicPlan(
        style=style.name,
        tonality=_tonality(asked, heard, style, chance, wish, draft),
        tempo=_tempo(asked, heard, style, chance, wish, draft),
        metre=_metre(asked, style, draft),
        energy=_energy(heard, rest, style, wish, draft),
        drums=_drums(heard, style, refused, draft),
        instruments=_instruments(heard, refused, draft),
        without=refused.instruments[:64],
        sections=asked.sections,
        swing=asked.swing,
        words=" ".join(dict.fromkeys(heard.words))[:4000],
    )
    for name in ("swing", "sections"):
        if name in asked.words:
            draft.sure(name, 0.9, asked.words[name])
    confidence = _confidence(heard, len(asked.words), draft)
    return Plan(
        audio_type=AudioType.MUSIC,
        music=music.model_copy(update={"confidence": confidence}),
        confidence=confidence,
        certainties=tuple(draft.certainties),
        unknown_words=tuple(dict.fromkeys(heard.unknown))[:24],
        excluded=tuple(dict.fromkeys([*(["drums"] if refused.drums else []), *refused.words]))[:128],
        suggestions=suggestions,
        notes=tuple(dict.fromkeys(draft.notes)),
    )


def _style(heard: Heard, refused: Refused, text: str, draft: _Draft) -> tuple[Style, tuple[str, ...]]:
    """The style named, or that a mood or an instrument suggests, or the nearest in meaning, or a default."""
    named = [name for name in heard.styles if name not in refused.styles]
    if len(named) > 1:
        draft.notes.append(f"Of the styles named ({', '.join(named)}) the first, {named[0]}, is made.")
    vague = len(named) == 1 and heard.styles[named[0]] in lexicon.VAGUE_STYLES and len(heard.unknown) >= 2
    if named and not vague:
        draft.sure("style", 0.95, heard.styles[named[0]])
        return STYLES[named[0]], ()
    if heard.unknown and not heard.instruments:
        found = near_styles.find(" ".join(words_of(text)))
        if found and found[0].likeness >= near_styles.NEAR and found[0].label not in refused.styles:
            draft.sure("style", near_styles.confidence(found), " ".join(heard.unknown)[:200])
            return STYLES[found[0].label], tuple(one.label.replace("_", " ") for one in found[:3])
        if vague:
            draft.sure("style", 0.6, heard.styles[named[0]])
            return STYLES[named[0]], ()
        if not heard.moods:
            draft.sure("style", 0.1)
            return _allowed(_DEFAULT_STYLE, refused), tuple(one.label.replace("_", " ") for one in found[:3])
    suggested, words = (named[0], heard.styles[named[0]]) if named else _suggested(heard)
    draft.sure("style", 0.5 if words else 0.1, words)
    return _allowed(suggested, refused), ()


def _suggested(heard: Heard) -> tuple[str, str]:
    moods = list(heard.moods.items())
    if moods and not (heard.instruments and moods[0][1].style in ("pop", "classical")):
        return moods[0][1].style, moods[0][0]
    for name, word in heard.instruments.items():
        if name in lexicon.SUGGESTED:
            return lexicon.SUGGESTED[name], word
    if moods:
        return moods[0][1].style, moods[0][0]
    return ("pop", heard.drums) if heard.drums else (_DEFAULT_STYLE, "")


def _allowed(name: str, refused: Refused) -> Style:
    names = [name, _DEFAULT_STYLE, *STYLES]
    return STYLES[next((one for one in names if one in STYLES and one not in refused.styles), next(iter(STYLES)))]


def _tonality(asked: Asked, heard: Heard, style: Style, chance: int, wish: Wish, draft: _Draft) -> str:
    if wish.tonality is not None:
        try:
            name = parse(wish.tonality).name
        except ValueError:
            draft.notes.append(f"“{wish.tonality}” is no tonality such as A minor or Eb major: another was chosen.")
        else:
            draft.sure("tonality", 1.0, wish.tonality)
            return name
    moods: dict[str, str] = {}
    for word, mood in heard.moods.items():
        if mood.mode:
            moods.setdefault(mood.mode, word)
    if not asked.mode and len(moods) > 1:
        draft.notes.append(
            f"{' and '.join(f'“{word}”' for word in moods.values())} ask for major and minor: the first counts."
        )
    lean = next((mood.mode for mood in heard.moods.values() if mood.mode), None)
    mode = asked.mode or lean or style.mode
    told = asked.words.get("tonality", "")
    sure = asked.doubts.get("tonality", 0.95 if asked.tonic else 0.6 if told else 0.5 if lean else 0.2)
    draft.sure("tonality", sure, told or moods.get(lean or "", ""))
    return f"{asked.tonic or style.tonics[chance % len(style.tonics)]} {mode}"


def _tempo(asked: Asked, heard: Heard, style: Style, chance: int, wish: Wish, draft: _Draft) -> float:
    places = list(heard.places.values())
    if places and max(places) - min(places) >= _OPPOSED_PLACES:
        said = " and ".join(f"“{word}”" for word in heard.places)
        which = "the number counts" if asked.tempo or wish.tempo else f"“{list(heard.places)[-1]}”, said last, counts"
        draft.notes.append(f"{said} contradict each other: {which}.")
    if wish.tempo is not None:
        draft.sure("tempo", 1.0, f"{wish.tempo:g} bpm")
        return wish.tempo
    if asked.tempo is not None:
        draft.sure("tempo", asked.doubts.get("tempo", 0.98), asked.words["tempo"])
        return round(asked.tempo, 1)
    if heard.tempo is not None:
        draft.sure("tempo", 0.8, heard.tempo[1])
        return heard.tempo[0]
    low, high = style.tempo
    place = places[-1] if places else (chance // 64 % 64) / 64
    wanted = low + place * (high - low)
    if places and place < 0.3:
        wanted *= 0.85
    elif places and place > 0.8:
        wanted *= 1.1
    elif not places:
        for mood in list(heard.moods.values())[:2]:
            wanted *= mood.tempo
    draft.sure("tempo", 0.7 if places else 0.3, list(heard.places)[-1] if places else "")
    return float(round(min(200.0, max(44.0, wanted))))


def _metre(asked: Asked, style: Style, draft: _Draft) -> Metre:
    if asked.metre is not None:
        draft.sure("metre", asked.doubts.get("metre", 0.95), asked.words["metre"])
        return asked.metre
    draft.sure("metre", 0.6)
    return Metre(style.metre)


def _energy(heard: Heard, rest: str, style: Style, wish: Wish, draft: _Draft) -> float:
    said = next((words for words in _ENERGIES if words in rest), None)
    energy = style.energy + sum(mood.energy for mood in list(heard.moods.values())[:3])
    energy = _ENERGIES[said] if said else min(1.0, max(0.0, energy))
    stretch = 1.0 if wish.prompt_influence is None else 0.5 + wish.prompt_influence
    energy = min(1.0, max(0.0, style.energy + stretch * (energy - style.energy)))
    if wish.intensity is not None:
        energy = wish.intensity
    words = said or " ".join(heard.moods)
    draft.sure("energy", 1.0 if wish.intensity is not None else 0.8 if words else 0.3, words[:200])
    return round(energy, 2)


def _drums(heard: Heard, style: Style, refused: Refused, draft: _Draft) -> bool:
    if refused.drums:
        draft.sure("drums", 0.95, "without drums")
        return False
    draft.sure("drums", 0.95 if heard.drums else 0.5, heard.drums or "")
    return bool(heard.drums) or style.drums


def _instruments(heard: Heard, refused: Refused, draft: _Draft) -> tuple[str, ...]:
    wanted = tuple(name for name in heard.instruments if name not in refused.instruments)
    both = [word for name, word in heard.instruments.items() if name in refused.instruments]
    if both:
        draft.notes.append(f"{', '.join(f'“{word}”' for word in both)} is asked for and refused: it is left out.")
    if wanted:
        draft.sure("instruments", 0.9, " ".join(heard.instruments[name] for name in wanted))
    return wanted[:32]


def _confidence(heard: Heard, told: int, draft: _Draft) -> float:
    near = next((one.confidence for one in draft.certainties if one.field == "music.style" and not heard.styles), 0.0)
    known = len(heard.words) + told
    if known == 0:
        return round(max(0.1, 0.8 * near), 2)
    base = 0.55 if heard.styles else 0.42 if heard.moods or heard.instruments else 0.3
    share = known / (known + len(heard.unknown))
    return round(min(0.97, base * (0.5 + 0.5 * share) + 0.3 * share + 0.04 * min(3, known - 1)), 2)
