"""What do 1,000 watchers of one running task cost: memory of the server for each, and how late do they hear?"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.measure import Served, served, tell

WATCHERS = 1000
LISTEN_SECONDS = 20.0


async def _watch(server: Served, task_id: str, heard: list[tuple[float, str]], ready: asyncio.Semaphore) -> None:
    where = urlsplit(server.url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    path = f"/apis/tasks/{task_id}/events"
    writer.write(f"GET {path} HTTP/1.1\r\nhost: {where.netloc}\r\nx-api-key: {server.key}\r\n\r\n".encode())
    await writer.drain()
    head = await reader.readuntil(b"\r\n\r\n")
    assert b" 200 " in head.split(b"\r\n")[0], head
    ready.release()
    try:
        while line := await reader.readline():
            if line.startswith(b"data:") and b'"progress"' in line:
                status = json.loads(line[5:])
                heard.append((time.time(), f"{status['state']} {status['progress']}"))
    except (asyncio.CancelledError, ConnectionError):
        pass
    finally:
        writer.close()


async def _listen(server: Served, task_id: str) -> tuple[list[list[tuple[float, str]]], float, float]:
    before = server.process.memory_info().rss
    ready = asyncio.Semaphore(0)
    heard: list[list[tuple[float, str]]] = [[] for _ in range(WATCHERS)]
    tasks = []
    for ears in heard:
        tasks.append(asyncio.create_task(_watch(server, task_id, ears, ready)))
        if len(tasks) % 50 == 0:
            await asyncio.sleep(0.05)
    for _ in range(WATCHERS):
        await asyncio.wait_for(ready.acquire(), 60)
    for ears in heard:
        ears.clear()
    cpu = server.process.cpu_times()
    await asyncio.sleep(LISTEN_SECONDS)
    after = server.process.cpu_times()
    memory = (server.process.memory_info().rss - before) / WATCHERS
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return heard, memory, (after.user + after.system - cpu.user - cpu.system) / LISTEN_SECONDS


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder) / "data", rate_limit_per_minute="0", max_sound_seconds="600") as server,
    ):
        with server.client() as client:
            body = {"prompt": "heavy rain with thunder, wind and a stream", "duration": 600}
            task_ids = [client.post("/apis/text-to-sound", json=body).json()["task_id"] for _ in range(2)]
        heard, memory, cpu = asyncio.run(_listen(server, task_ids[0]))
        with server.client() as client:
            for task_id in task_ids:
                client.post(f"/apis/tasks/{task_id}/cancel")
    first: dict[str, float] = {}
    for ears in heard:
        for at, what in ears:
            first[what] = min(first.get(what, at), at)
    delays = sorted(at - first[what] for ears in heard for at, what in ears)
    tell(
        "A thousand watchers of one task",
        "told: memory a watcher, delay p99 behind the first who hears",
        {
            "watchers": WATCHERS,
            "changes heard": len(first),
            "messages": len(delays),
            "memory a watcher, kB": memory / 1000,
            "delay p50, ms": delays[len(delays) // 2] * 1000 if delays else None,
            "delay p99, ms": delays[int(len(delays) * 0.99)] * 1000 if delays else None,
            "server CPU while they listen, cores": cpu,
        },
    )


if __name__ == "__main__":
    main()
