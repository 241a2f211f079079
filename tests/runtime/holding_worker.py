"""A real worker of the real pipelines that stops where a test wants it: `holding_worker.py DATA ORDERS`.

An order is a file `ORDERS/<stage>-<n>`. The stage stops at its first progress, or just before its result is kept, and
writes the worker's number to `<stage>-<n>.held`; it goes on once `<stage>-<n>.go` is there, if the worker still lives.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from soundstage import bootstrap, config
from soundstage.cli.console import log_to_stderr
from soundstage.pipelines.context import StageContext
from soundstage.pipelines.stage import Outcome, Pipelines, Stage
from soundstage.runtime.context import WorkerContext

ORDERS = Path(sys.argv[2])


def hold(stage: str) -> None:
    """Take the stage's next order, if there is one."""
    for order in sorted(ORDERS.glob(f"{stage}-?")):
        held = order.with_suffix(".held")
        order.write_text(str(os.getpid()))
        order.rename(held)
        while not order.with_suffix(".go").exists():
            time.sleep(0.02)
        return


def holding(stage: Stage) -> Stage:
    def run(context: StageContext, *taken: Any) -> Outcome[Any]:
        outcome = stage.run(context, *taken)
        hold(stage.name)
        return outcome

    return replace(stage, run=run)


def holding_at_progress(progress: Callable[[WorkerContext, float], None]) -> Callable[[WorkerContext, float], None]:
    def told(context: WorkerContext, fraction: float) -> None:
        progress(context, fraction)
        hold(context.stage)

    return told


if __name__ == "__main__":
    settings = config.load(data=Path(sys.argv[1]))
    log_to_stderr(settings.log_level, settings.log_format)
    WorkerContext.progress = holding_at_progress(WorkerContext.progress)  # type: ignore[method-assign]
    bootstrap.PIPELINES = Pipelines(
        {
            kind: replace(one, stages=tuple(map(holding, one.stages)))
            for kind, one in bootstrap.PIPELINES.by_kind.items()
        }
    )
    sys.exit(bootstrap.build_worker(settings, lanes={"setup": 1}).run())
