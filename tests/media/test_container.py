from __future__ import annotations

import re

from soundstage.media.container import ffmpeg_version


def test_tells_the_version_of_ffmpeg() -> None:
    assert re.match(r"\d+\.", ffmpeg_version())
