"""What takes more than a word to say: when, how often, from where, which way, and how the whole grows.

Each rule is a pattern over the plain text and what it means. What a rule finds is replaced by a mark, which the reader
meets in its place among the words; so "after three seconds" can stand before or behind the sound that it speaks of.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from soundstage.domain.sound import Dynamics, Movement
from soundstage.engines.sound.language.numbers import NUMBER, value

OPEN, CLOSE = "\ue000", "\ue001"  # private characters around the number of a phrase
MARK = re.compile(f"{OPEN}(\\d+){CLOSE}")
_UNIT = r"(?P<unit>milliseconds?|ms|seconds?|secs?|s|minutes?|mins?)\b"
_SPAN = rf"(?P<number>{NUMBER})\s*-?\s*{_UNIT}"
_ABOUT = r"(?:about|around|roughly|exactly|another|approximately)?\s*"
_SOME = r"(?:(?:much|ever|even|steadily|gradually|slowly|a bit|a little|and)\s+){0,3}"
_MORE = r"(?:louder|stronger|heavier|harder|bigger|wilder|more intense|more violent|closer and louder)"
_LESS = r"(?:quieter|softer|weaker|fainter|lighter|calmer|gentler|less intense)"
_SOFT = r"(?:very\s+)?(?:soft(?:ly)?|quiet(?:ly)?|gent(?:le|ly)|calm(?:ly)?|faint(?:ly)?|light(?:ly)?|low)\b"
_LOUD = r"(?:very\s+)?(?:loud(?:ly)?|strong(?:ly)?|hard|heavy|heavily|big|violent(?:ly)?)\b"
_START = r"(?:start(?:s|ing)?|begin(?:s|ning)?|open(?:s|ing))\s+(?:off\s+|out\s+|very\s+)?"
_END = r"(?:end(?:s|ing)?|finish(?:es|ing)?|conclud(?:es|ing))\s+"
_STOP = (
    r"(?:stop(?:s|ping)?|end(?:s|ing)?|ceas(?:es|ing)|cut(?:s|ting)?(?:\s+(?:out|off))?|disappear(?:s|ing)?|is gone)"
)
_GO = (
    r"(?P<keep>driv(?:es?|ing)|walk(?:s|ing)?|mov(?:es?|ing)|runs?|running|rid(?:es?|ing)|sail(?:s|ing)?"
    r"|go(?:es|ing)?|gallop(?:s|ing)?|speed(?:s|ing)?|rac(?:es?|ing)|roll(?:s|ing)?|footsteps?|rush(?:es|ing)?|zoom(?:s|ing)?"
    r"|whizz?(?:es|ing)?|rumbl(?:es?|ing)|trundl(?:es?|ing)|thunder(?:s|ing)|com(?:es?|ing)|hurr(?:ies|ying)|steps?)"
)


@dataclass(frozen=True)
class Moment:
    """A place in the whole: `share` of its length, or `seconds` from the start, the `previous` onset or the end."""

    share: float | None = None
    seconds: float | None = None
    since: str = "start"


@dataclass(frozen=True)
class Phrase:
    """What was said, and what it means; None where it says nothing. `weak`: a word that names a sound if none other."""

    words: str = ""
    onset: Moment | None = None
    until: Moment | None = None
    length: float | None = None
    every: float | None = None
    count: int | None = None
    pan: float | None = None
    movement: Movement | None = None
    distance: float | None = None
    dynamics: Dynamics | None = None
    weak: str | None = None


_Meaning = Callable[[re.Match[str]], Phrase]


def seconds_in(match: re.Match[str]) -> float:
    """What `_SPAN` found, in seconds."""
    scale = {"m": 60.0, "ms": 0.001, "s": 1.0}
    unit = match["unit"]
    kind = "ms" if unit.startswith(("ms", "milli")) else "m" if unit.startswith("m") else "s"
    return value(match["number"]) * scale[kind]


_HALVES = {
    ("first", "half"): (0.0, 0.5), ("second", "half"): (0.5, 1.0), ("last", "half"): (0.5, 1.0),
    ("latter", "half"): (0.5, 1.0), ("final", "half"): (0.5, 1.0), ("first", "third"): (0.0, 1 / 3),
    ("second", "third"): (1 / 3, 2 / 3), ("middle", "third"): (1 / 3, 2 / 3), ("last", "third"): (2 / 3, 1.0),
    ("final", "third"): (2 / 3, 1.0), ("first", "quarter"): (0.0, 0.25), ("second", "quarter"): (0.25, 0.5),
    ("third", "quarter"): (0.5, 0.75), ("last", "quarter"): (0.75, 1.0), ("final", "quarter"): (0.75, 1.0),
}  # fmt: skip


def _part(match: re.Match[str]) -> Phrase:
    begin, end = _HALVES.get((match["which"], match["part"]), (0.0, 1.0))
    return Phrase(onset=Moment(share=begin), until=Moment(share=end))


def _sides(match: re.Match[str]) -> Phrase:
    how, side = match["how"] or "", match["side"]
    size = 1.0 if how in ("far", "hard", "extreme", "all the way") else 0.4 if how else 0.8
    return Phrase(pan={"left": -size, "right": size}.get(side, 0.0))


def _fixed(**meaning: object) -> _Meaning:
    return lambda _: Phrase(**meaning)  # type: ignore[arg-type]


def _times(match: re.Match[str]) -> Phrase:
    return Phrase(count=max(1, min(64, round(value(match["number"])))))


def _rate(match: re.Match[str]) -> Phrase:
    number = value(match["number"]) if match["number"] else 1.0
    return Phrase(every=max(0.02, (60.0 if match["unit"].startswith("m") else 1.0) / max(number, 0.01)))


_RULES: tuple[tuple[str, _Meaning], ...] = (
    # when it stops, and how long it lasts
    (rf"\b{_STOP}\s+(?:after|at)\s+{_ABOUT}{_SPAN}", lambda m: Phrase(until=Moment(seconds=seconds_in(m)))),
    (rf"\b{_STOP}\s+half-?\s?way(?:\s+through)?\b", _fixed(until=Moment(share=0.5))),
    (rf"\b(?:for|in|during)\s+the\s+first\s+{_SPAN}",
     lambda m: Phrase(onset=Moment(share=0.0), until=Moment(seconds=seconds_in(m)))),
    (rf"\b(?:for|in|during)\s+the\s+(?:last|final)\s+{_SPAN}",
     lambda m: Phrase(onset=Moment(seconds=seconds_in(m), since="end"))),
    (rf"\buntil\s+(?:the\s+)?{_SPAN}(?:\s+mark)?", lambda m: Phrase(until=Moment(seconds=seconds_in(m)))),
    (r"\buntil\s+(?:half-?\s?way(?:\s+through)?|the\s+middle)\b", _fixed(until=Moment(share=0.5))),
    (r"\b(?:until|to|till)\s+the\s+(?:very\s+)?end\b", _fixed(until=Moment(share=1.0))),
    # how often
    (rf"\b(?:once\s+)?(?:every|each)\s+(?P<number>{NUMBER})?\s*{_UNIT}",
     lambda m: Phrase(every=max(0.02, seconds_in(m) if m["number"] else 60.0 if m["unit"].startswith("m") else 1.0))),
    (rf"\b(?:(?P<number>{NUMBER})\s+times|once)\s+(?:a|per|each|every)\s+(?P<unit>second|minute)\b", _rate),
    (rf"\b(?P<number>{NUMBER})\s+times\b(?!\s+(?:a|per|each|every)\s+(?:second|minute))", _times),
    # when it begins
    (rf"\b{_SPAN}\s+(?:later|after\s+that|afterwards|after\s+this)\b",
     lambda m: Phrase(onset=Moment(seconds=seconds_in(m), since="previous"))),
    (rf"\b(?:(?:start|begin|com|enter)\w*\s+(?:in\s+)?)?(?:after|from|at)\s+(?:the\s+)?(?:first\s+)?{_ABOUT}{_SPAN}"
     r"(?:\s+(?:mark|in|into\s+it))?\b", lambda m: Phrase(onset=Moment(seconds=seconds_in(m)))),
    (rf"\b{_SPAN}\s+(?:in|into\s+(?:it|the\s+\w+))\b(?!\s+(?:a|an|the|my)\b)",
     lambda m: Phrase(onset=Moment(seconds=seconds_in(m)))),
    (r"\b(?:in|during|for|throughout|over)?\s*(?:the\s+)?(?P<which>first|second|middle|last|latter|final|third)\s+"
     r"(?P<part>half|third|quarter)\b(?:\s+of\s+(?:it|the\s+(?:sound|clip|recording|whole)))?", _part),
    (r"\bhalf-?\s?way(?:\s+(?:through|in|along))?\b", _fixed(onset=Moment(share=0.5))),
    (r"\bin\s+the\s+middle\b(?!\s+of\s+(?!the\s+(?:sound|clip|recording)|it\b))", _fixed(onset=Moment(share=0.45))),
    (r"\b(?:at|right\s+at|only\s+at)\s+the\s+(?:very\s+)?end\b", _fixed(onset=Moment(share=0.85))),
    (r"\b(?:towards?|near)\s+the\s+end\b", _fixed(onset=Moment(share=0.75))),
    (r"\b(?:at|from|right\s+at)\s+the\s+(?:very\s+)?(?:start|beginning|outset)\b", _fixed(onset=Moment(share=0.0))),
    (r"\b(?:throughout|the\s+whole\s+time|all\s+the\s+way\s+through|all\s+along|to\s+(?:begin|start)\s+with)\b",
     _fixed(onset=Moment(share=0.0))),
    (rf"\b(?:for|lasting|lasts(?:\s+for)?)\s+{_ABOUT}{_SPAN}", lambda m: Phrase(length=seconds_in(m))),
    (rf"\b{_SPAN}(?:\s+(?:long|of)\b)?", lambda m: Phrase(length=seconds_in(m))),
    # how the whole grows
    (rf"\b{_START}{_SOFT}(?:,?\s+(?:and|then|but)\s+(?:then\s+)?(?:get|grow|becom|build|ris)\w*\s+{_SOME}(?:{_MORE}|up)?)?",
     _fixed(dynamics=Dynamics.BUILDING)),
    (rf"\b{_START}{_LOUD}(?:,?\s+(?:and|then|but)\s+(?:then\s+)?(?:get|grow|becom|fad|di)\w*\s+{_SOME}(?:{_LESS}|out|away)?)?",
     _fixed(dynamics=Dynamics.FADING)),
    (rf"\b(?:get|gets|getting|grow|grows|growing|becom(?:e|es|ing))\s+{_SOME}{_MORE}(?:\s+and\s+{_MORE})?\b",
     _fixed(dynamics=Dynamics.BUILDING)),
    (rf"\b(?:get|gets|getting|grow|grows|growing|becom(?:e|es|ing))\s+{_SOME}{_LESS}(?:\s+and\s+{_LESS})?\b",
     _fixed(dynamics=Dynamics.FADING)),
    (r"\b(?:builds?\b(?:\s+up)?|building\s+up|(?:slowly|gradually|steadily)\s+building(?:\s+up)?"
     r"|building(?=\s+(?:to|towards?|slowly|gradually|in|tension|intensity)\b))(?:\s+in\s+(?:volume|intensity))?",
     _fixed(dynamics=Dynamics.BUILDING, weak="riser")),
    (r"\b(?:crescendo|intensif(?:y|ies|ying)|ramp(?:s|ing)?\s+up|fad(?:e|es|ing)[\s-]+in"
     r"|ris(?:es|ing)\s+(?:in\s+(?:volume|intensity)|to\s+a))\b", _fixed(dynamics=Dynamics.BUILDING, weak="riser")),
    (r"\b(?:ris(?:es|ing)\s+and\s+fall(?:s|ing)|ebb(?:s|ing)?\s+and\s+flow(?:s|ing)?|com(?:es|ing)\s+and\s+go(?:es|ing)"
     r"|wax(?:es|ing)\s+and\s+wan(?:es|ing)|swell(?:s|ing)?(?:\s+and\s+(?:fad|ebb|fall|reced|subsid|di)\w+)?)\b",
     _fixed(dynamics=Dynamics.SWELLING, weak="swell")),
    (r"\bfad(?:e|es|ing)\s+into\s+the\s+distance\b", _fixed(movement=Movement.LEAVING)),
    (rf"\b(?:fad(?:e|es|ing)(?:[\s-]+(?:out|off|down|away|to\s+(?:silence|nothing)))?|d(?:ies|ying|ie)\s+(?:away|down|out)"
     rf"|decrescendo|diminuendo|calm(?:s|ing)?\s+down|subsid(?:es|ing|e)|eas(?:es|ing)\s+(?:off|up)|trail(?:s|ing)?\s+off"
     rf"|{_END}{_SOFT})(?![a-z])", _fixed(dynamics=Dynamics.FADING)),
    (rf"\b{_END}{_LOUD}", _fixed(dynamics=Dynamics.BUILDING)),
    # which way
    (r"\b(?:moving\s+|panning\s+|panned\s+|going\s+|passing\s+|sweeping\s+)?(?:from\s+)?(?:the\s+)?left\s*(?:to|->|→)\s*"
     r"(?:the\s+)?right\b", _fixed(movement=Movement.LEFT_TO_RIGHT)),
    (r"\b(?:moving\s+|panning\s+|panned\s+|going\s+|passing\s+|sweeping\s+)?(?:from\s+)?(?:the\s+)?right\s*(?:to|->|→)\s*"
     r"(?:the\s+)?left\b", _fixed(movement=Movement.RIGHT_TO_LEFT)),
    (r"\b(?:circl(?:e|es|ing)|orbit(?:s|ing)?)(?:\s+(?:around|overhead|above))?(?:\s+(?:me|you|us|the\s+listener))?\b",
     _fixed(movement=Movement.CIRCLING)),
    (r"\b(?:around|round)\s+(?:me|you|us|the\s+listener|(?:my|your|the)\s+head)\b", _fixed(movement=Movement.CIRCLING)),
    (r"\bfl(?:y|ies|ying)\s+(?:closer|near(?:er)?|towards?\s+(?:me|us|you))\b", _fixed(movement=Movement.APPROACHING)),
    (r"\bfl(?:y|ies|ying)\s+(?:away|off|into\s+the\s+distance)\b", _fixed(movement=Movement.LEAVING)),
    (r"\bfl(?:y|ies|ying)\s+(?:by|past|over(?:\s?head)?)\b", _fixed(movement=Movement.PASSING, weak="pass by")),
    (rf"\b{_GO}\s+(?:closer|near(?:er)?|towards?\s+(?:me|us|you|the\s+\w+))\b", _fixed(movement=Movement.APPROACHING)),
    (r"\b(?:approach(?:es|ing)?|(?:gets?|getting|draws?|drawing)\s+(?:closer|near(?:er)?)|arriv(?:es|ing))\b",
     _fixed(movement=Movement.APPROACHING)),
    (rf"\b{_GO}\s+(?:away|off|into\s+the\s+distance)\b", _fixed(movement=Movement.LEAVING)),
    (r"\b(?:depart(?:s|ing)|reced(?:es|ing|e)|(?:disappear(?:s|ing)?|vanish(?:es|ing)?)\s+in(?:to)?\s+the\s+distance"
     r"|into\s+the\s+distance|leaving"
     r"|leaves(?=\s+(?:the|a|an|port|town|his|her|their)\b))\b", _fixed(movement=Movement.LEAVING)),
    (rf"\b{_GO}\s+(?:by|past|overhead|over\s+head)\b", _fixed(movement=Movement.PASSING, weak="pass by")),
    (r"\b(?:pass(?:es|ing)?(?:[\s-]+(?:by|overhead|above|through|us|me|you))?|fly-?bys?|drive-?by|overhead|over\s+our\s+heads)\b",
     _fixed(movement=Movement.PASSING, weak="pass by")),
    # from where
    (r"\b(?:(?:coming\s+|heard\s+)?(?:on|to|from|at|in)\s+)(?:the\s+|my\s+|your\s+)?(?:(?P<how>far|hard|slightly|extreme)\s+)?"
     r"(?P<side>left|right|cent(?:er|re))\b(?!\s+of\s+(?:a|the)\b)"
     r"(?:\s+(?:side|channel|ear|speaker|hand\s+side))?", _sides),
    (r"\b(?:(?P<how>hard|far|slightly)\s+|panned\s+)(?P<side>left|right|cent(?:er|re))\b", _sides),
    (r"\b(?:in|from|into)\s+the\s+(?:far\s+)?distance\b", _fixed(distance=0.7)),
    (r"\b(?:far|miles|a\s+long\s+way)\s+(?:away|off)\b", _fixed(distance=0.8)),
    (r"\bclose(?:\s|-)?up\b|\bup\s+close\b|\bvery\s+close\b|\bright\s+next\s+to\s+(?:me|us|you|the\s+\w+)\b",
     _fixed(distance=0.0)),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern), meaning) for pattern, meaning in _RULES)


def marked(text: str) -> tuple[str, tuple[Phrase, ...]]:
    """The text with a mark for each phrase that was found, and the phrases by the numbers of their marks.

    A rule may leave a verb standing before its mark ("walking away": who walks is footsteps).
    """
    found: list[Phrase] = []
    text = text.replace(OPEN, " ").replace(CLOSE, " ")
    text = re.sub(r"\bhalf[\s-]+a?[\s-]*dozen\b", "six", text)

    def kept(meaning: _Meaning, match: re.Match[str]) -> str:
        if OPEN in match[0]:
            return match[0]
        phrase = meaning(match)
        said = " ".join(match[0].split())
        verb = match.groupdict().get("keep")
        found.append(Phrase(**{**phrase.__dict__, "words": said[:120]}))
        return f" {verb or ''} {OPEN}{len(found) - 1}{CLOSE} "

    for pattern, meaning in _COMPILED:
        text = pattern.sub(lambda match, meaning=meaning: kept(meaning, match), text)  # type: ignore[misc]
    return text, tuple(found)
