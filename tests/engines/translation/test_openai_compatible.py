"""The chat engine against a real HTTP server: no line lost, no key told, patience where it helps."""

from __future__ import annotations

import json
import logging
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from soundstage.domain.timing import Span
from soundstage.engines.progress import silent
from soundstage.engines.translation import chat_endpoint, openai_compatible
from soundstage.engines.translation.contract import TermPair, TranslationLine, TranslationOrder
from soundstage.engines.translation.numbered_lines import MOST_LINES
from soundstage.errors import EngineFailure, Misconfigured
from soundstage.testing.engines import TranslatorContract

KEY = "sk-very-secret-0123456789"


def order(*texts: str, terms: tuple[TermPair, ...] = ()) -> TranslationOrder:
    spans = [Span(start_ms=i * 1000, end_ms=i * 1000 + 900) for i in range(len(texts))]
    lines = tuple(
        TranslationLine(segment_id=str(i), text=text, span=span)
        for i, (text, span) in enumerate(zip(texts, spans, strict=True))
    )
    return TranslationOrder(source="en-us", target="es-es", lines=lines, terms=terms)


def endpoint(chat: Any, **more: Any) -> dict[str, Any]:
    return {"translation_endpoint": {"url": chat.url, "model": "toy", "key": KEY, "timeout_seconds": 60.0, **more}}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses that are told, not waited; other threads of the tests go on sleeping."""
    pauses: list[float] = []
    monkeypatch.setattr(chat_endpoint, "time", SimpleNamespace(sleep=pauses.append, time=time.time))
    return pauses


class TestContract(TranslatorContract):
    spec = openai_compatible.SPEC

    @classmethod
    def make_settings(cls, folder: Path) -> dict[str, Any]:
        return {"translation_endpoint": {"url": "http://127.0.0.1:9/v1", "model": "toy"}}

    @pytest.fixture(autouse=True)
    def connect(self, chat: Any) -> None:
        self.engine = openai_compatible.load(endpoint(chat))

    @pytest.fixture
    def audio(self) -> None:
        return None

    @pytest.fixture
    def order(self) -> TranslationOrder:
        return order("Hello.", "", "How are you?")


def translate(chat: Any, asked: TranslationOrder) -> tuple[str, ...]:
    return openai_compatible.load(endpoint(chat)).translate(asked, None, silent).texts


def test_asks_in_batches_with_the_terms_that_apply(chat: Any) -> None:
    texts = [f"line {i}" for i in range(MOST_LINES + 5)]
    terms = (TermPair(source="Line 24", target="Renglón 24"), TermPair(source="absent", target="ausente"))
    assert translate(chat, order(*texts, terms=terms)) == tuple(text.upper() for text in texts)
    assert [request["path"] for request in chat.requests] == ["/v1/chat/completions"] * 2
    told = [request["messages"][0]["content"] for request in chat.requests]
    assert "English (United States)" in told[0] and "Spanish (Spain)" in told[0]
    assert "Renglón" not in told[0] and "Renglón" in told[1] and "ausente" not in told[1]
    assert chat.headers[0]["Authorization"] == f"Bearer {KEY}"


def merged(lines: list[dict[str, Any]]) -> str:
    """The first two lines as one."""
    both = {"n": lines[0]["n"], "text": f"{lines[0]['text']} {lines[1]['text']}"}
    return json.dumps({"lines": [both, *lines[2:]]})


def shifted(lines: list[dict[str, Any]]) -> str:
    return json.dumps({"lines": [{**line, "n": line["n"] + 1} for line in lines]})


@pytest.mark.parametrize(
    ("fault", "requests"),
    [
        (lambda lines: '{"lines": [{"n": 1, "text": "CUT O', 1 + 3),  # truncated
        (lambda lines: "Here is your translation: uno, dos, tres", 1 + 3),
        (lambda lines: "[1, 2, 3]", 1 + 3),
        (lambda lines: json.dumps({"lines": [{"n": "1", "text": "ONE"}]}), 1 + 3),
        (merged, 1 + 2),
        (shifted, 1 + 3),
        (
            lambda lines: (
                "```json\n" + json.dumps({"lines": [{**x, "text": x["text"].upper()} for x in lines]}) + "\n```"
            ),
            1,
        ),
        (lambda lines: json.dumps({"lines": [*lines[:2], {"n": 3, "text": " "}]}), 1 + 2),
        (lambda lines: (200, {}, b"not even JSON"), 1 + 3),
    ],
)
def test_no_line_is_lost(chat: Any, fault: Any, requests: int) -> None:
    chat.faults = [fault]
    texts = translate(chat, order("one", "two", "three"))
    assert len(chat.requests) == requests
    assert [text.lower() for text in texts] == ["one", "two", "three"]


def test_a_line_that_never_comes_back_is_an_error(chat: Any) -> None:
    chat.faults = [lambda lines: "no"] * 4
    with pytest.raises(EngineFailure, match="line 1") as raised:
        translate(chat, order("one"))
    assert raised.value.retryable


def test_a_fault_once_is_tried_again(chat: Any, quick: list[float]) -> None:
    chat.faults = [lambda lines: (500, {}, b"oops"), lambda lines: (429, {"Retry-After": "7"}, b"slow down")]
    assert translate(chat, order("one")) == ("ONE",)
    assert quick == [0.0, 1.0, 7.0]


@pytest.mark.parametrize(
    ("answer", "retryable", "requests"),
    [
        ((500, {}, b""), True, 3),
        ((503, {"Retry-After": "3600"}, b""), True, 1),
        ((401, {}, f"Incorrect API key provided: {KEY}".encode()), False, 1),
        ((404, {}, b"no such model"), False, 1),
        ((302, {"Location": "http://elsewhere.invalid/"}, b""), False, 1),
    ],
)
def test_lasting_faults_end_without_the_key(
    chat: Any, quick: list[float], caplog: pytest.LogCaptureFixture, answer: Any, retryable: bool, requests: int
) -> None:
    caplog.set_level(logging.DEBUG)
    chat.faults = [lambda lines: answer] * 3
    with pytest.raises(EngineFailure) as raised:
        translate(chat, order("one"))
    assert raised.value.retryable is retryable
    assert len(chat.requests) == requests
    assert KEY not in str(raised.value) + repr(raised.value.__context__) + caplog.text


def test_models_that_take_no_temperature(chat: Any, quick: list[float]) -> None:
    chat.faults = [lambda lines: (400, {}, b"temperature is not supported")]
    assert translate(chat, order("one")) == ("ONE",)
    assert ["temperature" in request for request in chat.requests] == [True, False]


def test_a_slow_server_and_no_server(chat: Any, quick: list[float]) -> None:
    pause = slowly()
    chat.faults = [lambda lines: pause() or None] * 3
    slow = openai_compatible.load(endpoint(chat, timeout_seconds=0.1))
    with pytest.raises(EngineFailure, match="in time") as raised:
        slow.translate(order("one"), None, silent)
    assert raised.value.retryable
    gone = {"translation_endpoint": {"url": "http://127.0.0.1:9", "model": "toy"}}
    with pytest.raises(EngineFailure, match="connection failed"):
        openai_compatible.load(gone).translate(order("one"), None, silent)


def slowly() -> Any:
    return lambda: threading.Event().wait(0.4) and None


@pytest.mark.parametrize(
    "setting",
    [
        {},
        {"url": "ftp://x/v1", "model": "m"},
        {"url": "http://x/v1"},
        {"url": "http://user:hunter2@x/v1", "model": "m"},
        {"url": "http://x/v1?key=1", "model": "m"},
        {"url": "http://[x/v1", "model": "m"},
    ],
)
def test_faulty_settings_are_named(setting: dict[str, Any]) -> None:
    readiness = openai_compatible.check({"translation_endpoint": setting})
    assert not readiness.ready and readiness.cure and "hunter2" not in (readiness.problem or "")
    with pytest.raises(Misconfigured, match="translation_endpoint"):
        openai_compatible.load({"translation_endpoint": setting})
