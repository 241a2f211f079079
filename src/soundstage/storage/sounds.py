"""Sounds as a library: searched by what was asked for, marked by people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, exists, select

from soundstage.domain.run import Run
from soundstage.domain.sound import SoundFilter, SoundMarks
from soundstage.storage.clock import to_ms
from soundstage.storage.tables import runs, sound_tags, sounds


def insert(connection: Connection, run_id: int, product: dict[str, Any]) -> None:
    """Enter a sound into the library; `product` is JSON of a `SoundProduct`."""
    recipe = product["takes"][0]["recipe"]
    named = {"audio_type": recipe["audio_type"], "engine": recipe["engine"], "prompt": recipe["prompt"]}
    connection.execute(sounds.insert(), {"run_id": run_id, "words": _words(None, recipe["prompt"]), **named})


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


def marks_of(connection: Connection, found: Sequence[Run], *, lock: bool = False) -> tuple[SoundMarks, ...]:
    """The marks of sounds, in their order. lock: nobody else changes them before this transaction ends."""
    ids = [run.run_id for run in found]
    own = select(sounds).where(sounds.c.run_id.in_(ids))
    rows = {row.run_id: row for row in connection.execute(own.with_for_update() if lock else own)}
    tags: dict[int, list[str]] = {}
    query = select(sound_tags).where(sound_tags.c.run_id.in_(ids)).order_by(sound_tags.c.tag)
    for row in connection.execute(query):
        tags.setdefault(row.run_id, []).append(row.tag)
    return tuple(
        SoundMarks(name=rows[one].name, favourite=bool(rows[one].favourite), tags=tuple(tags.get(one, ())))
        if one in rows
        else SoundMarks()
        for one in ids
    )


def mark(connection: Connection, run_id: int, marks: SoundMarks) -> bool:
    """Put these marks in the place of what there was; False where there is no such sound."""
    prompt = connection.execute(select(sounds.c.prompt).where(sounds.c.run_id == run_id)).scalar()
    if prompt is None:
        return False
    changed = {"name": marks.name, "favourite": int(marks.favourite), "words": _words(marks.name, prompt)}
    connection.execute(sounds.update().where(sounds.c.run_id == run_id).values(changed))
    connection.execute(sound_tags.delete().where(sound_tags.c.run_id == run_id))
    rows = [{"run_id": run_id, "tag": tag} for tag in dict.fromkeys(tag.casefold() for tag in marks.tags)]
    if rows:
        connection.execute(sound_tags.insert(), rows)
    return True


def delete(connection: Connection, run_id: int) -> None:
    connection.execute(sound_tags.delete().where(sound_tags.c.run_id == run_id))
    connection.execute(sounds.delete().where(sounds.c.run_id == run_id))


def _words(name: str | None, prompt: str) -> str:
    return f"{name or ''}\n{prompt}".casefold()
