"""Project set-up: from media to a dubbing project that can be opened."""

from __future__ import annotations

from soundstage.domain.project import ProjectProduct
from soundstage.domain.request import ProjectSetupRequest
from soundstage.domain.task import TaskKind
from soundstage.engines.spec import Capability
from soundstage.pipelines.draft import draft
from soundstage.pipelines.reuse import Reuse
from soundstage.pipelines.stage import REQUEST, Pipeline, Stage
from soundstage.pipelines.stages.decode import DecodedAudio, decode
from soundstage.pipelines.stages.detect_activity import DetectedActivity, detect_activity
from soundstage.pipelines.stages.diarize import Diarized, diarize
from soundstage.pipelines.stages.ingest import Ingested, ingest
from soundstage.pipelines.stages.prepare import prepare
from soundstage.pipelines.stages.probe import Probed, probe
from soundstage.pipelines.stages.segment import Segmented, segment
from soundstage.pipelines.stages.separate import Separated, separate, separation_engines
from soundstage.pipelines.stages.transcribe import Transcribed, transcribe, transcription_engines
from soundstage.pipelines.stages.translate import Translated, translate, translation_engines, translation_terms

# Time limits leave a slow machine with a busy neighbour room: about ten times what was measured on two shared cores.
# Weights are shares of a typical run's time, transcription being most of it.
PIPELINE = Pipeline(
    kind=TaskKind.PROJECT_SETUP,
    request=ProjectSetupRequest,
    lane="setup",
    stages=(
        Stage(
            name="ingest",
            title="Take in the media",
            run=ingest,
            takes=(REQUEST,),
            gives=Ingested,
            weight=2.0,
            limit_seconds=4 * 3600.0,  # a download has its own limits: fetch_timeout_seconds and a stall watch
            reuse=Reuse(request=("media_url", "original"), asks=True),
        ),
        Stage(
            name="probe",
            title="Look into the media",
            run=probe,
            takes=(REQUEST, "ingest"),
            gives=Probed,
            weight=0.5,
            limit_seconds=120.0,
            reuse=Reuse(
                request=("source_language", "selected_audio_tracks"),
                without=("ingest.web",),
                settings=("max_media_seconds",),
            ),
        ),
        Stage(
            name="decode",
            title="Decode the audio",
            run=decode,
            takes=("ingest", "probe"),
            gives=DecodedAudio,
            weight=3.0,
            limit_seconds=120.0,
            limit_per_media_second=0.5,
            reuse=Reuse(without=("ingest.file_name", "ingest.web"), settings=("max_media_seconds",)),
            stops=True,
        ),
        Stage(
            name="separate",
            title="Part speech from background",
            run=separate,
            takes=(REQUEST, "decode"),
            gives=Separated,
            weight=8.0,
            capability=Capability.SEPARATION,
            limit_seconds=300.0,
            limit_per_media_second=5.0,
            reuse=Reuse(request=("stems",), engines=separation_engines),
            version=2,  # some of the background is heard under the speech
            stops=True,
        ),
        Stage(
            name="detect_activity",
            title="Find speech and music",
            run=detect_activity,
            takes=(REQUEST, "decode"),
            gives=DetectedActivity,
            weight=1.0,
            capability=Capability.ACTIVITY,
            limit_seconds=120.0,
            limit_per_media_second=0.5,
            reuse=Reuse(),
            stops=True,
        ),
        Stage(
            name="diarize",
            title="Tell speakers apart",
            run=diarize,
            takes=(REQUEST, "decode"),
            gives=Diarized,
            weight=8.0,
            capability=Capability.DIARIZATION,
            limit_seconds=300.0,
            limit_per_media_second=5.0,
            reuse=Reuse(request=("min_speakers", "max_speakers")),
            stops=True,
        ),
        Stage(
            name="transcribe",
            title="Write down what is said",
            run=transcribe,
            takes=(REQUEST, "decode", "separate", "detect_activity"),
            gives=Transcribed,
            weight=20.0,
            capability=Capability.TRANSCRIPTION,
            limit_seconds=300.0,
            limit_per_media_second=10.0,
            reuse=Reuse(request=("source_language", "source_transcript"), engines=transcription_engines),
            version=3,  # tells what was listened to, and which language is spoken where
            stops=True,
        ),
        Stage(
            name="segment",
            title="Cut into lines",
            run=segment,
            takes=("transcribe", "diarize"),
            gives=Segmented,
            weight=0.5,
            limit_seconds=120.0,
            limit_per_media_second=0.1,
            reuse=Reuse(),
            version=2,  # lines keep to one language
            stops=True,
        ),
        Stage(
            name="translate",
            title="Translate the lines",
            run=translate,
            takes=(REQUEST, "decode", "transcribe", "segment"),
            gives=Translated,
            weight=10.0,
            capability=Capability.TRANSLATION,
            limit_seconds=600.0,
            limit_per_media_second=20.0,
            reuse=Reuse(
                request=("source_language", "target_languages"), engines=translation_engines, also=translation_terms
            ),
            version=2,  # by the language of each line
            stops=True,
        ),
        Stage(
            name="prepare",
            title="Prepare the project",
            run=prepare,
            takes=(
                REQUEST,
                "ingest",
                "probe",
                "decode",
                "separate",
                "diarize",
                "transcribe",
                "segment",
                "translate",
            ),
            may_take=("draft",),
            gives=ProjectProduct,
            weight=2.0,
            limit_seconds=300.0,  # of a video's proxy as much again as it lasts, and what is left for a second try
            limit_per_media_second=2.5,
        ),
    ),
    draft=Stage(
        name="draft",
        title="Set the project aside",
        run=draft,
        takes=(REQUEST, "ingest", "probe", "decode"),
        may_take=("separate", "diarize", "transcribe", "segment", "translate", "draft"),
        gives=ProjectProduct,
        limit_seconds=300.0,
        limit_per_media_second=2.5,
    ),
)
