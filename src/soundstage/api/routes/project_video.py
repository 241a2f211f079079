"""The picture of a project: the video that browsers play, and its posters."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from soundstage.api.call import Call, Caller
from soundstage.api.files import FILE_ANSWERS, file_response
from soundstage.api.requests import ApiRoute, Responses
from soundstage.api.schemas.fields import run_id_of
from soundstage.domain.artifact import Artifact
from soundstage.domain.project import Video
from soundstage.errors import NotFound

router = APIRouter(route_class=ApiRoute, tags=["projects"])

_VIDEO: Responses = {
    200: {"content": {"video/mp4": {}, "video/webm": {}}, "description": "The video, with Range and ETag."},
    **FILE_ANSWERS,
}
_POSTER: Responses = {
    200: {"content": {"image/jpeg": {}}, "description": "The picture, with ETag."},
    **FILE_ANSWERS,
}


@router.get("/apis/projects/{run_id}/video", responses=_VIDEO, response_class=Response)
def project_video(run_id: int, request: Request, call: Caller) -> Response:
    """The video that browsers play: the source, or the proxy made of it. 404 says why there is none."""
    video = _video(call, run_id)
    if video.artifact is None:
        raise NotFound(video.why)
    return _file(call, request, run_id, video.artifact)


@router.get("/apis/projects/{run_id}/posters/{number}.jpg", responses=_POSTER, response_class=Response)
def project_poster(run_id: int, number: int, request: Request, call: Caller) -> Response:
    """A picture of the video. `number` counts from 1; the project document tells when each is shown."""
    posters = _video(call, run_id).posters
    if not 1 <= number <= len(posters):
        raise NotFound(f"This project has no such poster. It has {len(posters)}, numbered from 1.")
    return _file(call, request, run_id, posters[number - 1].artifact)


def _video(call: Call, run_id: int) -> Video:
    video = call.services.runs.project(call.actor, run_id_of(run_id)).product.video
    if video is None:
        raise NotFound("This project has no video: its media is sound alone.")
    return video


def _file(call: Call, request: Request, run_id: int, artifact: Artifact) -> Response:
    kept, path = call.services.runs.open_artifact(call.actor, run_id_of(run_id), artifact.name)
    return file_response(request, kept, path)
