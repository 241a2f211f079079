"""The languages of the multilingual whisper models, under ISO codes."""

from __future__ import annotations

# As in openai/whisper's tokenizer.py; `jw` is its name for Javanese, ISO 639-1 `jv`.
_MODEL = frozenset(
    """
    af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr ht hu hy
    id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt ro ru sa
    sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo zh
    """.split()  # noqa: SIM905 - a list of a hundred quoted codes would be unreadable
)
# ISO codes for which the model has another name.
_TO_MODEL = {"jv": "jw", "nb": "no", "fil": "tl", "iw": "he", "in": "id", "ji": "yi", "cmn": "zh", "yue": "zh"}
_FROM_MODEL = {"jw": "jv"}

CODES = frozenset((_MODEL | _TO_MODEL.keys()) - {"jw"})
# Written without spaces between words, so that a word's own text does not show where it begins.
UNSPACED = frozenset({"zh", "ja", "th", "lo", "my", "km", "bo", "yue"})


def model_code(code: str) -> str | None:
    """The model's name of a language given by an ISO code or locale tag, or None when it does not know it."""
    code = code.lower().replace("_", "-").split("-", 1)[0]
    code = _TO_MODEL.get(code, code)
    return code if code in _MODEL else None


def iso_code(model_name: str) -> str:
    return _FROM_MODEL.get(model_name, model_name)
