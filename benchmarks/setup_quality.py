"""How good is a set-up project? Words, speakers, stems and silence against what was really said and mixed.

Needs the recordings of `../shared/clips` and the default models. Everything walks through the stages of set-up; beside
it, faster-whisper is called bare on the same audio. One table, each row against its goal.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from benchmarks.measure import Row, tell_table

from soundstage.engines.resident import EngineRoom
from soundstage.engines.weights import WHISPER_BASE, unpack
from soundstage.testing.diarization_error import diarization_error, read_rttm
from soundstage.testing.listening import Hearing, Listener
from soundstage.testing.mixtures import WITHOUT_WORDS, Samples, joined, over_music, read, rms, write
from soundstage.testing.separation_gain import gain_db, residue_dbfs
from soundstage.testing.word_error import WordError, total, word_error
from soundstage.testing.word_starts import start_errors

CLIPS = Path(__file__).resolve().parents[2] / "shared" / "clips"
TALKS = ("conv2", "conv3", "ami-dev00")
LEVELS = (10, 5, 0)  # dB of speech over music
MUSIC = tuple(name for name in WITHOUT_WORDS if name.startswith("music"))
WITHOUT_SECONDS = 60.0
LONGEST_CLIP = 12.0
# One word of the clips is 0.6 points. Over music they are heard once more as three readings, each over every piece.
READINGS = (
    ("LJ001-0001", "LJ001-0002", "LJ001-0003"),
    ("LJ001-0004", "LJ001-0005", "austen-0880"),
    ("austen-0870", "austen-0890", "jfk"),
)
LONGEST_READING = 29.5  # a window of whisper holds each
PAUSE = 0.6
LEVEL = 0.08  # RMS of each clip in a reading: music is as far below the one as below the other
WORD_TIMES = Path(__file__).with_name("word_times.json")


@dataclass(frozen=True)
class Recording:
    """`mixed`: how it is heard. `voice`: the speech alone, None where nothing was mixed in. `reading`: of many clips."""

    clip: str
    decibels: int | None
    said: str
    mixed: Samples
    voice: Samples | None = None
    reading: bool = False

    @property
    def name(self) -> str:
        return self.clip if self.decibels is None else f"{self.clip}, music at {self.decibels} dB"


@cache
def music(name: str, seconds: float) -> Samples:
    return WITHOUT_WORDS[name](seconds)


def spoken(clip: str) -> tuple[Samples, str]:
    """A clip's sound and its words."""
    sound = next(path for path in CLIPS.glob(f"{clip}.*") if path.suffix != ".txt")
    return read(sound), (CLIPS / f"{clip}.txt").read_text(encoding="utf-8")


def recordings() -> Iterator[Recording]:
    """Every clip of which the words are known, clean and over music: another piece for each clip and level."""
    for number, clip in enumerate(sorted(text.stem for text in CLIPS.glob("*.txt"))):
        voice, said = spoken(clip)
        yield Recording(clip, None, said, voice)
        for place, decibels in enumerate(LEVELS):
            mixed, alone = over_music(voice, music(MUSIC[(number + place) % len(MUSIC)], LONGEST_CLIP), decibels)
            yield Recording(clip, decibels, said, mixed, alone)


def readings() -> Iterator[Recording]:
    """Three clips in a row, each row over each piece of music at each level: 800 words a level."""
    for number, clips in enumerate(READINGS, start=1):
        parts = [spoken(clip) for clip in clips]
        voice, _ = joined([sound * np.float32(LEVEL / rms(sound)) for sound, _ in parts], PAUSE)
        said = " ".join(text for _, text in parts)
        for piece in MUSIC:
            for decibels in LEVELS:
                mixed, alone = over_music(voice, music(piece, LONGEST_READING), decibels)
                name = f"reading {number} over {piece.removeprefix('music: ')}"
                yield Recording(name, decibels, said, mixed, alone, reading=True)


@dataclass(frozen=True)
class Words:
    """Of one recording: by set-up, by faster-whisper alone, and by set-up made to listen to the mix or to the stem.

    late: seconds by which each word begins too late; of clips alone.
    """

    recording: Recording
    ours: WordError
    bare: WordError
    mix: WordError
    stem: WordError
    late: list[float]
    gain: float | None
    residue: float


class Bench:
    """`bare`: a path in, the text by faster-whisper with its own defaults out."""

    def __init__(self, folder: Path, room: EngineRoom, settings: Mapping[str, Any]) -> None:
        from faster_whisper import WhisperModel

        self._folder, self._room, self._settings = folder, room, settings
        self._times = json.loads(WORD_TIMES.read_text(encoding="utf-8"))["clips"]
        weights = unpack(WHISPER_BASE, Path(settings["models_dir"]))
        self._bare = WhisperModel(str(weights), device="cpu", compute_type="int8")

    def hear(self, samples: Samples, *stages: str) -> Hearing:
        path = write(self._folder / "recording.flac", samples)
        return Listener(self._folder / "heard", {"one": path}, self._settings, self._room).hear("one", *stages)

    def bare(self, samples: Samples) -> str:
        path = write(self._folder / "recording.flac", samples)
        segments, _ = self._bare.transcribe(str(path), word_timestamps=True, beam_size=5)
        return " ".join(segment.text for segment in segments)

    def words(self, one: Recording) -> Words:
        hearing = self.hear(one.mixed, "transcribe")
        source, speech, background = hearing.stems
        words = Words(
            recording=one,
            ours=word_error(one.said, hearing.text),
            bare=word_error(one.said, self.bare(one.mixed)),
            mix=word_error(one.said, hearing.text_from("mix")),
            stem=word_error(one.said, hearing.text_from("speech")),
            late=[] if one.reading else start_errors(hearing.words, self._times[one.clip]),
            gain=gain_db(one.voice, one.mixed, speech) if one.voice is not None else None,
            residue=residue_dbfs(source, speech, background),
        )
        print(
            f"  {one.name}: {words.ours.wrong} words wrong, bare {words.bare.wrong}, mix {words.mix.wrong}", flush=True
        )
        return words


def rows_of_words(heard: list[Words]) -> Iterator[Row]:
    for one in heard:
        if not one.recording.reading:
            yield _row_of_words(one.recording.name, [one])
    clean = [one for one in heard if one.recording.decibels is None]
    rate = 100 * total(one.ours for one in clean).rate
    yield _row_of_words("all clean clips", clean, near_bare=True)
    yield Row("wrong words, %", "all clean clips", rate, "at most 8", rate <= 8)
    for decibels in LEVELS:
        same = [one for one in heard if one.recording.decibels == decibels]
        music_at = f"with music at {decibels} dB"
        yield _row_of_words(f"clips {music_at}", [one for one in same if not one.recording.reading])
        for number in range(1, len(READINGS) + 1):
            named = f"reading {number} "
            yield _row_of_words(f"{named}{music_at}", [one for one in same if one.recording.clip.startswith(named)])
        yield _row_of_words(f"clips and readings {music_at}", same, near_bare=True)
        worse = sum(one.ours.wrong > one.bare.wrong for one in same)
        others = {"fewer": sum(one.ours.wrong < one.bare.wrong for one in same), "of": len(same)}
        yield Row("with more wrong words than bare", f"clips and readings {music_at}", worse, others=others)
        if decibels == 0:
            less = 100 * (total(one.stem for one in same).rate - total(one.mix for one in same).rate)
            yield Row("stem less mix, points", f"clips and readings {music_at}", less, "below 0", less < 0)


def rows_of_stems(heard: list[Words]) -> Iterator[Row]:
    for decibels in LEVELS:
        same = [one for one in heard if one.recording.decibels == decibels]
        for what, whole in (("clips", False), ("readings", True)):
            gains = [one.gain for one in same if one.recording.reading is whole and one.gain is not None]
            for which, gain in (("median", median(gains)), ("worst", min(gains))):
                goal, met = ("at least 7", gain >= 7) if decibels == 0 else ("", None)
                name = f"{which} of {len(gains)} {what} at {decibels} dB"
                yield Row("gain of speech, dB SI-SDR", name, gain, goal, met)
    residue = max(one.residue for one in heard)
    yield Row("source less stems, dBFS", "loudest sample of all", residue, "at most -80", residue <= -80)


def _row_of_words(name: str, heard: list[Words], *, near_bare: bool = False) -> Row:
    """near_bare: that they are as well heard as by faster-whisper alone is a goal."""
    kinds = ((one.ours, one.bare, one.mix, one.stem) for one in heard)
    ours, bare, mix, stem = (total(errors) for errors in zip(*kinds, strict=True))
    goal, met = ("at most 0.5 points above bare", 100 * (ours.rate - bare.rate) <= 0.5) if near_bare else ("", None)
    others = {"bare": 100 * bare.rate, "from the mix": 100 * mix.rate, "from the stem": 100 * stem.rate}
    return Row("wrong words, %", f"{name} ({ours.said} words)", 100 * ours.rate, goal, met, others)


def rows_of_speakers(bench: Bench) -> Iterator[Row]:
    for name in TALKS:
        truth = read_rttm(CLIPS / f"{name}.rttm")
        talks = bench.hear(read(CLIPS / f"{name}.wav"), "diarize").talks
        rate, most = diarization_error(truth, talks).rate, 0.10 if name == "ami-dev00" else 0.08
        yield Row("speaker error, %", name, 100 * rate, f"at most {100 * most:g}", rate <= most)
        found, there = len({one.who for one in talks}), len({one.who for one in truth})
        yield Row("speakers", name, found, f"{there}", found == there)


def rows_of_starts(heard: list[Words]) -> Iterator[Row]:
    errors = [1000 * error for one in heard if one.recording.decibels is None for error in one.late]
    middle = median(map(abs, errors))
    others = {"late, median": median(errors), "worst tenth": float(np.quantile(np.abs(errors), 0.9))}
    what = f"clean clips, {len(errors)} words"
    yield Row("word starts, ms", what, middle, "median at most 80", middle <= 80, others)


def rows_without_words(bench: Bench) -> Iterator[Row]:
    for name, make in WITHOUT_WORDS.items():
        hearing = bench.hear(make(WITHOUT_SECONDS), "transcribe")
        count = len(hearing.words)
        yield Row("invented words", f"{WITHOUT_SECONDS:g} s of {name}", count, "0", count == 0)
        if count:
            print(f"  heard in {name}: {hearing.text}")


def main() -> None:
    room = EngineRoom(memory_budget_mb=4000, idle_seconds=600)
    with tempfile.TemporaryDirectory() as folder:
        try:
            bench = Bench(Path(folder), room, {"models_dir": str(Path(folder) / "models")})
            heard = [bench.words(one) for one in chain(recordings(), readings())]
            rows = [*rows_of_words(heard), *rows_of_starts(heard), *rows_of_stems(heard)]
            rows += [*rows_of_speakers(bench), *rows_without_words(bench)]
        finally:
            room.close()
    tell_table("How good is a set-up project", rows)


if __name__ == "__main__":
    main()
