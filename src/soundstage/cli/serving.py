"""A server at work: its address, its worker, its pages. Imported only by the command that serves."""

from __future__ import annotations

import logging
import signal
import socket
from types import FrameType
from typing import Any

import uvicorn

from soundstage import bootstrap, config
from soundstage.api.app import create_app
from soundstage.api.services import ApiServices
from soundstage.api.settings import ApiSettings
from soundstage.cli.console import USAGE, CliError, Output
from soundstage.cli.data_lock import DataLock
from soundstage.cli.supervisor import WorkerSupervisor
from soundstage.config import Config

GRACE_SECONDS = 5  # open connections get so long when the server stops


def serve(settings: Config, output: Output, *, with_worker: bool) -> None:
    """Answer until a signal ends the server; then let the worker drain. Raises CliError where it cannot start."""
    config.prepare_data_folder(settings.data)
    lock = DataLock(settings.data)
    lock.take()
    listening = _listen(settings)
    address = _address(settings, listening)
    soundstage = bootstrap.build(settings)
    # uvicorn passes the signal on to this handler when it has stopped; the default one would end us undrained.
    signal.signal(signal.SIGTERM, _leave)
    supervisor = WorkerSupervisor(["--data", str(settings.data)], patience_seconds=settings.drain_seconds + 10)
    try:
        if with_worker:
            supervisor.start()
        lock.note(address)
        _announce(soundstage, address, output)
        _answer(soundstage, settings, address, listening)
    finally:
        if with_worker:
            supervisor.stop()
        soundstage.close()
        lock.release()


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _listen(settings: Config) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        raise CliError(
            f"cannot bind {settings.host}:{settings.port}: {error.strerror}; choose another with --port or --host",
            USAGE,
        ) from error
    listening.listen(2048)
    return listening


def _address(settings: Config, listening: socket.socket) -> str:
    """How this server is reached: `public_url`, or the address it is bound to."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    port = listening.getsockname()[1]
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104 - compared, not bound
    return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{port}"


def _announce(soundstage: bootstrap.Soundstage, address: str, output: Output) -> None:
    """The first key, where there is none yet, and a link that opens the pages once."""
    ready: dict[str, Any] = {"url": address, "key": None}
    lines = [f"Soundstage listens on {address}", f"  API      {address}/apis   (docs: {address}/apis/docs)"]
    if not soundstage.keys.list():
        key, secret = soundstage.keys.create(name="first key")
        ready["key"] = secret
        lines.append(f"  key      {secret}   (of team {key.team_id}; shown this once)")
    team = soundstage.keys.default_team()
    ready["login_url"] = f"{address}/studio/login?token={soundstage.sessions.issue(team.team_id)}"
    lines.append(f"  Studio   {ready['login_url']}   (opens once, within ten minutes)")
    output.result(ready, "\n".join(lines))


def _answer(soundstage: bootstrap.Soundstage, settings: Config, address: str, listening: socket.socket) -> None:
    app = create_app(api_services(soundstage), api_settings(settings, address))
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            h11_max_incomplete_event_size=64 * 1024,
        )
    )
    server.run(sockets=[listening])


def api_services(soundstage: bootstrap.Soundstage) -> ApiServices:
    return ApiServices(
        keys=soundstage.keys,
        tasks=soundstage.tasks,
        watcher=soundstage.watcher,
        runs=soundstage.runs,
        revisions=soundstage.revisions,
        edits=soundstage.edits,
        reruns=soundstage.reruns,
        tracks=soundstage.tracks,
        sound_files=soundstage.sound_files,
        vocabulary=soundstage.vocabulary,
        recipes=soundstage.recipes,
        portable=soundstage.portable,
        exports=soundstage.exports,
        dry_runs=soundstage.dry_runs,
        folders=soundstage.folders,
        dictionaries=soundstage.dictionaries,
        uploads=soundstage.uploads,
        voices=soundstage.voices,
        engines=soundstage.engines,
        sessions=soundstage.sessions,
        transcripts=soundstage.transcripts,
    )


def api_settings(settings: Config, address: str) -> ApiSettings:
    return ApiSettings(
        public_url=address,
        failure_word=settings.failure_word,
        max_prompt_characters=settings.max_prompt_characters,
        max_sound_seconds=settings.max_sound_seconds,
        default_sound_seconds=settings.default_sound_seconds,
        max_upload_bytes=settings.max_upload_bytes,
        fern_list_replies=settings.fern_list_replies,
        rate_limit_per_minute=settings.rate_limit_per_minute or None,
        fetch_allow=settings.fetch_allow,
        status_on_loop=settings.resolved_database_url.startswith("sqlite"),
    )
