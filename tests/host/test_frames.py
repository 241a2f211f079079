"""The protocol between parent and child."""

from __future__ import annotations

import pytest

from soundstage.host.frames import HEAD, MAX_FRAME, BadFrameError, Frame, Inbox, Kind, pack


def test_frames_survive_any_cutting() -> None:
    frames = [Frame(Kind.CALL, b""), Frame(Kind.ANSWER, b"x" * 1000), Frame(Kind.PROGRESS, b"0.5")]
    sent = b"".join(pack(frame.kind, frame.payload) for frame in frames)
    for size in (1, 3, 7, 10_000):
        inbox, received = Inbox(), []
        for start in range(0, len(sent), size):
            inbox.feed(sent[start : start + size])
            while frame := inbox.take():
                received.append(frame)
        assert received == frames


@pytest.mark.parametrize("head", [HEAD.pack(0, 1), HEAD.pack(MAX_FRAME + 1, 1), HEAD.pack(1, 99)])
def test_nonsense_is_refused(head: bytes) -> None:
    inbox = Inbox()
    inbox.feed(head)
    with pytest.raises(BadFrameError):
        inbox.take()


def test_bulk_is_refused() -> None:
    with pytest.raises(BadFrameError, match="put bulk in a file"):
        pack(Kind.ANSWER, bytes(MAX_FRAME))
