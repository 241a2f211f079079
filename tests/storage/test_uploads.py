"""Upload rows beside a task that asks for them at the same moment."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from soundstage.domain.account import Team
from soundstage.domain.catalogue import Upload
from soundstage.storage import uploads
from soundstage.storage.database import Database

UPLOAD_ID = "A_B%c-0123456789"


def insert(database: Database, team_id: int) -> Upload:
    upload = Upload(
        upload_id=UPLOAD_ID, team_id=team_id, file_name="a.wav", sha256="a" * 64, bytes=1, created_at=datetime.now(UTC)
    )
    with database.unit() as connection:
        uploads.insert(connection, upload, media_type="audio/wav")
    return upload


def test_an_upload_belongs_to_its_team(database: Database, team: Team, other_team: Team) -> None:
    upload = insert(database, team.team_id)
    with database.unit() as connection:
        found = uploads.get(connection, team.team_id, UPLOAD_ID)
        assert found is not None
        assert abs(found.created_at - upload.created_at).total_seconds() < 0.002
        assert uploads.get(connection, other_team.team_id, UPLOAD_ID) is None
        assert not uploads.mark_used(connection, other_team.team_id, UPLOAD_ID)
        assert uploads.delete(connection, UPLOAD_ID) == ("a" * 64,)


def test_a_locked_upload_is_not_marked_as_used_until_the_lock_goes(database: Database, team: Team) -> None:
    """So a task is accepted either before an upload's deletion, which then sees it, or finds the upload gone."""
    insert(database, team.team_id)
    locked, marked = threading.Event(), []

    def accept() -> None:
        locked.wait()
        with database.unit() as connection:
            marked.append(uploads.mark_used(connection, team.team_id, UPLOAD_ID))

    other = threading.Thread(target=accept)
    other.start()
    with database.unit() as connection:
        assert uploads.get(connection, team.team_id, UPLOAD_ID, lock=True) is not None
        locked.set()
        other.join(timeout=0.3)
        assert marked == []
        uploads.delete(connection, UPLOAD_ID)
    other.join()
    assert marked == [False]
