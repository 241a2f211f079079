"""Languages: the public API's integer ids and locale tags, and their ISO 639 codes."""

from __future__ import annotations

from types import MappingProxyType

from soundstage.domain.language_table import ROWS
from soundstage.domain.value import Value


class Language(Value):
    """`tag` is a lower-case locale tag (`en-us`), `code` its language part (`en`)."""

    id: int
    tag: str
    name: str

    @property
    def code(self) -> str:
        return self.tag.split("-", 1)[0]


LANGUAGES = tuple(Language(id=id_, tag=tag, name=name) for id_, tag, name in ROWS)
BY_ID = MappingProxyType({language.id: language for language in LANGUAGES})
BY_TAG = MappingProxyType({language.tag: language for language in LANGUAGES})

# Where one code has several locales, the one that a detected language stands for.
_DEFAULT_TAGS = tuple(
    "en-us es-es fr-fr de-de pt-br zh-cn ar-sa nl-nl bn-bd ta-in ur-pk sw-ke it-it sr-rs uz-uz".split()  # noqa: SIM905
)
# ISO 639 codes that speech models use for languages the table files under another code.
_ALIASES = {"no": "nb", "nn": "nb", "jw": "jv", "iw": "he", "yue": "zh"}
_DEFAULTS = {tag.split("-", 1)[0]: BY_TAG[tag] for tag in _DEFAULT_TAGS if tag in BY_TAG}


def default_locale(code: str) -> Language | None:
    """The locale a detected ISO 639 code stands for (`en` → `en-us`), or None when it is not among the 149."""
    code = _ALIASES.get(code, code)
    if code in _DEFAULTS:
        return _DEFAULTS[code]
    return next((language for language in LANGUAGES if language.code == code), None)


def find(reference: int | str) -> Language | None:
    """A language by id (`54`, `"54"`) or locale tag in any letter case and with `_` or `-` (`es-ES`, `es_es`)."""
    if isinstance(reference, int):
        return BY_ID.get(reference)
    text = reference.strip().lower().replace("_", "-")
    return BY_ID.get(int(text)) if text.isascii() and text.isdigit() else BY_TAG.get(text)


def code_of(tag: str) -> str:
    """The ISO 639 code of a locale tag (`es-ES` → `es`) or of a bare code; what is unknown stays as it is."""
    language = find(tag) or default_locale(tag)
    return language.code if language else tag.strip().lower().replace("_", "-").split("-", 1)[0]
