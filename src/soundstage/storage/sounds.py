"""Sounds as a library: what they are searched by, and how people have marked them. Lists are in `sound_list`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from soundstage.domain.run import Run
from soundstage.domain.sound import SoundMarks, TagUse
from soundstage.storage.tables import runs, sound_tags, sounds


def insert(connection: Connection, run_id: int, product: dict[str, Any]) -> None:
    """Enter a sound into the library; `product` is JSON of a `SoundProduct`."""
    recipe = product["takes"][0]["recipe"]
    named = {"audio_type": recipe["audio_type"], "engine": recipe["engine"], "prompt": recipe["prompt"]}
    connection.execute(sounds.insert(), {"run_id": run_id, "words": _words(None, recipe["prompt"]), **named})


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


def tags_of(connection: Connection, team_id: int) -> tuple[TagUse, ...]:
    """The tags of a team's sounds, the most used first."""
    count = func.count()
    query = select(sound_tags.c.tag, count).join(runs, runs.c.run_id == sound_tags.c.run_id)
    query = query.where(runs.c.team_id == team_id).group_by(sound_tags.c.tag).order_by(count.desc(), sound_tags.c.tag)
    return tuple(TagUse(tag=tag, sounds=used) for tag, used in connection.execute(query))


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
