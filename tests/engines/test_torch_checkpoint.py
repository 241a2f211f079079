"""Checkpoints are read without torch; what stands in them beside arrays is inert, refused, or an error that says so."""

from __future__ import annotations

import io
import os
import pickle
import random
import zipfile
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundstage.engines.torch_checkpoint import read_state_dict
from soundstage.errors import Misconfigured

STORAGES = {"<f4": "FloatStorage", "<f2": "HalfStorage", "<f8": "DoubleStorage", "<i8": "LongStorage"}


@dataclass
class Tensor:
    """A tensor as torch writes it: a view of a storage."""

    storage: np.ndarray
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]


class Named:
    """Stands in a pickle for a name that need not exist here, or for a call of it with arguments."""

    def __init__(self, module: str, name: str, *arguments: Any) -> None:
        self.module, self.name, self.arguments = module, name, arguments


class Writer(pickle._Pickler):  # type: ignore[name-defined]  # the C one cannot write names that do not exist
    """Writes what torch.save writes, protocol 2; `storages` are those of the tensors, in the order of their keys."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, protocol=2)
        self.storages: list[np.ndarray] = []

    def save(self, value: Any, save_persistent_id: bool = True) -> None:
        if isinstance(value, Tensor):
            self.save(Named("torch._utils", "_rebuild_tensor_v2"))
            self.write(pickle.MARK)
            self._save_storage(value.storage)
            for part in (value.offset, value.size, value.stride, False, OrderedDict()):
                self.save(part)
            self.write(pickle.TUPLE + pickle.REDUCE)
        elif isinstance(value, Named):
            self.write(pickle.GLOBAL + f"{value.module}\n{value.name}\n".encode())
            if value.arguments:
                self.save(value.arguments)
                self.write(pickle.REDUCE)
        else:
            super().save(value, save_persistent_id)

    def _save_storage(self, array: np.ndarray) -> None:
        key = next((key for key, known in enumerate(self.storages) if known is array), len(self.storages))
        if key == len(self.storages):
            self.storages.append(array)
        self.write(pickle.MARK)
        for part in ("storage", Named("torch", STORAGES[array.dtype.str]), str(key), "cpu", len(array)):
            self.save(part)
        self.write(pickle.TUPLE + pickle.BINPERSID)


def checkpoint(content: Any, *, compression: int = zipfile.ZIP_STORED, leave_out: int | None = None) -> bytes:
    """The bytes of a checkpoint file with `content`; the storage numbered `leave_out` is missing."""
    file, data = io.BytesIO(), io.BytesIO()
    writer = Writer(data)
    writer.dump(content)
    with zipfile.ZipFile(file, "w", compression) as archive:
        archive.writestr("archive/data.pkl", data.getvalue())
        for key, array in enumerate(writer.storages):
            if key != leave_out:
                archive.writestr(f"archive/data/{key}", array.tobytes())
        archive.writestr("archive/version", "3\n")
    return file.getvalue()


def whole(array: np.ndarray) -> Tensor:
    strides = tuple(step // array.itemsize for step in array.strides)
    return Tensor(np.ascontiguousarray(array).reshape(-1), 0, array.shape, strides)


def test_tensors_come_back_with_shape_and_dtype() -> None:
    rng = np.random.default_rng(1)
    weights = {
        "conv.weight": rng.normal(size=(4, 3, 2)).astype(np.float32),
        "half": rng.normal(size=(5,)).astype(np.float16),
        "count": np.array(7, np.int64),
        "empty": np.zeros((0, 3), np.float32),
    }
    read = read_state_dict(checkpoint({name: whole(array) for name, array in weights.items()}))
    assert list(read) == list(weights)
    for name, array in weights.items():
        assert (read[name].dtype, read[name].shape) == (array.dtype, array.shape)
        assert np.array_equal(read[name], array)
        assert read[name].flags.c_contiguous
        assert read[name].flags.writeable


@settings(deadline=None)
@given(st.data())
def test_any_view_of_a_shared_storage_is_read(data: st.DataObject) -> None:
    base = np.arange(720, dtype=np.float32)
    shape = data.draw(st.permutations([2, 3, 4, 5]))
    order = tuple(data.draw(st.permutations(range(4))))
    steps = tuple(data.draw(st.integers(1, 2)) for _ in shape)
    offset = data.draw(st.integers(0, 600))
    view = base[offset : offset + 120].reshape(shape)[tuple(slice(None, None, step) for step in steps)].transpose(order)
    strides = tuple(step // 4 for step in view.strides)
    read = read_state_dict(checkpoint({"view": Tensor(base, offset, view.shape, strides), "base": whole(base)}))
    assert np.array_equal(read["view"], view)
    assert np.array_equal(read["base"], base)


def test_numpy_arrays_in_the_pickle_are_read() -> None:
    """Spleeter's checkpoint holds them instead of tensors, under the names of NumPy 1."""
    array = np.arange(12, dtype=np.float32).reshape(3, 4)
    for value in (array, np.asfortranarray(array)):
        assert np.array_equal(read_state_dict(checkpoint({"a": value}))["a"], array)
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(checkpoint({"a": array}))) as now, zipfile.ZipFile(file, "w") as then:
        text = now.read("archive/data.pkl")
        assert b"numpy._core.multiarray" in text
        then.writestr("archive/data.pkl", text.replace(b"numpy._core.multiarray", b"numpy.core.multiarray"))
    assert np.array_equal(read_state_dict(file.getvalue())["a"], array)


def test_a_lightning_checkpoint_gives_its_weights_and_nothing_else() -> None:
    content = {
        "pytorch-lightning_version": Named("torch.torch_version", "TorchVersion", "2.0.2"),
        "specifications": Named("pyannote.audio.core.task", "Specifications", Named("pyannote.audio.core.task", "Any")),
        "state_dict": OrderedDict(weight=whole(np.ones(3, np.float32)), version=3),
    }
    read = read_state_dict(checkpoint(content))
    assert {name: array.tolist() for name, array in read.items()} == {"weight": [1.0, 1.0, 1.0]}


class Harm:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch harmed",)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"a": Harm()}, r"wants posix\.system"),
        ({"a": Named("builtins", "eval", "1")}, r"wants builtins\.eval"),
        ({"a": Named("torch", "load", "x")}, r"wants torch\.load"),
        ({"a": np.array([object()])}, "an array of"),
        ({"a": Tensor(np.zeros(4, np.float32), 2, (3,), (1,))}, "outside its storage"),
        ({"a": Tensor(np.zeros(4, np.float32), 0, (1 << 40,), (0,))}, "outside its storage"),
        ({"a": Tensor(np.zeros(4, np.float32), 3, (2,), (-1,))}, "a shape that cannot be"),
        ([whole(np.zeros(4, np.float32))], "a list where weights"),
    ],
)
def test_what_no_weights_need_is_refused(
    content: Any, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Misconfigured, match=told):
        read_state_dict(checkpoint(content))
    assert list(tmp_path.iterdir()) == []


def test_compressed_and_incomplete_archives_are_refused() -> None:
    weights: Mapping[str, Tensor] = {"a": whole(np.zeros(100_000, np.float32))}
    with pytest.raises(Misconfigured, match="compressed"):
        read_state_dict(checkpoint(weights, compression=zipfile.ZIP_DEFLATED))
    with pytest.raises(Misconfigured, match="spoilt"):
        read_state_dict(checkpoint(weights, leave_out=0))
    with pytest.raises(Misconfigured, match=r"no data\.pkl"):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("readme", "nothing")
        read_state_dict(file.getvalue())


def test_a_truncated_file_is_told_by_its_name(tmp_path: Path) -> None:
    data = checkpoint({"a": whole(np.zeros(1000, np.float32))})
    path = tmp_path / "model.ckpt"
    for keep in (0, 10, len(data) // 2, len(data) - 5):
        path.write_bytes(data[:keep])
        with pytest.raises(Misconfigured, match=r"model\.ckpt is spoilt"):
            read_state_dict(path)


def test_damaged_bytes_give_arrays_or_one_error() -> None:
    """Most damage is found by the zip's checksums; none may end in anything else than arrays or our error."""
    data = checkpoint({"a": whole(np.arange(60, dtype=np.float32)), "b": np.arange(9, dtype=np.int64)})
    chance = random.Random(3)
    refused = 0
    for _ in range(400):
        damaged = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            read_state_dict(bytes(damaged))
        except Misconfigured:
            refused += 1
    assert refused > 200


def test_torch_reads_the_same(tmp_path: Path) -> None:
    import torch

    base = torch.arange(24, dtype=torch.float32)
    weights = {
        "view": base.reshape(2, 3, 4).permute(2, 0, 1)[:, 1],
        "tail": base[20:],
        "half": torch.ones(3, dtype=torch.float16),
        "parameter": torch.nn.Parameter(torch.full((2,), 0.5)),
        "count": torch.tensor(3),
    }
    torch.save({"state_dict": weights, "epoch": 3}, tmp_path / "model.pt")
    read = read_state_dict(tmp_path / "model.pt")
    assert list(read) == list(weights)
    assert all(np.array_equal(read[name], weights[name].detach().numpy()) for name in weights)
