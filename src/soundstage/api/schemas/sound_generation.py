"""The request of `POST /v1/sound-generation`, in the shape that clients of ElevenLabs send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Annotated

from pydantic import ConfigDict, Field

from soundstage.api.schemas.fields import Body, NoBool, Text
from soundstage.api.schemas.text_to_sound import TextToSoundBody
from soundstage.api.settings import ApiSettings
from soundstage.domain.request import TextToSoundRequest
from soundstage.domain.sound_file import Encoding, mp3, opus
from soundstage.domain.value import Share
from soundstage.errors import Invalid

DEFAULT_FORMAT = "mp3_44100_128"


def _raw(codec: str, container: str, media_type: str, rate: int) -> Encoding:
    """Samples without a header, mono: nothing in them could tell how many channels there are."""
    return Encoding(format=container, codec=codec, ending=container, media_type=media_type, rate=rate, mono=True)


def _wav(rate: int) -> Encoding:
    return Encoding(format="wav", codec="pcm_s16le", ending="wav", media_type="audio/wav", rate=rate)


_RATES = (8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
_MP3 = ((22_050, 32), (24_000, 48), (44_100, 32), (44_100, 64), (44_100, 96), (44_100, 128), (44_100, 192))
# What their documentation names, by codec_rate_kbit: https://elevenlabs.io/docs/api-reference/text-to-sound-effects
OUTPUT_FORMATS: Mapping[str, Encoding] = MappingProxyType(
    {f"mp3_{rate}_{kbit}": mp3(rate, kbit * 1000) for rate, kbit in _MP3}
    | {f"opus_48000_{kbit}": opus(kbit * 1000) for kbit in (32, 64, 96, 128, 192)}
    | {f"pcm_{rate}": _raw("pcm_s16le", "s16le", f"audio/pcm;rate={rate}", rate) for rate in _RATES}
    | {f"wav_{rate}": _wav(rate) for rate in _RATES}
    | {
        "ulaw_8000": _raw("pcm_mulaw", "mulaw", "audio/basic", 8000),
        "alaw_8000": _raw("pcm_alaw", "alaw", "audio/x-alaw-basic", 8000),
    }
)


class SoundGenerationBody(Body):
    """What `POST /v1/sound-generation` takes. Their `model_id` is not followed: our engines have other names."""

    model_config = ConfigDict(protected_namespaces=())

    text: Text = Field(description="What should be heard.")
    loop: bool | None = Field(None, description="True: its end leads into its beginning without a seam.")
    duration_seconds: Annotated[float, Field(ge=0.5), NoBool] | None = Field(
        None, description="0.5 to as many seconds as this server makes; absent: the default of 8."
    )
    prompt_influence: Annotated[Share, NoBool] | None = Field(None, description="0 (free) to 1 (to the letter).")
    model_id: Annotated[str, Field(max_length=100)] | None = None

    def request(self, settings: ApiSettings) -> TextToSoundRequest:
        """Raises Invalid, in the words of this request, where a limit of this server is passed."""
        body = TextToSoundBody(
            prompt=self.text, duration=self.duration_seconds, loop=self.loop, prompt_influence=self.prompt_influence
        )
        try:
            return body.request(settings)
        except Invalid as error:
            raise Invalid([replace(fault, loc=_ours(fault.loc)) for fault in error.faults]) from None


def _ours(place: tuple[str | int, ...]) -> tuple[str | int, ...]:
    names = {"prompt": "text", "duration": "duration_seconds"}
    return tuple(names.get(part, part) if isinstance(part, str) else part for part in place)
