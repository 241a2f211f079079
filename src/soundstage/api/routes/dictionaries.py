"""Dictionaries: glossaries that translation obeys."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, BinaryIO

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from soundstage.api.call import Call, Caller
from soundstage.api.idempotency import Once, OnceKey
from soundstage.api.multipart import Form, FormRules, read_form
from soundstage.api.requests import ApiRoute
from soundstage.api.schemas.catalogue import DictionaryCreated, DictionaryReply, TermBody, TermReply, TermSaved
from soundstage.api.schemas.fields import Text
from soundstage.api.schemas.fields import dictionary_id_of as checked
from soundstage.domain.account import Scope
from soundstage.domain.catalogue import Dictionary, Term
from soundstage.errors import Invalid

router = APIRouter(route_class=ApiRoute, tags=["dictionaries"])

_RULES = FormRules("dictionary_file", {"dictionary_name": 4 * 1024, "dictionary_description": 16 * 1024})
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["dictionary_file", "dictionary_name"],
                    "properties": {
                        "dictionary_file": {"type": "string", "format": "binary", "description": "CSV or Excel."},
                        "dictionary_name": {"type": "string", "maxLength": 100},
                        "dictionary_description": {"type": "string", "maxLength": 1000},
                    },
                }
            }
        },
    }
}


@router.get("/apis/dictionaries")
def list_dictionaries(call: Caller) -> list[DictionaryReply]:
    """The team's dictionaries, without their terms."""
    return [DictionaryReply.of(one, languages=False) for one in call.services.dictionaries.list(call.actor)]


@router.post("/apis/dictionaries/create-from-file", status_code=201, openapi_extra=_FORM)
async def create_dictionary(request: Request, call: Caller, key: OnceKey) -> DictionaryCreated:
    """A dictionary of the terms in a CSV or Excel file whose first row names a language in each column."""
    call.actor.require(Scope.WRITE)
    with tempfile.TemporaryDirectory(prefix="soundstage-dictionary-") as folder:
        path, names = Path(folder) / "terms", []
        with path.open("wb") as file:

            def open_file(file_name: str) -> BinaryIO:
                names.append(file_name)
                return file

            form = await read_form(request, _RULES, open_file)
        made = await run_in_threadpool(_create, call, path, names[0], form, key)
    return DictionaryCreated(
        **DictionaryReply.of(made).model_dump(),
        dictionary_id=made.dictionary_id,
        message=f"The dictionary is made, with {len(made.terms)} terms.",
    )


@router.get("/apis/dictionaries/{dictionary_id}")
def dictionary_info(dictionary_id: int, call: Caller) -> DictionaryReply:
    """A dictionary and the languages of its terms."""
    return DictionaryReply.of(call.services.dictionaries.get(call.actor, checked(dictionary_id)))


@router.get("/apis/dictionaries/{dictionary_id}/full-details")
def dictionary_details(
    dictionary_id: int,
    call: Caller,
    limit: Annotated[int | None, Query(ge=1, description="At most so many terms.")] = None,
    search_term: Annotated[Text | None, Query(max_length=255, description="Part of a term's text.")] = None,
) -> DictionaryReply:
    """A dictionary with its terms."""
    dictionary = call.services.dictionaries.get(call.actor, checked(dictionary_id))
    found = [term for term in dictionary.terms if search_term is None or _holds(term, search_term)]
    return DictionaryReply.of(dictionary, terms=found[:limit])


@router.delete("/apis/dictionaries/{dictionary_id}", status_code=204)
def delete_dictionary(dictionary_id: int, call: Caller) -> None:
    """Delete a dictionary and its terms."""
    call.services.dictionaries.delete(call.actor, checked(dictionary_id))


@router.post("/apis/dictionaries/{dictionary_id}/add-term")
def add_term(dictionary_id: int, body: TermBody, call: Caller, once: Once) -> TermSaved:
    """Add a term with its text in one or more languages."""
    term = call.services.dictionaries.add_term(call.actor, checked(dictionary_id), body.domain(), idempotency=once)
    return _saved(term, "The term is added.")


@router.put("/apis/dictionaries/term/{dictionary_id}/{term_id}")
def update_term(dictionary_id: int, term_id: int, body: TermBody, call: Caller) -> TermSaved:
    """Set a term's text in the languages given; its others stay."""
    term = call.services.dictionaries.update_term(call.actor, checked(dictionary_id), checked(term_id), body.domain())
    return _saved(term, "The term is changed.")


@router.delete("/apis/dictionaries/term/{dictionary_id}/{term_id}", status_code=204)
def delete_term(dictionary_id: int, term_id: int, call: Caller) -> None:
    """Delete a term."""
    call.services.dictionaries.delete_term(call.actor, checked(dictionary_id), checked(term_id))


def _create(call: Call, path: Path, file_name: str, form: Form, key: str | None) -> Dictionary:
    name = form.texts.get("dictionary_name")
    if name is None:
        raise Invalid.field("dictionary_name", "This is required.", type="missing")
    description = form.texts.get("dictionary_description")
    return call.services.dictionaries.create_from_file(call.actor, path, file_name, name, description, key=key)


def _holds(term: Term, text: str) -> bool:
    return any(text.lower() in one.text.lower() for one in term.translations)


def _saved(term: Term, message: str) -> TermSaved:
    return TermSaved(**TermReply.of(term).model_dump(), term_id=term.term_id, message=message)
