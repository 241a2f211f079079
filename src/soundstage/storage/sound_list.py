"""Lists of sounds: filters, orders and cursor paging."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, and_, exists, func, or_, select

from soundstage.domain.run import Run
from soundstage.domain.sound import SoundFilter, SoundSort
from soundstage.domain.task import TaskKind
from soundstage.storage.clock import to_ms
from soundstage.storage.cursor import decoded, encoded, number_of
from soundstage.storage.runs import run_of
from soundstage.storage.tables import runs, sound_tags, sounds

KEY_CHARACTERS = 80  # of a name that its place in the alphabet goes by; what is alike that far is in order of age
_shown = func.substr(func.ltrim(sounds.c.words, "\n"), 1, KEY_CHARACTERS)  # the name, or the prompt where there is none


def page(
    connection: Connection,
    team_id: int,
    wanted: SoundFilter,
    *,
    sort: SoundSort = SoundSort.NEWEST,
    limit: int = 50,
    cursor: str | None = None,
) -> tuple[tuple[Run, ...], str | None]:
    """Up to `limit` sounds and the cursor of the next page (None at the end). Raises Invalid for a foreign cursor.

    A cursor is the place of a sound, so it holds although that sound is deleted meanwhile.
    """
    query = select(runs, _shown.label("shown")).where(
        runs.c.team_id == team_id, runs.c.kind == TaskKind.TEXT_TO_SOUND.value
    )
    query = _ordered(narrowed(query, wanted), sort, cursor)
    rows = [dict(row) for row in connection.execute(query.limit(limit + 1)).mappings()]
    keys = [row.pop("shown") for row in rows]
    found = tuple(run_of(row) for row in rows[:limit])
    if len(rows) <= limit:
        return found, None
    return found, encoded(found[-1].run_id, keys[limit - 1]) if sort is SoundSort.NAME else str(found[-1].run_id)


def _ordered(query: Select[Any], sort: SoundSort, cursor: str | None) -> Select[Any]:
    number = runs.c.run_id
    if sort is SoundSort.NAME:
        if cursor is not None:
            last, key = decoded(cursor)
            query = query.where(or_(_shown > key, and_(_shown == key, number > last)))
        return query.order_by(_shown, number)
    oldest_first = sort is SoundSort.OLDEST
    if cursor is not None:
        last = number_of(cursor)
        query = query.where(number > last if oldest_first else number < last)
    return query.order_by(number if oldest_first else number.desc())


def narrowed(query: Select[Any], wanted: SoundFilter) -> Select[Any]:
    """A query of runs, of which only the sounds remain that are wanted."""
    query = query.join(sounds, sounds.c.run_id == runs.c.run_id)
    for word in (wanted.search or "").casefold().split():
        query = query.where(sounds.c.words.contains(word, autoescape=True))
    for column, value in (
        (sounds.c.audio_type, None if wanted.audio_type is None else wanted.audio_type.value),
        (sounds.c.engine, wanted.engine),
        (sounds.c.favourite, None if wanted.favourite is None else int(wanted.favourite)),
        (runs.c.folder_id, wanted.folder_id),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.tag is not None:
        of_it = sound_tags.c.run_id == runs.c.run_id
        query = query.where(exists().where(of_it, sound_tags.c.tag == wanted.tag.casefold()))
    if wanted.created_after is not None:
        query = query.where(runs.c.created_at > to_ms(wanted.created_after))
    return query
