"""A video site on loopback that yt-dlp knows, and what it shows."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator

import pytest
from tests.video_site import Clips, VideoSite, known_site, running_site, write_clips


@pytest.fixture
def video_site(monkeypatch: pytest.MonkeyPatch) -> Iterator[VideoSite]:
    with known_site(monkeypatch) as site:
        yield site
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # yt-dlp leaves the file of a failed download to the collector
        gc.collect()


@pytest.fixture
def other_site() -> Iterator[VideoSite]:
    """A server that must not be asked."""
    with running_site() as site:
        yield site


@pytest.fixture(scope="session")
def clips_of_site(tmp_path_factory: pytest.TempPathFactory) -> Clips:
    return write_clips(tmp_path_factory.mktemp("site"))
