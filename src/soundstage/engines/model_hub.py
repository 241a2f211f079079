"""Files out of a repository of a model hub, through the hub's own library: its address, token, proxies and switches.

The library keeps no part of a download that was broken off, so that is done here: bytes are kept beside the models, and
the next pull asks for the rest (HTTP Range). What has arrived counts only when its SHA-256 is the catalogue's.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from soundstage.engines.model_catalogue import Model, ModelFile
from soundstage.engines.progress import Report
from soundstage.errors import Misconfigured

if TYPE_CHECKING:
    from huggingface_hub.errors import HfHubHTTPError

_TRIES = 5  # in a row that bring nothing
_WAIT = 1.0  # seconds before the next
_MAY_PASS = {408, 429, 500, 502, 503, 504}


def fetch_from_hub(model: Model, arriving: Path, target: Path, report: Report) -> None:
    """Put the model's files into the folder `target`.

    arriving: a folder on the same file system, which keeps what has come of each file until all are there; what an
    earlier call left in it is not fetched again. HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE are heeded. Raises
    Misconfigured (not reached, not there, not allowed, another file than the catalogue knows), OSError (the disk).
    """
    total = sum(file.bytes for file in model.files)
    arriving.mkdir(exist_ok=True)
    before = 0
    for file in model.files:
        _arrive(model, file, arriving / file.sha256, partial(_report_bytes, report, before, total))
        before += file.bytes
    for file in model.files:
        (arriving / file.sha256).rename(target / file.name)
    shutil.rmtree(arriving)  # with what an older entry of this name has left


def _report_bytes(report: Report, before: int, total: int, got: int) -> None:
    report((before + got) / total)


def _arrive(model: Model, file: ModelFile, part: Path, on_bytes: Callable[[int], None]) -> None:
    """Get what is missing of a file, again and again while something comes, and check it."""
    import httpx2  # noqa: PLC0415 - with the hub's library, whose sessions raise its errors
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled  # noqa: PLC0415

    tries = _TRIES
    while (have := _size(part)) < file.bytes:
        try:
            _get_rest(model, file, part, have, on_bytes)
            problem: Exception | None = None
        except OfflineModeIsEnabled as error:
            raise Misconfigured(
                f"HF_HUB_OFFLINE forbids to get {model.name} from the model hub: unset it, or bring its files from "
                f"another machine ({_by_hand(model)})"
            ) from error
        except HfHubHTTPError as error:
            if error.response.status_code not in _MAY_PASS:
                raise Misconfigured(_refusal(model, file, error)) from error
            problem = error
        except httpx2.HTTPError as error:
            problem = error
        if _size(part) > have:
            tries = _TRIES
        elif (tries := tries - 1) == 0:
            raise Misconfigured(
                f"{_address()} does not give {file.path} of {model.hub} ({_told(problem)}). Try again later: what has "
                f"arrived is kept. Check the network, the proxy and HF_ENDPOINT, or bring its files from another "
                f"machine ({_by_hand(model)})"
            ) from problem
        else:
            time.sleep(_WAIT)
    _check(model, file, part)


def _get_rest(model: Model, file: ModelFile, part: Path, have: int, on_bytes: Callable[[int], None]) -> None:
    """One request for the bytes from `have` on, and what comes of them into the file `part`."""
    from huggingface_hub import constants, get_hf_file_metadata, get_session, hf_hub_url  # noqa: PLC0415
    from huggingface_hub.utils import (  # type: ignore[attr-defined]  # noqa: PLC0415 - it names them, but not to mypy
        build_hf_headers,
        hf_raise_for_status,
    )

    assert model.hub is not None
    url = hf_hub_url(model.hub, file.path, revision=model.commit, endpoint=_address())
    told = get_hf_file_metadata(url, token=None, endpoint=_address(), timeout=constants.HF_HUB_ETAG_TIMEOUT)
    if told.commit_hash != model.commit or told.size not in (None, file.bytes):
        raise Misconfigured(
            f"{_address()} has another {file.path} of {model.hub} than the catalogue knows (commit {told.commit_hash}, "
            f"{told.size} bytes): check HF_ENDPOINT, or bring its files from another machine ({_by_hand(model)})"
        )
    headers = build_hf_headers() | {"Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    with get_session().stream(
        "GET", url, headers=headers, follow_redirects=True, timeout=constants.HF_HUB_DOWNLOAD_TIMEOUT
    ) as response:
        if response.is_error:
            response.read()  # the reason
        hf_raise_for_status(response)
        with part.open("ab" if response.status_code == 206 else "wb") as kept:
            for block in response.iter_bytes():  # as they come: what waits in memory is lost when it breaks
                kept.write(block)
                on_bytes(min(kept.tell(), file.bytes))


def _check(model: Model, file: ModelFile, part: Path) -> None:
    with part.open("rb") as whole:
        found = hashlib.file_digest(whole, "sha256").hexdigest()
    if found != file.sha256:
        part.unlink()
        raise Misconfigured(
            f"{file.path} of {model.hub} as {_address()} gives it is not what the catalogue knows (wrong SHA-256), and "
            f"was thrown away: pull again; if it stays so, check HF_ENDPOINT and the catalogue's entry"
        )


def _refusal(model: Model, file: ModelFile, error: HfHubHTTPError) -> str:
    status, code = error.response.status_code, error.response.headers.get("X-Error-Code")
    page = f"{_address()}/{model.hub}"
    if code == "GatedRepo":
        return (
            f"{model.hub} is given only to those who have accepted its terms: accept them at {page}, then name your "
            f"token in HF_TOKEN (or: hf auth login) and pull again"
        )
    if status in (401, 403):
        return (
            f"{page} is private, or is not there ({status}): name a token that may read it in HF_TOKEN (or: hf auth "
            f"login) and pull again"
        )
    if status == 404:
        what = f"no commit {model.commit}" if code == "RevisionNotFound" else f"no {file.path} at commit {model.commit}"
        what = "nothing" if code == "RepoNotFound" else what
        return (
            f"{page} has {what}: it was taken away or the entry is wrong; bring its files from elsewhere "
            f"({_by_hand(model)})"
        )
    return f"{_address()} refuses {file.path} of {model.hub}: {_told(error)}"


def _by_hand(model: Model) -> str:
    return (
        f"hf download {model.hub} --revision {model.commit} --local-dir FOLDER there, "
        f"soundstage models pull {model.name} --from FOLDER here"
    )


def _told(problem: Exception | None) -> str:
    return (str(problem).strip().splitlines() or [type(problem).__name__])[0] if problem else "no bytes"


def _address() -> str:
    """Where the hub is: the library's own setting, as it is now."""
    from huggingface_hub import constants  # noqa: PLC0415

    return os.environ.get("HF_ENDPOINT", constants.ENDPOINT).rstrip("/")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
