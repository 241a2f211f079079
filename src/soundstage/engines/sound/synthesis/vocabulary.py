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

_FAMILIES = (weather, water, fire, bells, machines, steps, doors, impacts, vehicles, animals, people, texture)

CLASSES: Mapping[str, SoundClass] = MappingProxyType(
    {sound.name: sound for family in _FAMILIES for sound in family.SOUNDS}
)

UNKNOWN = "texture"  # the class that stands for what is not known
