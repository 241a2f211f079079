"""Every class of sound there is, by name, and which words ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from soundstage.engines.sound.synthesis.families import (
    alarms,
    appliances,
    beasts,
    bells,
    birds,
    doors,
    fire,
    glass,
    insects,
    machines,
    objects,
    people,
    scifi,
    steps,
    texture,
    throats,
    tools,
    transitions,
    vehicles,
    water,
    weapons,
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
        "small machines": machines.SOUNDS,
        "machines": appliances.SOUNDS,
        "tools": tools.SOUNDS,
        "footsteps": steps.SOUNDS,
        "doors": doors.SOUNDS,
        "glass": glass.SOUNDS,
        "objects and impacts": objects.SOUNDS,
        "weapons and explosions": weapons.SOUNDS,
        "vehicles": vehicles.SOUNDS,
        "alarms and signals": alarms.SOUNDS,
        "birds": birds.SOUNDS,
        "insects and frogs": insects.SOUNDS,
        "animals": beasts.SOUNDS,
        "people": people.SOUNDS,
        "voices without words": throats.SOUNDS,
        "transitions": transitions.SOUNDS,
        "science fiction and horror": scifi.SOUNDS,
        "texture": texture.SOUNDS,
    }
)

CLASSES: Mapping[str, SoundClass] = MappingProxyType(
    {sound.name: sound for family in FAMILIES.values() for sound in family}
)

UNKNOWN = "texture"  # the class that stands for what is not known
