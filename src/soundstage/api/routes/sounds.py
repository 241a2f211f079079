"""Sounds: the library of what text-to-sound has made."""

from __future__ import annotations

from fastapi import APIRouter

from soundstage.api.call import Caller
from soundstage.api.requests import ApiRoute
from soundstage.api.routes.tasks import Cursor, Limit
from soundstage.api.schemas.fields import run_id_of
from soundstage.api.schemas.library import SoundItem, SoundPage
from soundstage.domain.task import TaskKind

router = APIRouter(route_class=ApiRoute, tags=["sounds"])


@router.get("/apis/sounds")
def list_sounds(call: Caller, limit: Limit = 50, cursor: Cursor = None) -> SoundPage:
    """The team's sounds with their recipes, newest first."""
    page = call.services.runs.sounds(call.actor, limit=limit, cursor=cursor)
    return SoundPage(items=[SoundItem.of(one, call.base) for one in page.items], next_cursor=page.next_cursor)


@router.delete("/apis/sounds/{run_id}", status_code=204)
def delete_sound(run_id: int, call: Caller) -> None:
    """Delete a sound, its task, and the files that nothing else refers to."""
    call.services.runs.delete(call.actor, run_id_of(run_id), TaskKind.TEXT_TO_SOUND)
