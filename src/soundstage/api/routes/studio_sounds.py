"""The Studio's page of sounds: the library as a list, what is being made, and the form that asks for more."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from soundstage.api.call import Call, Caller
from soundstage.api.pages.library_view import FOLLOWED, address_of, coming_row, making_form, sort_choices, sound_row
from soundstage.api.pages.render import html
from soundstage.api.routes.sounds import SoundCursor
from soundstage.api.routes.studio import PageRoute, prefix_of, status_of
from soundstage.api.schemas.fields import Text, run_id_of, task_id_of
from soundstage.domain.sound import AudioType, SoundFilter, SoundSort
from soundstage.domain.task import Task, TaskKind
from soundstage.engines.spec import Capability
from soundstage.errors import NotFound

PAGE_SOUNDS = 24
MOST_FOLLOWED = 20  # tasks that one page watches

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/studio/sounds")
def sounds_page(
    call: Caller,
    search: Annotated[Text, Query(max_length=200)] = "",
    audio_type: Literal["", "sound", "music"] = "",
    tag: Annotated[Text, Query(max_length=50)] = "",
    favourite: Literal["", "true"] = "",
    sort: SoundSort = SoundSort.NEWEST,
    cursor: SoundCursor = None,
) -> Response:
    """The team's sounds; an empty filter, as a form sends it, is none."""
    wanted = SoundFilter(
        search=search or None,
        audio_type=AudioType(audio_type) if audio_type else None,
        tag=tag or None,
        favourite=True if favourite else None,
    )
    page = call.services.runs.sounds(call.actor, wanted, sort=sort, limit=PAGE_SOUNDS, cursor=cursor)
    prefix = prefix_of(call.settings)
    asked: dict[str, Any] = {"search": search, "audio_type": audio_type, "tag": tag, "favourite": favourite}
    query = asked | {"sort": "" if sort is SoundSort.NEWEST else sort.value}
    return html(
        "sounds.html",
        prefix=prefix,
        sounds=[sound_row(one, prefix) for one in page.items],
        more=page.next_cursor and address_of(prefix, **query, cursor=page.next_cursor),
        tags=call.services.runs.sound_tags(call.actor),
        sorts=sort_choices(sort),
        narrowed=any(asked.values()),
        making=making_form(call.settings, _engines(call)),
        coming=_coming(call, ()),
        **asked,
    )


@router.get("/studio/sounds/coming")
def coming_sounds(call: Caller, task: Annotated[list[str] | None, Query(max_length=MOST_FOLLOWED)] = None) -> Response:
    """The sounds that are being made, and what became of the tasks that the page has followed so far."""
    return html("_coming.html", coming=_coming(call, tuple(task or ())))


@router.get("/studio/sounds/{run_id}")
def one_sound(run_id: int, call: Caller) -> Response:
    """The row of one sound, as it is now."""
    sound = call.services.runs.sound(call.actor, run_id_of(run_id))
    prefix = prefix_of(call.settings)
    return html("_sounds.html", prefix=prefix, sounds=[sound_row(sound, prefix)], more=None)


def _coming(call: Call, followed: tuple[str, ...]) -> list[dict[str, object]]:
    """What waits or runs, the oldest first, and the followed tasks that have ended meanwhile."""
    page = call.services.tasks.list(call.actor, states=FOLLOWED, kind=TaskKind.TEXT_TO_SOUND, limit=MOST_FOLLOWED)
    going_on = {task.task_id: task for task in reversed(page.items)}
    ended = [task for one in followed if one not in going_on for task in _found(call, one)]
    prefix = prefix_of(call.settings)
    return [coming_row(task, status_of(call, task), prefix) for task in (*ended, *going_on.values())]


def _found(call: Call, task_id: str) -> tuple[Task, ...]:
    """Empty where it was deleted meanwhile."""
    try:
        return (call.services.tasks.get(call.actor, task_id_of(task_id), TaskKind.TEXT_TO_SOUND),)
    except NotFound:
        return ()


def _engines(call: Call) -> list[tuple[str, str]]:
    """Name and title of the engines of sound that are ready; where there is one, nothing is to be chosen."""
    ready = [
        (one.name, one.title)
        for one in call.services.engines.report()
        if one.capability == Capability.SOUND.value and one.ready
    ]
    return ready if len(ready) > 1 else []
