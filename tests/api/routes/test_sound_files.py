"""Takes, stems and scores of a sound in every format, signed links to them, and pictures."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import soundfile

from soundstage.domain.sound import AudioType, Recipe, Seam, SoundProduct, SoundTake, Stem
from soundstage.domain.task import TaskKind
from soundstage.media.wav import write_wav

FRAMES = 22_050
BEGINNINGS = {"wav": b"RIFF", "flac": b"fLaC", "mp3": b"ID3", "ogg": b"OggS", "opus": b"OggS", "mid": b"MThd"}
TYPES = {"wav": "audio/wav", "flac": "audio/flac", "mp3": "audio/mpeg", "ogg": "audio/ogg", "opus": "audio/ogg"}


@pytest.fixture(scope="module")
def made(server, tmp_path_factory) -> int:
    """The run of a piece of music: two takes, the first with a score and two stems."""
    from tests.api.conftest import Hand

    hand, folder = Hand(server), tmp_path_factory.mktemp("takes")
    takes = []
    for variation, seed in enumerate((5, 77)):
        recipe = Recipe(
            soundstage="0", engine="e", engine_version="1", prompt="a waltz", seed=seed, duration=0.5, frames=FRAMES,
            sample_rate=44_100, audio_type=AudioType.MUSIC, plan={}, licence="CC0-1.0", loop=True,
        )  # fmt: skip

        def audio(name: str, hertz: float, recipe: Recipe = recipe):
            tone = 0.3 * np.sin(2 * np.pi * hertz * np.arange(FRAMES) / 44_100)
            soundfile.write(folder / "raw.wav", np.stack([tone, tone], axis=1), 44_100, subtype="FLOAT")
            write_wav(folder / "raw.wav", folder / "made.wav", recipe.model_dump_json(), 1)
            return hand.artifact(name, (folder / "made.wav").read_bytes(), "audio/wav")

        number = f"-{variation}" if variation else ""
        parts = () if variation else ("bass", "drums")
        takes.append(
            SoundTake(
                audio=audio(f"sound{number}.wav", 440 + 100 * variation),
                recipe=recipe,
                stems=tuple(Stem(name=name, audio=audio(f"sound.{name}.wav", 220)) for name in parts),
                midi=None if variation else hand.artifact("sound.mid", b"MThd\0\0\0\6", "audio/midi"),
                seam=Seam(step_db=-9.5, frames=FRAMES),
            )
        )
    product = SoundProduct(takes=tuple(takes), duration_ms=500)
    return hand._finish(TaskKind.TEXT_TO_SOUND, product.model_dump(mode="json"))[1]


@pytest.mark.parametrize("form", BEGINNINGS)
def test_every_format(client, made, form):
    answer = client.get(f"/apis/text-to-sound-result/{made}?format={form}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == TYPES.get(form, "audio/midi")
    assert answer.content.startswith(BEGINNINGS[form])
    assert f'filename="a-waltz.{form}"' in answer.headers["content-disposition"]
    again = client.get(f"/apis/text-to-sound-result/{made}?format={form.upper()}", headers={"range": "bytes=0-9"})
    assert (again.status_code, again.content) == (206, answer.content[:10])
    assert again.headers["etag"] == answer.headers["etag"]


def test_takes_and_stems_are_files_of_their_own(client, made):
    def sha(query: str) -> str:
        return client.get(f"/apis/text-to-sound-result/{made}{query}").raise_for_status().headers["etag"]

    whole = [sha(""), sha("?variation=1"), sha("?stem=bass"), sha("?stem=drums&format=flac"), sha("?format=flac")]
    assert sha("?variation=0&format=wav") == whole[0]
    assert len({*whole}) == 5


def test_what_is_not_there_is_told_with_what_is(client, made, refusal):
    def told(query: str, status: int) -> str:
        answer = client.get(f"/apis/text-to-sound-result/{made}?{query}")
        refusal(answer, status)
        return answer.text

    assert "wav, flac, mp3, ogg, opus, mid" in told("format=aiff", 400)
    assert "variations 0 to 1" in told("variation=4", 404)
    assert "bass, drums" in told("stem=vocals", 404)
    assert "stems" in told("variation=1&stem=bass", 404)
    assert "no score" in told("variation=1&format=mid", 404)
    assert "leave stem out" in told("stem=bass&format=mid", 400)
    told("variation=8", 422)
    told("variation=-1", 422)


def test_signed_links_lead_to_made_files_too(server, client, made):
    for query in ("format=mp3", "variation=1&format=flac", "stem=bass", "stem=bass&format=ogg", "format=mid"):
        answer = client.get(f"/apis/text-to-sound-result/{made}?{query}")
        url = client.get(f"/apis/text-to-sound-result/{made}?{query}&output_type=file_url").json()["file_url"]
        with server.client("") as nobody:
            assert nobody.get(url).content == answer.content


def test_who_asks_at_once_shares_what_is_made(client, made):
    with ThreadPoolExecutor(4) as pool:
        paths = [f"/apis/text-to-sound-result/{made}?variation=1&format=opus"] * 4
        assert len({answer.content for answer in pool.map(client.get, paths)}) == 1


@pytest.mark.parametrize("kind", ["waveform", "spectrogram"])
def test_pictures(client, made, kind, refusal):
    picture = client.get(f"/apis/sounds/{made}/{kind}.png")
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert (
        client.get(f"/apis/sounds/{made}/{kind}.png", headers={"if-none-match": picture.headers["etag"]}).status_code
        == 304
    )
    other = client.get(f"/apis/sounds/{made}/{kind}.png?variation=1")
    assert other.headers["etag"] != picture.headers["etag"]
    refusal(client.get(f"/apis/sounds/{made}/{kind}.png?variation=2"), 404)
    refusal(client.get(f"/apis/sounds/{made}/portrait.png"), 422)


def test_a_sound_with_its_takes(client, made):
    sound = client.get(f"/apis/sounds/{made}").json()
    assert (sound["run_id"], sound["audio_type"], sound["engine"], sound["prompt"]) == (made, "music", "e", "a waltz")
    first, second = sound["takes"]
    assert (first["seed"], second["seed"]) == (5, 77)
    assert (first["stems"], second["stems"]) == (["bass", "drums"], [])
    assert first["formats"] == ["wav", "flac", "mp3", "ogg", "opus", "mid"]
    assert second["formats"] == ["wav", "flac", "mp3", "ogg", "opus"]
    assert second["score_url"] is None
    assert first["seam"] == {"step_db": -9.5, "frames": FRAMES}
    for address in (first["url"], second["url"], first["score_url"], second["waveform_url"], first["spectrogram_url"]):
        assert client.get(address).status_code == 200


def test_the_vocabulary(client, refusal):
    known = client.get("/apis/sounds/vocabulary").raise_for_status().json()
    assert (known["engine"], known["open"]) == ("synthesis", False)
    assert {"rain", "thunder"} <= {sound["name"] for sound in known["sounds"]}
    assert "church" in known["spaces"] and "A minor" in known["tonalities"]
    assert known["styles"] and known["instruments"]
    assert client.get("/apis/sounds/vocabulary?engine=synthesis").json() == known
    assert client.get("/apis/sounds/vocabulary?engine=auto").json() == known
    answer = client.get("/apis/sounds/vocabulary?engine=nobody")
    refusal(answer, 400)
    assert "nobody" in answer.text
