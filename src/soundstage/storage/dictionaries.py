"""Dictionaries of a team, their terms and the terms' translations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from soundstage.domain.catalogue import Dictionary, Term, TermTranslation
from soundstage.storage.clock import from_ms, now_ms
from soundstage.storage.tables import dictionaries, term_translations, terms

Translations = Sequence[TermTranslation]


def insert(
    connection: Connection, *, team_id: int, name: str, description: str | None, new_terms: Sequence[Translations]
) -> Dictionary:
    """The new dictionary, its terms in the order given."""
    at = now_ms()
    statement = dictionaries.insert().values(
        team_id=team_id, name=name, description=description, created_at=at, updated_at=at
    )
    row = connection.execute(statement.returning(dictionaries)).one()
    return _dictionary(row, _insert_terms(connection, row.dictionary_id, new_terms))


def all_dictionaries(connection: Connection, team_id: int) -> list[Dictionary]:
    """A team's dictionaries without their terms, oldest first."""
    statement = select(dictionaries).where(dictionaries.c.team_id == team_id).order_by(dictionaries.c.dictionary_id)
    return [_dictionary(row, ()) for row in connection.execute(statement)]


def get(connection: Connection, team_id: int, dictionary_id: int) -> Dictionary | None:
    """A dictionary of the team with all its terms in order."""
    row = connection.execute(
        select(dictionaries).where(dictionaries.c.team_id == team_id, dictionaries.c.dictionary_id == dictionary_id)
    ).one_or_none()
    return None if row is None else _dictionary(row, _terms(connection, dictionary_id))


def owned(connection: Connection, team_id: int, dictionary_ids: Iterable[int]) -> set[int]:
    """Those of the ids that are dictionaries of the team."""
    wanted = sorted(set(dictionary_ids))
    statement = select(dictionaries.c.dictionary_id).where(
        dictionaries.c.team_id == team_id, dictionaries.c.dictionary_id.in_(wanted)
    )
    return set(connection.execute(statement).scalars()) if wanted else set()


def delete(connection: Connection, team_id: int, dictionary_id: int) -> bool:
    """Whether there was one to delete; its terms go with it."""
    statement = dictionaries.delete().where(
        dictionaries.c.team_id == team_id, dictionaries.c.dictionary_id == dictionary_id
    )
    return connection.execute(statement).rowcount == 1


def touch(connection: Connection, team_id: int, dictionary_id: int) -> bool:
    """Mark a dictionary as edited now and hold its row until the transaction ends; False when the team has none."""
    statement = (
        dictionaries.update()
        .where(dictionaries.c.team_id == team_id, dictionaries.c.dictionary_id == dictionary_id)
        .values(updated_at=now_ms())
    )
    return connection.execute(statement).rowcount == 1


def insert_term(connection: Connection, dictionary_id: int, translations: Translations) -> Term:
    return _insert_terms(connection, dictionary_id, [translations])[0]


def get_term(connection: Connection, dictionary_id: int, term_id: int) -> Term | None:
    """The term; None when the dictionary has no such term."""
    statement = select(terms.c.term_id).where(terms.c.dictionary_id == dictionary_id, terms.c.term_id == term_id)
    return None if connection.execute(statement).one_or_none() is None else _term(connection, term_id)


def update_term(connection: Connection, dictionary_id: int, term_id: int, translations: Translations) -> Term | None:
    """The term with these translations beside its others; None when the dictionary has no such term."""
    if get_term(connection, dictionary_id, term_id) is None:
        return None
    languages = [translation.language for translation in translations]
    connection.execute(
        term_translations.delete().where(
            term_translations.c.term_id == term_id, term_translations.c.language.in_(languages)
        )
    )
    _insert_translations(connection, [Term(term_id=term_id, translations=tuple(translations))])
    return _term(connection, term_id)


def delete_term(connection: Connection, dictionary_id: int, term_id: int) -> bool:
    statement = terms.delete().where(terms.c.dictionary_id == dictionary_id, terms.c.term_id == term_id)
    return connection.execute(statement).rowcount == 1


def term_pairs(
    connection: Connection, team_id: int, dictionary_ids: Sequence[int], source: int, target: int
) -> tuple[tuple[str, str], ...]:
    """`(source text, target text)` of the terms that have both languages, in the order of the dictionaries given."""
    if not dictionary_ids:
        return ()
    here, there = term_translations.alias("here"), term_translations.alias("there")
    statement = (
        select(terms.c.dictionary_id, here.c.text, there.c.text)
        .join(dictionaries, dictionaries.c.dictionary_id == terms.c.dictionary_id)
        .join(here, (here.c.term_id == terms.c.term_id) & (here.c.language == source))
        .join(there, (there.c.term_id == terms.c.term_id) & (there.c.language == target))
        .where(dictionaries.c.team_id == team_id, terms.c.dictionary_id.in_(list(dictionary_ids)))
        .order_by(terms.c.term_id)
    )
    place = {dictionary_id: index for index, dictionary_id in reversed(list(enumerate(dictionary_ids)))}
    rows = sorted(connection.execute(statement), key=lambda row: place[row[0]])
    return tuple((source_text, target_text) for _, source_text, target_text in rows)


def _terms(connection: Connection, dictionary_id: int) -> tuple[Term, ...]:
    statement = (
        select(terms.c.term_id, term_translations.c.language, term_translations.c.text)
        .join(term_translations, term_translations.c.term_id == terms.c.term_id)
        .where(terms.c.dictionary_id == dictionary_id)
        .order_by(terms.c.term_id, term_translations.c.language)
    )
    found: dict[int, list[TermTranslation]] = {}
    for row in connection.execute(statement):
        found.setdefault(row.term_id, []).append(TermTranslation(language=row.language, text=row.text))
    return tuple(Term(term_id=term_id, translations=tuple(texts)) for term_id, texts in found.items())


def _term(connection: Connection, term_id: int) -> Term:
    rows = connection.execute(select(term_translations).where(term_translations.c.term_id == term_id))
    return Term(
        term_id=term_id,
        translations=_by_language([TermTranslation(language=row.language, text=row.text) for row in rows]),
    )


def _insert_terms(connection: Connection, dictionary_id: int, new_terms: Sequence[Translations]) -> tuple[Term, ...]:
    if not new_terms:
        return ()
    ids = connection.execute(
        terms.insert().returning(terms.c.term_id, sort_by_parameter_order=True),
        [{"dictionary_id": dictionary_id}] * len(new_terms),
    ).scalars()
    made = tuple(
        Term(term_id=term_id, translations=_by_language(translations))
        for term_id, translations in zip(ids, new_terms, strict=True)
    )
    _insert_translations(connection, made)
    return made


def _insert_translations(connection: Connection, made: Iterable[Term]) -> None:
    rows = [
        {"term_id": term.term_id, "language": translation.language, "text": translation.text}
        for term in made
        for translation in term.translations
    ]
    if rows:
        connection.execute(term_translations.insert(), rows)


def _by_language(translations: Translations) -> tuple[TermTranslation, ...]:
    return tuple(sorted(translations, key=lambda translation: translation.language))


def _dictionary(row: Row[Any], found: tuple[Term, ...]) -> Dictionary:
    return Dictionary(
        dictionary_id=row.dictionary_id,
        team_id=row.team_id,
        name=row.name,
        description=row.description,
        created_at=from_ms(row.created_at),
        updated_at=from_ms(row.updated_at),
        terms=found,
    )
