"""Doubts: what is wrong with a line is seen without knowing the language it is in, and sound lines are left alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from soundstage.domain.translation import LineDoubt
from soundstage.pipelines.translation_doubts import Doubts

ENGLISH = (
    "We have been waiting here since early in the morning.",
    "The train is late again, as it is every single day.",
    "Yes.",
    "Somebody should write a letter to the company.",
    "Paris",
)
SPANISH = (
    "Llevamos esperando aquí desde primera hora de la mañana.",
    "El tren llega tarde otra vez, como todos los santos días.",
    "Pues sí, claro.",
    "Alguien debería escribir una carta a la compañía.",
    "Paris",
)


def doubts(*changes: tuple[int, str]) -> dict[int, tuple[LineDoubt, ...]]:
    texts = list(SPANISH)
    for i, text in changes:
        texts[i] = text
    return {i: found for i, found in enumerate(Doubts(ENGLISH, "en", "es").of(texts)) if found}


def test_a_sound_translation_has_none() -> None:
    assert doubts() == {}


def test_an_empty_line_and_one_left_in_the_source() -> None:
    assert doubts((2, " … ")) == {2: (LineDoubt.EMPTY,)}
    assert doubts((3, ENGLISH[3].upper())) == {3: (LineDoubt.UNCHANGED,)}


def test_a_line_swallowed_by_its_neighbour() -> None:
    merged = {0: (LineDoubt.MERGED,), 1: (LineDoubt.EMPTY, LineDoubt.MERGED)}
    assert doubts((0, f"{SPANISH[0]} {SPANISH[1]}"), (1, "")) == merged
    assert doubts((0, f"{SPANISH[0]} {SPANISH[1]}"), (1, "Sí.")) == {0: (LineDoubt.MERGED,), 1: (LineDoubt.MERGED,)}


def test_a_line_cut_off_and_one_that_runs_on() -> None:
    assert doubts((0, "Llevamos")) == {0: (LineDoubt.SHORT,)}
    assert doubts((3, f"{SPANISH[3]} Además, {SPANISH[0]} Por cierto, lo dijo ayer mismo.")) == {3: (LineDoubt.LONG,)}


def test_the_same_text_for_different_lines() -> None:
    both = (LineDoubt.REPEATED,)
    assert doubts((1, SPANISH[0])) == {0: both, 1: both}


def test_a_loop_is_seen_unless_the_source_loops_too() -> None:
    assert LineDoubt.LOOP in doubts((0, "Llevamos la la la la la la la mañana."))[0]
    assert LineDoubt.LOOP in doubts((0, "de la mañana " * 6))[0]
    assert Doubts(["No no no no no!"], "en", "es").of(["¡No no no no no!"]) == [()]
    assert LineDoubt.LOOP in Doubts(["我们在等火车"], "zh", "ja").of(["待つ待つ待つ待つ待つ待つ"])[0]


def test_a_pair_that_always_runs_long_is_learnt() -> None:
    lines = [f"Line number {i} of many is here to stay." for i in range(40)]
    texts = [f"{line} And it is longer by about a half." for line in lines]
    assert all(LineDoubt.LONG not in found for found in Doubts(lines, "en", "es").of(texts))


@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=60)), max_size=8))
def test_any_lines_are_judged_each_once(pairs: list[tuple[str, str]]) -> None:
    sources, texts = [a for a, _ in pairs], [b for _, b in pairs]
    found = Doubts(sources, "en", "es").of(texts)
    assert len(found) == len(pairs)
    assert all(
        LineDoubt.EMPTY not in one for one, text in zip(found, texts, strict=True) if any(map(str.isalpha, text))
    )
