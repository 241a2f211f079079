"""Makes the film that the demo sets up: synthetic speech over composed music under a test card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from soundstage.cli.console import FAILED, CliError
from soundstage.domain.request import AudioType
from soundstage.engines.registry import Registry
from soundstage.engines.resident import EngineRoom
from soundstage.engines.sound.contract import SAMPLE_RATE, SoundOrder, Wish
from soundstage.engines.spec import Capability, EngineSpec
from soundstage.engines.speech.contract import SpeechOrder
from soundstage.host.pool import HostPool

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SCRIPT = (
    "Good evening, and welcome to the theatre.",
    "This film was made a moment ago, by the same program that will now study it.",
    "The voice is synthetic, and the music was composed while you were waiting.",
    "In a minute the server will find the speech, write down every word, and cut it into lines.",
    "After that the film is ready for people who speak another language.",
    "Nothing that you hear has left this computer.",
)
MUSIC = "calm ambient piano, slow"
RATE = 48_000  # Hz, of the film's sound
LEAD_IN, PAUSE, LEAD_OUT = 1.5, 0.6, 2.0  # seconds of music before, between and after the sentences
MUSIC_BELOW_SPEECH_DB = 18.0
FULL_SCALE = 0.89  # −1 dBFS
SECONDS = 300.0  # for each call, loading included


@dataclass(frozen=True)
class Talk:
    """`frames` at 48 kHz of the sound that went into the film; `script` is what is said in it."""

    film: Path
    frames: int
    script: str

    @property
    def seconds(self) -> float:
        return self.frames / RATE


def make_talk(folder: Path, say: Callable[[str], None]) -> Talk:
    """Make `folder`/talk.mp4. Raises CliError when an engine is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    registry = Registry()
    room = EngineRoom(memory_budget_mb=1024, idle_seconds=60.0)
    try:
        say("speaking …")
        lines = _speak(room, _engine(registry, Capability.SPEECH, "en"), folder)
        speech = _laid_out(lines)
        say("composing …")
        music = _compose(room, _engine(registry, Capability.SOUND), folder, seconds=len(speech) / RATE)
    finally:
        room.close()
    mixed = folder / "talk.wav"
    _write(mixed, _mixed(speech, music))
    say("filming …")
    film = folder / "talk.mp4"
    hosts = HostPool(1)
    try:
        hosts.run("soundstage.media.test_card:write_test_card", {"audio": mixed, "output": film}, timeout=SECONDS)
    finally:
        hosts.close()
    return Talk(film, frames=len(speech), script=" ".join(SCRIPT))


def _engine(registry: Registry, capability: Capability, language: str | None = None) -> EngineSpec:
    found = registry.resolve(capability, None, None, {}, language=language)
    if isinstance(found, EngineSpec):
        return found
    raise CliError(f"the demo cannot make its film: {found.problem}; {found.cure}", FAILED)


def _speak(room: EngineRoom, spec: EngineSpec, folder: Path) -> list[NDArray[np.float32]]:
    """Each sentence of the script, mono at 48 kHz."""
    lines = []
    with room.acquire(spec, {}) as speaker:
        for number, sentence in enumerate(SCRIPT):
            path = folder / f"line-{number}.wav"
            order = SpeechOrder(text=sentence, language="en")
            speaker.call("speak", order=order, output=path, timeout=SECONDS)
            lines.append(_read(path)[:, 0])
            path.unlink()
    return lines


def _laid_out(lines: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """The sentences one after the other, with room for the music; mono at 48 kHz."""
    import numpy as np  # noqa: PLC0415 - only the demo needs it here

    pause = np.zeros(round(PAUSE * RATE), np.float32)
    spaced = [part for line in lines for part in (line, pause)]
    around = np.zeros(round(LEAD_IN * RATE), np.float32), np.zeros(round((LEAD_OUT - PAUSE) * RATE), np.float32)
    return np.concatenate([around[0], *spaced, around[1]])


def _compose(room: EngineRoom, spec: EngineSpec, folder: Path, *, seconds: float) -> NDArray[np.float32]:
    """At least so many seconds of music, stereo at 48 kHz."""
    path = folder / "music.wav"
    frames = round((seconds + 0.1) * SAMPLE_RATE)
    with room.acquire(spec, {}) as engine:
        plan = engine.call("understand", wish=Wish(prompt=MUSIC, audio_type=AudioType.MUSIC), timeout=SECONDS)
        order = SoundOrder(prompt=MUSIC, plan=plan, audio_type=AudioType.MUSIC, frames=frames, seed=7)
        engine.call("generate", orders=(order,), outputs=(path,), timeout=SECONDS)
    music: NDArray[np.float32] = _read(path)
    path.unlink()
    return music


def _mixed(speech: NDArray[np.float32], music: NDArray[np.float32]) -> NDArray[np.float32]:
    """Stereo (frames, 2): the music stays well below the speech, the whole below full scale."""
    import numpy as np  # noqa: PLC0415

    spoken = speech[np.abs(speech) > 1e-3]
    below = 10 ** (-MUSIC_BELOW_SPEECH_DB / 20)
    gain = below * np.sqrt(np.mean(spoken**2) / max(float(np.mean(music**2)), 1e-12))
    whole = speech[:, np.newaxis] + gain * music[: len(speech)]
    mixed: NDArray[np.float32] = (whole * min(1.0, FULL_SCALE / float(np.abs(whole).max()))).astype(np.float32)
    return mixed


def _read(path: Path) -> Any:
    """(frames, channels) float32 at 48 kHz."""
    import soundfile  # noqa: PLC0415
    import soxr  # noqa: PLC0415

    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return soxr.resample(samples, rate, RATE)


def _write(path: Path, samples: NDArray[np.float32]) -> None:
    import soundfile  # noqa: PLC0415

    soundfile.write(path, samples, RATE, subtype="PCM_16")
