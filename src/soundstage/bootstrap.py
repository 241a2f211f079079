"""Builds the object graph of a server or a worker from the settings. The only place that knows them all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from soundstage.config import Config, prepare_data_folder, signing_secret
from soundstage.engines.registry import Registry
from soundstage.engines.resident import EngineRoom
from soundstage.host.limits import HostLimits
from soundstage.host.pool import HostPool
from soundstage.pipelines import project_import, project_setup, text_to_sound
from soundstage.pipelines.stage import Pipelines
from soundstage.runtime.context import Outside
from soundstage.runtime.durable import TaskQueue, install
from soundstage.runtime.janitor import Janitor
from soundstage.runtime.settings import StageLimits, WorkerSettings
from soundstage.runtime.worker import Worker
from soundstage.services.blob_removal import BlobRemover
from soundstage.services.dictionaries import DictionariesService
from soundstage.services.dry_run import DryRunService
from soundstage.services.edits import EditsService
from soundstage.services.engine_voices import EngineVoices
from soundstage.services.engines import EnginesService
from soundstage.services.exports import ExportsService
from soundstage.services.folders import FoldersService
from soundstage.services.foreseeing import Foreseeing
from soundstage.services.idempotency import IdempotencyKeys
from soundstage.services.keys import KeysService
from soundstage.services.made_files import FOUND_SECONDS, MadeFiles
from soundstage.services.media_look import MediaLook, ProxyLimits
from soundstage.services.parked import ParkedProjects
from soundstage.services.portable import PortableService
from soundstage.services.recipes import RecipesService
from soundstage.services.reruns import RerunsService
from soundstage.services.revisions import RevisionsService
from soundstage.services.runs import RunsService
from soundstage.services.sessions import SessionsService
from soundstage.services.signing import FileSigner
from soundstage.services.sound_files import SoundFilesService
from soundstage.services.tasks import TaskLimits, TasksService
from soundstage.services.tracks import TracksService
from soundstage.services.transcripts import TranscriptsService
from soundstage.services.turns import TurnLimits
from soundstage.services.uploads import UploadLimits, UploadsService
from soundstage.services.vocabulary import VocabularyService
from soundstage.services.voices import VoicesService
from soundstage.services.watch import Watcher
from soundstage.storage.blobs.local import LocalBlobs
from soundstage.storage.database import Database

_PIPELINES = (project_setup.PIPELINE, text_to_sound.PIPELINE, project_import.PIPELINE)
PIPELINES = Pipelines({pipeline.kind: pipeline for pipeline in _PIPELINES})
HOST_LIMITS = HostLimits(memory_bytes=4 * 2**30)
ISOLATED_SECONDS = 60.0
CONVERSION_LIMITS = HostLimits(memory_bytes=2**30, threads=1)
# What the stages of a sound need in their host processes; imported while these are idle.
PRELOADED = ("soundstage.media.mastering", "soundstage.media.wav", "soundstage.media.peaks")


@dataclass(frozen=True)
class Soundstage:
    """Everything the API and the command line call."""

    database: Database
    keys: KeysService
    tasks: TasksService
    runs: RunsService
    revisions: RevisionsService
    edits: EditsService
    reruns: RerunsService
    exports: ExportsService
    tracks: TracksService
    sound_files: SoundFilesService
    vocabulary: VocabularyService
    recipes: RecipesService
    portable: PortableService
    folders: FoldersService
    dictionaries: DictionariesService
    uploads: UploadsService
    transcripts: TranscriptsService
    voices: VoicesService
    engines: EnginesService
    dry_runs: DryRunService
    sessions: SessionsService
    watcher: Watcher
    queue: TaskQueue
    hosts: HostPool
    conversion_hosts: HostPool
    engine_room: EngineRoom
    removers: tuple[BlobRemover, ...]

    def close(self) -> None:
        for remover in self.removers:
            remover.close()
        self.tracks.close()
        self.sound_files.close()
        self.portable.close()
        self.engine_room.close()
        self.hosts.close()
        self.conversion_hosts.close()
        self.queue.close()
        self.database.close()


def open_database(config: Config) -> Database:
    """The data folder and the database, brought to this version."""
    prepare_data_folder(config.data)
    database = Database(config.resolved_database_url)
    database.migrate()
    install(database)
    return database


def build(config: Config) -> Soundstage:
    """What a server needs. Host processes and engines start at first use."""
    database = open_database(config)
    secret = signing_secret(config.data).encode()
    blobs = LocalBlobs(config.data / "artifacts")
    registry = Registry()
    settings = config.engine_settings
    hosts = HostPool(1, HOST_LIMITS, burst=2)
    read_outside = partial(hosts.run, timeout=ISOLATED_SECONDS)
    at_once = TurnLimits()
    conversion_hosts = HostPool(0, CONVERSION_LIMITS, burst=at_once.at_once, name="conversion")
    engine_room = EngineRoom(memory_budget_mb=1024, idle_seconds=60.0, threads=1)
    queue = TaskQueue(database)
    delete_blobs = BlobRemover(database, blobs)
    keys = IdempotencyKeys(config.idempotency_hours)
    limits = TaskLimits(config.team_concurrent_tasks, config.team_disk_quota_bytes, config.idempotency_hours)
    runs = RunsService(
        database, blobs, FileSigner(secret, ttl_seconds=config.file_url_seconds), delete_blobs, queue.forget
    )
    tasks = TasksService(database, queue, PIPELINES, limits, delete_blobs, blobs.renew, ParkedProjects(blobs))
    delete_replaced = BlobRemover(database, blobs, spared_seconds=FOUND_SECONDS)
    quota = config.team_disk_quota_bytes
    making: dict[str, Any] = {"team_quota_bytes": quota, "run_isolated": conversion_hosts.run, "limits": at_once}
    made_files = partial(MadeFiles, database, blobs, delete_blobs, delete_replaced, **making)  # each kind has its line
    return Soundstage(
        database=database,
        keys=KeysService(database),
        tasks=tasks,
        runs=runs,
        revisions=RevisionsService(database, runs, project_setup.PIPELINE),
        edits=EditsService(database, blobs, runs, delete_blobs, team_quota_bytes=config.team_disk_quota_bytes),
        reruns=RerunsService(database, blobs, runs, tasks, project_setup.PIPELINE),
        exports=ExportsService(database, blobs, runs),
        tracks=TracksService(database, blobs, runs, made_files(name="conversions")),
        sound_files=SoundFilesService(blobs, runs, made_files(name="sound files")),
        recipes=RecipesService(blobs, read_outside),
        vocabulary=VocabularyService(registry, engine_room, config.default_engines, settings),
        portable=PortableService(database, blobs, runs, made_files(name="project files")),
        folders=FoldersService(database, keys),
        dictionaries=DictionariesService(database, read_outside, keys),
        uploads=UploadsService(
            database, blobs, UploadLimits(config.max_upload_bytes, config.team_disk_quota_bytes), delete_blobs, keys
        ),
        transcripts=TranscriptsService(blobs, read_outside),
        voices=VoicesService(EngineVoices(registry, engine_room, settings)),
        engines=EnginesService(registry, settings),
        dry_runs=_dry_runs(config, database, blobs, registry, hosts),
        sessions=SessionsService(database, secret),
        watcher=Watcher(database),
        queue=queue,
        hosts=hosts,
        conversion_hosts=conversion_hosts,
        engine_room=engine_room,
        removers=(delete_blobs, delete_replaced),
    )


def _dry_runs(
    config: Config, database: Database, blobs: LocalBlobs, registry: Registry, hosts: HostPool
) -> DryRunService:
    return DryRunService(
        database,
        PIPELINES,
        registry,
        engines=config.default_engines,
        engine_settings=config.engine_settings,
        look=MediaLook(
            database,
            blobs,
            {"allow": config.fetch_allow, "max_bytes": config.max_media_bytes},
            ProxyLimits(config.video_proxy, config.proxy_transcode_seconds),
            lambda function, arguments, timeout: hosts.run(function, arguments, timeout=timeout),
        ),
        foreseeing=Foreseeing(database, registry, _stage_limits(config), on=config.reuse),
    )


def build_worker(config: Config, *, lanes: dict[str, int] | None = None) -> Worker:
    """A worker process; `lanes` (lane → tasks at once) replaces those of the settings."""
    database = open_database(config)
    blobs = LocalBlobs(config.data / "artifacts")
    settings = WorkerSettings(
        scratch=config.data / "scratch",
        lanes=lanes or default_lanes(config),
        heartbeat_seconds=config.heartbeat_seconds,
        dead_after_seconds=config.dead_after_seconds,
        drain_seconds=config.drain_seconds,
        retries=config.stage_retries,
        memory_budget_mb=config.memory_budget_mb,
        reuse=config.reuse,
    )
    at_once = sum(settings.lanes.values())
    hosts = HostPool(at_once, HOST_LIMITS, burst=at_once, preload=PRELOADED)
    engines = EngineRoom(settings.memory_budget_mb, settings.engine_idle_seconds)
    outside = Outside(database, blobs, Registry(), engines, hosts, _stage_limits(config), settings)
    janitor = Janitor(
        database, blobs, upload_life_days=config.upload_life_days, idempotency_hours=config.idempotency_hours
    )
    return Worker(database, outside, PIPELINES, janitor)


def _stage_limits(config: Config) -> StageLimits:
    return StageLimits(
        max_media_bytes=config.max_media_bytes,
        max_media_seconds=config.max_media_seconds,
        video_proxy=config.video_proxy,
        proxy_transcode_seconds=config.proxy_transcode_seconds,
        fetch_allow=config.fetch_allow,
        fetch_timeout_seconds=config.fetch_timeout_seconds,
        team_disk_quota_bytes=config.team_disk_quota_bytes,
        engines=config.default_engines,
        engine_settings=config.engine_settings,
    )


def default_lanes(config: Config) -> dict[str, int]:
    """Lane → tasks at once, by the settings; lanes of none are left out."""
    wanted = {
        text_to_sound.PIPELINE.lane: config.sound_tasks,
        project_setup.PIPELINE.lane: config.setup_tasks,
        project_import.PIPELINE.lane: config.import_tasks,
    }
    return {lane: count for lane, count in wanted.items() if count}


def lock_path(config: Config) -> Path:
    """The file that keeps a second server off this data folder."""
    return config.data / "serve.lock"
