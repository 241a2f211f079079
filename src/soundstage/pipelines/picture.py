"""The picture of a project: a video that browsers play, and poster frames. Sound alone has neither."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from soundstage.domain.media import MediaInfo, Stream
from soundstage.domain.project import Poster, Video
from soundstage.errors import StageFailure, StageTimeout, StorageFull
from soundstage.media.playable import ProxyPlan, Way, plan_proxy, transcoding
from soundstage.pipelines.context import StageContext
from soundstage.pipelines.stages.decode import DecodedAudio
from soundstage.pipelines.stages.ingest import Ingested
from soundstage.pipelines.stages.probe import Probed
from soundstage.pipelines.wording import clock, size

if TYPE_CHECKING:
    from soundstage.media.posters import WrittenPoster
    from soundstage.media.proxy import WrittenProxy

_MEDIA_TYPES = {"mp4": "video/mp4", "webm": "video/webm"}
_CONTAINERS = {"mp4": "an MP4", "webm": "a WebM"}
_LARGEST_COPY = 4 * 2**30  # bytes; a copy of the whole video is kept beside the source
_TRANSCODED_BYTES = 200_000  # a second: H.264 of 540 lines and AAC; more than most, less than confetti
_ALLOWANCE_SECONDS = 60.0  # and as long again as the video lasts: then it is given up, and the set-up goes on


def prepare_video(context: StageContext, ingested: Ingested, probed: Probed, decoded: DecodedAudio) -> Video | None:
    """The video of the media for browsers, with posters; None for sound alone. What does not work is told in `why`: a
    picture that cannot be shown is no reason to lose the project."""
    plan = plan_proxy(probed.media, probed.chosen)
    if plan is None:
        return None
    settings = context.settings
    decides = {
        "source": [ingested.source.sha256, ingested.source.name],
        "sound": decoded.source.sha256,
        "probed": probed.model_dump(mode="json"),
        "settings": [settings.video_proxy, settings.proxy_transcode_seconds],
    }
    made = context.part(
        "video", decides, Video, lambda: _video(context, ingested, probed, decoded, plan), worth_keeping=_is_whole
    )
    if made.taken_over_from is None:
        return made.output
    return made.output.model_copy(update={"why": f"{made.output.why} Taken over from task {made.taken_over_from}."})


def _is_whole(video: Video) -> bool:
    """Nothing failed that might go well another time."""
    return video.way != "none" and bool(video.posters)


def _video(context: StageContext, ingested: Ingested, probed: Probed, decoded: DecodedAudio, plan: ProxyPlan) -> Video:
    with context.portion(0.0, 0.1):
        posters = _posters(context, ingested, probed.media.video[0])
    if plan.way is Way.SOURCE:
        return Video(way="source", why=_sentence(plan.why), artifact=ingested.source, posters=posters)
    with context.portion(0.1, 0.9):
        return _proxy(context, ingested, probed, decoded, plan).model_copy(update={"posters": posters})


def proxy_bytes(settings: ProxySettings, plan: ProxyPlan, media: MediaInfo) -> int:
    """About how much a video for browsers will take, beside the source; 0 where none is made."""
    if plan.way is Way.SOURCE or _refusal(settings, plan, media) is not None:
        return 0
    return media.bytes if plan.way is Way.COPY else round(media.duration_ms / 1000 * _TRANSCODED_BYTES)


class ProxySettings(Protocol):
    """The settings that decide whether a proxy is made."""

    @property
    def video_proxy(self) -> bool: ...

    @property
    def proxy_transcode_seconds(self) -> float: ...


def _posters(context: StageContext, ingested: Ingested, stream: Stream) -> tuple[Poster, ...]:
    try:
        written: list[WrittenPoster] = context.isolated(
            "soundstage.media.posters:write_posters",
            path=context.open(ingested.source),
            stream_index=stream.index,
            folder=context.scratch(),
        )
    except StageFailure as error:
        _raise_what_is_not_the_media(error)
        return ()
    return tuple(
        Poster(at_ms=one.at_ms, artifact=context.put(one.path, name=one.path.name, media_type="image/jpeg"))
        for one in written
    )


def _proxy(context: StageContext, ingested: Ingested, probed: Probed, decoded: DecodedAudio, plan: ProxyPlan) -> Video:
    sound = probed.chosen[0] if len(probed.chosen) == 1 else None
    refusal = _refusal(context.settings, plan, probed.media)
    if refusal is not None:
        return Video(way="none", why=refusal, artifact=None)
    output = context.scratch() / f"video.{plan.container}"
    try:
        _write(context, ingested, probed, decoded, plan, output)
    except StageFailure as error:
        _raise_what_is_not_the_media(error)
        other = transcoding(plan, sound, "its streams could not be copied")
        if plan.way is Way.COPY and _refusal(context.settings, other, probed.media) is None:
            return _proxy(context, ingested, probed, decoded, other)
        return Video(way="none", why=f"There is no video for browsers: {error.message}", artifact=None)
    artifact = context.put(output, name=output.name, media_type=_MEDIA_TYPES[plan.container])
    how = "was copied" if plan.way is Way.COPY else "was encoded anew, at most 960 × 540"
    why = f"The video {how} into {_CONTAINERS[plan.container]} of {size(artifact.bytes)}: {plan.why}."
    return Video(way=plan.way.value, why=why, artifact=artifact)


def _write(
    context: StageContext, ingested: Ingested, probed: Probed, decoded: DecodedAudio, plan: ProxyPlan, output: Path
) -> WrittenProxy:
    written: WrittenProxy = context.isolated(
        "soundstage.media.proxy:write_proxy",
        path=context.open(ingested.source),
        stream_index=probed.media.video[0].index,
        sound_index=probed.chosen[0].index if plan.copy_sound else None,
        sound=context.open(decoded.source),
        output=output,
        plan=plan,
        limit_seconds=_ALLOWANCE_SECONDS + decoded.duration_ms / 1000,
    )
    return written


def _refusal(settings: ProxySettings, plan: ProxyPlan, media: MediaInfo) -> str | None:
    """Why no proxy is made, with what would change that; None where one is made."""
    beginning = f"There is no video for browsers: {plan.why}, and "
    if not settings.video_proxy:
        return f"{beginning}the setting video_proxy is off."
    length, limit = media.duration_ms, round(settings.proxy_transcode_seconds * 1000)
    if plan.way is Way.TRANSCODE and length > limit:
        return (
            f"{beginning}at {clock(length)} it is longer than the {clock(limit)} up to which videos are encoded anew "
            "(the setting proxy_transcode_seconds)."
        )
    if plan.way is Way.COPY and media.bytes > _LARGEST_COPY:
        return f"{beginning}with {size(media.bytes)} it is too large to keep a copy; upload it as an MP4."
    return None


def _raise_what_is_not_the_media(error: StageFailure) -> None:
    if isinstance(error, StorageFull | StageTimeout):
        raise error


def _sentence(why: str) -> str:
    return f"The video is shown from the source: {why}."
