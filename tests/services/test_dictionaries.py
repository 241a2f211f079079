"""Dictionaries, from a file in a real host process to the pairs that a translator is given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from soundstage.domain.catalogue import Dictionary, TermTranslation
from soundstage.errors import Forbidden, Invalid, NotFound
from soundstage.host.limits import HostLimits
from soundstage.host.pool import HostPool
from soundstage.services.actor import Actor
from soundstage.services.dictionaries import DictionariesService
from soundstage.storage import dictionaries as rows
from soundstage.storage.database import Database

EN, DE, ES = 1, 31, 54


@pytest.fixture(scope="session")
def hosts() -> Iterator[HostPool]:
    pool = HostPool(1, HostLimits())
    yield pool
    pool.close()


@pytest.fixture
def dictionaries(database: Database, hosts: HostPool) -> DictionariesService:
    return DictionariesService(database, lambda function, arguments: hosts.run(function, arguments, timeout=30))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "terms.csv"
    path.write_text("en-us,es-es\nthe sea,la mar\nthe ship,el barco\nthe bell,\n")
    return path


@pytest.fixture
def sailing(dictionaries: DictionariesService, actor: Actor, file: Path) -> Dictionary:
    return dictionaries.create_from_file(actor, file, "terms.csv", "Sailing", "words of the sea")


def texts(*pairs: tuple[int, str]) -> tuple[TermTranslation, ...]:
    return tuple(TermTranslation(language=language, text=text) for language, text in pairs)


def test_a_file_becomes_a_dictionary(dictionaries: DictionariesService, actor: Actor, sailing: Dictionary) -> None:
    assert dictionaries.get(actor, sailing.dictionary_id) == sailing
    assert (sailing.name, sailing.description) == ("Sailing", "words of the sea")
    assert [term.translations for term in sailing.terms] == [
        texts((EN, "the sea"), (ES, "la mar")),
        texts((EN, "the ship"), (ES, "el barco")),
        texts((EN, "the bell")),
    ]
    (listed,) = dictionaries.list(actor)
    assert listed == sailing.model_copy(update={"terms": ()})


def test_a_bad_file_leaves_nothing(dictionaries: DictionariesService, actor: Actor, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("en-us,klingon\nsea,x\n")
    with pytest.raises(Invalid, match="row 1, column B: 'klingon' is not a language") as told:
        dictionaries.create_from_file(actor, path, "bad.csv", "Bad")
    assert told.value.faults[0].loc == ("body", "dictionary_file")
    assert dictionaries.list(actor) == []


@pytest.mark.parametrize(
    ("name", "description", "field"),
    [
        ("", None, "dictionary_name"),
        ("x" * 101, None, "dictionary_name"),
        ("a\tb", None, "dictionary_name"),
        ("ok", "x" * 1001, "dictionary_description"),
        ("ok", "bell\x07", "dictionary_description"),
    ],
)
def test_bad_names_are_refused_before_the_file_is_read(
    dictionaries: DictionariesService, actor: Actor, name: str, description: str | None, field: str
) -> None:
    with pytest.raises(Invalid) as told:
        dictionaries.create_from_file(actor, Path("nowhere"), "terms.csv", name, description)
    assert told.value.faults[0].loc == ("body", field)


def test_terms_are_added_changed_and_deleted(
    dictionaries: DictionariesService, actor: Actor, sailing: Dictionary
) -> None:
    number = sailing.dictionary_id
    added = dictionaries.add_term(actor, number, texts((ES, "el  faro"), (EN, "lighthouse")))
    assert added.translations == texts((EN, "lighthouse"), (ES, "el faro"))

    changed = dictionaries.update_term(actor, number, added.term_id, texts((DE, "Leuchtturm"), (ES, "la farola")))
    assert changed.translations == texts((EN, "lighthouse"), (DE, "Leuchtturm"), (ES, "la farola"))

    dictionaries.delete_term(actor, number, sailing.terms[0].term_id)
    now = dictionaries.get(actor, number)
    assert now.terms == (*sailing.terms[1:], changed)
    assert now.updated_at >= sailing.updated_at
    with pytest.raises(NotFound):
        dictionaries.delete_term(actor, number, sailing.terms[0].term_id)
    with pytest.raises(NotFound):
        dictionaries.update_term(actor, number, 999, texts((EN, "x")))


def test_a_term_of_another_dictionary_is_not_found(
    dictionaries: DictionariesService, actor: Actor, sailing: Dictionary, file: Path
) -> None:
    other = dictionaries.create_from_file(actor, file, "terms.csv", "Other")
    with pytest.raises(NotFound):
        dictionaries.delete_term(actor, other.dictionary_id, sailing.terms[0].term_id)
    assert dictionaries.get(actor, sailing.dictionary_id).terms == sailing.terms


def test_another_team_finds_nothing(dictionaries: DictionariesService, stranger: Actor, sailing: Dictionary) -> None:
    number, term = sailing.dictionary_id, sailing.terms[0].term_id
    assert dictionaries.list(stranger) == []
    for forbidden in (
        lambda: dictionaries.get(stranger, number),
        lambda: dictionaries.delete(stranger, number),
        lambda: dictionaries.add_term(stranger, number, texts((EN, "x"))),
        lambda: dictionaries.update_term(stranger, number, term, texts((EN, "x"))),
        lambda: dictionaries.delete_term(stranger, number, term),
    ):
        with pytest.raises(NotFound):
            forbidden()


def test_every_fault_of_a_term_is_told(dictionaries: DictionariesService, actor: Actor, sailing: Dictionary) -> None:
    with pytest.raises(Invalid) as told:
        dictionaries.add_term(actor, sailing.dictionary_id, texts((137, "x"), (EN, " "), (ES, "a"), (ES, "\0")))
    assert [fault.loc[2:] for fault in told.value.faults] == [
        (0, "language"), (1, "translation"), (3, "language"), (3, "translation"),
    ]  # fmt: skip
    with pytest.raises(Invalid):
        dictionaries.add_term(actor, sailing.dictionary_id, ())


def test_deleting_a_dictionary_takes_its_terms_along(
    dictionaries: DictionariesService, actor: Actor, sailing: Dictionary, database: Database
) -> None:
    dictionaries.delete(actor, sailing.dictionary_id)
    with pytest.raises(NotFound):
        dictionaries.get(actor, sailing.dictionary_id)
    for table in ("terms", "term_translations"):
        assert database.row(f"SELECT count(*) FROM {table}", ()) == (0,)


def test_pairs_for_a_translator_come_in_the_order_asked_for(
    dictionaries: DictionariesService,
    actor: Actor,
    stranger: Actor,
    sailing: Dictionary,
    file: Path,
    database: Database,
) -> None:
    second = dictionaries.create_from_file(actor, file, "terms.csv", "Second")
    dictionaries.update_term(actor, second.dictionary_id, second.terms[0].term_id, texts((ES, "el mar")))
    theirs = dictionaries.create_from_file(stranger, file, "terms.csv", "Theirs")
    wanted = (second.dictionary_id, theirs.dictionary_id, sailing.dictionary_id)
    with database.read() as connection:
        assert rows.term_pairs(connection, actor.team_id, wanted, EN, ES) == (
            ("the sea", "el mar"), ("the ship", "el barco"), ("the sea", "la mar"), ("the ship", "el barco"),
        )  # fmt: skip
        assert rows.term_pairs(connection, actor.team_id, (), EN, ES) == ()
        assert rows.owned(connection, actor.team_id, wanted) == {second.dictionary_id, sailing.dictionary_id}


def test_reading_is_not_writing(dictionaries: DictionariesService, reader: Actor, sailing: Dictionary) -> None:
    assert dictionaries.get(reader, sailing.dictionary_id) == sailing
    with pytest.raises(Forbidden):
        dictionaries.delete(reader, sailing.dictionary_id)
