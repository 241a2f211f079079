"""The project of a set-up that stops halfway: as far as it is, to be opened, edited and exported."""

from __future__ import annotations

from soundstage.domain.project import ProjectProduct
from soundstage.domain.request import ProjectSetupRequest
from soundstage.pipelines.context import StageContext
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.stages.decode import DecodedAudio
from soundstage.pipelines.stages.diarize import Diarized
from soundstage.pipelines.stages.ingest import Ingested
from soundstage.pipelines.stages.prepare import prepare
from soundstage.pipelines.stages.probe import Probed
from soundstage.pipelines.stages.segment import Segmented, segment
from soundstage.pipelines.stages.separate import Separated
from soundstage.pipelines.stages.transcribe import Transcribed
from soundstage.pipelines.stages.translate import Translated


def draft(
    context: StageContext,
    request: ProjectSetupRequest,
    ingested: Ingested,
    probed: Probed,
    decoded: DecodedAudio,
    separated: Separated | None,
    diarized: Diarized | None,
    transcribed: Transcribed | None,
    segmented: Segmented | None,
    translated: Translated | None,
    earlier: ProjectProduct | None,
) -> Outcome[ProjectProduct]:
    """What `prepare` makes of what there is. Words that were written down are cut into lines, which costs little."""
    diarized = diarized or Diarized()
    transcribed = transcribed or Transcribed()
    return prepare(
        context,
        request,
        ingested,
        probed,
        decoded,
        separated or Separated(),
        diarized,
        transcribed,
        segmented or segment(context, transcribed, diarized).output,
        translated or Translated(),
        earlier,
    )
