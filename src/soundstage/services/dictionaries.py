"""Dictionaries: a team's glossaries, made from files and edited term by term."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from soundstage.domain.account import Scope
from soundstage.domain.catalogue import Dictionary, ParsedTerm, Term, TermTranslation
from soundstage.domain.language import BY_ID
from soundstage.errors import Fault, Invalid, NotFound
from soundstage.services.actor import Actor
from soundstage.services.idempotency import KEPT_A_DAY, Idempotency, IdempotencyKeys
from soundstage.services.names import clean_name, clean_text, unprintable
from soundstage.storage import dictionaries
from soundstage.storage.database import Connection, Database
from soundstage.storage.idempotency import Noun

PARSE = "soundstage.media.term_files:parse_file"  # by name: bytes from outside are read in a host process
LONGEST_TEXT = 1000  # characters of a term in one language

PARSED = TypeAdapter(tuple[ParsedTerm, ...])

RunIsolated = Callable[[str, dict[str, Any]], Any]


class DictionariesService:
    """`run_isolated(dotted name, arguments)` runs a function in a host process and gives its answer as JSON."""

    def __init__(self, database: Database, run_isolated: RunIsolated, keys: IdempotencyKeys = KEPT_A_DAY) -> None:
        self._database = database
        self._run_isolated = run_isolated
        self._keys = keys

    def create_from_file(
        self,
        actor: Actor,
        file: Path,
        file_name: str,
        name: str,
        description: str | None = None,
        *,
        key: str | None = None,
    ) -> Dictionary:
        """A dictionary of the terms in a CSV or Excel file, whose first row names a language in each column.

        `name` 1–100 characters, `description` at most 1000. Raises Forbidden, TooLarge, and Invalid, which names
        the rows and columns that are wrong. The same `key` with the same bytes and texts gives the same dictionary.
        """
        actor.require(Scope.WRITE)
        name = clean_name(name, field="dictionary_name", shortest=1, longest=100)
        description = clean_text(description, field="dictionary_description", longest=1000)
        asked = Idempotency.of(key, Noun.DICTIONARY, file_name, _sha256(file), name, description)
        with self._database.read() as connection:  # a file that was read before is not read again
            made = self._keys.made(connection, actor.team_id, asked)
            known = None if made is None else dictionaries.get(connection, actor.team_id, int(made))
        if known is not None:
            return known
        parsed = PARSED.validate_python(self._run_isolated(PARSE, {"path": str(file), "file_name": file_name}))
        with self._database.unit() as connection:
            return self._keys.once(
                connection,
                actor.team_id,
                asked,
                Noun.DICTIONARY,
                make=lambda: dictionaries.insert(
                    connection,
                    team_id=actor.team_id,
                    name=name,
                    description=description,
                    new_terms=[term.translations for term in parsed],
                ),
                id_of=lambda dictionary: dictionary.dictionary_id,
                find=lambda made: dictionaries.get(connection, actor.team_id, int(made)),
            )

    def list(self, actor: Actor) -> list[Dictionary]:
        """The team's dictionaries without their terms, oldest first."""
        actor.require(Scope.READ)
        with self._database.read() as connection:
            return dictionaries.all_dictionaries(connection, actor.team_id)

    def get(self, actor: Actor, dictionary_id: int) -> Dictionary:
        """A dictionary with its terms. Raises NotFound, also for another team's."""
        actor.require(Scope.READ)
        with self._database.read() as connection:
            dictionary = dictionaries.get(connection, actor.team_id, dictionary_id)
        if dictionary is None:
            raise _unknown(dictionary_id)
        return dictionary

    def delete(self, actor: Actor, dictionary_id: int) -> None:
        """Delete a dictionary and its terms. Raises NotFound."""
        actor.require(Scope.WRITE)
        with self._database.unit() as connection:
            if not dictionaries.delete(connection, actor.team_id, dictionary_id):
                raise _unknown(dictionary_id)

    def add_term(
        self,
        actor: Actor,
        dictionary_id: int,
        translations: Sequence[TermTranslation],
        *,
        idempotency: Idempotency | None = None,
    ) -> Term:
        """Add an entry with its text in one or more languages. Raises NotFound and Invalid.

        The same `idempotency` gives the same term.
        """
        actor.require(Scope.WRITE)
        cleaned = _cleaned(translations)
        with self._database.unit() as connection:
            return self._keys.once(
                connection,
                actor.team_id,
                idempotency,
                Noun.TERM,
                make=lambda: _insert_term(connection, actor.team_id, dictionary_id, cleaned),
                id_of=lambda term: term.term_id,
                find=lambda made: dictionaries.get_term(connection, dictionary_id, int(made)),
            )

    def update_term(
        self, actor: Actor, dictionary_id: int, term_id: int, translations: Sequence[TermTranslation]
    ) -> Term:
        """Set a term's text in the languages given; its other languages stay. Raises NotFound and Invalid."""
        actor.require(Scope.WRITE)
        cleaned = _cleaned(translations)
        with self._database.unit() as connection:
            if not dictionaries.touch(connection, actor.team_id, dictionary_id):
                raise _unknown(dictionary_id)
            term = dictionaries.update_term(connection, dictionary_id, term_id, cleaned)
            if term is None:
                raise _unknown_term(dictionary_id, term_id)
        return term

    def delete_term(self, actor: Actor, dictionary_id: int, term_id: int) -> None:
        """Raises NotFound."""
        actor.require(Scope.WRITE)
        with self._database.unit() as connection:
            if not dictionaries.touch(connection, actor.team_id, dictionary_id):
                raise _unknown(dictionary_id)
            if not dictionaries.delete_term(connection, dictionary_id, term_id):
                raise _unknown_term(dictionary_id, term_id)


def _cleaned(translations: Sequence[TermTranslation]) -> tuple[TermTranslation, ...]:
    """The translations with tidy texts. Raises Invalid with every fault."""
    if not translations:
        raise Invalid.field("translations", "must hold at least one translation")
    faults = []
    cleaned: dict[int, TermTranslation] = {}
    for index, translation in enumerate(translations):
        text = " ".join(translation.text.split())
        here = ("body", "translations", index)
        if translation.language not in BY_ID:
            faults.append(Fault((*here, "language"), "is not one of the 149 language ids; GET /apis/source-languages"))
        elif translation.language in cleaned:
            faults.append(Fault((*here, "language"), "stands in the list twice; leave one out"))
        if not 1 <= len(text) <= LONGEST_TEXT or unprintable(text):
            faults.append(Fault((*here, "translation"), f"must be 1 to {LONGEST_TEXT} printable characters"))
        cleaned[translation.language] = TermTranslation(language=translation.language, text=text)
    if faults:
        raise Invalid(faults)
    return tuple(cleaned.values())


def _insert_term(
    connection: Connection, team_id: int, dictionary_id: int, translations: tuple[TermTranslation, ...]
) -> Term:
    if not dictionaries.touch(connection, team_id, dictionary_id):
        raise _unknown(dictionary_id)
    return dictionaries.insert_term(connection, dictionary_id, translations)


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _unknown(dictionary_id: int) -> NotFound:
    return NotFound(f"your team has no dictionary {dictionary_id}; GET /apis/dictionaries lists them")


def _unknown_term(dictionary_id: int, term_id: int) -> NotFound:
    return NotFound(
        f"dictionary {dictionary_id} has no term {term_id}; "
        f"GET /apis/dictionaries/{dictionary_id}/full-details lists them"
    )
