"""Sound in one call: what a client that goes away leaves behind. The rest is tested with their own client."""

from __future__ import annotations

import socket
import time

import httpx

from soundstage.domain.account import Scope

PATIENCE_SECONDS = 60.0


def answered(client: httpx.Client) -> list[str]:
    lines = client.get("/metrics").raise_for_status().text.splitlines()
    return [line for line in lines if line.startswith("soundstage_http_requests_total") and "/v1/sound" in line]


def test_who_goes_away_is_no_error_of_the_server(server, client):
    url, body = httpx.URL(server.url), b'{"text": "rain"}'
    key = server.key("gone early", Scope.WRITE)
    head = f"POST /v1/sound-generation HTTP/1.1\r\nHost: {url.host}\r\nx-api-key: {key}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection((url.host, url.port)) as connection:
        connection.sendall(head.encode() + body)
        with server.client(key) as team:
            until = time.monotonic() + PATIENCE_SECONDS
            while not team.get("/apis/tasks").json()["items"]:
                assert time.monotonic() < until
                time.sleep(0.05)
    until = time.monotonic() + PATIENCE_SECONDS
    while not (counted := answered(client)):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert len(counted) == 1
    assert 'status="400"' in counted[0]
