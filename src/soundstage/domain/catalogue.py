"""Folders, uploads and dictionaries: what a team keeps beside its tasks."""

from __future__ import annotations

from datetime import datetime

from soundstage.domain.artifact import Sha256
from soundstage.domain.value import Value


class Folder(Value):
    folder_id: int
    team_id: int
    name: str
    run_count: int = 0


class Upload(Value):
    """Bytes a client sent. `upload_id` is unguessable; the media URL is `upload://<upload_id>`."""

    upload_id: str
    team_id: int
    file_name: str
    sha256: Sha256
    bytes: int
    created_at: datetime

    @property
    def media_url(self) -> str:
        return f"upload://{self.upload_id}"


class TermTranslation(Value):
    """A term's text in one language (integer id)."""

    language: int
    text: str


class Term(Value):
    term_id: int
    translations: tuple[TermTranslation, ...]


class ParsedTerm(Value):
    """A row of a dictionary file."""

    translations: tuple[TermTranslation, ...]


class Dictionary(Value):
    dictionary_id: int
    team_id: int
    name: str
    description: str | None
    created_at: datetime
    updated_at: datetime
    terms: tuple[Term, ...] = ()
