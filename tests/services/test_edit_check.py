"""What an edited project document may say of its speakers."""

from __future__ import annotations

import pytest
from tests.domain.comparison.test_compare import document, line, speaker

from soundstage.errors import Invalid
from soundstage.services.edit_check import check_edit

BASE = document(line(1, "One.", 0, 900), speakers=(speaker(1), speaker(2), speaker(3)))


def test_a_speaker_who_is_taken_out_may_be_joined_to_one_who_stays() -> None:
    check_edit(BASE, BASE.model_copy(update={"speakers": (speaker(1).model_copy(update={"joined": ("speaker-3",)}),)}))


@pytest.mark.parametrize(
    ("first", "second", "where"),
    [
        (("speaker-2",), (), (0, 0)),
        (("speaker-3", "speaker-1"), (), (0, 1)),
        (("speaker-3",), ("speaker-3",), (1, 0)),
    ],
    ids=["there still", "to herself", "to two"],
)
def test_a_speaker_is_there_or_joined_to_one_who_is(
    first: tuple[str, ...], second: tuple[str, ...], where: tuple[int, int]
) -> None:
    speakers = (
        speaker(1).model_copy(update={"joined": first}),
        speaker(2).model_copy(update={"joined": second}),
    )
    with pytest.raises(Invalid) as caught:
        check_edit(BASE, BASE.model_copy(update={"speakers": speakers}))
    (fault,) = caught.value.faults
    assert fault.loc == ("body", "speakers", where[0], "joined", where[1])
    assert "take them out of one" in fault.msg


@pytest.mark.parametrize("told", ["de-DE", "DE", "de-de"])
def test_the_language_of_a_line_is_a_code_alone(told: str) -> None:
    """Engines are chosen by it: `de-DE` would be a language that none translates."""
    first = BASE.segments[0]
    check_edit(BASE, BASE.model_copy(update={"segments": (first.model_copy(update={"language": "de"}),)}))
    with pytest.raises(Invalid) as caught:
        check_edit(BASE, BASE.model_copy(update={"segments": (first.model_copy(update={"language": told}),)}))
    (fault,) = caught.value.faults
    assert fault.loc == ("body", "segments", 0, "language")
    assert "such as de" in fault.msg
