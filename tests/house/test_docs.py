"""Documents say what the code is: every setting, command, endpoint; decisions are numbered and whole."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from soundstage import bootstrap
from soundstage.api.app import create_app
from soundstage.cli.app import app
from soundstage.cli.serving import api_services, api_settings
from soundstage.config import Config
from soundstage.domain.artifact import Artifact
from soundstage.domain.media import MediaInfo, Stream
from soundstage.domain.project import Original, ProjectDocument, Track
from soundstage.domain.review import Doubt, DoubtReason, ReviewLine
from soundstage.domain.segment import Segment
from soundstage.domain.speaker import Speaker
from soundstage.domain.timing import Span
from soundstage.domain.transcript import Word
from soundstage.domain.translation import LineFit, TermViolation, TranslationCheck

DECISION_PARTS = ("Context", "Decision", "Consequences", "Alternatives")
DECISION_LINES = 50  # a page
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


def test_the_reference_is_current(root: Path) -> None:
    run = subprocess.run(
        [sys.executable, root / "scripts" / "reference.py", "--check"], check=False, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr


def test_every_setting_is_explained(root: Path) -> None:
    text = (root / "docs" / "reference" / "settings.md").read_text()
    for name, field in Config.model_fields.items():
        assert field.description, name
        assert f"`SOUNDSTAGE_{name.upper()}`" in text


def test_every_command_is_explained(root: Path) -> None:
    text = (root / "docs" / "reference" / "commands.md").read_text()
    for command in app.registered_commands:
        assert command.callback is not None
        assert f"`soundstage {command.name or command.callback.__name__}`" in text
    for group in app.registered_groups:
        assert f"`soundstage {group.name} " in text


def test_every_endpoint_is_in_the_documentation_pages(root: Path, tmp_path: Path) -> None:
    settings = Config(data=tmp_path / "data")
    soundstage = bootstrap.build(settings)
    try:
        described = create_app(api_services(soundstage), api_settings(settings, "http://localhost")).openapi()
    finally:
        soundstage.close()
    pages = "\n".join(page.read_text() for page in (root / "src/soundstage/api/documentation").glob("*.md"))
    endpoints = [f"{verb.upper()} {path}" for path, verbs in described["paths"].items() for verb in verbs]
    assert endpoints
    assert [endpoint for endpoint in endpoints if endpoint not in pages] == []


def test_every_field_of_the_project_document_is_explained(root: Path) -> None:
    page = (root / "src/soundstage/api/documentation/project-document.md").read_text()
    models = (ProjectDocument, MediaInfo, Stream, Track, Artifact, Speaker, Segment, Word, Span, Original)
    models += (TranslationCheck, LineFit, TermViolation)
    models += (ReviewLine, Doubt)
    fields = {name for model in models for name in model.model_fields} | {reason.value for reason in DoubtReason}
    assert len(fields) > 40
    assert sorted(name for name in fields if f"`{name}`" not in page and f'"{name}"' not in page) == []


def test_decisions_are_numbered_and_whole(root: Path) -> None:
    decisions = sorted((root / "docs" / "decisions").glob("*.md"))
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))
    for path in decisions:
        text = path.read_text()
        assert text.startswith(f"# {int(path.name[:4])}. "), path.name
        assert [part for part in DECISION_PARTS if f"\n## {part}\n" not in text] == [], path.name
        assert len(text.splitlines()) <= DECISION_LINES, path.name


def test_links_between_documents_lead_somewhere(files: tuple[Path, ...], root: Path) -> None:
    broken = [
        f"{path.relative_to(root)}: {link}"
        for path in files
        if path.suffix == ".md" and not path.is_relative_to(root / "src")
        for link in LINK.findall(path.read_text())
        if not (path.parent / link).exists()
    ]
    assert broken == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "docs/getting-started.md"])
def test_what_a_visitor_looks_for_is_there(root: Path, name: str) -> None:
    assert len((root / name).read_text().splitlines()) > 10
