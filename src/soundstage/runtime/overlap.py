"""An attempt's stages, each begun as soon as what it takes is there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable
from queue import SimpleQueue

from soundstage.pipelines.stage import Pipeline


def ready(pipeline: Pipeline, over: Collection[str], held: Collection[str] = ()) -> tuple[str, ...]:
    """Stages that are not over while all that they take is, but for those that are held back; in order."""
    return tuple(
        stage
        for stage, waits in pipeline.waits.items()
        if stage not in over and stage not in held and all(name in over for name in waits)
    )


def walk(pipeline: Pipeline, over: Iterable[str], perform: Callable[[str], bool], held: Collection[str] = ()) -> str:
    """Perform every stage that is not over and not held back; gives a word on how it ended, for the log.

    Stages that do not wait for one another run side by side, a thread each. `perform` never raises; where it says
    False nothing more is begun, and whoever said so has told the others to stop: they are waited for.
    """
    done, begun, stopped = set(over), set[str](), ""
    ended: SimpleQueue[tuple[str, bool]] = SimpleQueue()
    while True:
        coming = [] if stopped else [name for name in ready(pipeline, done, held) if name not in begun]
        alone = len(coming) == 1 and begun <= done
        for name in coming:
            begun.add(name)
            if alone:  # the usual case costs no thread
                ended.put((name, perform(name)))
            else:
                # A daemon: a worker that leaves does not wait for it (see `Outside.hold`).
                threading.Thread(
                    target=lambda name=name: ended.put((name, perform(name))), name=f"stage-{name}", daemon=True
                ).start()
        if begun <= done:
            return f"ended in {stopped}" if stopped else "done"
        name, went_well = ended.get()
        done.add(name)
        if not went_well:
            stopped = stopped or name
