"""Whether browsers play a video as it is, and what is the least that makes them."""

from __future__ import annotations

from enum import StrEnum

from soundstage.domain.media import MediaInfo, Stream
from soundstage.domain.value import Value

# What Chrome, Firefox and Safari all play. HEVC is missing on purpose: whether it plays hangs on the machine.
_PICTURES = {"mp4": frozenset({"h264", "vp9", "av1"}), "webm": frozenset({"vp8", "vp9", "av1"})}
_SOUNDS = {"mp4": frozenset({"aac", "mp3", "opus", "flac"}), "webm": frozenset({"opus", "vorbis"})}
_PIXELS = frozenset({"yuv420p", "yuvj420p"})
_DEEP_PIXELS = frozenset({"yuv420p10le"})  # of AV1 only: its main profile has them


class Way(StrEnum):
    """How a video gets into a browser: as it is, its streams in another container, or its pictures encoded anew."""

    SOURCE = "source"
    COPY = "copy"
    TRANSCODE = "transcode"


class ProxyPlan(Value):
    """What is to be done. `container`: `mp4` or `webm`; `copy_sound`: the chosen audio stream may stay as it is, else
    it is encoded from the source track. `why` ends a sentence such as "The video is copied: …"."""

    way: Way
    container: str
    copy_sound: bool
    why: str


def plan_proxy(info: MediaInfo, chosen: tuple[Stream, ...]) -> ProxyPlan | None:
    """The least that makes the first video stream play in browsers with the `chosen` audio; None without video."""
    if not info.video:
        return None
    picture = info.video[0]
    sound = chosen[0] if len(chosen) == 1 else None
    obstacle = _picture_obstacle(picture)
    there = _container_of(info)
    container = _container_for(picture, sound, there)
    copy_sound = sound is not None and sound.codec in _SOUNDS[container]
    if obstacle is not None:
        copy_sound = sound is not None and sound.codec in _SOUNDS["mp4"]
        return ProxyPlan(way=Way.TRANSCODE, container="mp4", copy_sound=copy_sound, why=obstacle)
    if there != container:
        return ProxyPlan(way=Way.COPY, container=container, copy_sound=copy_sound, why="browsers do not open this file")
    if not copy_sound:
        what = f"browsers do not play its sound ({sound.codec})" if sound else "several audio tracks are mixed"
        return ProxyPlan(way=Way.COPY, container=container, copy_sound=False, why=what)
    if sound != _played(info):
        why = "browsers would play another of its audio tracks"
        return ProxyPlan(way=Way.COPY, container=container, copy_sound=True, why=why)
    return ProxyPlan(way=Way.SOURCE, container=container, copy_sound=True, why="browsers play it as it is")


def transcoding(plan: ProxyPlan, sound: Stream | None, why: str) -> ProxyPlan:
    """The same with the pictures encoded anew, where copying them did not work."""
    copy_sound = sound is not None and sound.codec in _SOUNDS["mp4"]
    return plan.model_copy(update={"way": Way.TRANSCODE, "container": "mp4", "copy_sound": copy_sound, "why": why})


def _picture_obstacle(picture: Stream) -> str | None:
    if not any(picture.codec in codecs for codecs in _PICTURES.values()):
        return f"browsers do not play {picture.codec}"
    pixels = _PIXELS | _DEEP_PIXELS if picture.codec == "av1" else _PIXELS
    if picture.pixel_format is not None and picture.pixel_format not in pixels:
        return f"browsers do not play {picture.codec} with {picture.pixel_format} pictures"
    return None


def _container_for(picture: Stream, sound: Stream | None, there: str | None) -> str:
    if there is not None and picture.codec in _PICTURES[there] and sound is not None and sound.codec in _SOUNDS[there]:
        return there
    if picture.codec == "vp8":
        return "webm"
    if picture.codec in _PICTURES["webm"] and sound is not None and sound.codec in _SOUNDS["webm"]:
        return "webm"
    return "mp4"


def _container_of(info: MediaInfo) -> str | None:
    """`mp4` or `webm` where the file is one that browsers open; None for others, QuickTime and Matroska among them."""
    if info.container.startswith("matroska"):
        return "webm" if info.brand == "webm" else None
    if info.container.startswith("mov"):
        return None if info.brand in (None, "qt") else "mp4"
    return None


def _played(info: MediaInfo) -> Stream:
    return next((stream for stream in info.audio if stream.is_default), info.audio[0])
