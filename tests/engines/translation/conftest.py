"""A local server that speaks the chat protocol and misbehaves on demand."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

# What a fault does with a request: (status, headers, body), or None to answer properly.
Answer = tuple[int, dict[str, str], bytes]
Fault = Callable[[list[dict[str, Any]]], Answer | str | None]


@dataclass
class ChatServer:
    """Translates by writing lines in capitals; `faults` are used up one a request, a string replaces the reply."""

    url: str
    faults: list[Fault] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def answer(self, body: dict[str, Any]) -> Answer:
        lines = json.loads(body["messages"][1]["content"])["lines"]
        fault = self.faults.pop(0)(lines) if self.faults else None
        if isinstance(fault, tuple):
            return fault
        return 200, {}, completion(fault if fault is not None else reply(lines))


def reply(lines: list[dict[str, Any]]) -> str:
    return json.dumps({"lines": [{"n": line["n"], "text": line["text"].upper()} for line in lines]})


def completion(content: str) -> bytes:
    message = {"role": "assistant", "content": content}
    return json.dumps({"object": "chat.completion", "choices": [{"index": 0, "message": message}]}).encode()


@pytest.fixture
def chat() -> Iterator[ChatServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.requests.append({"path": self.path, **body})
            server.headers.append(dict(self.headers))
            status, headers, answer = server.answer(body)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server = ChatServer(f"http://127.0.0.1:{listener.server_port}/v1")
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    listener.shutdown()
    thread.join()
    listener.server_close()
