"""`soundstage doctor`: is everything here that is needed, and what to do when not."""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass

import typer

from soundstage import __version__, config
from soundstage.cli.console import FAILED, Output
from soundstage.cli.data_lock import running_server
from soundstage.cli.engines import report
from soundstage.cli.options import AsJson, Data
from soundstage.config import Config
from soundstage.errors import SoundstageError
from soundstage.host.pool import HostPool

LEAST_DISK = 2 * 2**30  # bytes: a feature film's tracks
CHECK_SECONDS = 60.0


@dataclass(frozen=True)
class Check:
    """`ok` False is a fault; `cure` says what to do about it."""

    name: str
    ok: bool
    found: str
    cure: str | None = None


def doctor(data: Data = None, as_json: AsJson = False) -> None:
    """Check the installation; exit code 1 when something is at fault."""
    settings = config.load(data=data)
    checks = [check(settings) for check in CHECKS]
    checks.extend(_engine_checks(settings))
    output = Output(as_json)
    lines = [f"{'✓' if c.ok else '✗'} {c.name}: {c.found}" + (f"\n    {c.cure}" if c.cure else "") for c in checks]
    output.result([asdict(check) for check in checks], "\n".join(lines))
    if not all(check.ok for check in checks):
        raise typer.Exit(FAILED)


def check_version(_settings: Config) -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    ok = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Check("version", ok, f"Soundstage {__version__} on Python {version}", None if ok else "use Python 3.11–3.13")


def check_data_folder(settings: Config) -> Check:
    try:
        config.prepare_data_folder(settings.data)
        probe = settings.data / ".doctor"
        probe.write_bytes(b"")
        probe.unlink()
    except (OSError, SoundstageError) as error:
        return Check("data folder", ok=False, found=str(error), cure="choose a folder you may write to with --data")
    return Check("data folder", ok=True, found=str(settings.data))


def check_disk(settings: Config) -> Check:
    folder = next(path for path in (settings.data, *settings.data.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    cure = None if free >= LEAST_DISK else "free some disk, or choose a data folder on another one with --data"
    return Check("disk", free >= LEAST_DISK, f"{free / 2**30:.1f} GiB free", cure)


def check_database(settings: Config) -> Check:
    shown = settings.resolved_database_url.split("@")[-1]
    from soundstage import bootstrap  # noqa: PLC0415 - slow to import, and no other command's business

    try:
        bootstrap.open_database(settings).close()
    except Exception as error:
        first = str(error).splitlines()[0]
        return Check(
            "database", ok=False, found=f"{shown}: {first}", cure="check database_url and that the server runs"
        )
    return Check("database", ok=True, found=shown)


def check_server(settings: Config) -> Check:
    running = running_server(settings.data)
    if running is not None:
        return Check("server", ok=True, found=f"running at {running.url} (process {running.pid})")
    with socket.socket() as probe:
        try:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.host, settings.port))
        except OSError as error:
            found = f"not running, and {settings.host}:{settings.port} is taken ({error.strerror})"
            return Check("server", ok=False, found=found, cure="choose another port with --port")
    return Check("server", ok=True, found=f"not running; {settings.host}:{settings.port} is free")


def check_media(_settings: Config) -> Check:
    hosts = HostPool(1)
    try:
        found = hosts.run("soundstage.media.container:ffmpeg_version", {}, timeout=CHECK_SECONDS)
    except SoundstageError as error:
        cure = "reinstall with scripts/install: the package av brings FFmpeg"
        return Check("media", ok=False, found=error.message, cure=cure)
    finally:
        hosts.close()
    return Check("media", ok=True, found=f"FFmpeg {found}")


CHECKS: tuple[Callable[[Config], Check], ...] = (
    check_version,
    check_data_folder,
    check_disk,
    check_database,
    check_server,
    check_media,
)


def _engine_checks(settings: Config) -> list[Check]:
    """A capability that the default product has engines for is at fault when none of them is ready."""
    lines = report(settings.data)
    checks = []
    for capability in dict.fromkeys(line.capability for line in lines):
        own = [line for line in lines if line.capability == capability]
        ready = [line.name for line in own if line.ready]
        if ready:
            checks.append(Check(f"engine for {capability}", ok=True, found=", ".join(ready)))
        elif all(line.name == "–" for line in own):
            checks.append(
                Check(f"engine for {capability}", ok=True, found="none in this version; its stage is skipped")
            )
        else:
            checks.append(Check(f"engine for {capability}", ok=False, found=str(own[0].problem), cure=own[0].cure))
    return checks
