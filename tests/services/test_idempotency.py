"""The same create sent again, of everything that is created: each on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import update
from tests.services.conftest import Deleter, sound

from soundstage.domain.catalogue import TermTranslation, Upload
from soundstage.domain.task import TaskKind
from soundstage.errors import Conflict, Invalid, NotFound, QuotaExceeded
from soundstage.host.limits import HostLimits
from soundstage.host.pool import HostPool
from soundstage.services.actor import Actor
from soundstage.services.dictionaries import DictionariesService
from soundstage.services.folders import FoldersService
from soundstage.services.idempotency import Idempotency, IdempotencyKeys
from soundstage.services.tasks import TasksService
from soundstage.services.uploads import UploadLimits, UploadsService
from soundstage.storage.blobs.local import LocalBlobs
from soundstage.storage.database import Database
from soundstage.storage.idempotency import Noun
from soundstage.storage.tables import idempotency as rows

CSV = b"en-us,es-es\nthe sea,la mar\n"
Create = Callable[[Actor, str, str], str]  # (who, key, what) -> the id of what was made


@dataclass(frozen=True)
class Creates:
    """Every create of the services, as one shape; `what` tells one request from another."""

    tasks: TasksService
    folders: FoldersService
    dictionaries: DictionariesService
    uploads: UploadsService
    scratch: Path

    def task(self, actor: Actor, key: str, what: str) -> str:
        asked = Idempotency(key, what)
        return self.tasks.create(actor, TaskKind.TEXT_TO_SOUND, sound(prompt=what), idempotency=asked).task_id

    def folder(self, actor: Actor, key: str, what: str) -> str:
        return str(self.folders.create(actor, what, idempotency=Idempotency(key, what)).folder_id)

    def dictionary(self, actor: Actor, key: str | None, what: str) -> str:
        file = self.scratch / uuid4().hex
        file.write_bytes(CSV)
        return str(self.dictionaries.create_from_file(actor, file, "terms.csv", what, key=key).dictionary_id)

    def term(self, actor: Actor, key: str, what: str) -> str:
        number = next((one.dictionary_id for one in self.dictionaries.list(actor)), None)
        if number is None:
            number = int(self.dictionary(actor, None, "Terms"))
        texts = (TermTranslation(language=1, text=what),)
        return str(self.dictionaries.add_term(actor, number, texts, idempotency=Idempotency(key, what)).term_id)

    def upload(self, actor: Actor, key: str, what: str) -> str:
        return self.send(actor, key, what.encode()).upload_id

    def send(self, actor: Actor, key: str | None, data: bytes, name: str = "talk.wav") -> Upload:
        with self.uploads.begin(actor, name, key=key) as sink:
            sink.write(data)
            return sink.commit()


@pytest.fixture(scope="session")
def hosts() -> Iterator[HostPool]:
    pool = HostPool(1, HostLimits())
    yield pool
    pool.close()


@pytest.fixture
def creates(
    database: Database,
    hosts: HostPool,
    tasks: TasksService,
    blobs: LocalBlobs,
    delete_blobs: Deleter,
    tmp_path: Path,
) -> Creates:
    keys = IdempotencyKeys(24.0)
    return Creates(
        tasks,
        FoldersService(database, keys),
        DictionariesService(database, lambda name, values: hosts.run(name, values, timeout=60), keys),
        UploadsService(database, blobs, UploadLimits(max_bytes=1000, team_quota_bytes=1500), delete_blobs, keys),
        tmp_path,
    )


@pytest.fixture(params=list(Noun))
def create(request: pytest.FixtureRequest, creates: Creates) -> Create:
    made: Create = getattr(creates, request.param.value)
    return made


def count(database: Database, table: str) -> int:
    found = database.row(f"SELECT count(*) FROM {table}", ())
    assert found is not None
    return int(found[0])


def test_the_same_again_is_the_same(create: Create, actor: Actor, stranger: Actor) -> None:
    first = create(actor, "key", "first")
    assert create(actor, "key", "first") == first
    assert create(stranger, "key", "first") != first
    assert create(actor, "another key", "second") != first


def test_another_request_under_the_same_key_is_refused(create: Create, actor: Actor) -> None:
    first = create(actor, "key", "first")
    with pytest.raises(Invalid, match="Idempotency-Key") as told:
        create(actor, "key", "second")
    assert told.value.faults[0].loc == ("header", "Idempotency-Key")
    assert create(actor, "key", "first") == first


def test_after_its_hours_a_key_makes_anew(creates: Creates, create: Create, actor: Actor, database: Database) -> None:
    first = create(actor, "key", "first")
    with database.unit() as connection:
        connection.execute(update(rows).values(created_at=rows.c.created_at - 24 * 3_600_000 - 1))
    assert create(actor, "key", "second") != first


def test_many_at_once_make_one(creates: Creates, create: Create, actor: Actor) -> None:
    creates.term(actor, "before", "the dictionary that terms are added to")
    gate = threading.Barrier(4)

    def at_once(_: int) -> str:
        gate.wait()
        return create(actor, "key", "first")

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(at_once, range(4)))) == 1


def test_a_refused_folder_leaves_its_key_free(creates: Creates, actor: Actor) -> None:
    creates.folder(actor, "key", "Taken")
    with pytest.raises(Conflict, match="already"):
        creates.folder(actor, "free", "Taken")
    creates.folder(actor, "free", "Not taken")


def test_a_refused_term_leaves_its_key_free(creates: Creates, actor: Actor) -> None:
    texts = (TermTranslation(language=1, text="x"),)
    with pytest.raises(NotFound):
        creates.dictionaries.add_term(actor, 4711, texts, idempotency=Idempotency("free", "one"))
    creates.folder(actor, "free", "Another thing")


def test_a_refused_file_leaves_its_key_free(creates: Creates, actor: Actor, tmp_path: Path) -> None:
    file = tmp_path / "broken.csv"
    file.write_bytes(b"klingon\nx\n")
    with pytest.raises(Invalid, match="klingon"):
        creates.dictionaries.create_from_file(actor, file, "broken.csv", "Broken", key="free")
    creates.dictionary(actor, "free", "Whole")


def test_a_refused_upload_leaves_its_key_free(creates: Creates, actor: Actor) -> None:
    creates.send(actor, None, b"a" * 900)
    with pytest.raises(QuotaExceeded):
        creates.send(actor, "free", b"b" * 700)
    creates.send(actor, "free", b"c" * 600)


def test_a_dictionary_is_told_by_bytes_and_texts(creates: Creates, actor: Actor, tmp_path: Path) -> None:
    file = tmp_path / "terms.csv"

    def send(data: bytes = CSV, file_name: str = "terms.csv", description: str | None = None) -> int:
        file.write_bytes(data)
        made = creates.dictionaries.create_from_file(actor, file, file_name, "Sailing", description, key="key")
        return made.dictionary_id

    first = send()
    assert send() == first
    for refused in (
        lambda: send(data=CSV + b"the ship,el barco\n"),
        lambda: send(file_name="words.csv"),
        lambda: send(description="of the sea"),
    ):
        with pytest.raises(Invalid, match="Idempotency-Key"):
            refused()
    assert [one.dictionary_id for one in creates.dictionaries.list(actor)] == [first]


def test_a_file_that_was_read_is_not_read_again(database: Database, actor: Actor, tmp_path: Path) -> None:
    asked: list[str] = []

    def parse(name: str, _: object) -> object:
        asked.append(name)
        return [{"translations": [{"language": 1, "text": "sea"}]}]

    service = DictionariesService(database, parse)
    file = tmp_path / "terms.csv"
    file.write_bytes(CSV)
    made = [service.create_from_file(actor, file, "terms.csv", "Sailing", key="key") for _ in range(2)]
    assert made[0] == made[1]
    assert len(asked) == 1


def test_a_term_is_told_as_it_is_now(creates: Creates, actor: Actor) -> None:
    term_id = int(creates.term(actor, "key", "light"))
    (dictionary,) = creates.dictionaries.list(actor)
    number, text = dictionary.dictionary_id, TermTranslation(language=31, text="Licht")
    creates.dictionaries.update_term(actor, number, term_id, (text,))
    again = creates.dictionaries.add_term(
        actor, number, (TermTranslation(language=1, text="light"),), idempotency=Idempotency("key", "light")
    )
    assert (again.term_id, again.translations[-1]) == (term_id, text)


def test_uploads_of_other_bytes_or_name_are_refused_and_leave_nothing(
    creates: Creates, actor: Actor, blobs: LocalBlobs, database: Database
) -> None:
    first = creates.send(actor, "key", b"first")
    for data, name in ((b"second", "talk.wav"), (b"first", "other.wav"), (b"", "talk.wav")):
        with pytest.raises(Invalid, match="Idempotency-Key"):
            creates.send(actor, "key", data, name)
    assert [path.name for path in blobs.root.rglob("*") if path.is_file()] == [first.sha256]
    assert count(database, "uploads") == count(database, "artifact_references") == 1


def test_an_upload_sent_again_needs_no_room(creates: Creates, actor: Actor) -> None:
    empty = creates.send(actor, "empty", b"")
    first = creates.send(actor, "first", b"a" * 900)
    second = creates.send(actor, "second", b"b" * 600)
    assert creates.send(actor, "first", b"a" * 900).upload_id == first.upload_id
    assert creates.send(actor, "second", b"b" * 600).upload_id == second.upload_id
    assert creates.send(actor, "empty", b"").upload_id == empty.upload_id
    with pytest.raises(QuotaExceeded):
        creates.send(actor, "third", b"c")


def test_what_was_deleted_is_made_anew(creates: Creates, actor: Actor) -> None:
    upload = creates.upload(actor, "upload", "bytes")
    creates.uploads.delete(actor, upload)
    assert creates.upload(actor, "upload", "bytes") != upload
    term = creates.term(actor, "term", "light")
    (dictionary,) = creates.dictionaries.list(actor)
    creates.dictionaries.delete_term(actor, dictionary.dictionary_id, int(term))
    assert creates.term(actor, "term", "light") != term
    task = creates.task(actor, "task", "rain")
    creates.tasks.cancel(actor, task)
    creates.tasks.delete(actor, task)
    assert creates.task(actor, "task", "snow") != task  # the key is free, also for another request
    made = creates.dictionary(actor, "dictionary", "Sailing")
    creates.dictionaries.delete(actor, int(made))
    assert creates.dictionary(actor, "dictionary", "Sailing") != made


def test_a_term_of_a_deleted_dictionary_is_not_found(creates: Creates, actor: Actor) -> None:
    creates.term(actor, "key", "light")
    (dictionary,) = creates.dictionaries.list(actor)
    creates.dictionaries.delete(actor, dictionary.dictionary_id)
    texts = (TermTranslation(language=1, text="light"),)
    with pytest.raises(NotFound, match="no dictionary"):
        creates.dictionaries.add_term(actor, dictionary.dictionary_id, texts, idempotency=Idempotency("key", "light"))


def test_a_key_of_one_noun_is_refused_for_another(creates: Creates, actor: Actor) -> None:
    creates.folder(actor, "key", "first")
    for other in (creates.task, creates.dictionary, creates.upload):
        with pytest.raises(Invalid, match="Idempotency-Key"):
            other(actor, "key", "second")
