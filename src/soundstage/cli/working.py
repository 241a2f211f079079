"""A worker at work. Imported only by the command that works."""

from __future__ import annotations

import signal

from soundstage import bootstrap
from soundstage.cli.console import USAGE, CliError
from soundstage.config import Config


def work(settings: Config, queues: str | None, *, supervised: bool) -> int:
    """Work until a signal ends the worker; returns its exit status. Raises CliError for lanes that do not exist."""
    at_work = bootstrap.build_worker(settings, lanes=_lanes(settings, queues))
    signal.signal(signal.SIGTERM, lambda *_: at_work.stop())
    # On a terminal Ctrl-C reaches the server too, which then stops its worker in good order.
    signal.signal(signal.SIGINT, signal.SIG_IGN if supervised else lambda *_: at_work.stop())
    return at_work.run()


def _lanes(settings: Config, queues: str | None) -> dict[str, int]:
    lanes = bootstrap.default_lanes(settings)
    if queues is not None:
        wanted = [lane.strip() for lane in queues.split(",") if lane.strip()]
        unknown = [lane for lane in wanted if lane not in lanes]
        if unknown or not wanted:
            named = ", ".join(unknown) or "(empty)"
            raise CliError(f"--queues: no such lane {named}; there are {', '.join(lanes)}", USAGE)
        lanes = {lane: lanes[lane] for lane in wanted}
    if not lanes:
        raise CliError("nothing to do: sound_tasks, setup_tasks and import_tasks are all 0", USAGE)
    return lanes
