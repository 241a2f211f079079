"""A plan as a sentence: unambiguous, and read by people and by engines that take a prompt."""

from __future__ import annotations

from soundstage.domain.sound import Dynamics, Layer, Metre, Movement, MusicPlan, Plan, Space
from soundstage.pipelines.wording import listed

_SMALL, _LARGE = 0.25, 0.75  # sizes of a space from which it is told
_MOST_REFUSED = 8
_MOVEMENTS = {
    Movement.PASSING: "passing",
    Movement.APPROACHING: "approaching",
    Movement.LEAVING: "leaving",
    Movement.CIRCLING: "circling", Movement.LEFT_TO_RIGHT: "from left to right",
    Movement.RIGHT_TO_LEFT: "from right to left",
}  # fmt: skip
_COURSES = {
    Dynamics.BUILDING: "growing louder",
    Dynamics.FADING: "fading away",
    Dynamics.SWELLING: "swelling and fading",
}


def describe(plan: Plan) -> str:
    """`heavy rain (tin) and 2 × dog (from 50 %), in a church`; `jazz music in F major at 120 bpm, with drums`."""
    if plan.music is not None:
        return _music(plan.music)
    said = listed([_layer(layer) for layer in plan.layers]) or "a soft texture"
    if plan.space is not None:
        said += f", {_space(plan.space)}"
    if plan.dynamics in _COURSES:
        said += f", {_COURSES[plan.dynamics]}"
    return said + _without(plan.excluded)


def _layer(layer: Layer) -> str:
    words = []
    if layer.count is not None:
        words.append(f"{layer.count} ×")
    if layer.distance >= 0.5:
        words.append("distant")
    if layer.intensity >= 0.75:
        words.append("heavy")
    elif layer.intensity <= 0.25:
        words.append("light")
    if layer.pace >= 0.7:
        words.append("fast")
    elif layer.pace <= 0.3:
        words.append("slow")
    details = _details(layer)
    return " ".join([*words, _plain(layer.sound)]) + (f" ({', '.join(details)})" if details else "")


def _details(layer: Layer) -> list[str]:
    details = []
    if layer.material is not None:
        details.append(_plain(layer.material))
    if layer.pan is not None and abs(layer.pan) >= 0.2:
        details.append("left" if layer.pan < 0 else "right")
    if layer.movement is not None:
        details.append(_MOVEMENTS[layer.movement])
    if layer.every is not None:
        details.append(f"every {layer.every:.3g} s")
    if layer.onset > 0:
        details.append(f"from {layer.onset:.0%}".replace("%", " %"))
    if layer.until < 1:
        details.append(f"until {layer.until:.0%}".replace("%", " %"))
    return details


def _space(space: Space) -> str:
    name = _plain(space.name)
    if space.outdoors:
        return name if name == "outdoors" else f"outdoors ({name})"
    if name == "dry":
        return "without echo"
    size = "small " if space.size <= _SMALL and "small" not in name else "large " if space.size >= _LARGE else ""
    article = "an" if (size or name)[0] in "aeiou" else "a"
    return f"in {article} {size}{name}"


def _music(music: MusicPlan) -> str:
    metre = "" if music.metre == Metre.FOUR_FOUR else f" in {music.metre}"
    said = f"{_plain(music.style)} music in {music.tonality} at {music.tempo:g} bpm{metre}"
    said += ", with drums" if music.drums else ", without drums"
    if music.instruments:
        said += f", with {listed([_plain(name) for name in music.instruments])}"
    if music.swing:
        said += ", swung"
    if music.sections:
        said += f", form: {' '.join(str(section.kind) for section in music.sections)}"
    return said + _without(music.without)


def _without(names: tuple[str, ...]) -> str:
    shown = [_plain(name) for name in names[:_MOST_REFUSED]]
    return f"; without {listed(shown)}" if shown else ""


def _plain(name: str) -> str:
    return name.replace("_", " ")
