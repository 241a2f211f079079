"""Speech in files unlike what one expects, all the way to the project: the same words at the same times."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile
import soxr
from tests import asking

from soundstage.testing import media

HIDDEN, LATE = 1.0, 2.0  # seconds of sound before zero; where the times of a file begin
PRECISE_MS = 250


def spoken(clips: Path, rate: int) -> np.ndarray:
    """(n, 1) float32: four seconds of speech."""
    samples, own = soundfile.read(clips / "jfk.flac", dtype="float32", always_2d=True)
    return soxr.resample(samples[: 4 * own].mean(axis=1, keepdims=True), own, rate)


def add_sound(container: Any, codec: str, rate: int, layout: str) -> Any:
    stream = container.add_stream(codec, rate=rate, layout=layout)
    stream.codec_context.open()
    return stream


def write_sound(container: Any, stream: Any, samples: np.ndarray, seconds: float = 0.0) -> None:
    """Encode (n, channels) samples from this time on."""
    resampler = av.AudioResampler(stream.codec_context.format.name, stream.codec_context.layout.name, stream.rate)
    first = round(seconds * stream.rate)
    for start in range(0, len(samples), 1024):
        block = np.ascontiguousarray(samples[start : start + 1024].T)
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=stream.codec_context.layout.name)
        frame.sample_rate, frame.pts, frame.time_base = stream.rate, first + start, Fraction(1, stream.rate)
        for converted in resampler.resample(frame):
            container.mux(stream.encode(converted))
    container.mux(stream.encode(None))


def uneven_with_hidden_beginning(path: Path, clips: Path) -> None:
    """Pictures at any times; sound from before zero, which an edit list hides."""
    moments = np.sort(np.random.default_rng(4).integers(1, 4_000, 40))
    speech = np.repeat(spoken(clips, 48_000), 2, axis=1)
    with av.open(str(path), "w") as container:
        video: Any = container.add_stream("mpeg4", rate=25)
        video.width, video.height, video.pix_fmt = 128, 72, "yuv420p"
        video.codec_context.time_base = Fraction(1, 1000)
        sound = add_sound(container, "aac", 48_000, "stereo")
        for moment in sorted({0, *moments.tolist()}):
            frame = av.VideoFrame.from_ndarray(np.full((72, 128, 3), moment % 256, np.uint8), format="rgb24")
            frame.pts, frame.time_base = moment, Fraction(1, 1000)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        before = speech[: round(HIDDEN * 48_000)][::-1]
        write_sound(container, sound, np.concatenate([before, speech]), -HIDDEN)


def eight_tracks(path: Path, clips: Path) -> None:
    """As broadcasters deliver: one channel each, speech on the first."""
    speech = spoken(clips, 48_000)
    with av.open(str(path), "w", format="mxf") as container:
        video: Any = container.add_stream("mpeg2video", rate=25)
        video.width, video.height, video.pix_fmt = 128, 72, "yuv420p"
        sounds = [add_sound(container, "pcm_s24le", 48_000, "mono") for _ in range(8)]
        for number in range(100):
            frame = av.VideoFrame.from_ndarray(np.full((72, 128, 3), number, np.uint8), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        for number, sound in enumerate(sounds):
            tone = media.sine(200.0 + 100 * number, 4.0, 48_000, level=0.1)
            write_sound(container, sound, tone if number else speech)


def late_surround(path: Path, clips: Path) -> None:
    """Six channels at 192 kHz, speech in the middle one; a track that holds nothing; times that begin at 2 seconds."""
    speech = spoken(clips, 192_000)
    six = np.random.default_rng(1).normal(0, 0.001, (len(speech), 6)).astype(np.float32)
    six[:, 2:3] = speech
    with av.open(str(path), "w") as container:
        sound = add_sound(container, "flac", 192_000, "5.1")
        add_sound(container, "aac", 48_000, "stereo")
        write_sound(container, sound, six, LATE)


def telephone(path: Path, clips: Path) -> None:
    media.make_wav(path, spoken(clips, 8_000), 8_000, "ULAW")


def plain(path: Path, clips: Path) -> None:
    media.make_wav(path, spoken(clips, 48_000), 48_000)


MADE = {
    "plain.wav": plain,
    "uneven.mov": uneven_with_hidden_beginning,
    "tracks.mxf": eight_tracks,
    "surround.mka": late_surround,
    "telephone.wav": telephone,
}


@pytest.fixture(scope="module")
def team(server):
    with server.client(server.new_key(team="odd-media")) as client:
        yield client


@pytest.fixture(scope="module")
def documents(team, clips, tmp_path_factory) -> dict[str, dict[str, Any]]:
    """The project of each file with its stages, and when its words begin."""
    folder, tasks = tmp_path_factory.mktemp("odd"), {}
    for name, make in MADE.items():
        make(folder / name, clips)
        tasks[name] = asking.set_up(team, asking.upload(team, folder / name))
    found = {}
    for name, task_id in tasks.items():
        body = asking.succeeded(team, task_id)
        document = team.get(f"/apis/projects/{body['run_id']}").json()
        words = [word for segment in document["segments"] for word in segment["words"]]
        begun = {word["text"].strip(",.").lower(): word["span"]["start_ms"] for word in words}
        found[name] = document | {"words": begun, "stages": body["stages"]}
    return found


@pytest.mark.parametrize("name", [name for name in MADE if name != "plain.wav"])
def test_the_same_is_heard_at_the_same_time(documents, name):
    times = documents["plain.wav"]["words"]
    heard = documents[name]["words"]
    for word in ("my", "fellow"):
        assert heard[word] == pytest.approx(times[word], abs=PRECISE_MS), (name, heard)
    stages = {stage["name"]: stage for stage in documents[name]["stages"]}
    assert all(stage["state"] in ("done", "skipped") and stage["summary"] for stage in stages.values())
    assert stages["decode"]["findings"]["warnings"] == [], "nothing is missing, and nothing is said to be"


def test_lengths_are_those_of_the_speech(documents):
    lengths = {name: document["duration_ms"] for name, document in documents.items()}
    assert lengths == pytest.approx(dict.fromkeys(MADE, 4000), abs=60)


def test_what_is_odd_is_told(documents):
    streams = {name: document["media"]["streams"] for name, document in documents.items()}
    assert [one["kind"] for one in streams["tracks.mxf"]].count("audio") == 8
    assert any(one["variable_frame_rate"] for one in streams["uneven.mov"])
    assert [(one["sample_rate"], one["channels"]) for one in streams["surround.mka"]] == [(192_000, 6), (48_000, 2)]
    assert streams["telephone.wav"][0]["sample_rate"] == 8_000
