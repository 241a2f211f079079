"""Every class of sound there is, by name, and which words ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from soundstage.engines.sound.synthesis.families import (
    animals,
    bells,
    doors,
    fire,
    impacts,
    machines,
    people,
    steps,
    texture,
    vehicles,
    water,
    weather,
)
from soundstage.engines.sound.synthesis.sounds import SoundClass

# The title of a family, as people read it, and its classes.
FAMILIES: Mapping[str, tuple[SoundClass, ...]] = MappingProxyType(
    {
        "weather": weather.SOUNDS,
        "water": water.SOUNDS,
        "fire": fire.SOUNDS,
        "bells": bells.SOUNDS,
        "machines": machines.SOUNDS,
        "footsteps": steps.SOUNDS,
        "doors": doors.SOUNDS,
        "impacts": impacts.SOUNDS,
        "vehicles": vehicles.SOUNDS,
        "animals": animals.SOUNDS,
        "people": people.SOUNDS,
        "texture": texture.SOUNDS,
    }
)

CLASSES: Mapping[str, SoundClass] = MappingProxyType(
    {sound.name: sound for family in FAMILIES.values() for sound in family}
)

UNKNOWN = "texture"  # the class that stands for what is not known
