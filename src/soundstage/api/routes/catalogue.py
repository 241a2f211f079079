"""Languages, voices and folders."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from soundstage.api.call import Caller
from soundstage.api.idempotency import Once
from soundstage.api.requests import ApiRoute
from soundstage.api.schemas.catalogue import FolderBody, FolderCreated, FolderReply, LanguageReply, VoiceReply
from soundstage.api.schemas.fields import Clean
from soundstage.services import languages

router = APIRouter(route_class=ApiRoute, tags=["catalogue"])

SearchText = Annotated[str, Field(min_length=2, max_length=255), Clean]


@router.get("/apis/source-languages")
def source_languages() -> list[LanguageReply]:
    """The languages media may be spoken in, with the ids that requests and replies use."""
    return [LanguageReply.of(language) for language in languages.source_languages()]


@router.get("/apis/target-languages")
def target_languages() -> list[LanguageReply]:
    """The languages a project may be made for."""
    return [LanguageReply.of(language) for language in languages.target_languages()]


@router.get("/apis/list-voices")
def list_voices(call: Caller) -> list[VoiceReply]:
    """Every voice an installed engine can speak with. A cheap call to test a key with."""
    return [VoiceReply.of(listed) for listed in call.services.voices.list(call.actor)]


@router.get("/apis/folders")
def list_folders(
    call: Caller,
    limit: Annotated[int, Query(ge=1, le=100)] = 100,
    search_query: Annotated[SearchText | None, Query(description="Part of the name.")] = None,
) -> list[FolderReply]:
    """The team's folders, newest first."""
    return [
        FolderReply.of(folder) for folder in call.services.folders.list(call.actor, limit=limit, search=search_query)
    ]


@router.post("/apis/folders/create")
def create_folder(body: FolderBody, call: Caller, once: Once) -> FolderCreated:
    """Make a folder. 400 when the team has one of that name."""
    folder = call.services.folders.create(call.actor, body.folder_name, idempotency=once)
    return FolderCreated(folder_id=folder.folder_id, folder_name=folder.name, message="The folder is made.")
