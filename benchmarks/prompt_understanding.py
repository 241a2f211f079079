"""How well is a prompt understood that does not name its sound? By the lexicon alone, by likeness, and by both.

    python -m benchmarks.prompt_understanding [--wrong]

The held-out paraphrases (`prompt_paraphrases.json`) name their class by none of its words where that can be helped, and
none is nearer than a cosine of 0.82 to a prototype. `OTHERS` mean no sound: how often they are taken for one is the price
of the threshold. Last, the names of
sounds in other languages, by the table of glosses and by likeness alone.
"""

from __future__ import annotations

import argparse
import itertools
import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from soundstage.domain.sound import AudioType, Plan
from soundstage.engines.sound.contract import Wish
from soundstage.engines.sound.language.glosses import tables
from soundstage.engines.sound.language.sentences import encoder
from soundstage.engines.sound.synthesis import nearest, parse, reader
from soundstage.engines.sound.synthesis.vocabulary import CLASSES, UNKNOWN

HELD_OUT = Path(__file__).with_name("prompt_paraphrases.json")
TOO_NEAR = 0.82
OTHERS = (
    "the quarterly tax report", "a philosophical argument about justice", "the colour blue", "a spreadsheet of numbers",
    "parliamentary debate on pensions", "the smell of coffee", "algorithmic complexity", "a recipe for apple pie",
    "my favourite book", "the history of Rome", "blorptastic zzyx frumious", "please send the invoice",
    "a beautiful painting", "mathematics homework", "the price of oil", "yellow submarine sandwich",
    "terms and conditions apply", "gene editing", "democracy", "a pair of jeans", "visa application",
    "quantum entanglement", "the alphabet", "a red carpet", "stock market index", "username and password",
    "lorem ipsum dolor sit amet", "asdf qwer zxcv", "a triangle", "tomorrow is Tuesday", "an elegant theory",
    "postcode lottery", "the meaning of life", "spicy vegetarian curry", "capital of Mongolia",
    "select star from users", "ninety percent of cases", "the silent majority", "my uncle's opinion", "a vacant job",
)  # fmt: skip
# What the names of the glosses mean in English is the truth; classes of the engine that they name are expected.
LEVELS = (0.0, 0.3, 0.5, 0.7, 0.85, 1.01)


def understood(prompt: str) -> Plan:
    return parse.understand(Wish(prompt=prompt, audio_type=AudioType.SOUND))


def paraphrases() -> list[tuple[str, str]]:
    held: dict[str, list[str]] = json.loads(HELD_OUT.read_text("utf-8"))
    return [(name, text) for name, texts in held.items() if name in CLASSES for text in texts]


def check_distance(held: list[tuple[str, str]]) -> None:
    """Raises AssertionError for a held-out text that is almost a prototype."""
    known = [text for name, texts in nearest.prototypes().items() for text in texts]
    cosines = encoder().encode([text for _, text in held]) @ encoder().encode(known).T
    near = [(text, known[row.argmax()]) for (_, text), row in zip(held, cosines, strict=True) if row.max() > TOO_NEAR]
    assert not near, f"too near to a prototype: {near}"


def languages() -> dict[str, tuple[int, int, int]]:
    """language → names in the table whose English names a class, those understood so, those by likeness alone."""
    rows = {}
    for language, words in tables().items():
        right = alike = total = 0
        pairs = [(word, understood(english).layers[0]) for word, english in words.items()]
        named = [(word, layer.sound) for word, layer in pairs if layer.sound != UNKNOWN and layer.nearest is None]
        ranks = nearest.meanings().ranked([word for word, _ in named])
        for (word, sound), found in zip(named, ranks, strict=True):
            total += 1
            right += understood(word).layers[0].sound == sound
            alike += found.found[0].label == sound
        rows[language] = (total, right, alike)
    return rows


def share(part: float, whole: float) -> str:
    return f"{part / max(whole, 1):.1%}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wrong", action="store_true", help="tell every paraphrase that was misunderstood")
    wrong = parser.parse_args().wrong
    console, held = Console(width=120), paraphrases()
    check_distance(held)
    ranks = nearest.meanings().ranked([text for _, text in held])
    plans = [understood(text) for _, text in held]
    made = [[layer.sound for layer in plan.layers] for plan in plans]
    lexicon = sum(any(one.sound == name for one in reader.read(text).heard) for name, text in held)
    table = Table(
        "hard paraphrases", "top 1", "top 3", title=f"{len(held)} of {len({name for name, _ in held})} classes"
    )
    table.add_row("lexicon alone", share(lexicon, len(held)), "")
    first = sum(found.found[0].label == name for (name, _), found in zip(held, ranks, strict=True))
    three = sum(name in [one.label for one in found.found[:3]] for (name, _), found in zip(held, ranks, strict=True))
    table.add_row("likeness alone", share(first, len(held)), share(three, len(held)))
    alone = sum(sounds == [name] for (name, _), sounds in zip(held, made, strict=True))
    among = sum(name in sounds for (name, _), sounds in zip(held, made, strict=True))
    told = sum(
        name in sounds or name in [word.replace(" ", "_") for word in plan.suggestions[:3]]
        for (name, _), sounds, plan in zip(held, made, plans, strict=True)
    )
    table.add_row("both: that sound and no other", share(alone, len(held)), "")
    table.add_row("both: that sound, or suggested", share(among, len(held)), share(told, len(held)))
    console.print(table)
    others = [understood(text) for text in OTHERS]
    taken = sum(any(layer.sound != UNKNOWN for layer in plan.layers) for plan in others)
    console.print(f"{taken} of {len(OTHERS)} prompts that mean no sound were taken for one.")
    levels = Table("confidence told", "layers", "right", title="Is the confidence true?")
    sure = [
        (plan.layers[0].confidence, name in sounds) for (name, _), plan, sounds in zip(held, plans, made, strict=True)
    ]
    sure = [one for one, plan in zip(sure, plans, strict=True) if plan.layers[0].nearest]
    for low, high in itertools.pairwise(LEVELS):
        those = [right for confidence, right in sure if low <= confidence < high]
        levels.add_row(
            f"{low:.2f} – {min(high, 1):.2f}", str(len(those)), share(sum(those), len(those)) if those else ""
        )
    console.print(levels)
    tongues = Table("language", "names", "understood", "by likeness alone", title="Names of sounds in other languages")
    for language, (total, right, alike) in languages().items():
        tongues.add_row(language, str(total), share(right, total), share(alike, total))
    console.print(tongues)
    if wrong:
        for (name, text), sounds in zip(held, made, strict=True):
            if name not in sounds:
                console.print(f"{name}: “{text}” → {', '.join(sounds)}")


if __name__ == "__main__":
    main()
