"""What does a status read cost, against a bare route of the same framework that returns ready JSON?"""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from benchmarks.measure import Served, cpu_seconds, served, tell, wait_ended

READS = 4000
ROUNDS = 3
BARE = """
import sys, uvicorn
from fastapi import FastAPI
from starlette.responses import Response
app = FastAPI()
BODY = sys.stdin.buffer.read()
@app.get("/apis/text-to-sound/{task_id}")
async def status(task_id: str) -> Response:
    return Response(BODY, media_type="application/json")
uvicorn.run(app, port=int(sys.argv[1]), log_level="error", access_log=False)
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "data", rate_limit_per_minute="0") as server:
        with server.client() as client:
            created = client.post("/apis/text-to-sound", json={"prompt": "rain", "duration": 1}).json()
            wait_ended(client, created["task_id"])
            path = f"/apis/text-to-sound/{created['task_id']}"
            body = client.get(path).content
        bare = _bare(body)
        ours, theirs = [], []
        for _ in range(ROUNDS):  # by turns, so that a noisy neighbour meets both
            ours.append(_cost(server, path))
            theirs.append(_cost(bare, path))
        bare.process.kill()
    tell(
        "CPU of a status read",
        "at most 1.5 x a bare route",
        {
            "status read, CPU microseconds": min(ours) * 1e6,
            "bare FastAPI route, CPU microseconds": min(theirs) * 1e6,
            "ratio": min(ours) / min(theirs),
            "bytes of the body": len(body),
        },
    )


def _bare(body: bytes) -> Served:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", BARE, str(port)], stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(body)
    process.stdin.close()
    url = f"http://127.0.0.1:{port}"
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.05)
    return Served(url, "none", psutil.Process(process.pid), Path())


def _cost(server: Served, path: str) -> float:
    """CPU seconds of the server process for one read, over `READS` reads on one kept connection."""
    where = urlsplit(server.url)
    request = f"GET {path} HTTP/1.1\r\nhost: {where.netloc}\r\nx-api-key: {server.key}\r\n\r\n".encode()
    with socket.create_connection((where.hostname, where.port)) as connection:
        for _ in range(200):
            _read(connection, request)
        before = cpu_seconds(server.process)
        for _ in range(READS):
            _read(connection, request)
        return (cpu_seconds(server.process) - before) / READS


def _read(connection: socket.socket, request: bytes) -> None:
    connection.sendall(request)
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(65536)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b" 200 " in head.split(b"\r\n")[0], head
    length = next(
        int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
    )
    while len(body) < length:
        body += connection.recv(65536)


if __name__ == "__main__":
    main()
