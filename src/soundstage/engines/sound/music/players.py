"""The names of all instruments that the engine can play."""

from __future__ import annotations

from soundstage.engines.sound.music.instruments import INSTRUMENTS

KNOWN = frozenset(INSTRUMENTS)
