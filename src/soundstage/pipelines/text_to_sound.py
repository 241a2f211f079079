"""Text to sound: from a prompt to a finished WAV with its recipe."""

from __future__ import annotations

from soundstage.domain.request import TextToSoundRequest
from soundstage.domain.sound import SoundProduct
from soundstage.domain.task import TaskKind
from soundstage.engines.spec import Capability
from soundstage.pipelines.stage import REQUEST, Pipeline, Stage
from soundstage.pipelines.stages.encode import encode
from soundstage.pipelines.stages.generate import GeneratedSound, generate
from soundstage.pipelines.stages.master import Mastered, master
from soundstage.pipelines.stages.understand import Understood, understand

# Weights are shares of the time measured for eight seconds of music; limits leave a slow machine twenty times that.
PIPELINE = Pipeline(
    kind=TaskKind.TEXT_TO_SOUND,
    request=TextToSoundRequest,
    lane="sound",
    stages=(
        Stage(
            name="understand",
            title="Understand the prompt",
            run=understand,
            takes=(REQUEST,),
            gives=Understood,
            weight=0.5,
            capability=Capability.SOUND,
            limit_seconds=60.0,
        ),
        Stage(
            name="generate",
            title="Make the sound",
            run=generate,
            takes=(REQUEST, "understand"),
            gives=GeneratedSound,
            weight=6.0,
            capability=Capability.SOUND,
            limit_seconds=120.0,
            limit_per_media_second=10.0,
        ),
        Stage(
            name="master",
            title="Master it",
            run=master,
            takes=(REQUEST, "generate"),
            gives=Mastered,
            weight=2.0,
            limit_seconds=60.0,
            limit_per_media_second=1.0,
        ),
        Stage(
            name="encode",
            title="Write the file",
            run=encode,
            takes=(REQUEST, "understand", "generate", "master"),
            gives=SoundProduct,
            weight=1.0,
            limit_seconds=60.0,
            limit_per_media_second=1.0,
        ),
    ),
)
