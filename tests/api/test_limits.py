"""Body size, request rate, host names."""

from __future__ import annotations

import pytest

from soundstage.api.limits import RateLimiter
from soundstage.errors import LimitReached


def test_a_body_over_the_limit(client, refusal):
    refusal(client.post("/apis/text-to-sound", json={"prompt": "x" * (3 * 1024**2)}), 413)


def test_a_body_over_the_limit_that_does_not_announce_its_length(server, refusal):
    def pieces():
        for _ in range(40):
            yield b" " * 1024

    inner = server.inner(max_body_bytes=10_000)
    answer = inner.post("/apis/text-to-sound", content=pieces(), headers={"content-type": "application/json"})
    refusal(answer, 413)


def test_an_upload_may_be_larger_than_a_body(server, refusal):
    inner = server.inner(max_body_bytes=1000, max_upload_bytes=50_000)
    assert inner.post("/apis/uploads", files={"file": ("a.bin", b"x" * 40_000)}).status_code == 201
    refusal(inner.post("/apis/uploads", files={"file": ("a.bin", b"x" * 200_000)}), 413)


def test_a_key_may_make_so_many_requests_a_minute(server, refusal):
    inner = server.inner(rate_limit_per_minute=3)
    assert [inner.get("/apis/folders").status_code for _ in range(3)] == [200] * 3
    answer = inner.get("/apis/tasks/abc")  # the hot path counts too
    refusal(answer, 429)
    assert int(answer.headers["retry-after"]) >= 1


def test_an_address_may_try_so_many_wrong_keys_and_right_ones_are_always_let_in(server, refusal):
    inner, wrong = server.inner(wrong_keys_per_minute=2), {"x-api-key": "sk_wrong"}
    for path in ("/apis/folders", "/apis/tasks/abc"):
        refusal(inner.get(path, headers=wrong), 401)
    for path in ("/apis/folders", "/apis/tasks/abc"):
        answer = inner.get(path, headers=wrong)
        assert "wrong keys" in refusal(answer, 429)
        assert int(answer.headers["retry-after"]) >= 1
    assert inner.get("/apis/folders").status_code == 200


def test_the_bucket_refills_evenly():
    now = [0.0]
    limiter = RateLimiter(60, clock=lambda: now[0])
    for _ in range(60):
        limiter.check("a")
    with pytest.raises(LimitReached) as refused:
        limiter.check("a")
    assert refused.value.retry_after == 1
    limiter.check("b")
    now[0] += 1.0
    limiter.check("a")


def test_only_trusted_hosts_are_answered(server, refusal):
    inner = server.inner(trusted_hosts=("sound.example", "*.studio.example"))
    assert inner.get("/healthz", headers={"host": "sound.example:8000"}).status_code == 200
    assert inner.get("/healthz", headers={"host": "a.studio.example"}).status_code == 200
    refusal(inner.get("/healthz", headers={"host": "evil.example"}), 400)
