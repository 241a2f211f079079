from __future__ import annotations

from pathlib import Path

import av
import pytest

from soundstage.media.posters import WrittenPoster, write_posters
from soundstage.media.probe import probe
from soundstage.testing import media


def posters(path: Path, count: int = 6) -> list[WrittenPoster]:
    return write_posters(path, probe(path, path.name).video[0].index, path.parent, count)


def size(path: Path) -> tuple[int, int]:
    with av.open(str(path)) as picture:
        return picture.streams.video[0].width, picture.streams.video[0].height


@pytest.mark.parametrize("ending", ["mp4", "mov", "mkv", "webm", "mxf"])
def test_spread_over_the_length(tmp_path: Path, ending: str) -> None:
    path = media.make_clip(tmp_path / f"x.{ending}", seconds=12.0)
    written = posters(path)
    assert [one.path.name for one in written] == [f"poster-{n + 1}.jpg" for n in range(len(written))]
    times = [one.at_ms for one in written]
    assert len(times) >= (1 if ending == "webm" else 2) and times == sorted(set(times)) and times[-1] <= 12_000
    for one in written:
        assert one.path.read_bytes().startswith(b"\xff\xd8\xff") and size(one.path) == (media.WIDTH, media.HEIGHT)


def test_large_pictures_are_made_smaller(tmp_path: Path) -> None:
    from soundstage.media.test_card import write_test_card

    card = tmp_path / "card.mp4"
    write_test_card(media.make_clip(tmp_path / "x.wav", seconds=1.0), card)
    assert size(posters(card)[0].path) == (640, 360)


def test_a_share_of_what_is_there(tmp_path: Path) -> None:
    assert len(posters(media.make_truncated(tmp_path / "x.mxf", keep=0.4, seconds=8.0))) >= 1
    assert len(posters(media.make_damaged(tmp_path / "x.mkv", seconds=8.0))) >= 1
