"""What the demo asks of each product: does it open, is it as long as it must be, is it heard, is the text right."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soundstage.cli.demo.talk import RATE, Talk
from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.media.recipe_wav import read_recipe

AAC_FRAME = 1024  # samples: the codec pads the end of a film's sound to whole frames
QUIETEST_RMS_DBFS = -50.0
MOST_WORD_ERRORS = 0.15  # of the script's words; measured in this demo: below 0.05
CUE = re.compile(r"^(\d\d:)?\d\d:\d\d[.,]\d{3} --> (\d\d:)?\d\d:\d\d[.,]\d{3}", re.MULTILINE)


@dataclass(frozen=True)
class Check:
    """One thing that was looked at, and what was found."""

    name: str
    ok: bool
    found: str


@dataclass(frozen=True)
class Sound:
    """A sound file as it was read. `rms_dbfs` over the whole."""

    frames: int
    rate: int
    channels: int
    rms_dbfs: float


def read_sound(path: Path) -> Sound:
    """Decode the whole file, in blocks."""
    import numpy as np  # noqa: PLC0415 - only the demo needs it here
    import soundfile  # noqa: PLC0415

    total, frames = 0.0, 0
    with soundfile.SoundFile(path) as file:
        for block in file.blocks(65_536, dtype="float64", always_2d=True):
            total += float(np.sum(block**2)) / file.channels
            frames += len(block)
        mean = total / max(frames, 1)
        return Sound(frames, file.samplerate, file.channels, 10 * float(np.log10(max(mean, 1e-12))))


def check_clip(path: Path, seconds: float, prompt: str, said: str) -> list[Check]:
    """A sound or a piece of music: exactly as long as asked, heard, and with its recipe inside."""
    sound = read_sound(path)
    wanted = round(seconds * SAMPLE_RATE)
    recipe = json.loads(read_recipe(path))
    form = f"{sound.frames:,} frames at {sound.rate:,} Hz, {sound.channels} channels"
    return [
        Check(f"{said} opens", (sound.rate, sound.channels) == (SAMPLE_RATE, 2), form),
        Check(f"{said} has its length to the sample", sound.frames == wanted, f"{sound.frames:,} of {wanted:,}"),
        _heard(said, sound),
        Check(
            f"{said} holds its recipe", recipe["prompt"] == prompt, f"engine {recipe['engine']}, seed {recipe['seed']}"
        ),
    ]


def check_project(document: dict[str, Any], folder: Path, talk: Talk) -> list[Check]:
    """A project: its document, its source track, its lines and its subtitles."""
    source = read_sound(folder / "source.flac")
    heard = " ".join(segment["text"] for segment in document["segments"])
    errors = word_errors(talk.script, heard)
    words = len(_words(talk.script))
    spare = source.frames - talk.frames
    return [
        Check("the project opens", document["source_language"] == "en-us", f"“{document['project_name']}”"),
        Check("the source track opens", (source.rate, source.channels) == (RATE, 2), f"FLAC at {source.rate:,} Hz"),
        Check(
            "the source track has its length", 0 <= spare < AAC_FRAME, f"{source.frames:,} of {talk.frames:,} frames"
        ),
        _heard("the source track", source),
        Check("the text is recognised", errors <= MOST_WORD_ERRORS * words, f"{errors} of {words} words differ"),
        *(_subtitles(folder / f"source.{form}", len(document["segments"])) for form in ("srt", "vtt")),
    ]


def word_errors(script: str, heard: str) -> int:
    """Words wrong, missing and too many: the Levenshtein distance of the two word lists."""
    wanted, got = _words(script), _words(heard)
    row = list(range(len(got) + 1))
    for number, word in enumerate(wanted, start=1):
        diagonal, row[0] = row[0], number
        for place, other in enumerate(got, start=1):
            cost = min(row[place] + 1, row[place - 1] + 1, diagonal + (word != other))
            diagonal, row[place] = row[place], cost
    return row[-1]


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower().replace("theater", "theatre"))


def _heard(said: str, sound: Sound) -> Check:
    return Check(f"{said} is not silent", sound.rms_dbfs > QUIETEST_RMS_DBFS, f"{sound.rms_dbfs:.1f} dBFS RMS")


def _subtitles(path: Path, segments: int) -> Check:
    cues = len(CUE.findall(path.read_text(encoding="utf-8")))
    return Check(f"{path.name} has every line", cues >= segments > 0, f"{cues} cues for {segments} segments")
