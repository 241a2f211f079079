"""Transcription by whisper through faster-whisper: words with times, language found where it is not given.

Deterministic: nothing is drawn by chance (see `whisper_model.py`). Memory does not grow with the track: at most three
minutes of it are held by each thread. Costs less than faster-whisper alone: long silences are skipped, and pieces are
heard side by side by a thread each.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from soundstage.domain.timing import Span, merge
from soundstage.domain.transcript import Passage, Stretch, Transcript
from soundstage.engines.analysis_track import AnalysisTrack
from soundstage.engines.progress import Report, portion
from soundstage.engines.spec import Capability, EngineSpec
from soundstage.engines.transcription import whisper_model
from soundstage.engines.transcription.contract import TranscriptionOptions
from soundstage.engines.transcription.doubt import believed, trustworthy
from soundstage.engines.transcription.listening_plan import Piece, plan, silent
from soundstage.engines.transcription.passage_languages import Likely, languages_of, most_spoken, stretches_of, weighed
from soundstage.engines.transcription.passages import in_order, insert, passage, tighten
from soundstage.engines.transcription.several_languages import Course, Doubts, Speech
from soundstage.engines.transcription.unheard import echoes, passed_over
from soundstage.engines.transcription.whisper_languages import CODES, UNSPACED, iso_code, model_code
from soundstage.engines.transcription.whisper_model import WINDOW_SECONDS, Heard, Notice, WhisperModel
from soundstage.errors import EngineFailure

if TYPE_CHECKING:
    from soundstage.engines.transcription.doubt import Samples

Work = TypeVar("Work")
Done = TypeVar("Done")

_SURE = 0.8  # of the language: no further window is asked
_WINDOWS = 5  # asked at most; each costs an encoder pass
_ENCODED_MS = 10_000  # of hearing cost as much as an encoder pass
_AGAIN_MS, _AGAIN_SHARE = 10_000, 0.2  # of hearing, and of each second of it: what comes after takes so long, about
_ANEW = 0.5  # of the progress left, where several languages are found only after the first hearing
_AROUND_MS = 200
_MIXED = 0.5  # less sure of the main language: several are spoken, and which where is asked before anything is heard
_SHORTEST_ASKED_MS = 500  # of a unit: less tells nothing


def load(settings: dict[str, Any]) -> WhisperTranscriber:
    return WhisperTranscriber(whisper_model.load(settings))


class WhisperTranscriber:
    def __init__(self, model: WhisperModel) -> None:
        self._model = model

    def transcribe(self, audio: Path, options: TranscriptionOptions, report: Report) -> Transcript:
        """Where the language is not given, what is spoken in another than the rest is heard in that one."""
        with AnalysisTrack(audio) as track:
            pieces = tuple(piece for piece in plan(track, options.speech) if not silent(track, piece))
            hearing, rest = self._parts(pieces, report, asked=options.language is None)
            language, sureness = self._language(track, pieces, options.language)
            hearing(0.0)
            speech = Speech(track, pieces, options.speech)
            stretches: tuple[Stretch, ...] = ()
            if mixed := sureness < _MIXED and bool(pieces):
                stretches = self._stretches(speech, speech.units, language, sureness, sure=False)
            passages: tuple[Passage, ...] = ()
            heard_in: str | None = None
            if not stretches:
                doubts, heard_in = Doubts(language), language
                work = [(piece, language) for piece in pieces]
                passages = in_order(self._hear(track, work, hearing, doubts), track.duration_ms)
                asked = frozenset() if mixed else speech.units_in(doubts.spans)
                stretches = self._stretches(speech, asked, language, sureness, sure=True)
            if stretches and options.language is None:
                language, sureness = most_spoken(stretches)
                kept, work = speech.left(stretches, passages, heard_in)
                anew = self._hear(track, work, portion(rest, 0.0, _ANEW) if heard_in else hearing)
                passages = in_order([*kept, *anew], track.duration_ms)
                rest = portion(rest, _ANEW, 1.0) if heard_in else rest
            course = Course(language, () if options.language else stretches, track.duration_ms)
            passages = self._complete(track, options.speech, passages, course, rest)
        report(1.0)
        return _transcript(language, sureness, passages, stretches)

    def _parts(self, pieces: Sequence[Piece], report: Report, *, asked: bool) -> tuple[Report, Report]:
        """Of the progress, by what they cost: hearing, and what follows; finding the language, if `asked`, is before.

        Pieces are heard side by side, so that what is done one after the other counts more beside them.
        """
        at_once = max(1, min(self._model.threads, len(pieces)))
        before = _ENCODED_MS * at_once if asked and self._model.multilingual else 0
        hearing = sum(piece.duration_ms for piece in pieces)
        heard, whole = before + hearing, before + hearing * (1 + _AGAIN_SHARE) + _AGAIN_MS
        return portion(report, before / whole, heard / whole), portion(report, heard / whole, 1.0)

    def _complete(
        self,
        track: AnalysisTrack,
        spoken: tuple[Span, ...] | None,
        passages: tuple[Passage, ...],
        course: Course,
        report: Report,
    ) -> tuple[Passage, ...]:
        """The passages within the speech, and what they passed over of it."""
        if not spoken:
            return passages
        speech = merge(spoken)
        passages = tuple(tighten(passages, speech))
        again = passed_over(speech, passages)
        for count, found in enumerate(self._hear_again(track, again, course), start=1):
            report(count / len(again))
            for new in found:
                if not echoes(new, passages):
                    passages = insert(passages, new)
        return in_order(passages, track.duration_ms)

    def _stretches(
        self, speech: Speech, asked: Collection[Span], language: str, sureness: float, *, sure: bool
    ) -> tuple[Stretch, ...]:
        """Which language is heard where, by asking those units; nothing where that is `language` throughout.

        sure: most is known to be in `language`.
        """
        if not asked or not self._model.multilingual:
            return ()

        def ask(unit: Span) -> Likely | None:
            if unit not in asked:
                return None
            if unit.duration_ms < _SHORTEST_ASKED_MS:
                return {}
            samples = speech.track.read(max(0, unit.start_ms - _AROUND_MS), unit.end_ms)
            return weighed(self._model.passage_languages(samples))

        with ThreadPoolExecutor(self._model.threads) as threads:
            heard = tuple(threads.map(ask, speech.units))
        course = languages_of(speech.units, heard, language, sure=sure)
        found = stretches_of(speech.units, heard, course, sureness)
        return () if {one.language for one in found} == {language} else found

    def _language(self, track: AnalysisTrack, pieces: Sequence[Piece], wanted: str | None) -> tuple[str, float]:
        """The model's code and how sure it is; what was asked for is taken as certain.

        Windows are asked from the middle outwards until one language is likely enough on average.
        """
        if wanted is not None:
            code = model_code(wanted) if self._model.multilingual else "en"
            if code is None:
                raise EngineFailure(f"whisper does not know the language {wanted!r}: choose another engine or language")
            return code, 1.0
        if not pieces or not self._model.multilingual:
            return "en", 0.0 if not pieces else 1.0
        sums: dict[str, float] = {}
        for count, span in enumerate(_windows(pieces), start=1):
            for code, probability in self._model.languages(track.read(span.start_ms, span.end_ms)).items():
                sums[code] = sums.get(code, 0.0) + probability
            best = max(sums, key=lambda code: (sums[code], code))
            if sums[best] / count >= _SURE:
                break
        return best, min(1.0, sums[best] / count)

    def _hear(
        self,
        track: AnalysisTrack,
        work: Sequence[tuple[Piece, str]],
        report: Report,
        doubts: Doubts | None = None,
    ) -> Iterator[Passage]:
        """Every piece's passages, each piece heard in its language.

        doubts: where the sound of another language is noted.
        """
        hearing = _Hearing([piece for piece, _ in work], report)

        def hear(part: tuple[Piece, str]) -> list[Passage]:
            piece, language = part
            samples = track.gather(piece.spans)
            notice = doubts.notice(piece) if doubts and self._model.multilingual else None
            raw = hearing.followed(piece, self._model, samples, language, notice)
            heard = believed(self._model, raw, samples, language)
            found = [passage(one, piece, language, spaced=language not in UNSPACED) for one in heard]
            hearing.reached(piece, piece.duration_ms)
            return [one for one in found if one is not None]

        return chain.from_iterable(self._side_by_side(hear, work))

    def _side_by_side(self, do: Callable[[Work], Done], work: Iterable[Work]) -> Iterator[Done]:
        """What is done with each, in order; as many at once as the model has threads."""
        with ThreadPoolExecutor(self._model.threads) as threads:
            try:
                yield from threads.map(do, work)
            finally:
                threads.shutdown(wait=False, cancel_futures=True)  # where one broke, the rest is not begun

    def _hear_again(self, track: AnalysisTrack, spans: Sequence[Span], course: Course) -> Iterator[list[Passage]]:
        """For each of the stretches that the first hearing passed over, what was said; if it is beyond doubt."""

        def hear(span: Span) -> list[Passage]:
            around = Span(start_ms=max(0, span.start_ms - _AROUND_MS), end_ms=span.end_ms + _AROUND_MS)
            samples, language = track.read(around.start_ms, around.end_ms), course.at(span)
            found = []
            for heard in self._model.hear(samples, language):
                likely = replace(heard, words=tuple(word for word in heard.words if word.text.strip()))
                if not likely.words or not trustworthy(likely):
                    continue
                one = passage(likely, Piece((around,)), language, spaced=language not in UNSPACED)
                if one is not None and one.confidence >= 0.5:
                    found.append(one)
            return found

        return self._side_by_side(hear, spans)


class _Hearing:
    """How far the pieces that are heard side by side are, together. Thread-safe."""

    def __init__(self, pieces: Sequence[Piece], report: Report) -> None:
        self._telling = Lock()
        self._reached = dict.fromkeys(pieces, 0)
        self._total = sum(piece.duration_ms for piece in pieces)
        self._report = report

    def followed(
        self, piece: Piece, model: WhisperModel, samples: Samples, language: str, notice: Notice | None
    ) -> Iterator[Heard]:
        """What is heard in a piece, as soon as it is: twice a window, once it is encoded and once its words are there.

        Before what is believed of it, which is told only with the window after it.
        """
        reached_ms = 0

        def encoded() -> None:
            self.reached(piece, reached_ms + _ENCODED_MS)

        for heard in model.hear(samples, language, notice=notice, encoded=encoded):
            reached_ms = round(heard.end * 1000)
            self.reached(piece, reached_ms)
            yield heard

    def reached(self, piece: Piece, ms: int) -> None:
        with self._telling:
            self._reached[piece] = max(self._reached[piece], min(ms, piece.duration_ms))
            self._report(sum(self._reached.values()) / self._total)


def _transcript(
    language: str, sureness: float, passages: Sequence[Passage], stretches: Sequence[Stretch]
) -> Transcript:
    """In ISO codes; a passage tells its language where that is not the transcript's."""
    own = iso_code(language)

    def told(code: str | None) -> str | None:
        return None if code is None or iso_code(code) == own else iso_code(code)

    return Transcript(
        language=own,
        language_confidence=sureness,
        passages=tuple(one.model_copy(update={"language": told(one.language)}) for one in passages),
        stretches=tuple(one.model_copy(update={"language": iso_code(one.language)}) for one in stretches)
        if len({iso_code(one.language) for one in stretches} | {own}) > 1
        else (),
    )


def _windows(pieces: Sequence[Piece]) -> Iterator[Span]:
    """Up to five stretches of at most 30 s, spread over what is heard, the middle one first."""
    spans = [span for piece in pieces for span in piece.spans]
    total = sum(span.duration_ms for span in spans)
    length = WINDOW_SECONDS * 1000
    count = max(1, min(_WINDOWS, total // length))
    starts = [round(total * (2 * i + 1) / (2 * count) - length / 2) for i in range(count)]
    for start in sorted(starts, key=lambda start: (abs(start + length / 2 - total / 2), start)):
        offset = max(0, start)
        for span in spans:
            if offset < span.duration_ms:
                yield Span(start_ms=span.start_ms + offset, end_ms=min(span.end_ms, span.start_ms + offset + length))
                break
            offset -= span.duration_ms


SPEC = EngineSpec(
    name="whisper-base",
    capability=Capability.TRANSCRIPTION,
    version="faster-whisper-1.2/base-int8/4",
    title="Whisper base: words with times in 99 languages",
    load="soundstage.engines.transcription.whisper:load",
    check=whisper_model.check,
    licence="MIT (code and weights)",
    languages=CODES,
    devices=("cpu", "cuda"),
    memory_mb=600,
    rank=10,
    settings=whisper_model.SETTINGS,
    model=whisper_model.which,
)
