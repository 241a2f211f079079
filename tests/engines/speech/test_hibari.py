"""Hibari: English speech that whisper understands (the round trip is in tests/engines/transcription)."""

from __future__ import annotations

from pathlib import Path

import pytest
import soundfile

from soundstage.engines.progress import silent
from soundstage.engines.speech import hibari
from soundstage.engines.speech.contract import SpeechOrder
from soundstage.engines.speech.hibari import HibariSpeaker
from soundstage.errors import EngineFailure
from soundstage.testing.engines import Progress, SpeakerContract


class TestContract(SpeakerContract):
    spec = hibari.SPEC


@pytest.fixture(scope="module")
def speaker() -> HibariSpeaker:
    return hibari.load({})


def test_longer_text_takes_longer(speaker: HibariSpeaker, tmp_path: Path) -> None:
    progress = Progress()
    short = speaker.speak(SpeechOrder(text="One.", language="en-us"), tmp_path / "a.wav", silent)
    text = "This is the first sentence. And this is the second, which is longer."
    long = speaker.speak(SpeechOrder(text=text, language="en-gb"), tmp_path / "b.wav", progress)
    assert long.duration_ms > 2 * short.duration_ms
    assert progress.fractions == [0.5, 1.0]
    assert soundfile.info(tmp_path / "b.wav").samplerate == 24_000


@pytest.mark.parametrize(
    ("order", "why"),
    [
        (SpeechOrder(text="Hola.", language="es"), "English only"),
        (SpeechOrder(text="Hello.", language="en", voice_id="emma"), "no voice"),
        (SpeechOrder(text="  \n ", language="en"), "nothing to say"),
    ],
)
def test_refuses_what_it_cannot_say(speaker: HibariSpeaker, tmp_path: Path, order: SpeechOrder, why: str) -> None:
    with pytest.raises(EngineFailure, match=why):
        speaker.speak(order, tmp_path / "never.wav", silent)
    assert not (tmp_path / "never.wav").exists()
