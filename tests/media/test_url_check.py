from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundstage.media.url_check import Target, check_url, parse_url


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/talk.mp4",
        "http://example.org",
        "HTTPS://Example.ORG:8443/a b".replace(" ", "%20"),
        "https://user:secret@example.org/x?token=1#t=2",
        "https://münchen.example/film.mp4",
        "https://example.org/путь/файл.mp4?имя=1",
        "http://93.184.216.34/a.wav",
        "http://[2606:4700:4700::1111]/a.wav",
        "https://my_bucket.example.org./x",
    ],
)
def test_takes(url: str) -> None:
    assert check_url(url) is None


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "http"),
        ("talk.mp4", "http"),
        ("ftp://example.org/x", "ftp"),
        ("file:///etc/passwd", "file"),
        ("gopher://example.org/", "gopher"),
        ("http://", "no host"),
        ("http:///x", "no host"),
        ("http://exa mple.org/", "spaces"),
        ("http://example.org/\r\nHost: x", "spaces"),
        ("http://example.org\\@127.0.0.1/", "backslashes"),
        ("http://example.org:99999/", "cannot be read"),
        ("http://example.org:0/", "port"),
        ("http://[::1/", "cannot be read"),
        ("https://example.org/" + "x" * 9000, "longer"),
        ("http://example.org:22/", "port 22"),
        ("http://-bad-.org/", "no host"),
        ("http://a..b/", "no host"),
        ("http://" + "a" * 64 + ".org/", "no host"),
    ],
)
def test_refuses_with_a_sentence(url: str, says: str) -> None:
    assert says in (check_url(url) or "")


PRIVATE_HOSTS = """
    127.0.0.1 localhost LOCALHOST. sub.localhost 10.0.0.1 169.254.169.254 [::1] [::ffff:127.0.0.1] [64:ff9b::7f00:1]
    [2002:7f00:1::] [fe80::1] [fe80::1%25eth0] 0.0.0.0 2130706433 0x7f000001 0x7f.1 0177.0.0.1 127.1 127.0.1
    017700000001 127.0.0.1. 0x7F.0.0.1 1.1.1.1.1 256.1.1.1 127。0。0。1 １２７.0.0.1
    ⑫７.0.0.1 user@127.0.0.1 example.org@10.0.0.1
"""


@pytest.mark.parametrize("host", PRIVATE_HOSTS.split())
def test_refuses_every_form_of_a_private_address(host: str) -> None:
    assert check_url(f"http://{host}/x") is not None


def test_the_refusal_names_the_setting() -> None:
    assert "fetch_allow" in (check_url("http://10.0.0.1/x") or "")


def test_allow_opens() -> None:
    assert check_url("http://10.0.0.1/x", ["10.0.0.0/8"]) is None
    assert check_url("http://localhost:9000/x", ["localhost:9000"]) is None
    assert check_url("http://localhost:9001/x", ["localhost:9000"]) is not None
    assert check_url("http://media.lan:9000/x", ["media.lan"]) is None
    assert check_url("http://127.1/x", ["127.0.0.0/8"]) is not None, "unusual notations stay refused"


def test_takes_a_url_apart() -> None:
    target = parse_url("https://me:p%40ss@Bücher.example/a ü?q=ö#frag".replace(" ", "%20"))
    assert target == Target("https", "xn--bcher-kva.example", 443, "/a%20%C3%BC?q=%C3%B6", credentials=("me", "p@ss"))


@given(st.text(max_size=80))
def test_any_text_gets_an_answer(text: str) -> None:
    assert check_url(text) is None or isinstance(check_url(text), str)
    assert check_url("http://" + text) is None or isinstance(check_url("http://" + text), str)


@given(st.ip_addresses(network="127.0.0.0/8"), st.sampled_from(["{0}", "{1}", "{1:#x}", "{1:#o}"]))
def test_no_notation_of_loopback_passes(address: object, form: str) -> None:
    host = form.format(address, int(address)).replace("0o", "0")  # type: ignore[call-overload]
    assert check_url(f"http://{host}/") is not None


def test_is_light() -> None:
    heavy = "{'av', 'numpy', 'scipy', 'httpcore', 'soundfile'}"
    program = f"import sys, soundstage.media.url_check; sys.exit(str({heavy} & set(sys.modules)) != 'set()')"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
