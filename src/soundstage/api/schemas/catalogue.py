"""Languages, voices, folders, dictionaries, uploads: what lies beside the tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from soundstage.api.schemas.fields import Body, Clean, LanguageId, Reply, Time, sized
from soundstage.domain.catalogue import Dictionary, Folder, Term, TermTranslation, Upload
from soundstage.domain.language import Language, default_locale

if TYPE_CHECKING:
    from soundstage.services.voices import ListedVoice

_GENDERS = {"male": 1, "female": 2}


class LanguageReply(Reply):
    id: int
    language: str
    short_name: str

    @classmethod
    def of(cls, language: Language) -> LanguageReply:
        return cls(id=language.id, language=language.name, short_name=language.tag)


class VoiceReply(Reply):
    id: int
    voice_name: str
    gender: int = Field(description="0 not told, 1 male, 2 female, as the original clients read it.")
    age: int | None
    language: int | None
    description: str | None
    engine: str

    @classmethod
    def of(cls, listed: ListedVoice) -> VoiceReply:
        voice = listed.voice
        language = default_locale(voice.languages[0]) if voice.languages else None
        return cls(
            id=listed.number,
            voice_name=voice.name,
            gender=_GENDERS.get((voice.gender or "").lower(), 0),
            age=None,
            language=language.id if language else None,
            description=None,
            engine=listed.engine,
        )


class FolderReply(Reply):
    """The union of the two documented shapes."""

    team_id: int
    folder_id: int
    folder_name: str
    name: str
    run_count: int

    @classmethod
    def of(cls, folder: Folder) -> FolderReply:
        return cls(
            team_id=folder.team_id,
            folder_id=folder.folder_id,
            folder_name=folder.name,
            name=folder.name,
            run_count=folder.run_count,
        )


class FolderBody(Body):
    folder_name: Annotated[str, Field(min_length=3, max_length=255), Clean]


class FolderCreated(Reply):
    status: str = "success"
    folder_id: int
    folder_name: str
    message: str


class TranslationBody(Body):
    translation: Annotated[str, Field(min_length=1), Clean]
    language: LanguageId


class TermBody(Body):
    translations: Annotated[tuple[TranslationBody, ...], *sized(1, 149)]

    def domain(self) -> tuple[TermTranslation, ...]:
        return tuple(TermTranslation(language=one.language, text=one.translation) for one in self.translations)


class TranslationReply(Reply):
    language: int
    term_text: str


class TermReply(Reply):
    id: int
    term_translations: list[TranslationReply]

    @classmethod
    def of(cls, term: Term) -> TermReply:
        texts = [TranslationReply(language=one.language, term_text=one.text) for one in term.translations]
        return cls(id=term.term_id, term_translations=texts)


class TermSaved(TermReply):
    term_id: int
    message: str


class DictionaryReply(Reply):
    """A dictionary; `dictionary_terms` and `languages` are null where a reply does not tell them."""

    id: int
    name: str
    description: str | None
    created_at: Time
    updated_at: Time
    last_edited_at: Time
    dictionary_terms: list[TermReply] | None = None
    languages: list[int] | None = None

    @classmethod
    def of(cls, dictionary: Dictionary, *, terms: list[Term] | None = None, languages: bool = True) -> DictionaryReply:
        heard = sorted({one.language for term in dictionary.terms for one in term.translations})
        return cls(
            id=dictionary.dictionary_id,
            name=dictionary.name,
            description=dictionary.description,
            created_at=dictionary.created_at,
            updated_at=dictionary.updated_at,
            last_edited_at=dictionary.updated_at,
            dictionary_terms=None if terms is None else [TermReply.of(term) for term in terms],
            languages=heard if languages else None,
        )


class DictionaryCreated(DictionaryReply):
    dictionary_id: int
    message: str


class UploadReply(Reply):
    upload_id: str
    media_url: str = Field(description="Accepted wherever a media URL is.")
    bytes: int
    sha256: str

    @classmethod
    def of(cls, upload: Upload) -> UploadReply:
        return cls(upload_id=upload.upload_id, media_url=upload.media_url, bytes=upload.bytes, sha256=upload.sha256)
