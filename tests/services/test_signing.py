"""Signed links to files."""

from __future__ import annotations

import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundstage.errors import NotFound
from soundstage.services.signing import FileSigner, SignedFile, timed_serializer

signer = FileSigner(b"secret", ttl_seconds=60)
FILE = SignedFile(run_id=7, name="sound.wav")


@given(st.integers(1, 2**63 - 1), st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=100))
def test_what_was_signed_is_read_back_and_fits_a_url(run_id: int, name: str) -> None:
    file = SignedFile(run_id=run_id, name=name)
    token = signer.sign(file)
    assert signer.read(token) == file
    assert set(token) <= set(string.ascii_letters + string.digits + "-_.")


@given(st.data())
def test_an_altered_token_opens_nothing(data: st.DataObject) -> None:
    token = signer.sign(FILE)
    place = data.draw(st.integers(0, len(token) - 2))  # the last character holds bits that base64 ignores
    letter = data.draw(st.sampled_from(string.ascii_letters).filter(lambda letter: letter != token[place]))
    with pytest.raises(NotFound):
        signer.read(token[:place] + letter + token[place + 1 :])


@pytest.mark.parametrize("token", ["", ".", "a.b.c", "é" * 40, "x" * 100_000])
def test_nonsense_opens_nothing(token: str) -> None:
    with pytest.raises(NotFound):
        signer.read(token)


def test_tokens_expire() -> None:
    short = FileSigner(b"secret", ttl_seconds=0)
    token = short.sign(FILE)
    time.sleep(1.1)  # itsdangerous counts whole seconds
    with pytest.raises(NotFound, match="expired"):
        short.read(token)
    assert signer.read(token) == FILE


def test_tokens_of_another_secret_or_purpose_open_nothing() -> None:
    for token in (
        FileSigner(b"other", ttl_seconds=60).sign(FILE),
        timed_serializer(b"secret", "session").dumps([7, "sound.wav"]),
    ):
        with pytest.raises(NotFound):
            signer.read(token)
