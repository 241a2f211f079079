"""Where a sound is: rooms, direction, movement, the course of loudness, what is left out, loops."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from soundstage.domain.sound import AudioType, Dynamics, Layer, Movement, Plan, Space
from soundstage.engines.progress import silent
from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis import mix
from soundstage.engines.sound.synthesis.reverb import SPACES, response, room_of

Samples = NDArray[np.float32]
SECONDS = 4


def sound(*layers: Layer, loop: bool = False, seconds: float = SECONDS, **more: object) -> Samples:
    plan = Plan(audio_type=AudioType.SOUND, layers=layers, **more)
    return mix.played(plan, round(seconds * SAMPLE_RATE), 3, loop, silent)


def layer(name: str, **more: object) -> Layer:
    return Layer(sound=name, words=name, **more)


def power(samples: Samples) -> float:
    return float(np.mean(np.square(samples, dtype=np.float64)))


def thirds(samples: Samples) -> list[Samples]:
    return np.array_split(samples, 3)


def pitch(samples: Samples, low: float, high: float) -> float:
    """The strongest frequency between two, in Hz."""
    level = np.abs(np.fft.rfft(samples.mean(axis=1) * np.hanning(len(samples))))
    f = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    inside = (f > low) & (f < high)
    return float(f[inside][np.argmax(level[inside])])


@pytest.mark.parametrize(("pan", "loud", "soft"), [(-0.9, 0, 1), (0.9, 1, 0)])
def test_a_layer_is_heard_from_where_it_is_placed(pan: float, loud: int, soft: int) -> None:
    made = sound(layer("static", pan=pan))
    assert power(made[:, loud]) > 6 * power(made[:, soft])


def test_left_to_right_crosses_over() -> None:
    first, _, last = thirds(sound(layer("static", movement=Movement.LEFT_TO_RIGHT)))
    assert power(first[:, 0]) > 3 * power(first[:, 1])
    assert power(last[:, 1]) > 3 * power(last[:, 0])


def test_what_passes_swells_and_falls_in_pitch() -> None:
    made = sound(layer("dial_tone", movement=Movement.PASSING))
    first, middle, last = thirds(made)
    assert power(middle) > 3 * max(power(first), power(last))
    still = pitch(sound(layer("dial_tone")), 400, 480)
    assert pitch(first, 400, 480) > still + 3, "higher while it comes"
    assert pitch(last, 400, 480) < still - 3, "lower while it goes"


def test_what_approaches_grows_and_what_leaves_fades() -> None:
    coming, going = (sound(layer("waterfall", movement=one)) for one in (Movement.APPROACHING, Movement.LEAVING))
    assert power(thirds(coming)[2]) > 5 * power(thirds(coming)[0])
    assert power(thirds(going)[0]) > 5 * power(thirds(going)[2])


def test_distance_leaves_more_room_and_less_of_the_sound() -> None:
    near, far = (sound(layer("clap", count=1, distance=distance), space=Space(name="hall")) for distance in (0.0, 0.8))
    early, late = slice(0, SAMPLE_RATE // 2), slice(SAMPLE_RATE // 2, 2 * SAMPLE_RATE)
    assert power(far[late]) / power(far[early]) > 1.5 * power(near[late]) / power(near[early])
    assert power(far) < power(near)


def test_a_bigger_room_rings_longer() -> None:
    small, usual, big = (room_of(Space(name="church", size=size), None) for size in (0.0, 0.5, 1.0))
    assert small is not None and usual is not None and big is not None
    assert usual is SPACES["church"]
    assert len(response(small)) < len(response(usual)) < len(response(big))
    assert response(usual) is response(usual), "made once"


def test_an_unknown_space_is_a_room_or_the_open_air() -> None:
    inside, outside = (room_of(Space(name="yurt", outdoors=one), None) for one in (False, True))
    assert inside is SPACES["room"]
    assert outside is SPACES["outdoors"]


def test_dynamics_shape_the_whole() -> None:
    building, fading, swelling = (
        [power(part) for part in thirds(sound(layer("waterfall"), dynamics=one))]
        for one in (Dynamics.BUILDING, Dynamics.FADING, Dynamics.SWELLING)
    )
    assert building[0] < building[1] < building[2]
    assert fading[0] > fading[1] > fading[2]
    assert swelling[1] > 3 * max(swelling[0], swelling[2])


def test_a_layer_ends_where_it_is_said_to() -> None:
    made = sound(layer("waterfall", onset=0.25, until=0.5))
    quarters = [power(part) for part in np.array_split(made, 4)]
    assert quarters[1] > 100 * max(quarters[0], quarters[2], quarters[3])


@pytest.mark.parametrize("unwanted", ["birds", "birdsong"])
def test_what_is_excluded_is_not_heard(unwanted: str) -> None:
    both = (layer("waterfall"), layer("birds"))
    assert np.array_equal(sound(*both, excluded=(unwanted,)), sound(both[0]))


def test_a_loop_wraps_what_rings_on_round_to_its_beginning() -> None:
    struck = layer("bell", count=1, onset=0.6)
    open_end, loop = sound(struck, loop=False), sound(struck, loop=True)
    before = slice(0, round(0.5 * SECONDS * SAMPLE_RATE))
    assert power(open_end[before]) < 1e-12
    assert power(loop[before]) > 0.01 * power(loop)


def test_a_loop_beats_on_over_its_seam() -> None:
    made = sound(layer("clock"), loop=True, seconds=3.3).mean(axis=1)
    twice = np.abs(np.concatenate((made, made)))
    ticks = [at for at in range(0, len(twice) - 441, 441) if twice[at : at + 441].max() > 0.5 * twice.max()]
    gaps = (
        np.diff([at for number, at in enumerate(ticks) if number == 0 or at - ticks[number - 1] > 4410]) / SAMPLE_RATE
    )
    assert gaps.max() - gaps.min() < 0.06


@pytest.mark.parametrize("movement", list(Movement))
def test_a_loop_that_moves_closes(movement: Movement) -> None:
    made = sound(layer("waterfall", movement=movement), loop=True, seconds=2)
    steps = np.abs(np.diff(made, axis=0)).max(axis=1)
    assert np.abs(made[0] - made[-1]).max() <= max(steps[:2205].max(), steps[-2205:].max())
    ends = np.concatenate((made[-4410:], made[:4410]))
    assert power(ends[:4410]) < 4 * power(ends[4410:]) < 16 * power(ends[:4410])
