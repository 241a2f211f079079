"""Both graphs against torch: figures taken once with torch 2.13, and torch itself where it is installed."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engines.diarization.gliding import gliding
from tests.pulled import models_folder

from soundstage.engines.diarization.kaldi_fbank import fbank
from soundstage.engines.diarization.networks import SEGMENTATION, Networks
from soundstage.engines.diarization.segmentation_graph import segmentation_graph, sinc_filters
from soundstage.engines.model_catalogue import model
from soundstage.engines.model_store import folder_of
from soundstage.errors import Misconfigured

# pyannote's PyanNet on `gliding(160_000)`: every 84th frame, classes 0–3, log-probabilities.
CLASSES_BY_TORCH = (
    (-6.595, -7.504, -0.106, -4.552),
    (-8.37, -10.845, -0.017, -7.062),
    (-8.138, -11.905, -0.007, -8.127),
    (-6.119, -12.931, -0.004, -9.306),
    (-11.631, -13.633, -0.001, -9.385),
    (-11.006, -14.041, -0.0, -10.037),
    (-11.86, -13.801, -0.0, -9.894),
    (-5.707, -11.229, -0.01, -7.579),
)
# 3D-Speaker's CAM++ on its first frames: every 16th of the 192 numbers, length 1.
VOICES_BY_TORCH = {
    150: (-0.1051, 0.0095, 0.0538, 0.028, -0.0381, 0.1154, -0.0069, 0.1087, -0.0283, -0.0163, 0.015, -0.0195),
    333: (-0.0531, 0.0235, 0.0756, 0.0148, -0.011, 0.0965, -0.0019, 0.043, 0.0088, -0.0239, -0.0218, -0.0238),
}


@pytest.fixture(scope="module")
def folder():
    return folder_of(model("campplus"), models_folder("campplus"))


@pytest.fixture(scope="module")
def networks(folder) -> Networks:
    return Networks(folder)


def test_segmentation_gives_what_torch_gives(folder, networks) -> None:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(folder / SEGMENTATION), providers=["CPUExecutionProvider"])
    likely = session.run(None, {"samples": gliding(160_000)[None, None]})[0][0]
    assert likely.shape == (589, 7)
    assert np.abs(likely[::84, :4] - np.array(CLASSES_BY_TORCH)).max() < 0.02
    classes = networks.classes(gliding(160_000))
    assert (classes == likely.argmax(axis=1)).mean() > 0.9 and set(classes) <= set(range(7))


@pytest.mark.parametrize("frames", VOICES_BY_TORCH)
def test_voices_are_what_torch_gives(networks, frames: int) -> None:
    voice = networks.voice(fbank(gliding(160_000))[:frames])
    assert voice.shape == (192,)
    assert np.linalg.norm(voice) == pytest.approx(1, abs=1e-5)
    assert np.abs(voice[::16] - np.array(VOICES_BY_TORCH[frames])).max() < 1e-3


def test_any_length_is_heard(networks) -> None:
    features = fbank(gliding(160_000))
    for frames in (20, 199, 200, 201, 997):
        assert np.isfinite(networks.voice(features[:frames])).all()
    assert len(networks.classes(gliding(32_000))) == 115


def test_sinc_filters_are_even_and_odd() -> None:
    edges = np.linspace(30, 3000, 40, dtype=np.float32)[:, None]
    half = 2 * np.pi * np.arange(-125, 0, dtype=np.float32)[None] / 16_000
    prefix = "sincnet.conv1d.0.filterbank."
    weights = {"low_hz_": edges, "band_hz_": edges, "n_": half, "window_": np.hamming(251)[:125].astype(np.float32)}
    filters = sinc_filters({prefix + name: value for name, value in weights.items()})[:, 0]
    assert filters.shape == (80, 251)
    assert np.allclose(filters[:40], filters[:40, ::-1], atol=1e-6)
    assert np.allclose(filters[40:], -filters[40:, ::-1], atol=1e-6)
    gains = np.abs(np.fft.rfft(filters, 4096, axis=1))
    middles = (50 + edges[:, 0] + (50 + edges[:, 0]) / 2) * 4096 / 16_000  # halfway between a band's edges
    assert (np.abs(gains[:40].argmax(axis=1) - middles) < 4096 / 16_000 * (50 + edges[:, 0])).all()


def test_other_weights_are_refused() -> None:
    with pytest.raises(Misconfigured, match=r"sincnet\.wav_norm1d\.weight"):
        segmentation_graph({"bias": np.zeros(3, np.float32)})


def test_lstm_gates_are_in_torchs_order(networks) -> None:
    """The one layer whose weights are rearranged, against torch, which the product does not need."""
    import onnxruntime
    import torch

    from soundstage.engines.diarization.segmentation_graph import _lstm
    from soundstage.engines.onnx_graph import GraphWriter

    layer = torch.nn.LSTM(5, 8, bidirectional=True)
    names = dict(layer.named_parameters())
    graph = GraphWriter({f"lstm.{name}": value.detach().numpy() for name, value in names.items()})
    output = _lstm(graph, "x", 0)
    made = graph.written(("x", ("frames", "batch", 5)), (output, ("frames", "batch", 16)))
    value = np.random.default_rng(1).standard_normal((30, 2, 5)).astype(np.float32)
    session = onnxruntime.InferenceSession(made, providers=["CPUExecutionProvider"])
    with torch.inference_mode():
        expected = layer(torch.from_numpy(value))[0].numpy()
    assert np.abs(session.run(None, {"x": value})[0] - expected).max() < 1e-5
