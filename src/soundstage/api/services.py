"""The services that the API calls, as `bootstrap` built them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from soundstage.services.dictionaries import DictionariesService
    from soundstage.services.dry_run import DryRunService
    from soundstage.services.edits import EditsService
    from soundstage.services.engines import EnginesService
    from soundstage.services.exports import ExportsService
    from soundstage.services.folders import FoldersService
    from soundstage.services.keys import KeysService
    from soundstage.services.portable import PortableService
    from soundstage.services.recipes import RecipesService
    from soundstage.services.reruns import RerunsService
    from soundstage.services.revisions import RevisionsService
    from soundstage.services.runs import RunsService
    from soundstage.services.sessions import SessionsService
    from soundstage.services.sound_files import SoundFilesService
    from soundstage.services.tasks import TasksService
    from soundstage.services.tracks import TracksService
    from soundstage.services.transcripts import TranscriptsService
    from soundstage.services.uploads import UploadsService
    from soundstage.services.vocabulary import VocabularyService
    from soundstage.services.voices import VoicesService
    from soundstage.services.watch import Watcher


@dataclass(frozen=True)
class ApiServices:
    keys: KeysService
    tasks: TasksService
    watcher: Watcher
    runs: RunsService
    revisions: RevisionsService
    edits: EditsService
    reruns: RerunsService
    tracks: TracksService
    sound_files: SoundFilesService
    vocabulary: VocabularyService
    recipes: RecipesService
    portable: PortableService
    exports: ExportsService
    dry_runs: DryRunService
    folders: FoldersService
    dictionaries: DictionariesService
    uploads: UploadsService
    transcripts: TranscriptsService
    voices: VoicesService
    engines: EnginesService
    sessions: SessionsService
