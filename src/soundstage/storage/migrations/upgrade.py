"""Runs alembic from inside the package, on a connection whose transaction the caller holds."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from soundstage.errors import Misconfigured


def settings(connection: Connection | None = None) -> Config:
    """Alembic's settings; no file is read."""
    config = Config()
    config.set_main_option("script_location", "soundstage.storage:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Apply every revision that the database lacks. Raises Misconfigured when it has one that is not known here."""
    try:
        command.upgrade(settings(connection), "head")
    except CommandError as error:
        raise Misconfigured(
            f"the database was made by a later Soundstage ({error}); install that version or use another database"
        ) from error
