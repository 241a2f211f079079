"""The command line's own client of the HTTP API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote

import httpx

from soundstage.cli.console import FAILED, REFUSED, UNREACHABLE, USAGE, CliError

WAIT_SECONDS = 20


class Client:
    """Calls a server with a key. Raises CliError for what it refuses and when it cannot be reached."""

    def __init__(self, url: str, key: str) -> None:
        if not (key.isascii() and key.isprintable()):
            raise CliError("that is no key: a key is one word of plain letters, digits, - and _", USAGE)
        self.url = url.rstrip("/").removesuffix("/apis")
        self._http = httpx.Client(
            base_url=self.url, headers={"x-api-key": key}, timeout=httpx.Timeout(60.0, connect=10.0), trust_env=False
        )

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, **query: Any) -> Any:
        return self._json(self._request("GET", path, params={k: v for k, v in query.items() if v is not None}))

    def post(self, path: str, body: Any = None, **query: Any) -> Any:
        return self._json(self._request("POST", path, json=body, params=query))

    def patch(self, path: str, body: Any) -> Any:
        return self._json(self._request("PATCH", path, json=body))

    def delete(self, path: str) -> None:
        self._request("DELETE", path)

    def upload(self, file: Path) -> dict[str, Any]:
        """Stream a file to the server; the answer holds its `media_url`."""
        with file.open("rb") as content:
            answer = self._request("POST", "/apis/uploads", files={"file": (file.name, content)}, timeout=None)
        uploaded: dict[str, Any] = self._json(answer)
        return uploaded

    def download(self, path: str, target: Path, *, patience: float | None = 60.0, **query: Any) -> int:
        """Write an answer's bytes to a file as they come; returns how many. `patience`: seconds without any."""
        draft = target.with_name(f".{target.name}.part")
        params = {name: value for name, value in query.items() if value is not None}
        size = 0
        try:
            with self._told(), self._http.stream("GET", path, params=params, timeout=patience) as answer:
                if answer.status_code >= httpx.codes.BAD_REQUEST:
                    answer.read()
                    self._refuse(answer)
                with draft.open("wb") as file:
                    for data in answer.iter_bytes():
                        size += file.write(data)
            draft.replace(target)
        except OSError as error:
            raise CliError(f"cannot write {target}: {error.strerror}", FAILED) from error
        finally:
            draft.unlink(missing_ok=True)
        return size

    def follow(self, task_id: str) -> Iterator[dict[str, Any]]:
        """The task's status now and after each change, until it has ended or waits for somebody to continue it."""
        tag: str | None = None
        while True:
            headers = {"if-none-match": tag} if tag else {}
            path = task_path(task_id)
            answer = self._request("GET", path, params={"wait": WAIT_SECONDS} if tag else {}, headers=headers)
            if answer.status_code == httpx.codes.NOT_MODIFIED:
                continue
            tag = answer.headers.get("etag")
            status: dict[str, Any] = answer.json()
            yield status
            if status["state"] in ("succeeded", "failed", "cancelled", "parked"):
                return

    def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        with self._told():
            answer = self._http.request(method, path, **options)
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            self._refuse(answer)
        return answer

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except httpx.HTTPError as error:
            raise CliError(f"cannot reach {self.url}: {error}; is the server running?", UNREACHABLE) from error
        except ValueError as error:  # a number or a character that JSON has no form for
            raise CliError(f"this cannot be sent: {error}", USAGE) from error

    def _refuse(self, answer: httpx.Response) -> NoReturn:
        raise CliError(f"{self.url} refused ({answer.status_code}): {_reason(answer)}", REFUSED)

    @staticmethod
    def _json(answer: httpx.Response) -> Any:
        return answer.json() if answer.content else None


def task_path(task_id: str, verb: str = "") -> str:
    """Where a task is asked for; whatever the id holds, it stays one part of the path."""
    return f"/apis/tasks/{quote(task_id, safe='', errors='replace')}" + (f"/{verb}" if verb else "")


def _reason(answer: httpx.Response) -> str:
    try:
        return str(answer.json().get("error") or answer.text)
    except ValueError:
        return answer.text[:500]
