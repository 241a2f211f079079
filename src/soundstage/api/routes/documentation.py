"""The documentation: OpenAPI, two browsers for it, Markdown pages and their index. Nothing is loaded from elsewhere."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from soundstage.api.addresses import base_url
from soundstage.api.call import settings_of
from soundstage.api.pages.render import DOCS_POLICY, html
from soundstage.api.requests import OpenRoute
from soundstage.errors import NotFound

router = APIRouter(route_class=OpenRoute, tags=["documentation"])

PAGES = Path(__file__).parent.parent / "documentation"
_PAGE_NAME = re.compile(r"[a-z0-9-]{1,64}")
_FILES = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "redoc.standalone.js": "text/javascript",
}


@router.get("/apis/docs", include_in_schema=False)
def swagger_page() -> Response:
    """Swagger UI."""
    return html("swagger.html", policy=DOCS_POLICY)


@router.get("/apis/redocs", include_in_schema=False)
def redoc_page() -> Response:
    """Redoc."""
    return html("redoc.html", policy=DOCS_POLICY)


@router.get("/apis/docs/assets/{name}", include_in_schema=False)
def documentation_file(name: str) -> Response:
    """Scripts and styles of the two browsers, from the package that bundles them."""
    spec = find_spec("fastapi_offline")
    if name not in _FILES or spec is None or spec.origin is None:
        raise NotFound("There is no such file.")
    path = Path(spec.origin).parent / "static" / name
    return FileResponse(path, media_type=_FILES[name], headers={"Cache-Control": "public, max-age=86400"})


@router.get("/llms.txt", response_class=Response)
def index(request: Request) -> Response:
    """An index of all documentation pages, with a line about each."""
    base = base_url(request.scope, settings_of(request))
    lines = [f"- [{title}]({base}/docs/{name}.md): {summary}" for name, title, summary in page_list()]
    text = (PAGES / "llms.txt").read_text(encoding="utf-8")
    return Response(
        text.replace("{base}", base).replace("{pages}", "\n".join(lines)), media_type="text/plain; charset=utf-8"
    )


@router.get("/docs/{name}.md", response_class=Response)
def page(name: str, request: Request) -> Response:
    """A documentation page as Markdown."""
    path = PAGES / f"{name}.md"
    if not _PAGE_NAME.fullmatch(name) or not path.is_file():
        raise NotFound("There is no such page; GET /llms.txt lists them.")
    base = base_url(request.scope, settings_of(request))
    text = path.read_text(encoding="utf-8").replace("{base}", base)
    return Response(text, media_type="text/markdown; charset=utf-8")


def page_list() -> list[tuple[str, str, str]]:
    """`(name, title, summary)` of every page: its first heading and its first paragraph. Sorted by file name."""
    pages = []
    for path in sorted(PAGES.glob("*.md")):
        title, _, rest = path.read_text(encoding="utf-8").partition("\n")
        summary = rest.strip().split("\n\n")[0].replace("\n", " ")
        pages.append((path.stem, title.removeprefix("# "), summary))
    return pages
