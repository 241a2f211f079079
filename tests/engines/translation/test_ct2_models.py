"""Where translation models are looked for, and which one is taken."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from soundstage.engines.model_catalogue import model
from soundstage.engines.model_store import pull
from soundstage.engines.translation import ct2_models
from soundstage.engines.translation.ct2_folder import ModelFolder
from soundstage.engines.translation.language_tokens import Style, language_token, style_of


def folder(place: Path, *tokens: str) -> Path:
    """Files that look like a model's; nothing here loads it."""
    place.mkdir(parents=True)
    for name in ("model.bin", "source.spm", "target.spm"):
        (place / name).write_bytes(name.encode())
    (place / "shared_vocabulary.json").write_text(
        f'["<unk>", {", ".join(f"{chr(34)}{token}{chr(34)}" for token in tokens)}]'
    )
    return place


@pytest.mark.parametrize("name", ["en-es", "opus-mt-en-es", "opus_mt_tc_big_en_es", "opus-mt-en-es-ct2-int8"])
def test_a_folder_of_one_pair_says_so_by_its_name(tmp_path: Path, name: str) -> None:
    made = folder(tmp_path / "translation" / name, "a")
    settings = {"models_dir": str(tmp_path)}
    assert ct2_models.find(settings, "en", "es") == ModelFolder(made)
    assert ct2_models.find(settings, "es", "en") is None


def test_a_pair_of_its_own_comes_before_many_and_the_setting_before_all(tmp_path: Path) -> None:
    many = folder(tmp_path / "translation" / "nllb-200", "eng_Latn", "spa_Latn", "fra_Latn")
    one = folder(tmp_path / "translation" / "en-es", "a")
    named = folder(tmp_path / "elsewhere", "a")
    settings = {"models_dir": str(tmp_path)}
    assert ct2_models.find(settings, "en", "es") == ModelFolder(one)
    assert ct2_models.find(settings, "en", "fr") == ModelFolder(many)
    assert ct2_models.find(settings, "en", "de") is None
    assert ct2_models.find(settings | {"translation_models": {"en-es": str(named)}}, "en", "es") == ModelFolder(named)
    assert ct2_models.fingerprint(settings) != ct2_models.fingerprint(
        settings | {"translation_models": {"en-es": str(named)}}
    )


def test_an_entry_of_the_catalogue_is_pulled_and_found(tmp_path: Path) -> None:
    source, models = folder(tmp_path / "source", "a"), tmp_path / "data" / "models"
    files = "".join(
        f'[[model.files]]\npath = "{path.name}"\nbytes = {path.stat().st_size}\n'
        f'sha256 = "{hashlib.sha256(path.read_bytes()).hexdigest()}"\n'
        for path in sorted(source.iterdir())
    )
    entry = (
        '[[model]]\nname = "opus-mt-en-es"\ntitle = "OPUS-MT: English to Spanish"\ncapability = "translation"\n'
        f'licence = "Apache-2.0"\npairs = ["en-es"]\nhub = "someone/opus"\ncommit = "{"0" * 40}"\n'
        "download_mb = 1\ndisk_mb = 1\nmemory_mb = 1\ncpu_seconds_per_second = 0.1\n"
    )
    own = tmp_path / "data" / "models.toml"
    own.parent.mkdir()
    own.write_text(entry + files)
    settings = {"models_dir": str(models)}
    assert ct2_models.cure(settings, "en", "es") == "soundstage models pull opus-mt-en-es"
    pulled = pull(model("opus-mt-en-es", own), models, source=source)
    assert ct2_models.find(settings, "en", "es") == ModelFolder(pulled)


def test_what_a_folder_lacks_is_named(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"")
    assert ModelFolder(tmp_path).lacking == (
        "shared_vocabulary.json",
        "source.spm and target.spm (or sentencepiece.bpe.model)",
    )


@pytest.mark.parametrize(
    ("tokens", "tag", "token"),
    [
        (("spa_Latn", "eng_Latn"), "es-mx", "spa_Latn"),
        (("zho_Hans", "zho_Hant"), "zh-cn", "zho_Hans"),
        (("zho_Hans", "zho_Hant"), "zh-tw", "zho_Hant"),
        (("arb_Arab", "ary_Arab"), "ar-sa", "arb_Arab"),
        (("pes_Arab", "fra_Latn"), "fa-ir", "pes_Arab"),
        (("swh_Latn", "fra_Latn"), "sw-ke", "swh_Latn"),
        (("__pt__", "__en__"), "pt-br", "__pt__"),
        (("<2pt>", "<2pt_BR>"), "pt-br", "<2pt_BR>"),
        ((">>por<<", ">>spa<<"), "pt-br", ">>por<<"),
        ((">>cmn_Hans<<", ">>cmn_Hant<<"), "zh-hk", ">>cmn_Hant<<"),
        (("spa_Latn", "eng_Latn"), "de-de", None),
    ],
)
def test_a_language_is_found_under_the_models_own_name(tokens: tuple[str, ...], tag: str, token: str | None) -> None:
    style = style_of(tokens)
    assert style is not None
    assert language_token(tokens, style, tag) == token


def test_the_vocabulary_of_one_pair_has_no_style() -> None:
    assert style_of(["the", "▁cat", "__unused__1", "</s>", ">>spa<<"]) is None
    assert style_of(["__en__", "__es__"]) is Style.M2M
