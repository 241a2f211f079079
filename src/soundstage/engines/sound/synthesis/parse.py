"""From a wish to a plan: what was read of the prompt, what the encoder adds, and what was said beside the prompt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from soundstage.domain.sound import AudioType, Certainty, Dynamics, Layer, Plan, Space
from soundstage.engines.sound.contract import SAMPLE_RATE, Wish
from soundstage.engines.sound.language.phrases import Moment
from soundstage.engines.sound.language.sentences import Meanings
from soundstage.engines.sound.synthesis import nearest, qualities
from soundstage.engines.sound.synthesis.reader import read
from soundstage.engines.sound.synthesis.reading import Colour, Heard, Reading
from soundstage.engines.sound.synthesis.sounds import Event
from soundstage.engines.sound.synthesis.vocabulary import CLASSES, UNKNOWN

MOST_LAYERS = 8
_USUAL_SECONDS = 8.0  # of a wish that does not tell how long the sound will be
_SUGGESTED = 6
_LAST_ONSET = 0.95


@dataclass
class _Draft:
    """A plan in the making."""

    seconds: float
    layers: list[Layer] = field(default_factory=list)
    certainties: list[Certainty] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)

    def sure(self, name: str, confidence: float, words: str) -> None:
        self.certainties.append(
            Certainty(field=name, confidence=round(min(1.0, max(0.0, confidence)), 3), words=words[:400])
        )


def understand(wish: Wish, known: Callable[[], Meanings] = nearest.meanings) -> Plan:
    """The plan of a sound. Never raises, whatever the prompt is. `known`: what the classes mean, asked where need be.

    `confidence` is the share of the meaningful words that were understood, those that only a near class stands for by
    its likeness; a quarter of that where only a mood was; 0 where nothing was.
    """
    reading = read(wish.prompt)
    draft = _Draft((wish.frames or _USUAL_SECONDS * SAMPLE_RATE) / SAMPLE_RATE, notes=dict(reading.notes))
    suggestions = _find_nearest(reading, known)
    refused, words = _refused(wish, reading)
    named = _kept([one for one in reading.heard if one.sound], refused, draft)
    if len(named) > MOST_LAYERS:
        draft.notes[f"At most {MOST_LAYERS} sounds are taken from one prompt; the first {MOST_LAYERS} are made."] = None
    for one in named[:MOST_LAYERS]:
        _lay(one, named, wish, draft)
    confidence = _confidence(reading, named)
    if not draft.layers:
        _texture(reading, wish, draft)
    space = _space(reading, draft)
    if reading.dynamics is not None:
        draft.sure("dynamics", 0.9, reading.dynamics[1])
    return Plan(
        audio_type=AudioType.SOUND,
        layers=tuple(draft.layers),
        space=space,
        dynamics=reading.dynamics[0] if reading.dynamics else Dynamics.STEADY,
        confidence=confidence,
        certainties=tuple(draft.certainties),
        unknown_words=tuple(reading.unknown),
        excluded=tuple(dict.fromkeys([*sorted(refused), *words]))[:128],
        suggestions=suggestions,
        notes=tuple(draft.notes),
    )


def _find_nearest(reading: Reading, known: Callable[[], Meanings]) -> tuple[str, ...]:
    """Gives what names no known sound the nearest class, where one is near; returns words that would work instead."""
    described = reading.hints and not reading.unknown  # "a dark deep rumble": every word says how the texture is
    if not (reading.heard or reading.scenes or reading.offered or described) and len(reading.all_words) > 1:
        reading.heard.append(Heard(None, reading.all_words, text=" ".join(reading.all_words)))
    suggestions = nearest.find(reading.heard, reading.scenes, " ".join(reading.all_words), bool(reading.hints), known)
    settled: list[Heard] = []
    loose = Colour()
    for one in reading.heard:
        twin = next((o for o in settled if one.nearest and o.sound == one.sound and o.sentence == one.sentence), None)
        if twin is not None:  # what was not known turns out to speak of a sound that is named beside it
            twin.colour.take(one.colour)
        elif one.sound is not None:
            one.colour, before = loose, one.colour
            one.colour.take(before)
            loose = Colour()
            settled.append(one)
        elif settled:
            settled[-1].colour.take(one.colour)
        else:
            loose = one.colour
    if not settled and reading.scenes:
        settled = reading.scenes
    elif not settled and reading.offered:
        settled = [Heard(reading.offered, [], colour=loose, sure=0.6)]
    elif not settled:
        loose.take(reading.waiting)
        reading.waiting = loose
    reading.heard = settled
    return suggestions[:_SUGGESTED]


def _refused(wish: Wish, reading: Reading) -> tuple[dict[str, str], tuple[str, ...]]:
    """Classes that must not be heard, with the words that say so; and words that must not, but name no class."""
    refused = dict(reading.denied)
    words = list(reading.refused)
    if wish.negative_prompt:
        unwanted = read(wish.negative_prompt)
        refused.update((one.sound, " ".join(one.words)) for one in unwanted.heard if one.sound)
        refused.update(unwanted.denied)  # "no wind" in a negative prompt means the same
        words += [*unwanted.unknown, *unwanted.refused]
    return refused, tuple(dict.fromkeys(words))


def _kept(heard: list[Heard], refused: dict[str, str], draft: _Draft) -> list[Heard]:
    """What is not refused. Where everything is, the prompt counts: a sound must be made."""
    if not refused:
        return heard
    kept = [one for one in heard if not _is_refused(one, refused)]
    if kept or not heard:
        return kept
    gone = ", ".join(dict.fromkeys((one.sound or "").replace("_", " ") for one in heard))
    draft.notes[f"Everything that the prompt names is also refused ({gone}): the prompt counts."] = None
    for one in heard:
        refused.pop(one.sound or "", None)
    return heard


def _is_refused(one: Heard, refused: dict[str, str]) -> bool:
    sound = CLASSES.get(one.sound or "")
    return one.sound in refused or (sound is not None and sound.refines in refused and one.sound not in refused)


def _confidence(reading: Reading, named: list[Heard]) -> float:
    near = sum(len(one.unknown) * one.sure for one in named if one.nearest)
    known, missed = reading.known + near, max(reading.missed - sum(len(one.unknown) for one in named if one.nearest), 0)
    total = reading.known + reading.missed
    coverage = known / max(total, 1) if total else 0.0
    if named:
        weakest = min(one.sure for one in named)
        return round(
            min(coverage if missed or near else 1.0, 1.0) * (1.0 if weakest >= 0.7 else 0.5 + 0.5 * weakest), 3
        )
    return round(0.25 * coverage, 3)


def _lay(one: Heard, named: list[Heard], wish: Wish, draft: _Draft) -> None:
    assert one.sound is not None
    sound, colour, number = CLASSES[one.sound], one.colour, len(draft.layers)
    material = next((word for word in reversed(colour.materials) if word in sound.materials), None)
    onset, until = _times(one, named, draft)
    count, every = colour.value("count"), colour.value("every")
    draft.layers.append(
        Layer(
            sound=one.sound,
            words=" ".join(dict.fromkeys(one.words))[:200],
            count=count if isinstance(sound, Event) else None,
            every=every if isinstance(sound, Event) else None,
            material=None if material is None else sound.materials[material],
            onset=onset,
            until=until,
            pan=colour.value("pan"),
            movement=colour.value("movement"),
            confidence=round(one.sure, 3),
            nearest=one.nearest,
            **_shares(colour, wish),
        )
    )
    draft.sure(f"layers.{number}.sound", one.sure, one.nearest or " ".join(dict.fromkeys(one.words)))
    for name, said in colour.said.items():
        if said.words and name in (
            "intensity",
            "distance",
            "pace",
            "count",
            "every",
            "pan",
            "movement",
            "onset",
            "until",
        ):
            draft.sure(f"layers.{number}.{name}", 0.9, said.words)
    if material is not None:
        draft.sure(f"layers.{number}.material", 0.9, material)


def _shares(colour: Colour, wish: Wish) -> dict[str, float]:
    """Intensity, distance and pace. What was said beside the prompt fills what the prompt leaves open.

    `prompt_influence` stretches what the prompt says from its middle: half at 0, as said at 0.5, half more at 1.
    """
    stretch = 1.0 if wish.prompt_influence is None else 0.5 + wish.prompt_influence
    intensity = colour.value("intensity")
    usual = 0.5 if wish.intensity is None else wish.intensity
    if intensity is not None:
        intensity = 0.5 + stretch * (intensity - 0.5)
        if wish.intensity is not None:  # the request's own intensity pulls what the prompt says halfway
            intensity = (intensity + wish.intensity) / 2
    pace = 0.5 + stretch * (colour.value("pace", 0.5) - 0.5)
    distance = stretch * colour.value("distance", 0.0)
    values = {"intensity": usual if intensity is None else intensity, "distance": distance, "pace": pace}
    return {name: round(min(1.0, max(0.0, value)), 4) for name, value in values.items()}


def _times(one: Heard, named: list[Heard], draft: _Draft) -> tuple[float, float]:
    """Onset and end as shares of the whole. A moment behind the end is brought back into it, and told."""
    colour, seconds = one.colour, draft.seconds
    turns = max((other.turn for other in named), default=0) + 1
    onset = min(one.turn / turns, _LAST_ONSET)
    if (moment := colour.value("onset")) is not None:
        onset = _share(moment, seconds, draft)
        if onset > _LAST_ONSET:
            said = colour.said["onset"].words
            draft.notes[f"“{said}” is past the end of {seconds:g} seconds: the sound comes at its end."] = None
            onset = 0.85
    until = 1.0
    if isinstance(CLASSES[one.sound or UNKNOWN], Event) and one.turn + 1 < turns and "onset" not in colour.said:
        until = (one.turn + 1) / turns  # what happens makes room for what comes then; what goes on goes on
    if (moment := colour.value("until")) is not None:
        until = _share(moment, seconds, draft)
    elif (length := colour.value("length")) is not None and len(named) > 1:
        until = onset + length / seconds
    elif length is not None and abs(length - seconds) > 0.05:
        draft.notes[f"How long the sound is, `duration` decides: {seconds:g} seconds, not {length:g}."] = None
    until = min(1.0, until)
    return round(max(0.0, onset), 4), round(until if until > onset + 0.01 else 1.0, 4)


def _share(moment: Moment, seconds: float, draft: _Draft) -> float:
    if moment.share is not None:
        return moment.share
    at = moment.seconds or 0.0
    if moment.since == "previous":
        at += max((layer.onset for layer in draft.layers[-1:]), default=0.0) * seconds
    elif moment.since == "end":
        at = max(0.0, seconds - at)
    return at / seconds


def _texture(reading: Reading, wish: Wish, draft: _Draft) -> None:
    """Nothing known was named: a texture is drawn from the words."""
    spoken = " ".join([*reading.hints, *reading.unknown])[:400]
    colour = reading.waiting
    draft.layers.append(
        Layer(sound=UNKNOWN, words=spoken, confidence=0.0 if not reading.hints else 0.25, **_shares(colour, wish))
    )
    draft.sure("layers.0.sound", 0.25 if reading.hints else 0.0, " ".join(reading.hints))


def _space(reading: Reading, draft: _Draft) -> Space | None:
    if reading.space is None:
        draft.sure("space", 0.5, "")
        return None
    name, size, words = reading.space
    draft.sure("space", 0.9, words)
    return Space(name=name, size=size, outdoors=name in qualities.OPEN_AIR)
