"""The names of all instruments that the engine can play."""

from __future__ import annotations

from soundstage.engines.sound.music.orchestra import PLAYERS

KNOWN = frozenset(PLAYERS)
