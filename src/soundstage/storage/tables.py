"""Every table. Times are integers: milliseconds since the epoch, UTC. JSON is text. Flags are 0 and 1.

So the same rows mean the same on SQLite and PostgreSQL. `migrations/` creates exactly these tables; a test compares.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, MetaData, Table, Text, UniqueConstraint

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)

BigInt = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers rows by itself only under INTEGER


def _numbered(name: str) -> Column[int]:
    """A primary key numbered by the database; with `sqlite_autoincrement` no number is ever given twice."""
    return Column(name, BigInt, primary_key=True, autoincrement=True)


def _integer(name: str, *, null: bool = False, **options: Any) -> Column[int]:
    return Column(name, BigInt, nullable=null, **options)


def _text(name: str, *, null: bool = False, **options: Any) -> Column[str]:
    return Column(name, Text, nullable=null, **options)


def _real(name: str, *, null: bool = False) -> Column[float]:
    return Column(name, Float(53), nullable=null)


def _text_key(name: str) -> Column[str]:
    return Column(name, Text, primary_key=True)


def _owner() -> Column[int]:
    return Column("team_id", BigInt, ForeignKey("teams.team_id"), nullable=False)


# Teams and what may act for them

teams = Table(
    "teams",
    metadata,
    _numbered("team_id"),
    _text("name", unique=True),
    _integer("created_at"),
    sqlite_autoincrement=True,
)

keys = Table(
    "keys",
    metadata,
    _numbered("key_id"),
    _owner(),
    _text("name"),
    _text("prefix"),
    _text("secret_sha256", unique=True),
    _text("scopes"),  # "admin read write"
    _integer("created_at"),
    _integer("revoked_at", null=True),
    sqlite_autoincrement=True,
)

login_links = Table(
    "login_links",
    metadata,
    _text_key("token_sha256"),
    _owner(),
    _integer("expires_at"),
    _integer("used_at", null=True),
)

# Tasks, their stages, events and products

tasks = Table(
    "tasks",
    metadata,
    _text_key("task_id"),
    _integer("team_id"),
    _text("kind"),
    _text("lane"),
    _text("state"),
    _integer("attempt"),
    _text("priority"),
    _integer("queue_order"),
    _text("parameters"),  # JSON of the kind's request
    _integer("folder_id", null=True),
    _text("traceparent", null=True),
    _integer("created_at"),
    _integer("updated_at"),
    _integer("started_at", null=True),
    _integer("finished_at", null=True),
    _integer("revision"),
    _real("progress"),
    _text("stages"),  # JSON list of StageStatus
    _integer("run_id", null=True, index=True),
    _integer("product_revision", null=True),  # the revision of the run's project that it made
    _text("failure", null=True),  # JSON of Failure
    _integer("queue_position", null=True),
    _text("eta", null=True),  # JSON of Eta
    _text("owner", null=True),  # token of the execution that may write
    _text("worker_id", null=True),
)
Index("ix_tasks_team_id_created_at", tasks.c.team_id, tasks.c.created_at)
Index("ix_tasks_state_lane_queue_order", tasks.c.state, tasks.c.lane, tasks.c.queue_order)

stage_results = Table(
    "stage_results",
    metadata,
    _text_key("task_id"),
    _text_key("stage"),
    _integer("attempt"),
    _text("output"),
    _text("status"),  # JSON of StageStatus
    _integer("committed_at"),
    _real("media_seconds", null=True),
    _text("reuse_key", null=True, index=True),  # of what may be taken over by other tasks of the team
)

runs = Table(
    "runs",
    metadata,
    _numbered("run_id"),
    _text("task_id", unique=True),
    _integer("team_id"),
    _text("kind"),
    _integer("folder_id", null=True),
    _integer("created_at"),
    _text("product"),  # JSON of the kind's product; of a project its head's
    _integer("head", server_default="1"),  # a project's revision that it shows
    _integer("numbered", server_default="0"),  # the largest number that one of its revisions was ever given
    sqlite_autoincrement=True,
)
Index("ix_runs_team_id_kind_run_id", runs.c.team_id, runs.c.kind, runs.c.run_id)
Index("ix_runs_folder_id", runs.c.folder_id)

sounds = Table(  # what a list of sounds is searched by, and what a person has marked
    "sounds",
    metadata,
    Column("run_id", BigInt, primary_key=True, autoincrement=False),
    _text("audio_type"),
    _text("engine"),
    _text("name", null=True),
    _text("prompt"),
    _text("words"),  # name and prompt, case folded
    _integer("favourite", server_default="0"),
)

sound_tags = Table(
    "sound_tags",
    metadata,
    Column("run_id", BigInt, primary_key=True, autoincrement=False),
    _text_key("tag"),
)

project_revisions = Table(
    "project_revisions",
    metadata,
    Column("run_id", BigInt, primary_key=True, autoincrement=False),
    Column("revision", BigInt, primary_key=True, autoincrement=False),
    _integer("base", null=True),
    _text("origin"),
    _text("task_id", index=True),
    _text("stage", null=True),
    _text("note", null=True),
    _integer("created_at"),
    _text("product"),  # JSON of ProjectProduct
)

events = Table(
    "events",
    metadata,
    _numbered("event_id"),
    _text("task_id"),
    _integer("team_id"),
    _integer("at"),
    _text("type"),
    _text("data"),
    sqlite_autoincrement=True,
)
Index("ix_events_task_id_event_id", events.c.task_id, events.c.event_id)

idempotency = Table(
    "idempotency",
    metadata,
    Column("team_id", BigInt, primary_key=True, autoincrement=False),
    _text_key("key"),
    _text("digest"),
    _text("noun", server_default="task"),
    _text("task_id", key="made"),  # the id of whatever was made; named when only tasks were
    _integer("created_at", index=True),
)

# Files

artifacts = Table(
    "artifacts",
    metadata,
    _text_key("sha256"),
    _integer("bytes"),
    _integer("created_at"),
)

artifact_references = Table(
    "artifact_references",
    metadata,
    _numbered("reference_id"),
    _text("sha256", index=True),
    _integer("team_id"),
    _text("task_id", null=True, index=True),
    _integer("run_id", null=True, index=True),
    _text("upload_id", null=True, index=True),
    _text("stage", null=True),
    _text("name"),
    _text("media_type"),
    _integer("created_at"),
    UniqueConstraint("task_id", "stage", "name"),
    sqlite_autoincrement=True,
)
Index("ix_artifact_references_team_id_sha256", artifact_references.c.team_id, artifact_references.c.sha256)

uploads = Table(
    "uploads",
    metadata,
    _text_key("upload_id"),
    _owner(),
    _text("file_name"),
    _text("sha256"),
    _integer("bytes"),
    _integer("created_at", index=True),
    _integer("used_at", null=True),
)

# What a team keeps beside its tasks

folders = Table(
    "folders",
    metadata,
    _numbered("folder_id"),
    _owner(),
    _text("name"),
    _integer("created_at"),
    UniqueConstraint("team_id", "name"),
    sqlite_autoincrement=True,
)

dictionaries = Table(
    "dictionaries",
    metadata,
    _numbered("dictionary_id"),
    _owner(),
    _text("name"),
    _text("description", null=True),
    _integer("created_at"),
    _integer("updated_at"),
    sqlite_autoincrement=True,
)
Index("ix_dictionaries_team_id", dictionaries.c.team_id)

terms = Table(
    "terms",
    metadata,
    _numbered("term_id"),
    _integer("dictionary_id", index=True),
    sqlite_autoincrement=True,
)
terms.c.dictionary_id.append_foreign_key(ForeignKey("dictionaries.dictionary_id", ondelete="CASCADE"))

term_translations = Table(
    "term_translations",
    metadata,
    Column("term_id", BigInt, ForeignKey("terms.term_id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("language", BigInt, primary_key=True, autoincrement=False),
    _text("text"),
)

# Workers, queues and what stages have taken so far

workers = Table(
    "workers",
    metadata,
    _text_key("worker_id"),
    _text("host"),
    _integer("pid"),
    _real("pid_started"),
    _text("lanes"),  # "sound:2 setup:1": how many tasks at once
    _text("state"),  # alive | draining | dead | stopped
    _integer("beats"),
    _integer("started_at"),
    _integer("beat_at"),
)

stage_history = Table(
    "stage_history",
    metadata,
    _numbered("history_id"),
    _text("kind"),
    _text("stage"),
    _text("engine"),
    _text("device"),
    _real("media_seconds"),
    _real("seconds"),
    _integer("at"),
    sqlite_autoincrement=True,
)
Index("ix_stage_history_kind_stage_history_id", *(stage_history.c[n] for n in ("kind", "stage", "history_id")))

lanes = Table("lanes", metadata, _text_key("lane"), _integer("current_order"))

lane_flow = Table("lane_flow", metadata, _text_key("lane"), _text_key("flow"), _integer("last_order"))
