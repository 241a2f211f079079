"""What goes on lies under what happens beside it; a tone is no level."""

from __future__ import annotations

import numpy as np
import pytest

from soundstage.domain.sound import AudioType, Layer, Plan
from soundstage.engines.sound.synthesis import mix
from soundstage.engines.sound.synthesis.balance import under
from soundstage.engines.sound.synthesis.tone import toned_at_its_peak

RAIN, BELL, BIRDS = (Layer(sound=name, words=name) for name in ("rain", "bell", "birds"))


def test_alone_every_class_is_as_loud_as_it_is() -> None:
    assert under(RAIN, (RAIN,)) == 1.0
    assert under(BELL, (BELL,)) == 1.0


def test_rain_lies_under_a_bell_and_is_still_there() -> None:
    assert 10 ** (-10 / 20) <= under(RAIN, (RAIN, BELL)) < 1.0
    assert under(BELL, (RAIN, BELL)) == 1.0


def test_among_several_the_one_that_is_heard_worst_decides() -> None:
    assert under(RAIN, (RAIN, BELL, BIRDS)) == min(under(RAIN, (RAIN, BELL)), under(RAIN, (RAIN, BIRDS)))


def test_two_that_go_on_are_left_as_they_are() -> None:
    wind = Layer(sound="wind", words="wind")

    assert under(RAIN, (RAIN, wind)) == 1.0


def test_the_mix_is_balanced_so() -> None:
    frames = 44_100

    def quiet_part(*layers: Layer) -> float:
        plan = Plan(audio_type=AudioType.SOUND, layers=layers, confidence=1.0)
        return float(np.sqrt(np.mean(np.concatenate(list(mix.mixed(plan, frames, 5)))[: frames // 2] ** 2)))

    late = BELL.model_copy(update={"onset": 0.6})
    assert quiet_part(RAIN, late) / quiet_part(RAIN) == pytest.approx(under(RAIN, (RAIN, late)), rel=0.01)


def test_a_tone_keeps_the_peak() -> None:
    click = np.zeros((4000, 2), np.float32)
    click[100] = 0.5

    bright = toned_at_its_peak(click, (-12, -6, 0, 6, 12, 12, 12))

    assert float(np.abs(bright).max()) == pytest.approx(0.5, rel=1e-3)
    assert toned_at_its_peak(click, ()) is click
