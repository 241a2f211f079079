"""Forms with a file, parsed while they arrive: the file goes on piece by piece and is never held in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool

from soundstage.errors import BadRequest, Fault, Invalid

_PIECE = 256 * 1024  # bytes gathered before a thread writes them
_HEADER_BYTES = 8 * 1024
_BOUNDARY_BYTES = 70  # RFC 2046


class Sink(Protocol):
    def write(self, data: bytes, /) -> object: ...


@dataclass(frozen=True)
class FormRules:
    """file: the name of the one file field. texts: the other fields, each with its most bytes."""

    file: str
    texts: Mapping[str, int] = field(default_factory=dict)


@dataclass
class Form:
    """What has been read: the texts, and whether the file came."""

    texts: dict[str, str] = field(default_factory=dict)
    has_file: bool = False


async def read_form(request: Request, rules: FormRules, open_file: Callable[[str], Sink]) -> Form:
    """Read the form; `open_file(file name)` is called once, in a thread, when the file begins.

    Raises Invalid for a missing, doubled or unknown field and for a form that breaks off, and whatever the sink raises.
    """
    reader = _Reader(_boundary(request), rules, open_file)
    piece = bytearray()
    async for data in request.stream():
        piece += data
        if len(piece) >= _PIECE:
            await run_in_threadpool(reader.feed, bytes(piece))
            piece.clear()
    await run_in_threadpool(reader.feed, bytes(piece))
    return reader.finish()


class _Reader:
    def __init__(self, boundary: bytes, rules: FormRules, open_file: Callable[[str], Sink]) -> None:
        self._rules = rules
        self._open_file = open_file
        self._form = Form()
        self._sink: Sink | None = None
        self._name = ""
        self._text = bytearray()
        self._header: tuple[bytearray, bytearray] = (bytearray(), bytearray())
        self._headers: dict[str, bytes] = {}
        self._whole = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": lambda data, start, end: self._grow(self._header[0], data[start:end]),
                "on_header_value": lambda data, start, end: self._grow(self._header[1], data[start:end]),
                "on_header_end": self._keep_header,
                "on_headers_finished": self._open,
                "on_part_data": self._take,
                "on_part_end": self._close,
                "on_end": self._end,
            },
        )

    def feed(self, data: bytes) -> None:
        try:
            self._parser.write(data)
        except FormParserError:
            raise BadRequest("The body is not a well-formed multipart form.") from None

    def finish(self) -> Form:
        if not self._whole:
            raise BadRequest("The form broke off before its end; send it again.")
        if not self._form.has_file:
            raise Invalid.field(self._rules.file, "This is required: the file, with its file name.", type="missing")
        return self._form

    def _begin(self) -> None:
        self._headers, self._name, self._sink = {}, "", None
        self._header = (bytearray(), bytearray())
        self._text.clear()

    def _grow(self, target: bytearray, data: bytes) -> None:
        target += data
        if len(target) > _HEADER_BYTES:
            raise BadRequest("A header of the form is too long.")

    def _keep_header(self) -> None:
        name, value = self._header
        self._headers[name.decode("latin-1").lower()] = bytes(value)
        self._header = (bytearray(), bytearray())

    def _open(self) -> None:
        _, options = parse_options_header(self._headers.get("content-disposition"))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        file_name = options.get(b"filename")
        if self._name == self._rules.file:
            if file_name is None:
                raise Invalid.field(self._name, "Send this as a file, with its file name.", type="file_type")
            if self._form.has_file:
                raise Invalid.field(self._name, "Send one file only.", type="too_many")
            self._form.has_file = True
            self._sink = self._open_file(file_name.decode("utf-8", "replace"))
        elif self._name not in self._rules.texts:
            known = ", ".join((self._rules.file, *self._rules.texts))
            raise Invalid(
                [
                    Fault(
                        ("body", self._name[:100]),
                        f"There is no such field here; there are: {known}.",
                        "extra_forbidden",
                    )
                ]
            )

    def _take(self, data: bytes, start: int, end: int) -> None:
        if self._sink is not None:
            self._sink.write(data[start:end])
            return
        self._text += data[start:end]
        if len(self._text) > self._rules.texts[self._name]:
            raise Invalid.field(self._name, "This text is too long.", type="string_too_long")

    def _close(self) -> None:
        if self._sink is None:
            try:
                self._form.texts[self._name] = self._text.decode()
            except UnicodeDecodeError:
                raise Invalid.field(self._name, "This must be UTF-8 text.", type="string_unicode") from None

    def _end(self) -> None:
        self._whole = True


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary or len(boundary) > _BOUNDARY_BYTES:
        raise Invalid.field(
            "content-type",
            f"Send a form: Content-Type: multipart/form-data with a boundary of 1 to {_BOUNDARY_BYTES} characters.",
            where="header",
            type="content_type",
        )
    return boundary
