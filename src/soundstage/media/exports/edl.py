"""EDL (CMX 3600): a cut for each segment, timecodes of source and record alike."""

from __future__ import annotations

from collections.abc import Iterator

from soundstage.media.exports.clips import Clip, clips_of, lanes_of, one_row, voice_file
from soundstage.media.exports.material import Material

_REEL = "AX"  # what is on no reel
_TITLE_LETTERS = 70


def edl(material: Material) -> str:
    """Lines end as DOS's do. Voices at once are cut on channels of their own: A, A2, A3 …

    `FROM CLIP NAME` is the file the line is heard in, `LOC` a marker with speaker and text.
    """
    clips = clips_of(material)
    channels = {
        id(clip): "A" if lane == 0 else f"A{lane + 1}" for lane, row in enumerate(lanes_of(clips)) for clip in row
    }
    lines = [
        f"TITLE: {one_row(material.document.project_name)[:_TITLE_LETTERS]}",
        f"FCM: {'DROP FRAME' if material.rate.drop else 'NON-DROP FRAME'}",
    ]
    for number, clip in enumerate(clips, 1):
        lines += _event(material, number, clip, channels[id(clip)])
    return "".join(f"{line}\r\n" for line in lines)


def _event(material: Material, number: int, clip: Clip, channel: str) -> Iterator[str]:
    start, end = material.rate.timecode(clip.start), material.rate.timecode(clip.end)
    yield f"{number:03}  {_REEL:<8} {channel:<4}  C        {start} {end} {start} {end}"
    yield f"* FROM CLIP NAME: {voice_file(material)}"
    said = f"{one_row(clip.speaker)}: {clip.text}" if clip.speaker else clip.text
    yield f"* LOC: {start} WHITE   {said}"
