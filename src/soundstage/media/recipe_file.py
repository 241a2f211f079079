"""Reading the recipe out of a file of any format that sounds are had in. What comes from outside is not trusted."""

from __future__ import annotations

from pathlib import Path

import av
import av.error

from soundstage.errors import BadRequest, SourceFailure
from soundstage.media import recipe_wav
from soundstage.media.container import open_media

_COMMENTS = ("comment", "description")  # as FFmpeg names what FLAC, Ogg and ID3 keep the recipe in


def read_recipe(path: Path) -> str:
    """The recipe (a JSON object) inside a WAV, FLAC, Ogg, Opus or MP3 that Soundstage made.

    Raises BadRequest when the file is none of these or holds no recipe.
    """
    with path.open("rb") as file:
        start = file.read(12)
    if start[:4] == b"RIFF" and start[8:] == b"WAVE":
        return recipe_wav.read_recipe(path)
    try:
        with open_media(path) as media:
            told = [media.metadata, *(stream.metadata for stream in media.streams)]
    except (SourceFailure, av.error.FFmpegError, OSError, ValueError):
        raise BadRequest(
            "The file is no sound that Soundstage made: a recipe is read from WAV, FLAC, Ogg, Opus and MP3."
        ) from None
    for tags in told:
        for name, text in tags.items():
            if name.lower() in _COMMENTS and recipe_wav.is_recipe(text):
                return text
    raise BadRequest("The file holds no recipe. Give one that Soundstage made and no other program has saved since.")
