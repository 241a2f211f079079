"""Translation by any OpenAI-compatible chat endpoint: Ollama, vLLM, llama.cpp, LM Studio or a hosted one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from soundstage.domain import language
from soundstage.engines.progress import Report
from soundstage.engines.spec import Capability, EngineSpec, Readiness
from soundstage.engines.translation.chat_endpoint import ChatEndpoint, problem
from soundstage.engines.translation.contract import TermPair, Translation, TranslationOrder
from soundstage.engines.translation.numbered_lines import Numbered, answers, applying, batches, instruction, question
from soundstage.errors import EngineFailure

_SINGLE_TRIES = 3  # for a line on its own whose reply could not be read


def load(settings: dict[str, Any]) -> ChatTranslator:
    return ChatTranslator(ChatEndpoint(settings.get("translation_endpoint") or {}))


def check(settings: dict[str, Any]) -> Readiness:
    endpoint = settings.get("translation_endpoint")
    cure = "set translation_endpoint to a url and a model, such as http://localhost:11434/v1 and a model of Ollama"
    if not endpoint:
        return Readiness.no("no translation endpoint is set", cure)
    fault = problem(endpoint)
    return Readiness.yes() if fault is None else Readiness.no(fault, cure)


def pairs(_source: str, _target: str) -> bool:
    """What the model does not know it will translate badly; which languages these are nobody can ask it."""
    return True


class ChatTranslator:
    """Asks for batches of lines; what a reply leaves in doubt is asked again line by line, so that none is lost."""

    def __init__(self, endpoint: ChatEndpoint) -> None:
        self._endpoint = endpoint

    def translate(self, order: TranslationOrder, audio: Path | None, report: Report) -> Translation:  # noqa: ARG002
        spoken = [(i, line.text) for i, line in enumerate(order.lines, start=1) if line.text.strip()]
        texts = {i: line.text for i, line in enumerate(order.lines, start=1)}
        done = 0
        for batch in batches(spoken):
            found = self._ask(order, batch)
            texts.update(found)
            for line in batch:
                if line[0] not in found:
                    texts[line[0]] = self._single(order, line)
                done += 1
                report(done / len(spoken))
        report(1.0)
        return Translation(texts=tuple(texts.values()))

    def _single(self, order: TranslationOrder, line: Numbered) -> str:
        for _ in range(_SINGLE_TRIES):
            if found := self._ask(order, [line]):
                return found[line[0]]
        raise EngineFailure(
            f"the translation model did not give line {line[0]} back in the form it was asked for: "
            "try again, or set a more capable model in translation_endpoint",
            retryable=True,
        )

    def _ask(self, order: TranslationOrder, lines: Sequence[Numbered]) -> dict[int, str]:
        terms: tuple[TermPair, ...] = applying(order.terms, lines)
        told = instruction(_name(order.source), _name(order.target), terms)
        return answers(self._endpoint.ask(told, question(lines)), lines)


def _name(tag: str) -> str:
    """`Spanish (Spain)` for `es-es`."""
    found = language.find(tag) or language.default_locale(tag)
    return found.name if found else tag


SPEC = EngineSpec(
    name="openai-compatible",
    capability=Capability.TRANSLATION,
    version="chat/1",
    title="A chat model behind an OpenAI-compatible endpoint",
    load="soundstage.engines.translation.openai_compatible:load",
    check=check,
    licence="that of the model behind the endpoint",
    pairs=pairs,
    memory_mb=60,
    rank=10,
    settings=("translation_endpoint",),
    model=lambda settings: {part: settings["translation_endpoint"][part] for part in ("url", "model")},
)
