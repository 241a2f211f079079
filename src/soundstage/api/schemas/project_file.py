"""Project files: exported here, opened there."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from soundstage.api.schemas.fields import Body, Clean, Id
from soundstage.domain.request import ProjectImportRequest


class MediaChoice(StrEnum):
    """What of the original media a project file holds."""

    REFERENCE = "reference"
    INCLUDE = "include"


class ProjectMediaBody(Body):
    """What `POST /apis/projects/{run_id}/media` takes."""

    media_url: Annotated[str, Field(min_length=1, max_length=8192), Clean] = Field(
        description="Where the media is that the project was made from: `upload://…`, or any URL that a set-up takes."
    )


class ProjectImportBody(Body):
    """What `POST /apis/projects/import` takes."""

    media_url: Annotated[str, Field(min_length=1, max_length=8192), Clean] = Field(
        description="`upload://…` of the project file, as POST /apis/uploads answered it."
    )
    folder_id: Id | None = None

    def request(self) -> ProjectImportRequest:
        return ProjectImportRequest(media_url=self.media_url.strip(), folder_id=self.folder_id)
