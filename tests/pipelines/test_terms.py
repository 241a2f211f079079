"""Terms: found as whole words in any case and writing, put in without harm to the rest, missed when missing."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundstage.domain.translation import TermFault
from soundstage.engines.translation.contract import TermPair
from soundstage.pipelines.terms import holds, occurrences, violations, with_terms

WORDS = st.text(st.characters(categories=["Ll", "Lu"]), min_size=1, max_size=8)


def pair(source: str, target: str = "x") -> TermPair:
    return TermPair(source=source, target=target)


def found(text: str, *terms: str) -> list[str]:
    return [text[one.start : one.end] for one in occurrences(text, [pair(term) for term in terms])]


@pytest.mark.parametrize(
    ("text", "term", "written"),
    [
        ("The Stage is set.", "stage", ["Stage"]),
        ("Backstage, stages", "stage", []),
        ("“stage”-stage (stage)", "stage", ["stage", "stage", "stage"]),
        ("New   York, new\nyork", "new york", ["New   York", "new\nyork"]),
        ("STRASSE", "straße", ["STRASSE"]),
        ("ｓｔａｇｅ", "stage", ["ｓｔａｇｅ"]),
        ("cafe\u0301 au lait", "café", ["cafe\u0301"]),
        ("café", "cafe", []),
        ("l’eau", "l'eau", ["l’eau"]),
        ("我们在舞台上", "舞台", ["舞台"]),
        ("นี่คือเวทีใหญ่", "เวที", ["เวที"]),
        ("C++ and C", "C++", ["C++"]),
        ("घरों", "घर", []),
    ],
)
def test_whole_words_in_any_case_and_writing(text: str, term: str, written: list[str]) -> None:
    assert found(text, term) == written


def test_the_longest_term_counts() -> None:
    assert found("York and New York", "York", "New York") == ["York", "New York"]


def test_a_term_put_in_leaves_the_rest_as_it_is() -> None:
    text = "Home, sweet  home!  HOMEly."
    assert with_terms(text, [pair("home", "casa")]) == "Casa, sweet  casa!  HOMEly."


@pytest.mark.parametrize(
    ("text", "fault", "written"),
    [
        ("Vamos a casa.", None, None),
        ("Vamos a CASA.", None, None),
        ("Las casas son grandes.", TermFault.OTHER_FORM, "casas"),
        ("Vamos al home.", TermFault.LEFT, "home"),
        ("Vamos allí.", TermFault.MISSING, None),
    ],
)
def test_a_violation_says_what_stands_there_instead(text: str, fault: TermFault | None, written: str | None) -> None:
    broken = violations("We go Home, home", text, [pair("home", "casa")])
    assert [(one.fault, one.found, one.expected) for one in broken] == ([(fault, written, "casa")] if fault else [])


def test_one_of_several_renderings_is_enough() -> None:
    terms = [pair("home", "casa"), pair("Home", "hogar")]
    assert violations("home", "el hogar", terms) == ()
    assert [one.expected for one in violations("home", "el piso", terms)] == ["casa"]


def test_a_term_that_is_not_in_the_source_is_nobodys_business() -> None:
    assert violations("We left.", "Nos fuimos.", [pair("home", "casa")]) == ()


@given(WORDS, st.text(max_size=20), st.text(max_size=20))
def test_a_word_between_spaces_is_always_found_and_never_inside_another(word: str, before: str, after: str) -> None:
    line = f"{before} {word} {after}"
    assert holds(line, word)
    assert holds(line.upper(), word.upper())
    assert holds(unicodedata.normalize("NFD", line), unicodedata.normalize("NFC", word))


@given(st.text(max_size=60), st.lists(st.tuples(WORDS, WORDS), max_size=4))
def test_putting_terms_in_changes_nothing_else(text: str, pairs: list[tuple[str, str]]) -> None:
    terms = [pair(source, target) for source, target in pairs]
    spots = occurrences(text, terms)
    assert all(0 <= one.start < one.end <= len(text) for one in spots)
    assert all(a.end <= b.start for a, b in pairwise(spots))
    changed = with_terms(text, terms)
    kept = [
        text[a:b] for a, b in zip([0, *(s.end for s in spots)], [*(s.start for s in spots), len(text)], strict=True)
    ]
    at = 0
    for piece in kept:
        assert changed.find(piece, at) >= at
        at = changed.find(piece, at) + len(piece)
    if not spots:
        assert changed == text
