"""What the command line says: results on stdout (JSON only with `--json`), all else on stderr."""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import dataclass, field
from typing import Any

import structlog
from rich.console import Console

OK, FAILED, USAGE, UNREACHABLE, REFUSED, INTERRUPTED = 0, 1, 2, 3, 4, 130


class CliError(Exception):
    """Ends the command with a sentence on stderr and an exit code of its own.

    1: the work failed; 2: wrong use; 3: the server cannot be reached; 4: the server refused; 130: interrupted.
    """

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Output:
    """`result` prints the command's result: JSON, or the text a person reads."""

    as_json: bool
    out: Console = field(default_factory=lambda: Console(file=sys.stdout, highlight=False, soft_wrap=True))
    err: Console = field(default_factory=lambda: Console(file=sys.stderr, highlight=False, soft_wrap=True))

    def result(self, data: Any, text: str | None = None) -> None:
        if self.as_json:
            sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
            sys.stdout.flush()
        else:
            self.out.print(text if text is not None else json.dumps(data, indent=2, ensure_ascii=False), markup=False)

    def say(self, text: str) -> None:
        """A remark for a person; never on stdout when that is JSON."""
        (self.err if self.as_json else self.out).print(text, markup=False)

    def warn(self, text: str) -> None:
        self.err.print(text, markup=False, style="yellow")


def log_to_stderr(level: str, form: str) -> None:
    """Send every log line to stderr, as text or JSON."""
    number = getattr(logging, level.upper())
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    logging.getLogger("soundstage").setLevel(number)
    renderer: Any = (
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
