"""Sounds: the library of what text-to-sound has made, its pictures, the words that engines know."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from soundstage.api.call import Caller
from soundstage.api.files import FILE_ANSWERS, file_response
from soundstage.api.multipart import FormRules, read_form
from soundstage.api.requests import ApiRoute, Responses, reading
from soundstage.api.routes.tasks import Limit
from soundstage.api.routes.text_to_sound import Variation
from soundstage.api.schemas.fields import AUTO, MAX_ID, Text, run_id_of
from soundstage.api.schemas.project_setup import EngineName
from soundstage.api.schemas.sounds import MarksBody, SoundItem, SoundPage, VocabularyReply
from soundstage.domain.sound import AudioType, SoundFilter, SoundSort, TagUse
from soundstage.domain.task import TaskKind
from soundstage.services.recipes import RecipeSink
from soundstage.services.sound_files import FORMATS

router = APIRouter(route_class=ApiRoute, tags=["sounds"])

Search = Annotated[Text | None, Query(max_length=200, description="Words of the name or the prompt, all of them.")]
SoundCursor = Annotated[
    str | None,
    Query(
        max_length=512, pattern=r"^[0-9A-Za-z_-]+$", description="`next_cursor` of the page before, in the same order."
    ),
]
WhichEngine = Annotated[EngineName | None, Query(description="`auto` or absent: the one that a task would get.")]
_RULES = FormRules("file")
_SCHEMA = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
_FORM = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _SCHEMA}}}}
_PICTURE: Responses = {200: {"content": {"image/png": {}}, "description": "The picture."}, **FILE_ANSWERS}


@router.get("/apis/sounds")
def list_sounds(
    call: Caller,
    search: Search = None,
    audio_type: AudioType | None = None,
    engine: EngineName | None = None,
    favourite: bool | None = None,
    tag: Annotated[Text | None, Query(max_length=50)] = None,
    folder_id: Annotated[int | None, Query(ge=1, le=MAX_ID)] = None,
    created_after: Annotated[datetime | None, Query(description="ISO 8601; without a zone it is UTC.")] = None,
    sort: SoundSort = SoundSort.NEWEST,
    limit: Limit = 50,
    cursor: SoundCursor = None,
) -> SoundPage:
    """The team's sounds with their takes and recipes, in the order and as many of them as are asked for."""
    if created_after is not None and created_after.tzinfo is None:
        created_after = created_after.replace(tzinfo=UTC)
    wanted = SoundFilter(
        search=search,
        audio_type=audio_type,
        engine=engine,
        favourite=favourite,
        tag=tag,
        folder_id=folder_id,
        created_after=created_after,
    )
    page = call.services.runs.sounds(call.actor, wanted, sort=sort, limit=limit, cursor=cursor)
    return SoundPage(items=[SoundItem.of(one, call.base, FORMATS) for one in page.items], next_cursor=page.next_cursor)


@router.get("/apis/sounds/tags")
def sound_tags(call: Caller) -> list[TagUse]:
    """The tags that the team's sounds have, the most used first, each with how many have it."""
    return list(call.services.runs.sound_tags(call.actor))


@router.get("/apis/sounds/vocabulary")
def sound_vocabulary(call: Caller, engine: WhichEngine = None) -> VocabularyReply:
    """What an engine knows: classes of sound with the words that ask for them, spaces, styles, instruments, keys."""
    return VocabularyReply.of(call.services.vocabulary.of(call.actor, None if engine == AUTO else engine))


@router.post("/apis/sounds/recipe", openapi_extra={**_FORM, **reading()})
async def read_recipe(request: Request, call: Caller) -> dict[str, Any]:
    """The recipe inside a file (WAV, FLAC, Ogg, Opus, MP3) that Soundstage made: field `file` of a form."""
    sinks: list[RecipeSink] = []
    with ExitStack() as stack:

        def open_file(_name: str) -> RecipeSink:
            sinks.append(stack.enter_context(call.services.recipes.begin(call.actor)))
            return sinks[0]

        await read_form(request, _RULES, open_file)
        return await run_in_threadpool(sinks[0].read)


@router.get("/apis/sounds/{run_id}")
def get_sound(run_id: int, call: Caller) -> SoundItem:
    """One sound with its takes and its recipe."""
    return SoundItem.of(call.services.runs.sound(call.actor, run_id_of(run_id)), call.base, FORMATS)


@router.patch("/apis/sounds/{run_id}")
def mark_sound(run_id: int, body: MarksBody, call: Caller) -> SoundItem:
    """Name a sound, make it a favourite, tag it."""
    return SoundItem.of(call.services.runs.mark(call.actor, run_id_of(run_id), **body.said()), call.base, FORMATS)


@router.get("/apis/sounds/{run_id}/{kind}.png", responses=_PICTURE, response_class=Response)
async def sound_picture(
    run_id: int, kind: Literal["waveform", "spectrogram"], request: Request, call: Caller, variation: Variation = 0
) -> Response:
    """A take as a picture: `waveform` (each channel, full scale) or `spectrogram` (mel frequencies, 80 dB of level).

    Drawn when it is first asked for, which this waits for, and kept.
    """
    pictures = call.services.sound_files.picture
    coming = await run_in_threadpool(pictures, call.actor, run_id_of(run_id), kind, variation)
    file = await asyncio.shield(asyncio.wrap_future(coming))
    return file_response(request, file.artifact, file.path)


@router.delete("/apis/sounds/{run_id}", status_code=204)
def delete_sound(run_id: int, call: Caller) -> None:
    """Delete a sound, its task, and the files that nothing else refers to."""
    call.services.runs.delete(call.actor, run_id_of(run_id), TaskKind.TEXT_TO_SOUND)
