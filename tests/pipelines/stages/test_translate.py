"""Translate: what is translated, copied, missing, and what is said of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from soundstage.domain.segment import Segment
from soundstage.domain.timing import Span
from soundstage.domain.transcript import Passage, Transcript, Word
from soundstage.domain.translation import LineDoubt, TermFault
from soundstage.engines.progress import Report
from soundstage.engines.spec import Capability, Readiness
from soundstage.engines.translation.contract import Translation, TranslationOrder
from soundstage.errors import Cancelled, EngineFailure
from soundstage.pipelines.documents import open_document, put_document
from soundstage.pipelines.stages.diarize import Diarized
from soundstage.pipelines.stages.segment import segment
from soundstage.pipelines.stages.transcribe import Transcribed
from soundstage.pipelines.stages.translate import Translated, TranslatedLines, translate
from soundstage.pipelines.translation_by_language import sources_of
from soundstage.pipelines.translation_findings import TargetFindings, TargetState, TranslateFindings, summary_of

SPANISH, MEXICAN, FRENCH, ENGLISH, BRITISH = 54, 58, 76, 1, 35


class Shouter:
    """Says each line in capitals with the pair before it and the terms behind.

    A line with "hush" comes back empty, one with "amen" as it was.
    """

    def translate(self, order: TranslationOrder, audio: Path | None, report: Report) -> Translation:
        assert audio is not None
        report(1.0)
        terms = "".join(f" {term.source}={term.target}" for term in order.terms)
        return Translation(
            texts=tuple(
                "  "
                if "hush" in line.text
                else line.text
                if "amen" in line.text
                else f"{order.source}>{order.target} {line.text.upper()}{terms} "
                for line in order.lines
            )
        )


class Reviser:
    """Leaves the terms out of lines that it is given with others, and swallows "second" into the line before it."""

    def translate(self, order: TranslationOrder, audio: Path | None, report: Report) -> Translation:
        report(1.0)
        texts = [line.text.replace("came", "vinimos").replace("We", "Nos") for line in order.lines]
        for i in range(1, len(texts)):
            if "second" in texts[i]:
                texts[i - 1], texts[i] = f"{texts[i - 1]} {texts[i]}", "…"
        return Translation(texts=tuple(texts))


class Loser:
    def translate(self, order: TranslationOrder, audio: Path | None, report: Report) -> Translation:
        return Translation(texts=())


def load(_settings: dict[str, object]) -> Shouter:
    return Shouter()


def load_reviser(_settings: dict[str, object]) -> Reviser:
    return Reviser()


class Stubborn:
    def translate(self, order: TranslationOrder, audio: Path | None, report: Report) -> Translation:
        return Translation(texts=tuple("Nosotros vinimos HOME" for _ in order.lines))


def load_stubborn(_settings: dict[str, object]) -> Stubborn:
    return Stubborn()


def load_loser(_settings: dict[str, object]) -> Loser:
    return Loser()


@pytest.fixture
def translated(make_context, request_for, decoded_audio, transcript, engine):
    def run(*targets: int, text="We came home.", spoken="en", specs=None, load="load", dictionary=(), **fields):
        spec = engine(
            Capability.TRANSLATION, f"{__name__}:{load}", pairs=lambda _source, target: target in ("es", "fr")
        )
        context = make_context(specs=[spec] if specs is None else specs, dictionary=dictionary)
        heard = Transcribed()
        if text:
            document = put_document(context, transcript(text, language=spoken), "transcript.json")
            heard = Transcribed(transcript=document, language=spoken)
        segmented = segment(context, heard, Diarized()).output
        request = request_for(target_languages=targets, **fields)
        return context, translate(context, request, decoded_audio(context), heard, segmented)

    return run


def texts(context, outcome) -> dict[str, tuple[str, ...]]:
    targets = open_document(context, outcome.output.translations, TranslatedLines).targets
    return {target.language: target.texts for target in targets}


def test_every_target_gets_its_lines(translated) -> None:
    context, outcome = translated(
        SPANISH, FRENCH, text="We came home today after a rather long and tiring voyage. Please hush now, dear child."
    )
    assert texts(context, outcome) == {
        "es-es": ("en-us>es-es WE CAME HOME TODAY AFTER A RATHER LONG AND TIRING VOYAGE.", ""),
        "fr-fr": ("en-us>fr-fr WE CAME HOME TODAY AFTER A RATHER LONG AND TIRING VOYAGE.", ""),
    }
    first = outcome.findings.targets[0]
    assert (first.state, first.engine, first.lines, first.empty_lines) == (TargetState.TRANSLATED, "small", 1, 1)
    assert outcome.summary.startswith("Translated 1 line into Spanish (Spain) by small (1 line left empty")
    assert "and 1 line into French (France) by small (1 line left empty" in outcome.summary
    assert context.reported == sorted(context.reported)
    assert {0.5, 1.0} == set(context.reported)
    assert (outcome.engine, outcome.media_seconds) == ("small", 10.0)


def test_lines_that_come_back_as_they_were_are_counted(translated) -> None:
    _, outcome = translated(SPANISH, text="And we say amen.")
    assert outcome.findings.targets[0].unchanged_lines == 1
    assert outcome.summary == "Translated 1 line into Spanish (Spain) by small (1 line left as in the source)."


def test_a_given_source_names_its_locale(translated) -> None:
    context, outcome = translated(SPANISH, source_language=BRITISH)
    assert texts(context, outcome) == {"es-es": ("en-gb>es-es WE CAME HOME.",)}


def test_a_language_outside_the_table_is_translated_by_its_code(translated) -> None:
    context, outcome = translated(SPANISH, spoken="haw")
    assert texts(context, outcome) == {"es-es": ("haw>es-es WE CAME HOME.",)}


def test_the_same_language_is_copied_with_a_warning(translated) -> None:
    context, outcome = translated(ENGLISH, BRITISH)
    assert texts(context, outcome) == {"en-us": ("We came home.",), "en-gb": ("We came home.",)}
    assert not outcome.skipped
    assert [target.state for target in outcome.findings.targets] == [TargetState.COPIED] * 2
    assert outcome.findings.targets[0].warning.startswith("English (United States) is the source language")
    assert "copied, not translated" in outcome.findings.targets[1].warning
    assert outcome.summary.startswith("Copied the lines for English (United States) and English (United Kingdom)")


def test_a_target_asked_for_twice_is_done_once(translated) -> None:
    _, outcome = translated(SPANISH, SPANISH)
    assert outcome.output.languages == ("es-es",)


def test_a_pair_without_an_engine_is_missing_and_the_rest_is_done(translated) -> None:
    _, outcome = translated(SPANISH, 31)
    german = outcome.findings.targets[1]
    assert not outcome.skipped
    assert outcome.output.languages == ("es-es",)
    assert (german.state, german.lines) == (TargetState.MISSING, 0)
    assert german.problem
    assert german.cure
    assert "Not translated into German (Germany): " in outcome.summary


def test_with_no_engine_at_all_it_is_skipped_with_the_cure(translated) -> None:
    _, outcome = translated(SPANISH, FRENCH, specs=[])
    assert outcome.skipped
    assert outcome.output == Translated()
    assert all(target.cure for target in outcome.findings.targets)
    assert outcome.summary == (
        "Not translated into Spanish (Spain) and French (France): no engine for translation is installed."
    )


def test_no_words_need_no_engine(translated) -> None:
    _, outcome = translated(SPANISH, text="")
    assert outcome.skipped
    assert outcome.summary == "There are no words to translate."
    assert outcome.findings.targets[0].state is TargetState.MISSING


def test_terms_of_the_chosen_dictionaries_reach_the_engine(translated) -> None:
    context, outcome = translated(SPANISH, dictionary=(("home", "casa"),), chosen_dictionaries=(7,))
    assert texts(context, outcome) == {"es-es": ("en-us>es-es WE CAME HOME. home=casa",)}
    assert outcome.findings.targets[0].terms == 1


def test_what_a_batch_swallowed_is_asked_for_line_by_line(translated) -> None:
    first, second = "We came home in the evening at last.", "The second sentence is about as long as that."
    context, outcome = translated(SPANISH, text=f"{first} {second}", load="load_reviser")
    assert texts(context, outcome) == {"es-es": (first.replace("We came", "Nos vinimos"), second)}
    found = outcome.findings.targets[0]
    assert found.asked_again >= 1
    assert [line.doubts for line in found.doubtful] == [(LineDoubt.UNCHANGED,)]  # the second came back as it was


def test_a_term_left_out_is_put_into_the_line_and_what_stays_out_is_listed(translated) -> None:
    context, outcome = translated(
        SPANISH,
        text="We came home from Newtown.",
        load="load_reviser",
        dictionary=(("home", "casa"), ("came", "llegamos"), ("absent", "ausente")),
        chosen_dictionaries=(7,),
    )
    assert texts(context, outcome) == {"es-es": ("Nos llegamos casa from Newtown.",)}
    assert outcome.findings.targets[0].violation_count == 0
    _, outcome = translated(
        SPANISH, text="We came home.", dictionary=(("home", "casa"),), chosen_dictionaries=(7,), load="load_stubborn"
    )
    violation = outcome.findings.targets[0].violations[0]
    assert (violation.line, violation.term, violation.expected, violation.fault) == (1, "home", "casa", TermFault.LEFT)
    assert violation.found == "HOME"
    assert outcome.summary.endswith("1 dictionary term not kept).")


def test_every_line_is_told_how_it_fits(translated) -> None:
    context, outcome = translated(SPANISH, text="We came home and found that everything was as it had been before.")
    (target,) = open_document(context, outcome.output.translations, TranslatedLines).targets
    fit = target.checks[0].fit
    assert fit.slot_ms == 13 * 300 - 50 + 500
    assert fit.ratio == pytest.approx(fit.spoken_ms / fit.slot_ms, abs=0.001)
    assert outcome.findings.targets[0].fit.model_dump()[fit.verdict] == 1


def test_the_findings_say_why_it_is_not_another_engine(translated, engine) -> None:
    better = engine(Capability.TRANSLATION, "x:y", name="better", rank=1, readiness=Readiness.no("not now", "wait"))
    small = engine(Capability.TRANSLATION, f"{__name__}:load")
    _, outcome = translated(SPANISH, specs=[better, small])
    assert outcome.findings.targets[0].engine == "small"
    assert outcome.findings.targets[0].passed_over == ("better is not ready: not now",)


def test_an_engine_that_loses_lines_fails(translated) -> None:
    with pytest.raises(EngineFailure, match="gave 0 lines for 1"):
        translated(SPANISH, load="load_loser")


def test_a_cancelled_task_stops(make_context, request_for, decoded_audio, transcript) -> None:
    context = make_context()
    heard = Transcribed(transcript=put_document(context, transcript("We came home."), "transcript.json"), language="en")
    segmented = segment(context, heard, Diarized()).output
    decoded = decoded_audio(context)
    context.cancel()
    with pytest.raises(Cancelled):
        translate(context, request_for(), decoded, heard, segmented)


def test_a_language_that_another_task_translated_says_so() -> None:
    done = TargetFindings(
        language="es-es",
        name="Spanish",
        state=TargetState.TRANSLATED,
        engine="small",
        lines=3,
        taken_over_from="task-1",
    )
    told = summary_of(TranslateFindings(source="en-us", targets=(done,)))
    assert told == "Translated 3 lines into Spanish by small, taken over from task task-1."


def in_languages(*parts: tuple[str, str | None]) -> Transcript:
    """English, but for passages with a language of their own; each ten seconds long."""
    passages = []
    for number, (text, language) in enumerate(parts):
        span = Span(start_ms=number * 11_000, end_ms=number * 11_000 + 10_000)
        word = Word(text=text, span=span, confidence=0.9)
        passages.append(Passage(text=text, span=span, words=(word,), confidence=0.9, language=language))
    return Transcript(language="en", language_confidence=0.9, passages=tuple(passages))


@pytest.fixture
def translated_by_language(make_context, request_for, decoded_audio, engine):
    def run(*parts: tuple[str, str | None], target: int = SPANISH, sources=("en", "de")):
        spec = engine(Capability.TRANSLATION, f"{__name__}:load", pairs=lambda source, _target: source in sources)
        context = make_context(specs=[spec])
        document = put_document(context, in_languages(*parts), "transcript.json")
        heard = Transcribed(transcript=document, language="en")
        segmented = segment(context, heard, Diarized()).output
        audio = decoded_audio(context).model_copy(update={"duration_ms": len(parts) * 11_000})
        request = request_for(target_languages=(target,))
        return context, segmented, translate(context, request, audio, heard, segmented)

    return run


MIXED = (("Hello.", None), ("Moin.", "de"), ("Hola.", "es"), ("Bye.", None), ("สวัสดี", "th"), ("Tschüs.", "de"))


def test_each_line_is_translated_from_its_own_language(translated_by_language) -> None:
    context, segmented, outcome = translated_by_language(*MIXED)
    assert segmented.languages == ("de", "es", "th")
    assert texts(context, outcome) == {
        "es-es": ("en-us>es-es HELLO.", "de-de>es-es MOIN.", "Hola.", "en-us>es-es BYE.", "", "de-de>es-es TSCHÜS."),
    }
    (target,) = outcome.findings.targets
    assert [(one.name, one.lines, one.state.value) for one in target.sources] == [
        ("English", 2, "translated"),
        ("German", 2, "translated"),
        ("Spanish", 1, "copied"),
        ("Thai", 1, "missing"),
    ]
    assert (target.state, target.lines, target.copied_lines) == (TargetState.TRANSLATED, 4, 1)
    assert sum(dict(target.fit or {}).values()) == 4
    assert "the lines in Thai (1) are not translated" in (target.problem or "") and target.cure
    assert "4 lines out of 2 languages into Spanish (Spain) by small (1 line in Spanish already" in outcome.summary
    assert "For Spanish (Spain), the lines in Thai (1) are not translated" in outcome.summary
    assert context.reported == sorted(context.reported)


def test_what_is_amiss_is_told_by_the_number_of_the_line(translated_by_language) -> None:
    parts = (("Hello.", None), ("Bitte hush.", "de"), ("Please hush.", None))
    _, _, outcome = translated_by_language(*parts)
    (target,) = outcome.findings.targets
    assert [(one.line, one.segment_id) for one in target.doubtful] == [(2, "s0002"), (3, "s0003")]


def test_lines_in_the_target_language_are_left_although_the_rest_cannot_be_done(translated_by_language) -> None:
    context, _, outcome = translated_by_language(("Hello.", None), ("สวัสดี", "th"), target=ENGLISH, sources=())
    assert texts(context, outcome) == {"en-us": ("Hello.", "")}
    assert outcome.findings.targets[0].state is TargetState.COPIED
    assert "1 of 2 lines are in English already: the lines are copied" in outcome.summary
    assert "the lines in Thai (1) are not translated" in outcome.summary


def test_the_languages_of_lines_come_with_their_places() -> None:
    work = sources_of(_segments("en", None, "de", None), "en", None)
    assert [(source.code, source.places) for source in work] == [("en", (0, 1, 3)), ("de", (2,))]


def _segments(own: str, *languages: str | None) -> list[Segment]:
    return [
        Segment(
            segment_id=f"s{number}",
            span=Span(start_ms=number * 1_000, end_ms=number * 1_000 + 900),
            speaker_id=None,
            text="A line.",
            words=(),
            confidence=0.9,
            language=None if language == own else language,
        )
        for number, language in enumerate((own, *languages))
    ]
