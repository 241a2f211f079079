"""Scratch folders: one for each worker, named by its id, so that what a killed one left can be told and removed."""

from __future__ import annotations

import shutil
from pathlib import Path

import structlog

from soundstage.storage import workers
from soundstage.storage.database import Database

log = structlog.get_logger(__name__)


def clear_abandoned(database: Database, scratch: Path) -> None:
    """Remove the folders of workers that live no more. Safe at any time, from any number of workers."""
    if not scratch.is_dir():
        return
    found = list(scratch.iterdir())  # before the living are asked for: a worker has its row before its folder
    with database.read() as connection:
        living = {row.worker_id for row in workers.living(connection)}
    for folder in found:
        if folder.name not in living:
            shutil.rmtree(folder, ignore_errors=True)
            log.info("removed what a dead worker left", folder=folder.name)
