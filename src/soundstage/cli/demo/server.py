"""The demo's server, a process of its own on a free port, and a key made beside it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from soundstage.cli.console import UNREACHABLE, CliError
from soundstage.cli.data_lock import running_server

STOP_SECONDS = 60


@dataclass(frozen=True)
class DemoServer:
    """`process` is None for a server that ran already. `login_url` opens the pages once."""

    url: str
    login_url: str | None
    log: Path
    process: subprocess.Popen[bytes] | None

    def stop(self) -> None:
        """Drain and end a server that the demo started."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(data: Path) -> DemoServer:
    """Start `soundstage serve` on the folder, or take the one that an earlier `--serve` left there."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = data / "server.log"
    running = running_server(data)
    if running is not None:
        return DemoServer(running.url, None, log, None)
    command = [sys.executable, "-m", "soundstage", "serve", "--port", "0", "--data", str(data), "--json"]
    with log.open("ab") as errors:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, start_new_session=True
        )
    assert process.stdout is not None
    line = process.stdout.readline()
    process.stdout.close()
    if not line:
        process.wait()
        raise CliError(f"the server did not start; its log is {log}", UNREACHABLE)
    told = json.loads(line)
    return DemoServer(told["url"], told["login_url"], log, process)


def make_key(data: Path) -> str:
    """`soundstage keys create --json` beside the server."""
    command = [sys.executable, "-m", "soundstage", "keys", "create", "--name", "demo", "--data", str(data), "--json"]
    made = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False)
    if made.returncode:
        raise CliError("no key could be made", made.returncode)
    return str(json.loads(made.stdout)["key"])
