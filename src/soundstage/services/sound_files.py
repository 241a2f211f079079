"""A sound's files: its takes, stems and scores as they are kept, and what is made of them when it is first asked for.

What is made (another format, a picture) is an artifact of the run's task: it counts in the quota and goes with the run.
"""

from __future__ import annotations

import re
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from soundstage.domain.artifact import Artifact
from soundstage.domain.sound import SoundTake
from soundstage.domain.sound_file import Encoding
from soundstage.domain.task import TaskKind
from soundstage.errors import BadRequest, NotFound
from soundstage.services.actor import Actor
from soundstage.services.made_files import MadeFile, MadeFiles, Order, at_once
from soundstage.services.names import file_name_of
from soundstage.services.runs import RunsService, SoundRun, sound_run
from soundstage.storage.blobs.store import BlobStore

PATIENCE_SECONDS = 120.0  # what is made may take so long, and four times the length of the sound: far more than it does


@dataclass(frozen=True)
class _Maker:
    """`function(source, output)` makes it of a WAV."""

    function: str
    media_type: str
    stage: str = "convert"


_MAKERS = {
    "flac": _Maker("soundstage.media.sound_files:to_flac", "audio/flac"),
    "mp3": _Maker("soundstage.media.sound_files:to_mp3", "audio/mpeg"),
    "ogg": _Maker("soundstage.media.sound_files:to_ogg", "audio/ogg"),
    "opus": _Maker("soundstage.media.sound_files:to_opus", "audio/ogg"),
}
_PICTURES = {
    "waveform.png": _Maker("soundstage.media.waveform:draw", "image/png", "picture"),
    "spectrogram.png": _Maker("soundstage.media.spectrogram:draw", "image/png", "picture"),
}
KEPT, SCORE = "wav", "mid"
FORMATS = (KEPT, *_MAKERS, SCORE)
PICTURES = tuple(name.removesuffix(".png") for name in _PICTURES)
_NAME = re.compile(rf"sound(?:-([0-7]))?(?:\.([a-z][a-z0-9_]{{0,31}}))?\.({'|'.join(_MAKERS)})")


@dataclass(frozen=True)
class SoundWish:
    """Which file of a sound: `variation` of its takes, one of that take's stems or the whole, in a format."""

    format: str = KEPT
    variation: int = 0
    stem: str | None = None

    @property
    def name(self) -> str:
        """What links call it: `sound.wav`, `sound-1.drums.mp3`."""
        return self.named("sound")

    def named(self, title: str) -> str:
        number = f"-{self.variation}" if self.variation else ""
        return f"{title}{number}{'' if self.stem is None else '.' + self.stem}.{self.format}"


class SoundFilesService:
    def __init__(self, blobs: BlobStore, runs: RunsService, made: MadeFiles) -> None:
        self._blobs = blobs
        self._runs = runs
        self._made = made

    def file(self, actor: Actor, run_id: int, wish: SoundWish) -> Future[MadeFile]:
        """At once when it is kept, else when it is made; who asks for what is being made shares that.

        Raises NotFound, also with what there is; BadRequest for a format that there is none of and a run of another
        kind; LimitReached when too many wait. The future raises QuotaExceeded, StorageFull, NotFound when the run is
        deleted meanwhile, and StageFailure.
        """
        sound = self._runs.sound(actor, run_id)
        _check_format(wish)
        return self._file(sound, wish)

    def encoded(self, actor: Actor, run_id: int, encoding: Encoding) -> Future[MadeFile]:
        """The first take, encoded as told. Raises as `file`."""
        sound = self._runs.sound(actor, run_id)
        order = self._order(
            sound,
            sound.product.first.audio,
            encoding.name,
            f"sound.{encoding.ending}",
            _Maker("soundstage.media.sound_files:to_encoding", encoding.media_type),
            encoding=encoding.model_dump(mode="json"),
        )
        return self._made.file(order)

    def picture(self, actor: Actor, run_id: int, kind: str, variation: int = 0) -> Future[MadeFile]:
        """A PNG of `PICTURES` of a take. Raises as `file`."""
        sound = self._runs.sound(actor, run_id)
        take = _take(sound, variation)
        name = f"{kind}-{variation}.png" if variation else f"{kind}.png"
        return self._made.file(self._order(sound, take.audio, f"{kind}.png", name, _PICTURES[f"{kind}.png"]))

    def open_signed(self, token: str) -> Future[MadeFile]:
        """The file of a token, also one that was made. Raises NotFound as `RunsService.open_signed`."""
        run, name = self._runs.signed(token)
        asked = _NAME.fullmatch(name)
        if run.kind is not TaskKind.TEXT_TO_SOUND or asked is None:
            return at_once(MadeFile(*self._runs.open_signed(token)))
        variation, stem, form = asked.groups()
        return self._file(sound_run(run), SoundWish(form, int(variation or 0), stem))

    def close(self) -> None:
        """Begin none any more; those at work end with their host processes."""
        self._made.close()

    def _file(self, sound: SoundRun, wish: SoundWish) -> Future[MadeFile]:
        take = _take(sound, wish.variation)
        kept = _part(take, wish)
        name = wish.named(file_name_of(sound.marks.name or take.recipe.prompt) or f"sound-{sound.run.run_id}")
        if wish.format in (KEPT, SCORE):
            return at_once(MadeFile(kept.model_copy(update={"name": name}), self._blobs.path(kept.sha256)))
        return self._made.file(self._order(sound, kept, wish.format, name, _MAKERS[wish.format]))

    def _order(self, sound: SoundRun, source: Artifact, ending: str, name: str, maker: _Maker, **others: Any) -> Order:
        patience = PATIENCE_SECONDS + 4 * sound.product.duration_ms / 1000
        return Order(
            run=sound.run,
            noun="picture" if maker.stage == "picture" else "converted sound",
            stage=maker.stage,
            kept_name=f"{source.sha256}.{ending}",
            name=name,
            media_type=maker.media_type,
            least_bytes=0,
            make=partial(self._make, maker.function, source, others, patience),
        )

    def _make(self, function: str, source: Artifact, others: dict[str, Any], patience: float, output: Path) -> None:
        arguments = {"source": self._blobs.path(source.sha256), "output": output, **others}
        self._made.run_isolated(function, arguments, patience)


def _check_format(wish: SoundWish) -> None:
    if wish.format not in FORMATS:
        raise BadRequest(f"There is no format {wish.format[:40]!r} of a sound. The formats: {', '.join(FORMATS)}.")
    if wish.format == SCORE and wish.stem is not None:
        raise BadRequest("A score is of the whole take: leave stem out to get it as MIDI.")


def _take(sound: SoundRun, variation: int) -> SoundTake:
    takes = sound.product.takes
    if not 0 <= variation < len(takes):
        there = "only variation 0" if len(takes) == 1 else f"variations 0 to {len(takes) - 1}"
        raise NotFound(f"Sound {sound.run.run_id} has no variation {variation}: it has {there}.")
    return takes[variation]


def _part(take: SoundTake, wish: SoundWish) -> Artifact:
    """The kept file that the wish is for or is made of."""
    if wish.format == SCORE:
        if take.midi is None:
            raise NotFound('This sound has no score: composed music has one where it was asked for with "stems": true.')
        return take.midi
    if wish.stem is None:
        return take.audio
    found = next((stem.audio for stem in take.stems if stem.name == wish.stem), None)
    if found is not None:
        return found
    names = ", ".join(stem.name for stem in take.stems)
    told = f"It has: {names}." if names else 'It was made without stems: send "stems": true to keep them.'
    raise NotFound(f"This sound has no stem {wish.stem[:40]!r}. {told}")
