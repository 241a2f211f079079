"""Translation by rules and dictionaries: the program `apertium` where it is installed, for related languages mostly.

Lines go through one run with empty lines between them, which Apertium keeps apart (it ends a sentence there); where the
count of what comes back is another, each line goes by itself. A word that Apertium does not know stays as it is.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

from soundstage.domain.iso_639 import long_codes
from soundstage.domain.language import code_of
from soundstage.engines.progress import Report
from soundstage.engines.spec import Capability, EngineSpec, Readiness
from soundstage.engines.translation.contract import Translation, TranslationOrder
from soundstage.errors import EngineFailure

PROGRAM = "apertium"
_LIST_SECONDS = 20.0
_RUN_SECONDS = 60.0  # of one run; a second a batch is usual
_MOST_LINES = 100
_MOST_CHARACTERS = 20_000
_BETWEEN = "\n\n"
# Pairs that Debian 12 has a package for, by its name; each is for one or both ways.
_PACKAGES = frozenset(
    """
    af-nl afr-nld arg-cat bel-rus br-fr ca-it cat-ita cat-srd dan-nor en-ca en-es en-gl eng-cat eng-spa eo-ca eo-en
    eo-es eo-fr es-ast es-ca es-gl es-it es-pt es-ro eu-en eu-es fr-es fra-cat fra-frp hbs-eng hbs-mkd hbs-slv id-ms
    ind-zlm is-sv isl-eng isl-swe mk-bg mk-en mkd-bul mkd-eng nno-nob oc-ca oc-es oci-fra pol-szl por-cat pt-ca pt-gl
    rus-ukr
    spa-arg spa-ast spa-cat spa-ita srd-ita swe-dan swe-nor urd-hin
    """.split()  # noqa: SIM905 - a list of sixty quoted names would be unreadable
)
# What Apertium calls a language beside its ISO codes.
_OTHER_NAMES = {"hr": ("hbs",), "sr": ("hbs",), "bs": ("hbs",), "nb": ("nor",), "ms": ("zlm",)}


def check(settings: dict[str, Any]) -> Readiness:  # noqa: ARG001
    if shutil.which(PROGRAM) is None:
        return Readiness.no("the program apertium is not installed", "apt install apertium, and a pair such as eng-spa")
    if not _modes():
        return Readiness.no("apertium has no language pair", "apt install apertium-eng-spa, or another apertium-…")
    return Readiness.yes()


def check_pair(settings: dict[str, Any], source: str, target: str) -> Readiness:  # noqa: ARG001
    package = _package(source, target)
    cure = f"apt install apertium-{package}" if package else None
    if shutil.which(PROGRAM) is None:
        return Readiness(ready=False, problem="the program apertium is not installed", cure=cure)
    if _mode(_modes(), source, target) is None:
        return Readiness(ready=False, problem=f"apertium has no pair for {source} → {target}", cure=cure)
    return Readiness.yes()


def which(settings: dict[str, Any]) -> Any:  # noqa: ARG001
    """JSON of the program and its pairs, as far as they tell of themselves."""
    return [_run([PROGRAM, "-V"], _LIST_SECONDS).split(), _modes()] if shutil.which(PROGRAM) else []


def load(settings: dict[str, Any]) -> Apertium:  # noqa: ARG001
    return Apertium()


class Apertium:
    def translate(self, order: TranslationOrder, audio: Path | None, report: Report) -> Translation:  # noqa: ARG002
        mode = _mode(_modes(), order.source, order.target)
        if mode is None:
            raise EngineFailure(f"apertium has no pair for {order.source} → {order.target}")
        texts = [line.text for line in order.lines]
        spoken = [i for i, text in enumerate(texts) if text.strip()]
        done = 0
        for batch in _batches([" ".join(texts[i].split()) for i in spoken]):
            for i, text in zip(spoken[done:], _translated(mode, batch), strict=False):
                texts[i] = text
            done += len(batch)
            report(done / len(spoken))
        report(1.0)
        return Translation(texts=tuple(texts))


def _batches(lines: Sequence[str]) -> list[list[str]]:
    batches: list[list[str]] = []
    size = 0
    for line in lines:
        if not batches or len(batches[-1]) == _MOST_LINES or size + len(line) > _MOST_CHARACTERS:
            batches.append([])
            size = 0
        batches[-1].append(line)
        size += len(line)
    return batches


def _translated(mode: str, lines: Sequence[str]) -> list[str]:
    """Each line's translation. A line of which nothing comes back stays as it is: that is seen."""
    told = _run([PROGRAM, "-u", "-f", "txt", mode], _RUN_SECONDS, _BETWEEN.join(lines) + "\n")
    found = [" ".join(part.split()) for part in told.rstrip("\n").split(_BETWEEN)]
    if len(found) == len(lines):
        return [text or line for text, line in zip(found, lines, strict=True)]
    if len(lines) == 1:
        return [" ".join(" ".join(found).split()) or lines[0]]
    return [text for line in lines for text in _translated(mode, [line])]


def _run(command: Sequence[str], seconds: float, text: str = "") -> str:
    """What the program answers. It is a shell script with a row of programs behind it: all of them end with it.

    They stay in the engine's group of processes, which a cancelled task ends. Raises EngineFailure.
    """
    pipes = subprocess.PIPE
    try:
        program = subprocess.Popen(command, stdin=pipes, stdout=pipes, stderr=pipes, encoding="utf-8", errors="replace")
    except OSError as error:
        raise EngineFailure(f"apertium cannot be run: {error.strerror}") from error
    with program:
        try:
            answer, told = program.communicate(text, timeout=seconds)
        except subprocess.TimeoutExpired:
            _end(program)
            raise EngineFailure(f"apertium did not answer within {seconds:.0f} s", retryable=True) from None
        except BaseException:
            _end(program)
            raise
    if program.returncode or (text.strip() and not answer.strip() and told):
        said = (told.strip() or answer.strip()).splitlines()
        raise EngineFailure(
            f"apertium failed ({said[0][:300] if said else f'exit code {program.returncode}'}): try it by hand with "
            f"`echo text | {' '.join(command)}`, and reinstall its language pair"
        )
    return answer


def _end(program: subprocess.Popen[str]) -> None:
    try:
        family = psutil.Process(program.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        family = []
    program.kill()
    for member in family:
        try:
            member.kill()
        except psutil.NoSuchProcess:
            continue


def _modes() -> tuple[str, ...]:
    """The directions that are installed, such as `eng-spa` and `spa-eng_US`; none where the program is not."""
    if shutil.which(PROGRAM) is None:
        return ()
    return tuple(line.strip() for line in _run([PROGRAM, "-l"], _LIST_SECONDS).splitlines() if line.strip())


def _mode(modes: Sequence[str], source: str, target: str) -> str | None:
    """The direction for two locale tags or codes; of several varieties of the target that of its country."""
    names = {f"{a}-{b}": None for a in _names(source) for b in _names(target)}
    country = target.replace("_", "-").partition("-")[2].upper()
    for mode in (*(f"{name}_{country}" for name in names if country), *names):
        if mode in modes:
            return mode
    return next((mode for mode in modes if mode.partition("_")[0] in names), None)


def _package(source: str, target: str) -> str | None:
    """The Debian package's pair, the three-letter one first, which is the newer."""
    names = [f"{a}-{b}" for x, y in ((source, target), (target, source)) for a in _names(x) for b in _names(y)]
    found = sorted((name for name in names if name in _PACKAGES), key=lambda name: -len(name))
    return found[0] if found else None


def _names(tag: str) -> tuple[str, ...]:
    code = code_of(tag)
    return (*long_codes(code), code, *_OTHER_NAMES.get(code, ()))


SPEC = EngineSpec(
    name="apertium",
    capability=Capability.TRANSLATION,
    version="apertium/1",
    title="Apertium: by rules, between related languages; a draft",
    load="soundstage.engines.translation.apertium:load",
    check=check,
    check_pair=check_pair,
    licence="GPL-2.0-or-later (a program of its own, not part of this)",
    memory_mb=150,
    rank=60,
    model=which,
)
