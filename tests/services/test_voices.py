"""Voices of the engines that are there."""

from __future__ import annotations

import pytest

from soundstage.domain.account import Scope
from soundstage.engines.speech.contract import Voice
from soundstage.errors import Forbidden
from soundstage.services.actor import Actor
from soundstage.services.voices import VoicesService

READER = Actor(1, 1, frozenset({Scope.READ}))
ANNA, BERT = Voice(voice_id="a", name="Anna", languages=("de",)), Voice(voice_id="b", name="Bert", languages=("de",))


def test_voices_are_listed_by_engine_and_name() -> None:
    service = VoicesService(lambda: [("second", [ANNA]), ("first", [BERT, ANNA])])
    found = service.list(READER)
    assert [(one.engine, one.voice.name) for one in found] == [("first", "Anna"), ("first", "Bert"), ("second", "Anna")]
    assert len({one.number for one in found}) == 3
    assert all(0 <= one.number < 2**31 for one in found)


def test_a_voices_number_never_changes() -> None:
    (listed,) = VoicesService(lambda: [("hibari", [ANNA])]).list(READER)
    assert listed.number == 734_841_792


def test_no_engine_means_no_voices_and_no_scope_no_answer() -> None:
    assert VoicesService(list).list(READER) == []
    with pytest.raises(Forbidden):
        VoicesService(list).list(Actor(1, 1, frozenset()))
