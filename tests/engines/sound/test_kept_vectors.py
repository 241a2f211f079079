"""Vectors that are kept: the same bytes from the file as from the encoder, and made again when they are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from soundstage.engines.sound.language.kept_vectors import WIDTH, Vectors, kept


class Encoder:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, texts: list[str]) -> Vectors:
        self.asked += 1
        return np.random.default_rng(len(texts[0])).standard_normal((len(texts), WIDTH)).astype(np.float32)


def test_the_second_process_reads_what_the_first_has_made(tmp_path: Path) -> None:
    encode = Encoder()
    made = kept(["rain", "a dog"], tmp_path / "new", encode)
    again = kept(["rain", "a dog"], tmp_path / "new", encode)
    assert encode.asked == 1
    assert np.array_equal(made, again) and again.dtype == np.float32
    assert np.array_equal(again @ again.T, made @ made.T)


def test_other_texts_and_spoilt_files_are_made_again(tmp_path: Path) -> None:
    encode = Encoder()
    made = kept(["rain", "a dog"], tmp_path, encode)
    (file,) = tmp_path.iterdir()
    kept(["rain", "a cat"], tmp_path, encode)
    assert encode.asked == 2
    data = file.read_bytes()
    for spoilt in (data[:-1], b"", data[:100] + bytes([data[100] ^ 1]) + data[101:]):
        file.write_bytes(spoilt)
        assert np.array_equal(kept(["rain", "a dog"], tmp_path, encode), made)
        assert file.read_bytes() == data
    assert encode.asked == 5


def test_a_folder_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert kept(["rain"], tmp_path / "file" / "below", Encoder()).shape == (1, WIDTH)
