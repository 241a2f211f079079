"""Reading torch's zip checkpoints without torch, and without running anything that stands in them.

A checkpoint is a zip with a pickle (`*/data.pkl`) that names arrays, and their bytes (`*/data/<key>`). A pickle may
call any function it names; here every name becomes a stand-in of this module: a tensor's parts are put together by
us, the few classes that describe a training become inert, and anything else is refused. Nothing is ever imported.
"""

from __future__ import annotations

import io
import math
import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from soundstage.errors import Misconfigured

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]

# torch's storage classes and NumPy's type characters → little-endian dtypes
_STORAGES = {
    "DoubleStorage": "<f8",
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "|i1",
    "ByteStorage": "|u1",
    "BoolStorage": "|b1",
}
_NUMPY_TYPES = frozenset({"f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "b1"})
# What frameworks write beside the weights (versions, the task trained for): kept out, never imported.
_INERT = (
    "pyannote.audio.",
    "pytorch_lightning.",
    "lightning.",
    "lightning_fabric.",
    "omegaconf.",
    "torch.torch_version",
)


def read_state_dict(source: Path | bytes) -> dict[str, Array]:
    """The arrays of a checkpoint by name, in its order: contiguous, of the stored shape and dtype, safe to write to.

    source: a file, or its bytes. Of a Lightning checkpoint, or any other that keeps its weights under `state_dict`,
    those; entries that are no arrays (numbers, versions) are left out.
    Raises Misconfigured where the file is no checkpoint, cut short, or wants something else than arrays. Compare the
    file's SHA-256 first where it is known: a hostile one cannot run code here, but it can ask for memory.
    """
    name = source.name if isinstance(source, Path) else "the checkpoint"
    try:
        with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as archive:
            loaded = _load(archive)
    except _Refused as refused:
        raise Misconfigured(f"{name} is not read: {refused}; get the model again from where it comes from") from None
    except _SPOILT as error:
        raise Misconfigured(
            f"{name} is spoilt or no torch checkpoint ({type(error).__name__}: {error}); get the model again"
        ) from error
    weights = loaded.get("state_dict", loaded)
    if not isinstance(weights, Mapping):
        raise Misconfigured(f"{name} holds no weights by name")
    arrays = {str(key): _array(value) for key, value in weights.items()}
    return {key: value for key, value in arrays.items() if value is not None}


class _Refused(Exception):
    """The pickle wants what a checkpoint of arrays does not need."""


_SPOILT = (
    OSError, EOFError, zipfile.BadZipFile, pickle.UnpicklingError, LookupError, ValueError, TypeError, AttributeError,
    NotImplementedError, OverflowError, MemoryError, RecursionError,
)  # fmt: skip


def _load(archive: zipfile.ZipFile) -> Mapping[Any, Any]:
    pickles = [name for name in archive.namelist() if name.endswith("/data.pkl") and name.count("/") == 1]
    if len(pickles) != 1:
        raise _Refused("it has no data.pkl as torch writes it (or several)")
    root = pickles[0].removesuffix("data.pkl")
    for entry in archive.infolist():
        if entry.compress_type != zipfile.ZIP_STORED:
            raise _Refused(f"{entry.filename} is compressed, which torch never does")
    if f"{root}byteorder" in archive.namelist() and archive.read(f"{root}byteorder") != b"little":
        raise _Refused("its numbers are big-endian")
    with archive.open(pickles[0]) as file:
        loaded = _Unpickler(file, archive, root).load()
    if not isinstance(loaded, Mapping):
        raise _Refused(f"it holds a {type(loaded).__name__} where weights by name belong")
    return loaded


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: IO[bytes], archive: zipfile.ZipFile, root: str) -> None:
        super().__init__(file)
        self._archive = archive
        self._root = root
        self._storages: dict[str, Array] = {}

    def find_class(self, module: str, name: str, /) -> Any:
        if module == "torch" and name in _STORAGES:
            return _Storage(_STORAGES[name])
        if stand_in := _STAND_INS.get((module, name)):
            return stand_in
        if f"{module}.".startswith(_INERT):
            return _Inert
        raise _Refused(f"it wants {module}.{name}, which no weights need")

    def persistent_load(self, pid: Any, /) -> Array:
        """`("storage", class, key, device, count)` → its numbers, as a flat array."""
        import numpy as np  # noqa: PLC0415 - specs stay light

        kind, storage, key, _device, count = pid
        if kind != "storage" or not isinstance(storage, _Storage) or not isinstance(key, str):
            raise _Refused("it refers to something else than a storage")
        if key not in self._storages:
            stored = np.frombuffer(self._archive.read(f"{self._root}data/{key}"), dtype=storage.dtype)
            if len(stored) != count:
                raise _Refused(f"storage {key} has {len(stored)} numbers and should have {count}")
            self._storages[key] = stored
        return self._storages[key]


class _Storage:
    """A class of torch's storages, by its dtype."""

    def __init__(self, dtype: str) -> None:
        self.dtype = dtype


class _Inert:
    """Takes whatever a pickle does to an object, and keeps nothing."""

    def __new__(cls, *_arguments: Any, **_named: Any) -> _Inert:
        return super().__new__(cls)

    def __init__(self, *_arguments: Any, **_named: Any) -> None: ...

    def __setstate__(self, _state: Any) -> None: ...

    def __setitem__(self, _key: Any, _value: Any) -> None: ...

    def append(self, _value: Any) -> None: ...

    def extend(self, _values: Any) -> None: ...


def _tensor(
    storage: Array, offset: int, size: tuple[int, ...], stride: tuple[int, ...], *_gradient_and_hooks: Any
) -> Array:
    """`torch._utils._rebuild_tensor_v2`; offset and strides count numbers, not bytes."""
    import numpy as np  # noqa: PLC0415

    numbers = (offset, *size, *stride)
    if len(size) != len(stride) or not all(isinstance(number, int) and number >= 0 for number in numbers):
        raise _Refused("a tensor has a shape that cannot be")
    # Views are copied out, so one may not be larger than what it looks at.
    count: int = math.prod(size)
    last = offset + sum((extent - 1) * step for extent, step in zip(size, stride, strict=True))
    if count > len(storage) or (count and last >= len(storage)):
        raise _Refused("a tensor lies outside its storage")
    if not count:
        return np.empty(size, storage.dtype)
    steps = tuple(step * storage.itemsize for step in stride)
    return np.array(np.lib.stride_tricks.as_strided(storage[offset:], size, steps, writeable=False), order="C")


def _parameter(data: Any, *_gradient_and_hooks: Any) -> Any:
    return data


class _NumpyType:
    """`numpy.dtype(code, align, copy)`; its state gives the byte order."""

    def __init__(self, code: Any, *_align_and_copy: Any) -> None:
        if code not in _NUMPY_TYPES:
            raise _Refused(f"it has an array of {code!r}")
        self.code, self.order = code, "<"

    def __setstate__(self, state: Any) -> None:
        self.order = state[1]


class _NumpyArray:
    """`numpy.core.multiarray._reconstruct(…)`; all about it comes with its state."""

    def __init__(self, *_blank: Any) -> None:
        self.value: Array | None = None

    def __setstate__(self, state: Any) -> None:
        import numpy as np  # noqa: PLC0415

        _version, shape, kind, by_column, data = state
        if not isinstance(kind, _NumpyType) or kind.order not in ("<", "|"):
            raise _Refused("it has an array of a kind that weights do not have")
        flat = np.frombuffer(data, dtype=np.dtype(kind.code))
        self.value = np.array(flat.reshape(shape, order="F" if by_column else "C"), order="C")


def _encode(text: str, encoding: str) -> bytes:
    """`_codecs.encode`, by which protocol 2 writes bytes."""
    if encoding != "latin1":
        raise _Refused(f"it encodes text as {encoding!r}")
    return text.encode("latin1")


class _NumpyClass:
    """`numpy.ndarray`, named as an argument only."""


_STAND_INS: Mapping[tuple[str, str], Callable[..., Any]] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch._utils", "_rebuild_parameter"): _parameter,
    ("numpy.core.multiarray", "_reconstruct"): _NumpyArray,
    ("numpy._core.multiarray", "_reconstruct"): _NumpyArray,
    ("numpy", "ndarray"): _NumpyClass,
    ("numpy", "dtype"): _NumpyType,
    ("_codecs", "encode"): _encode,
}


def _array(value: Any) -> Array | None:
    import numpy as np  # noqa: PLC0415

    if isinstance(value, _NumpyArray):
        return value.value
    return value if isinstance(value, np.ndarray) else None
