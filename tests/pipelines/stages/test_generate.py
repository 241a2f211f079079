"""Generate: exactly what was ordered, the same each time, told in full."""

from __future__ import annotations

from pathlib import Path

import pytest
import soundfile

from soundstage.domain.request import AudioType, TextToSoundRequest
from soundstage.domain.sound import Plan
from soundstage.engines.progress import Report
from soundstage.engines.sound.contract import Generated, MadeOn, SoundOrder
from soundstage.engines.sound.synthesis.engine import SPEC
from soundstage.engines.spec import Capability
from soundstage.errors import EngineFailure
from soundstage.pipelines.stages.generate import frames_of, generate
from soundstage.pipelines.stages.understand import Understood, understand


class TooShort:
    """Says that it wrote one frame less than ordered."""

    def generate(
        self, orders: tuple[SoundOrder, ...], outputs: tuple[Path, ...], report: Report
    ) -> tuple[Generated, ...]:
        outputs[0].write_bytes(b"")
        return (Generated(frames=orders[0].frames - 1, peak_dbfs=0, rms_dbfs=0),)


class OnTheGpu:
    """Says that it made every second take with seven others, on a GPU."""

    def generate(
        self, orders: tuple[SoundOrder, ...], outputs: tuple[Path, ...], report: Report
    ) -> tuple[Generated, ...]:
        for output in outputs:
            output.write_bytes(b"")
        places = [MadeOn(device="cuda", title="Toy 9", dtype="float16", batch=8 if n % 2 else 1) for n in range(8)]
        return tuple(
            Generated(frames=order.frames, peak_dbfs=0, rms_dbfs=0, made_on=place)
            for order, place in zip(orders, places, strict=False)
        )


def load_on_the_gpu(_settings: dict[str, object]) -> OnTheGpu:
    return OnTheGpu()


def load_too_short(_settings: dict[str, object]) -> TooShort:
    return TooShort()


def asked(duration: float = 1.25, **more: object) -> TextToSoundRequest:
    fields = {"prompt": "rain", "audio_type": AudioType.SOUND, "seed": 7, **more}
    return TextToSoundRequest(duration=duration, **fields)


@pytest.mark.parametrize("audio_type", AudioType)
def test_the_sound_has_the_length_asked_for(make_context, audio_type: AudioType) -> None:
    context, request = make_context(specs=[SPEC]), asked(1.2345, audio_type=audio_type)
    outcome = generate(context, request, understand(context, request).output)
    audio, rate = soundfile.read(context.open(outcome.output.takes[0].audio))
    assert (audio.shape, rate) == ((54_441, 2), 44_100)
    assert outcome.output.frames == outcome.findings.frames == 54_441
    assert (outcome.output.engine, outcome.output.engine_version, outcome.output.licence) == (
        SPEC.name,
        SPEC.version,
        SPEC.licence,
    )
    (told,) = outcome.findings.takes
    assert -60 < told.rms_dbfs < told.peak_dbfs <= 0
    assert (outcome.findings.device, outcome.findings.dtype, outcome.findings.batch, told.batch) == ("cpu", None, 1, 1)
    assert outcome.findings.speed > 0
    assert "seed 7" in outcome.summary
    assert outcome.media_seconds == pytest.approx(1.2345, abs=1e-4)
    assert context.reported[-1] == 1.0


def test_the_same_request_gives_the_same_bytes_and_another_seed_others(make_context) -> None:
    context = make_context(specs=[SPEC])
    understood = understand(context, asked()).output
    one, two, other = (generate(context, asked(seed=seed), understood).output.takes[0] for seed in (1, 1, 2))
    assert one == two
    assert one.audio.sha256 != other.audio.sha256


def test_an_engine_that_makes_the_wrong_length_is_told_off(make_context, engine) -> None:
    context = make_context(specs=[engine(Capability.SOUND, f"{__name__}:load_too_short")])
    plan = Plan(audio_type=AudioType.SOUND, confidence=1)
    with pytest.raises(EngineFailure, match="55,124 frames instead of 55,125"):
        generate(context, asked(), Understood(plan=plan, prompt="rain", engine="small", engine_version="1"))


def test_where_it_was_made_and_with_how_many_others_is_what_the_engine_says(make_context, engine) -> None:
    context = make_context(specs=[engine(Capability.SOUND, f"{__name__}:load_on_the_gpu", batch=8)])
    plan = Plan(audio_type=AudioType.SOUND, confidence=1)
    understood = Understood(plan=plan, prompt="rain", engine="small", engine_version="1")
    outcome = generate(context, asked(variations=2), understood)
    told = outcome.findings
    assert (told.device, told.device_title, told.dtype, told.batch) == ("cuda", "Toy 9", "float16", 8)
    assert [take.batch for take in told.takes] == [1, 8]
    assert outcome.device == "cuda", "not the first that its spec names"
    assert "on Toy 9 in float16" in outcome.summary and "up to 8 at once" in outcome.summary


def test_lengths_round_to_whole_frames() -> None:
    assert frames_of(8.0) == 352_800
    assert frames_of(1e-9) == 1
