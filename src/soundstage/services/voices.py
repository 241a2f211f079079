"""Voices: every timbre that an installed speech engine can speak with."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from soundstage.domain.account import Scope
from soundstage.engines.speech.contract import Voice
from soundstage.services.actor import Actor


@dataclass(frozen=True)
class ListedVoice:
    """A voice of an engine. `number` is what the public API calls its id: the same on every server and every day."""

    number: int
    engine: str
    voice: Voice


class VoicesService:
    """`source` gives `(engine name, its voices)` of every ready speech engine."""

    def __init__(self, source: Callable[[], Iterable[tuple[str, Iterable[Voice]]]]) -> None:
        self._source = source

    def list(self, actor: Actor) -> list[ListedVoice]:
        """By engine and name; empty when no speech engine is installed."""
        actor.require(Scope.READ)
        found = [
            ListedVoice(_number(engine, voice.voice_id), engine, voice)
            for engine, voices in self._source()
            for voice in voices
        ]
        return sorted(found, key=lambda listed: (listed.engine, listed.voice.name, listed.voice.voice_id))


def _number(engine: str, voice_id: str) -> int:
    """31 bits of a hash: fits every client's integers, needs no table."""
    return int.from_bytes(hashlib.sha256(f"{engine}\0{voice_id}".encode()).digest()[:4], "big") >> 1
