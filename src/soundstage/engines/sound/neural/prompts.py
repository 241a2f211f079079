"""What a neural model is told: it reads the words themselves, so a plan is words as well."""

from __future__ import annotations

from soundstage.domain.sound import Layer, Plan
from soundstage.engines.sound.contract import SoundOrder, Wish

_SHOWN, _KEPT = 80, 400  # characters that a layer of a plan holds: as its title, and of the prompt
_STRONG, _SOFT, _FAR = 0.75, 0.25, 0.6


def plan_of(wish: Wish) -> Plan:
    """The prompt as it is, then what was wished for beside it, each a layer that a person can edit."""
    added = []
    if wish.tempo is not None:
        added.append(f"{wish.tempo:g} bpm")
    if wish.tonality is not None:
        added.append(f"in {wish.tonality}")
    if wish.intensity is not None and not _SOFT < wish.intensity < _STRONG:
        added.append("intense, loud" if wish.intensity >= _STRONG else "soft, quiet")
    prompt = " ".join(wish.prompt.split())
    texts = [prompt, *added] if prompt else added or ["a sound"]
    layers = tuple(Layer(sound=text[:_SHOWN].strip(), words=text[:_KEPT].strip()) for text in texts)
    return Plan(audio_type=wish.audio_type, layers=layers, confidence=1.0)


def text_of(order: SoundOrder) -> str:
    """The words of the plan, which may be edited, or another engine's; a prompt that a plan cuts short is whole."""
    plan = order.plan
    prompt = " ".join(order.prompt.split())
    words = [_layer(layer) for layer in plan.layers]
    if words and plan.layers[0].words and prompt.startswith(plan.layers[0].words):
        words[0] = prompt
    if plan.music is not None:
        music = plan.music
        words += [f"{music.style} music", *music.instruments, f"{music.tempo:g} bpm", f"in {music.tonality}"]
        words += [] if music.drums else ["without drums"]
    if plan.space is not None:
        words.append(plan.space.name)
    return ", ".join(word.replace("_", " ") for word in words) or prompt


def negative_of(order: SoundOrder) -> str | None:
    """What must not be heard; None where nothing was said."""
    without = order.plan.music.without if order.plan.music is not None else ()
    said = [order.negative_prompt or "", *order.plan.excluded, *without]
    return ", ".join(dict.fromkeys(word.strip().replace("_", " ") for word in said if word.strip())) or None


def _layer(layer: Layer) -> str:
    words = layer.words or layer.sound
    return f"distant {words}" if layer.distance >= _FAR and "distant" not in words else words
