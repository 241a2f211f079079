"""First tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _accounts()
    _tasks()
    _task_facts()
    _files()
    _belongings()
    _work()


def _accounts() -> None:
    op.create_table(
        "teams",
        sa.Column("team_id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("team_id", name="pk_teams"),
        sa.UniqueConstraint("name", name="uq_teams_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "keys",
        sa.Column("key_id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("team_id", NUMBER, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("prefix", sa.Text, nullable=False),
        sa.Column("secret_sha256", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.Column("revoked_at", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["teams.team_id"], name="fk_keys_team_id"),
        sa.PrimaryKeyConstraint("key_id", name="pk_keys"),
        sa.UniqueConstraint("secret_sha256", name="uq_keys_secret_sha256"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "login_links",
        sa.Column("token_sha256", sa.Text, nullable=False),
        sa.Column("team_id", NUMBER, nullable=False),
        sa.Column("expires_at", NUMBER, nullable=False),
        sa.Column("used_at", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["teams.team_id"], name="fk_login_links_team_id"),
        sa.PrimaryKeyConstraint("token_sha256", name="pk_login_links"),
    )


def _tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("task_id", sa.Text, nullable=False),
        sa.Column("team_id", NUMBER, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("lane", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempt", NUMBER, nullable=False),
        sa.Column("priority", sa.Text, nullable=False),
        sa.Column("queue_order", NUMBER, nullable=False),
        sa.Column("parameters", sa.Text, nullable=False),
        sa.Column("folder_id", NUMBER, nullable=True),
        sa.Column("traceparent", sa.Text, nullable=True),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.Column("updated_at", NUMBER, nullable=False),
        sa.Column("started_at", NUMBER, nullable=True),
        sa.Column("finished_at", NUMBER, nullable=True),
        sa.Column("revision", NUMBER, nullable=False),
        sa.Column("progress", sa.Float(precision=53), nullable=False),
        sa.Column("stages", sa.Text, nullable=False),
        sa.Column("run_id", NUMBER, nullable=True),
        sa.Column("failure", sa.Text, nullable=True),
        sa.Column("queue_position", NUMBER, nullable=True),
        sa.Column("eta", sa.Text, nullable=True),
        sa.Column("owner", sa.Text, nullable=True),
        sa.Column("worker_id", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("task_id", name="pk_tasks"),
    )
    op.create_index("ix_tasks_state_lane_queue_order", "tasks", ["state", "lane", "queue_order"], unique=False)
    op.create_index("ix_tasks_team_id_created_at", "tasks", ["team_id", "created_at"], unique=False)


def _task_facts() -> None:
    op.create_table(
        "stage_results",
        sa.Column("task_id", sa.Text, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("attempt", NUMBER, nullable=False),
        sa.Column("output", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("committed_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("task_id", "stage", name="pk_stage_results"),
    )
    op.create_table(
        "events",
        sa.Column("event_id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("task_id", sa.Text, nullable=False),
        sa.Column("team_id", NUMBER, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_events"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_task_id_event_id", "events", ["task_id", "event_id"], unique=False)
    op.create_table(
        "runs",
        sa.Column("run_id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("task_id", sa.Text, nullable=False),
        sa.Column("team_id", NUMBER, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("folder_id", NUMBER, nullable=True),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.Column("product", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("run_id", name="pk_runs"),
        sa.UniqueConstraint("task_id", name="uq_runs_task_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_runs_folder_id", "runs", ["folder_id"], unique=False)
    op.create_index("ix_runs_team_id_kind_run_id", "runs", ["team_id", "kind", "run_id"], unique=False)
    op.create_table(
        "idempotency",
        sa.Column("team_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("task_id", sa.Text, nullable=False),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("team_id", "key", name="pk_idempotency"),
    )
    op.create_index("ix_idempotency_created_at", "idempotency", ["created_at"], unique=False)


def _files() -> None:
    op.create_table(
        "artifacts",
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("bytes", NUMBER, nullable=False),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_artifacts"),
    )
    op.create_table(
        "artifact_references",
        sa.Column("reference_id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("team_id", NUMBER, nullable=False),
        sa.Column("task_id", sa.Text, nullable=True),
        sa.Column("run_id", NUMBER, nullable=True),
        sa.Column("upload_id", sa.Text, nullable=True),
        sa.Column("stage", sa.Text, nullable=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("reference_id", name="pk_artifact_references"),
        sa.UniqueConstraint("task_id", "stage", "name", name="uq_artifact_references_task_id_stage_name"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_artifact_references_run_id", "artifact_references", ["run_id"], unique=False)
    op.create_index("ix_artifact_references_sha256", "artifact_references", ["sha256"], unique=False)
    op.create_index("ix_artifact_references_task_id", "artifact_references", ["task_id"], unique=False)
    op.create_index("ix_artifact_references_team_id_sha256", "artifact_references", ["team_id", "sha256"], unique=False)
    op.create_index("ix_artifact_references_upload_id", "artifact_references", ["upload_id"], unique=False)
    op.create_table(
        "uploads",
        sa.Column("upload_id", sa.Text, nullable=False),
        sa.Column("team_id", NUMBER, nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("bytes", NUMBER, nullable=False),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.Column("used_at", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["teams.team_id"], name="fk_uploads_team_id"),
        sa.PrimaryKeyConstraint("upload_id", name="pk_uploads"),
    )
    op.create_index("ix_uploads_created_at", "uploads", ["created_at"], unique=False)


def _belongings() -> None:
    op.create_table(
        "folders",
        sa.Column("folder_id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("team_id", NUMBER, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.team_id"], name="fk_folders_team_id"),
        sa.PrimaryKeyConstraint("folder_id", name="pk_folders"),
        sa.UniqueConstraint("team_id", "name", name="uq_folders_team_id_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "dictionaries",
        sa.Column("dictionary_id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("team_id", NUMBER, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=True),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.Column("updated_at", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.team_id"], name="fk_dictionaries_team_id"),
        sa.PrimaryKeyConstraint("dictionary_id", name="pk_dictionaries"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_dictionaries_team_id", "dictionaries", ["team_id"], unique=False)
    op.create_table(
        "terms",
        sa.Column("term_id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("dictionary_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["dictionary_id"], ["dictionaries.dictionary_id"], name="fk_terms_dictionary_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("term_id", name="pk_terms"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_terms_dictionary_id", "terms", ["dictionary_id"], unique=False)
    op.create_table(
        "term_translations",
        sa.Column("term_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("language", NUMBER, autoincrement=False, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["term_id"], ["terms.term_id"], name="fk_term_translations_term_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("term_id", "language", name="pk_term_translations"),
    )


def _work() -> None:
    op.create_table(
        "workers",
        sa.Column("worker_id", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("pid", NUMBER, nullable=False),
        sa.Column("pid_started", sa.Float(precision=53), nullable=False),
        sa.Column("lanes", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("beats", NUMBER, nullable=False),
        sa.Column("started_at", NUMBER, nullable=False),
        sa.Column("beat_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("worker_id", name="pk_workers"),
    )
    op.create_table(
        "stage_history",
        sa.Column("history_id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("engine", sa.Text, nullable=False),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("media_seconds", sa.Float(precision=53), nullable=False),
        sa.Column("seconds", sa.Float(precision=53), nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("history_id", name="pk_stage_history"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_stage_history_kind_stage_engine_device",
        "stage_history",
        ["kind", "stage", "engine", "device"],
        unique=False,
    )
    op.create_table(
        "lanes",
        sa.Column("lane", sa.Text, nullable=False),
        sa.Column("current_order", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("lane", name="pk_lanes"),
    )
    op.create_table(
        "lane_flow",
        sa.Column("lane", sa.Text, nullable=False),
        sa.Column("flow", sa.Text, nullable=False),
        sa.Column("last_order", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("lane", "flow", name="pk_lane_flow"),
    )
