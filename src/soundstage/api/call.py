"""What a route is handed: who calls, what may be called, under which address the answer's links lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, cast

from fastapi import Depends, Request

from soundstage.api.addresses import base_url
from soundstage.api.services import ApiServices
from soundstage.api.settings import ApiSettings

if TYPE_CHECKING:
    from soundstage.services.actor import Actor


@dataclass(frozen=True)
class Call:
    """One authenticated request."""

    actor: Actor
    services: ApiServices
    settings: ApiSettings
    base: str


async def call_of(request: Request) -> Call:
    """The `Call` of a request that `ApiRoute` has let in."""
    settings = settings_of(request)
    return Call(request.state.actor, services_of(request), settings, base_url(request.scope, settings))


def services_of(request: Request) -> ApiServices:
    return cast("ApiServices", request.app.state.services)


def settings_of(request: Request) -> ApiSettings:
    return cast("ApiSettings", request.app.state.settings)


Caller = Annotated[Call, Depends(call_of)]
