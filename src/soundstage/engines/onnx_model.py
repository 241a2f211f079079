"""Models of the catalogue that onnxruntime runs: whether they are ready, and opening them."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from soundstage.engines.model_catalogue import model
from soundstage.engines.model_store import at_hand, pull_command
from soundstage.engines.spec import Readiness
from soundstage.engines.weights import models_dir


def readiness(name: str, settings: Mapping[str, Any]) -> Readiness:
    """Of the model of this name, with the cure where it is not there; reads nothing of it."""
    if importlib.util.find_spec("onnxruntime") is None:
        return Readiness.no("the package onnxruntime is not installed", "pip install onnxruntime")
    if not at_hand(model(name), models_dir(dict(settings))):
        return Readiness.no(f"the model {name} is not there", pull_command(name))
    return Readiness.yes()


def session(graph: Path, *, arena: bool = True) -> Any:
    """An `onnxruntime.InferenceSession` on the CPU that uses the one thread which calls it.

    Engines hear several windows at once instead: nobody spins, and sums do not depend on the number of cores. arena:
    memory is kept between calls, which is quicker, but keeps the most of each where inputs are of every length.
    """
    import onnxruntime  # noqa: PLC0415 - specs stay light

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = arena
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
