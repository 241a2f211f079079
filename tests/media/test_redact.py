from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundstage.media.redact import redact_url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.org/a/b.mp4?token=s3cret#t=1", "https://example.org/a/b.mp4"),
        ("https://me:pass@example.org:8443/a", "https://example.org:8443/a"),
        ("upload://abc123", "upload://abc123"),
        ("http://[::1]:80/x?y", "http://[::1]:80/x"),
        ("not a url", "(unreadable URL)"),
        ("http://[::1/x", "(unreadable URL)"),
    ],
)
def test_redacts(url: str, shown: str) -> None:
    assert redact_url(url) == shown


@given(st.text(st.characters(categories=["L", "N"]), min_size=8))
def test_no_secret_comes_through(secret: str) -> None:
    assert secret not in redact_url(f"https://u:{secret}@e.x/p?k={secret}#{secret}")
