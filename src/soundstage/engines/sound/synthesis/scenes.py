"""One word that stands for several sounds, and signs that stand for words."""

from __future__ import annotations

from collections.abc import Mapping

# One word that stands for a scene.
SCENES: Mapping[str, tuple[tuple[str, float, float], ...]] = {  # (class, intensity, distance)
    "thunderstorm": (("rain", 0.8, 0.0), ("thunder", 0.7, 0.45)),
    "storm": (("wind", 0.85, 0.0), ("rain", 0.75, 0.0), ("thunder", 0.6, 0.5)),
    "stormy": (("wind", 0.85, 0.0), ("rain", 0.75, 0.0), ("thunder", 0.6, 0.5)),
    "forest": (("birds", 0.4, 0.2), ("leaves", 0.3, 0.3)),
    "jungle": (("birds", 0.6, 0.1), ("crickets", 0.6, 0.2)),
    "night": (("crickets", 0.4, 0.2),),
    "summer night": (("crickets", 0.5, 0.1),),
    "morning": (("birds", 0.4, 0.1),),
    "dawn": (("birds", 0.5, 0.1),),
    "harbour": (("waves", 0.3, 0.2), ("horn", 0.5, 0.6)),
    "swamp": (("frogs", 0.5, 0.1), ("crickets", 0.4, 0.2)),
    "war": (("explosion", 0.8, 0.6), ("gunshot", 0.6, 0.6)),
    "battlefield": (("explosion", 0.8, 0.6), ("gunshot", 0.6, 0.6)),
    "rainstorm": (("rain", 0.85, 0.0), ("wind", 0.5, 0.1)),
    "snowstorm": (("wind", 0.9, 0.0),),
    "haunted": (("wind", 0.6, 0.1), ("door_creak", 0.5, 0.1)),
}
WEAK_SCENES = frozenset(
    (
        "forest",
        "jungle",
        "night",
        "summer night",
        "morning",
        "dawn",
        "harbour",
        "swamp",
        "haunted",
        "battlefield",
        "war",
    )
)  # only a backdrop where a sound is named
EMOJI: Mapping[str, str] = {
    "🌧": "rain", "☔": "rain", "⛈": "thunderstorm", "🌩": "thunder", "⚡": "thunder", "💨": "wind", "🌬": "wind",
    "🔥": "fire", "🌊": "ocean waves",
    "🔔": "bell", "🕰": "clock", "⏰": "alarm clock", "🚨": "siren", "👣": "footsteps", "🚪": "door", "🐦": "birds",
    "🦗": "crickets", "🐕": "dog",
    "🐶": "dog", "🐱": "cat", "🐈": "cat", "🐸": "frog", "🦉": "owl", "❤": "heartbeat", "💓": "heartbeat",
    "👏": "applause",
    "💥": "explosion",
    "💣": "explosion", "🔫": "gunshot", "⌨": "keyboard typing", "🚗": "car engine", "🏍": "motorcycle",
    "🚁": "helicopter",
    "☎": "telephone",
    "📞": "telephone", "📷": "camera", "🎐": "wind chimes", "💧": "drip", "🏞": "stream", "🚓": "police siren",
    "🚑": "ambulance",
}  # fmt: skip
