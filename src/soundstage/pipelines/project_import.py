"""Project import: from a project file that was exported somewhere to a project that can be opened here."""

from __future__ import annotations

from soundstage.domain.project import ProjectProduct
from soundstage.domain.request import ProjectImportRequest
from soundstage.domain.task import TaskKind
from soundstage.pipelines.stage import REQUEST, Pipeline, Stage
from soundstage.pipelines.stages.ingest_project import ProjectFile, ingest_project
from soundstage.pipelines.stages.prepare_import import prepare_import
from soundstage.pipelines.stages.unpack import ProjectFiles, unpack

PIPELINE = Pipeline(
    kind=TaskKind.PROJECT_IMPORT,
    request=ProjectImportRequest,
    lane="import",
    stages=(
        Stage(
            name="ingest",
            title="Take in the project file",
            run=ingest_project,
            takes=(REQUEST,),
            gives=ProjectFile,
            weight=0.5,
            limit_seconds=120.0,
        ),
        Stage(
            name="unpack",
            title="Unpack and check it",
            run=unpack,
            takes=("ingest",),
            gives=ProjectFiles,
            weight=8.0,
            limit_seconds=3600.0,  # gigabytes, on a slow disk
        ),
        Stage(
            name="prepare",
            title="Open the project",
            run=prepare_import,
            takes=("unpack",),
            gives=ProjectProduct,
            weight=0.5,
            limit_seconds=120.0,
        ),
    ),
)
