"""The demo from beginning to end, told in the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console

from soundstage.cli.client import Client
from soundstage.cli.console import FAILED, CliError
from soundstage.cli.demo.checks import Check, check_clip, check_project
from soundstage.cli.demo.server import DemoServer, make_key, start
from soundstage.cli.demo.talk import Talk, make_talk
from soundstage.cli.progress import watch

# audio type, prompt, seconds, file name, how it is called
CLIPS = (
    ("sound", "heavy rain on a tin roof with distant thunder", 6.0, "rain.wav", "the sound"),
    ("music", "calm lo-fi piano with soft drums", 10.0, "music.wav", "the music"),
)


class Demo:
    """Talks to one server as one client, and keeps what was found."""

    def __init__(self, client: Client, results: Path, console: Console) -> None:
        self._client = client
        self._results = results
        self._console = console
        self.checks: list[Check] = []

    def set_up(self, talk: Talk) -> str:
        """The film becomes a project; returns where it can be looked at."""
        body = {
            "media_url": self._client.upload(talk.film)["media_url"],
            "source_language": "en-us",
            "target_languages": ["es-es"],
            "project_name": "Demo talk",
        }
        self._say_what_is_missing(self._client.post("/apis/project-setup", body, dry_run="true"))
        status = self._follow("/apis/project-setup", body)
        run_id = status["run_id"]
        document = self._client.get(f"/apis/projects/{run_id}")
        self._client.download(f"/apis/projects/{run_id}/tracks/source.flac", self._results / "source.flac")
        for form in ("json", "srt", "vtt", "txt"):
            name = "project.json" if form == "json" else f"source.{form}"
            self._client.download(f"/apis/projects/{run_id}/exports/{form}", self._results / name)
        self.checks += check_project(document, self._results, talk)
        return str(status["studio_url"])

    def make_clip(self, audio_type: str, prompt: str, seconds: float, name: str, said: str) -> None:
        """A sound or a piece of music from a prompt."""
        body = {"prompt": prompt, "audio_type": audio_type, "duration": seconds}
        status = self._follow("/apis/text-to-sound", body)
        self._client.download(f"/apis/text-to-sound-result/{status['run_id']}", self._results / name)
        self.checks += check_clip(self._results / name, seconds, prompt, said)

    def _follow(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        task_id = self._client.post(path, body)["task_id"]
        status = watch(self._client.follow(task_id), self._console)
        if status["state"] != "succeeded":
            raise CliError(f"the task {task_id} ended {status['state']}: {status.get('message')}", FAILED)
        unfinished = [stage["name"] for stage in status["stages"] if stage["state"] not in ("done", "skipped")]
        found = ", ".join(unfinished) or f"{len(status['stages'])} stages"
        self.checks.append(Check(f"{path.rsplit('/', 1)[-1]}: every stage ended well", not unfinished, found))
        return status

    def _say_what_is_missing(self, plan: dict[str, Any]) -> None:
        for warning in plan["warnings"]:
            self._console.print(f"before the work: {warning}", style="yellow", markup=False)


def tell(folder: Path, *, serve: bool) -> bool:
    """Run the demo in `folder`; True when every check passed. Raises CliError when it cannot go on."""
    console = Console(highlight=False, soft_wrap=True)
    results = folder / "results"
    results.mkdir(parents=True, exist_ok=True)
    console.rule("A film")
    talk = make_talk(results, lambda said: console.print(said, style="dim"))
    console.print(f"{talk.seconds:.1f} s of speech over music: {talk.film}", markup=False)
    console.rule("A server")
    server = start(folder / "data")
    passed = False
    try:
        passed = _at_work(server, folder, results, talk, console)
    finally:
        if not (serve and passed):
            server.stop()
    if serve and passed:
        pid = f"kill {server.process.pid}" if server.process else "see its process in serve.lock"
        console.print(f"The server stays at {server.url} ({pid} ends it).", markup=False)
        if server.login_url:
            console.print(f"Open it once, within ten minutes: {server.login_url}", markup=False)
    return passed


def _at_work(server: DemoServer, folder: Path, results: Path, talk: Talk, console: Console) -> bool:
    client = Client(server.url, make_key(folder / "data"))
    console.print(f"{server.url}, with a key of its own", markup=False)
    demo = Demo(client, results, console)
    try:
        console.rule("A project, English to Spanish")
        studio_url = demo.set_up(talk)
        for audio_type, prompt, seconds, name, said in CLIPS:
            console.rule(f"{said.removeprefix('the ').capitalize()}: {prompt}")
            demo.make_clip(audio_type, prompt, seconds, name, said)
    finally:
        client.close()
    console.rule("What was checked")
    for check in demo.checks:
        console.print(f"{'✓' if check.ok else '✗'} {check.name}: {check.found}", markup=False)
    passed = all(check.ok for check in demo.checks)
    console.print(f"Results: {results}", markup=False)
    console.print(f"Project: {studio_url} (while the server runs)", markup=False)
    console.print("Go on:   scripts/demo --serve, or .venv/bin/soundstage serve; docs/getting-started.md tells more")
    return passed
