"""The two engines as the registry sees them."""

from __future__ import annotations

import subprocess
import sys

from soundstage.engines.sound.neural.specs import DIFFUSERS, MUSICGEN
from soundstage.testing.engines import HEAVY


def test_what_the_registry_imports_is_light() -> None:
    seen = "import sys, soundstage.engines.sound.neural.specs; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True).stdout.split()
    assert not {*HEAVY, "diffusers", "transformers", "soxr"} & set(modules)


def test_neither_is_used_unless_asked_for() -> None:
    for spec in (DIFFUSERS, MUSICGEN):
        assert spec.rank > 100, "behind the default engine"
        assert not spec.check({"models_dir": "/nowhere"}).ready
