"""The how-to shows the example as it is, and the table of methods as the contracts are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from soundstage.engines.spec import Capability
from soundstage.engines.typed_call import contract, methods

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "engine_package"
HOW_TO = ROOT / "docs" / "how-to" / "add-an-engine.md"


def test_every_block_of_code_is_part_of_the_example() -> None:
    files = [*(EXAMPLE / "src").rglob("*.py"), EXAMPLE / "pyproject.toml"]
    code = "\n".join(file.read_text() for file in files)
    blocks = re.findall(r"```(?:python|toml)\n(.*?)```", HOW_TO.read_text(), re.DOTALL)
    assert len(blocks) >= 4
    for block in blocks:
        assert block in code


@pytest.mark.parametrize("capability", list(Capability))
def test_the_table_has_every_method(capability: Capability) -> None:
    signatures = []
    for method in methods(capability):
        types = contract(capability, method)
        signatures.append(f"`{method}({', '.join([*types.names, *(['report'] if types.reports else [])])})`")
    assert f"| `{capability}` | {', '.join(signatures)} |" in HOW_TO.read_text()


def test_a_capability_has_a_folder_of_its_name() -> None:
    for capability in Capability:
        assert (ROOT / "src" / "soundstage" / "engines" / capability / "contract.py").is_file()
