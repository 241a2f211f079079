"""All the styles by name."""

from __future__ import annotations

from types import MappingProxyType

from soundstage.engines.sound.music.repertoire import concert, electronic, popular, roots
from soundstage.engines.sound.music.style import Style

__all__ = ["STYLES", "Style"]

STYLES = MappingProxyType(
    {style.name: style for style in (*popular.STYLES, *electronic.STYLES, *concert.STYLES, *roots.STYLES)}
)
