"""`soundstage engines`: what is ready, and exactly what to install for what is not."""

from __future__ import annotations

from dataclasses import asdict

from soundstage import config
from soundstage.cli.console import Output
from soundstage.cli.options import AsJson, Data
from soundstage.engines.registry import Registry
from soundstage.engines.spec import Capability
from soundstage.services.engines import EngineReport, EnginesService


def engines(data: Data = None, as_json: AsJson = False) -> None:
    """Engines by capability, with what to do about those that are not ready."""
    lines = report(data)
    output = Output(as_json)
    if as_json:
        output.result([asdict(line) for line in lines])
        return
    output.out.print("\n".join(_line(line) for line in lines), markup=False)


def _line(line: EngineReport) -> str:
    mark = "✓" if line.ready else "✗"
    told = f"{mark} {line.capability:<14} {line.name:<18} {line.licence}".rstrip()
    return told if line.ready else f"{told}\n    {line.problem}\n    to do: {line.cure}"


def report(data: Data = None) -> list[EngineReport]:
    """Every engine; a capability without any has a line that says so."""
    settings = config.load(data=data)
    lines = EnginesService(Registry(), settings.engine_settings).report()
    there = {line.capability for line in lines}
    for capability in Capability:
        if capability.value not in there:
            lines.append(
                EngineReport(
                    capability=capability.value,
                    name="–",
                    title="",
                    version="",
                    ready=False,
                    problem="no engine of this capability is part of this version",
                    cure="install a package that brings one (docs/how-to/add-an-engine.md)",
                    licence="",
                    languages=(),
                )
            )
    return lines
