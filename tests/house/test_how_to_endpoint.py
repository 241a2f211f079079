"""`docs/how-to/add-an-endpoint.md` works as it is written: its code is put in place, and its test is run."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from starlette.testclient import TestClient

from soundstage import bootstrap, config
from soundstage.api.app import create_app
from soundstage.api.services import ApiServices
from soundstage.api.settings import ApiSettings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "add-an-endpoint.md"
BLOCK = re.compile(r"^## \d\. [^`\n]*`(?P<path>[^`]+\.py)`\n(?P<text>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def code_blocks() -> dict[str, str]:
    """The page's Python by the file it is for."""
    found = {one["path"]: CODE.search(one["text"]) for one in BLOCK.finditer(PAGE.read_text(encoding="utf-8"))}
    return {path: code[1] for path, code in found.items() if code}


def module(path: str, code: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module of the name that the file would have."""
    name = path.removeprefix("src/").removesuffix(".py").replace("/", ".")
    made = ModuleType(name)
    monkeypatch.setitem(sys.modules, name, made)
    exec(compile(code, path, "exec"), made.__dict__)
    return made


def test_the_example_endpoint(tmp_path, monkeypatch):
    blocks = code_blocks()
    assert list(blocks) == [
        "src/soundstage/api/schemas/engines.py",
        "src/soundstage/api/routes/engines.py",
        "tests/api/routes/test_engines.py",
    ]
    _, routes, tests = (module(path, code, monkeypatch) for path, code in blocks.items())
    soundstage = bootstrap.build(config.load(data=tmp_path))
    try:
        services = ApiServices(**{name: getattr(soundstage, name) for name in ApiServices.__dataclass_fields__})
        app = create_app(services, ApiSettings())
        app.include_router(routes.router)
        _, secret = soundstage.keys.create(name="how-to")
        client = TestClient(app, headers={"x-api-key": secret})
        tests.test_engines(client)
        assert TestClient(app).get("/apis/engines").status_code == 401
        assert client.get("/apis/engines?colour=blue").status_code == 422
    finally:
        soundstage.close()
