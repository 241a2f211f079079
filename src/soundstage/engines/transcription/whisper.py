"""Transcription by whisper through faster-whisper: words with times, language found where it is not given.

Deterministic: nothing is drawn by chance (see `whisper_model.py`). Memory does not grow with the track: at most three
minutes of it are held by each thread. Costs less than faster-whisper alone: long silences are skipped, and pieces are
heard side by side by a thread each.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import Any

from soundstage.domain.timing import Span, merge
from soundstage.domain.transcript import Passage, Stretch, Transcript
from soundstage.engines.analysis_track import AnalysisTrack
from soundstage.engines.progress import Report
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
from soundstage.engines.transcription.whisper_model import WINDOW_SECONDS, WhisperModel
from soundstage.errors import EngineFailure

_SURE = 0.8  # of the language: no further window is asked
_WINDOWS = 5  # asked at most; each costs an encoder pass, as much as 10 s of transcription
_FIRST_HEARING = (0.0, 0.95)  # of the progress; the rest is hearing again what was passed over
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
            language, sureness = self._language(track, pieces, options.language)
            speech = Speech(track, pieces, options.speech)
            stretches: tuple[Stretch, ...] = ()
            if mixed := sureness < _MIXED and bool(pieces):
                stretches = self._stretches(speech, speech.units, language, sureness, sure=False)
            passages: tuple[Passage, ...] = ()
            heard_in: str | None = None
            if not stretches:
                doubts, heard_in = Doubts(language), language
                work = [(piece, language) for piece in pieces]
                passages = in_order(self._hear(track, work, report, _FIRST_HEARING, doubts), track.duration_ms)
                asked = frozenset() if mixed else speech.units_in(doubts.spans)
                stretches = self._stretches(speech, asked, language, sureness, sure=True)
            if stretches and options.language is None:
                language, sureness = most_spoken(stretches)
                kept, work = speech.left(stretches, passages, heard_in)
                again = self._hear(track, work, report, (0.95, 0.99) if heard_in else _FIRST_HEARING)
                passages = in_order([*kept, *again], track.duration_ms)
            course = Course(language, () if options.language else stretches, track.duration_ms)
            passages = self._complete(track, options.speech, passages, course)
        report(1.0)
        return _transcript(language, sureness, passages, stretches)

    def _complete(
        self, track: AnalysisTrack, spoken: tuple[Span, ...] | None, passages: tuple[Passage, ...], course: Course
    ) -> tuple[Passage, ...]:
        """The passages within the speech, and what they passed over of it."""
        if not spoken:
            return passages
        speech = merge(spoken)
        passages = tuple(tighten(passages, speech))
        for new in self._hear_again(track, passed_over(speech, passages), course):
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
        portion: tuple[float, float],
        doubts: Doubts | None = None,
    ) -> Iterator[Passage]:
        """Every piece's passages, each piece heard in its language; as many at once as the model has threads.

        doubts: where the sound of another language is noted.
        """
        hearing = _Hearing([piece for piece, _ in work], report, portion)

        def hear(part: tuple[Piece, str]) -> list[Passage]:
            piece, language = part
            samples = track.gather(piece.spans)
            notice = doubts.notice(piece) if doubts and self._model.multilingual else None
            found = []
            for heard in believed(self._model, self._model.hear(samples, language, notice=notice), samples, language):
                if (one := passage(heard, piece, language, spaced=language not in UNSPACED)) is not None:
                    found.append(one)
                hearing.reached(piece, round(heard.end * 1000))
            hearing.reached(piece, piece.duration_ms)
            return found

        with ThreadPoolExecutor(self._model.threads) as threads:
            try:
                yield from chain.from_iterable(threads.map(hear, work))
            finally:
                threads.shutdown(wait=False, cancel_futures=True)  # where one broke, the rest is not begun

    def _hear_again(self, track: AnalysisTrack, spans: Sequence[Span], course: Course) -> Iterator[Passage]:
        """What was said in stretches that the first hearing passed over; only what is beyond doubt counts."""
        for span in spans:
            around = Span(start_ms=max(0, span.start_ms - _AROUND_MS), end_ms=span.end_ms + _AROUND_MS)
            samples, language = track.read(around.start_ms, around.end_ms), course.at(span)
            for heard in self._model.hear(samples, language):
                likely = replace(heard, words=tuple(word for word in heard.words if word.text.strip()))
                if not likely.words or not trustworthy(likely):
                    continue
                found = passage(likely, Piece((around,)), language, spaced=language not in UNSPACED)
                if found is not None and found.confidence >= 0.5:
                    yield found


class _Hearing:
    """How far the pieces that are heard side by side are, together. Thread-safe."""

    def __init__(self, pieces: Sequence[Piece], report: Report, portion: tuple[float, float]) -> None:
        self._start, self._end = portion
        self._telling = Lock()
        self._reached = dict.fromkeys(pieces, 0)
        self._total = sum(piece.duration_ms for piece in pieces)
        self._report = report

    def reached(self, piece: Piece, ms: int) -> None:
        with self._telling:
            self._reached[piece] = min(ms, piece.duration_ms)
            share = sum(self._reached.values()) / self._total
            self._report(self._start + (self._end - self._start) * share)


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
    version="faster-whisper-1.2/base-int8/3",
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
