"""`camb-sdk`: folders, dictionaries, languages and voices, synchronous and asynchronous."""

from __future__ import annotations

import io
from datetime import datetime

import openpyxl
import pytest
from camb.core.api_error import ApiError
from camb.errors.unprocessable_entity_error import UnprocessableEntityError
from camb.types import language_enums

TERMS = b"en-us,es-es\nstage,escenario\nlight,luz\n"


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in (("en-us", "es-es"), ("stage", "escenario"), ("light", "luz")):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_folders(camb):
    for name in ("first talks", "second talks", "sounds"):
        made = camb(lambda sdk, name=name: sdk.folders.create_folder(folder_name=name))
        assert made["status"] == "success"
        assert made["folder_name"] == name
        assert made["message"]
    every = camb(lambda sdk: sdk.folders.list_folders(limit=100, run_id=1))
    assert {folder.name for folder in every} == {"first talks", "second talks", "sounds"}
    assert {folder.folder_name for folder in every} == {folder.name for folder in every}
    assert all(folder.run_count == 0 and folder.team_id and folder.folder_id for folder in every)
    assert len(camb(lambda sdk: sdk.folders.list_folders(search_query="talks"))) == 2
    assert len(camb(lambda sdk: sdk.folders.list_folders(limit=1))) == 1
    with pytest.raises(UnprocessableEntityError):
        camb(lambda sdk: sdk.folders.create_folder(folder_name="ab"))
    with pytest.raises(UnprocessableEntityError):
        camb(lambda sdk: sdk.folders.list_folders(limit=101))


@pytest.mark.parametrize("file", [("terms.csv", TERMS), ("terms.xlsx", _workbook())], ids=["csv", "excel"])
def test_every_call_of_dictionaries(camb, file):
    made = camb(
        lambda sdk: sdk.dictionaries.create_dictionary_from_file(
            dictionary_file=file, dictionary_name="Theatre", dictionary_description="Words of the stage"
        )
    )
    number = made["dictionary_id"]
    (listed,) = camb(lambda sdk: sdk.dictionaries.get_dictionaries())
    assert (listed.id, listed.name, listed.description) == (number, "Theatre", "Words of the stage")
    assert listed.last_edited_at == datetime.fromisoformat(listed.updated_at)
    info = camb(lambda sdk: sdk.dictionaries.get_dictionary_info(number))
    assert set(info.languages) == {1, 54}
    added = camb(
        lambda sdk: sdk.dictionaries.add_term_to_dictionary(
            number, translations=[{"translation": "curtain", "language": 1}, {"translation": "telón", "language": 54}]
        )
    )
    details = camb(lambda sdk: sdk.dictionaries.get_dictionary_details(number))
    texts = [{one.language: one.term_text for one in term.term_translations} for term in details.dictionary_terms]
    assert texts == [{1: "stage", 54: "escenario"}, {1: "light", 54: "luz"}, {1: "curtain", 54: "telón"}]
    camb(
        lambda sdk: sdk.dictionaries.update_term_translation_in_dictionary_using_term_id(
            number, added["term_id"], translations=[{"translation": "el telón", "language": 54}]
        )
    )
    found = camb(lambda sdk: sdk.dictionaries.get_dictionary_details(number, search_term="TELÓN", limit=5))
    (term,) = found.dictionary_terms
    assert {one.language: one.term_text for one in term.term_translations} == {1: "curtain", 54: "el telón"}
    camb(lambda sdk: sdk.dictionaries.delete_dictionary_term(number, added["term_id"]))
    assert len(camb(lambda sdk: sdk.dictionaries.get_dictionary_details(number)).dictionary_terms) == 2
    camb(lambda sdk: sdk.dictionaries.delete_dictionary(number))
    assert camb(lambda sdk: sdk.dictionaries.get_dictionaries()) == []
    with pytest.raises(ApiError) as gone:
        camb(lambda sdk: sdk.dictionaries.get_dictionary_info(number))
    assert gone.value.status_code == 404


def test_a_file_that_is_no_dictionary(camb):
    with pytest.raises(ApiError) as refused:
        camb(
            lambda sdk: sdk.dictionaries.create_dictionary_from_file(
                dictionary_file=("terms.csv", b"\x00\x01\x02"), dictionary_name="Broken"
            )
        )
    assert refused.value.status_code in (400, 422)
    assert camb(lambda sdk: sdk.dictionaries.get_dictionaries()) == []


def test_languages(camb):
    source = camb(lambda sdk: sdk.languages.get_source_languages())
    target = camb(lambda sdk: sdk.languages.get_target_languages(run_id=1))
    ids = {language.short_name: language.id for language in source}
    assert ids == {language.short_name: language.id for language in target}
    assert sorted(ids.values()) == [number for number in range(1, 152) if number not in (137, 138)]
    known = {name.lower().replace("_", "-"): value for name, value in _enumerated().items()}
    assert ids == known


def test_voices(camb):
    for voice in camb(lambda sdk: sdk.voice_cloning.list_voices(run_id=1)):
        told = voice if isinstance(voice, dict) else voice.dict()
        assert isinstance(told["id"], int)
        assert told["voice_name"]
        assert told["gender"] in (0, 1, 2, 9)


def _enumerated() -> dict[str, int]:
    return {member.name: member.value for member in language_enums.Languages}
