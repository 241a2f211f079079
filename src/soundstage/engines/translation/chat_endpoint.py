"""One call of an OpenAI-compatible chat endpoint, with patience and without telling the key to anyone."""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

from soundstage.errors import EngineFailure, Misconfigured

if TYPE_CHECKING:
    import httpx

_TRIES = 3
_PAUSES = (1.0, 4.0)  # seconds, where the server names none
_LONGEST_PAUSE = 60.0  # a longer wait is left to the task's own retry
_DEFAULT_TIMEOUT = 120.0
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class ChatEndpoint:
    """`settings`: url (`http://localhost:11434/v1`), model, key or None, timeout_seconds.

    429, 5xx, broken connections and time-outs are tried three times, then raise a retryable EngineFailure; other
    refusals raise one that is not. Neither errors nor logs hold the key, the reply's body or the URL's query.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        import httpx  # noqa: PLC0415

        url, self._model = str(settings.get("url") or ""), str(settings.get("model") or "")
        if (fault := problem(settings)) is not None:
            raise Misconfigured(fault)
        self._host = urlsplit(url).netloc
        base = url.rstrip("/")
        self._url = base if base.endswith("/chat/completions") else f"{base}/chat/completions"
        key = settings.get("key")
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=httpx.Timeout(float(settings.get("timeout_seconds") or _DEFAULT_TIMEOUT), connect=10.0),
            trust_env=urlsplit(url).hostname not in _LOOPBACK,  # a proxy does not lead to this machine
        )
        self._options: dict[str, Any] = {"temperature": 0}

    def __repr__(self) -> str:
        return f"ChatEndpoint({self._host!r}, {self._model!r})"

    def close(self) -> None:
        self._client.close()

    def ask(self, instruction: str, question: str) -> str:
        """The model's reply; empty where the server's answer has no text."""
        messages = [{"role": "system", "content": instruction}, {"role": "user", "content": question}]
        response = self._patiently({"model": self._model, "messages": messages, "stream": False})
        try:
            content = response.json()["choices"][0]["message"]["content"]
        except (ValueError, KeyError, IndexError, TypeError):
            return ""
        return content if isinstance(content, str) else ""

    def _patiently(self, body: dict[str, Any]) -> httpx.Response:
        """The first good response of three tries."""
        fault, pause = "", 0.0
        for attempt in range(_TRIES):
            time.sleep(pause)
            pause = _PAUSES[min(attempt, len(_PAUSES) - 1)]
            response = self._post(body)
            if isinstance(response, str):
                fault = response
                continue
            if response.is_success:
                return response
            if response.status_code == 400 and self._options:
                self._options = {}  # some models take no temperature
                pause = 0.0
            elif response.status_code not in (408, 429) and response.status_code < 500:
                self._refuse(response.status_code)
            fault = f"it answered {response.status_code}"
            pause = _asked_pause(response.headers.get("Retry-After"), pause)
            if pause > _LONGEST_PAUSE:
                break
        raise EngineFailure(f"the translation endpoint {self._host} cannot be used now: {fault}", retryable=True)

    def _post(self, body: dict[str, Any]) -> httpx.Response | str:
        """The response, or what went wrong on the way. The error's own words are left out: they may quote headers."""
        import httpx  # noqa: PLC0415

        try:
            return self._client.post(self._url, json={**body, **self._options})
        except httpx.TimeoutException:
            return "it did not answer in time"
        except httpx.HTTPError as error:
            return f"the connection failed ({type(error).__name__})"

    def _refuse(self, status: int) -> NoReturn:
        cure = {
            401: "check the key in translation_endpoint",
            403: "check the key in translation_endpoint",
            404: "check the url and the model in translation_endpoint",
        }
        raise EngineFailure(
            f"the translation endpoint {self._host} refused with {status}: "
            f"{cure.get(status, 'check the model and the url in translation_endpoint')}",
            retryable=False,
        )


def problem(settings: Mapping[str, Any]) -> str | None:
    """What is wrong with the setting, if anything."""
    try:
        url = urlsplit(str(settings.get("url") or ""))
        hostname, _ = url.hostname, url.port
    except ValueError:
        return "the url of translation_endpoint is not a URL"
    if url.scheme not in ("http", "https") or not hostname:
        return "translation_endpoint needs a url that begins with http:// or https://"
    if url.username or url.password or url.query or url.fragment:
        return "the url of translation_endpoint must hold no user, password or query: give the secret as its key"
    if not settings.get("model"):
        return "translation_endpoint needs a model"
    return None


def _asked_pause(retry_after: str | None, otherwise: float) -> float:
    """Seconds that a Retry-After header asks for: a number of seconds or a date."""
    if retry_after is None:
        return otherwise
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except ValueError:
        return otherwise
