"""Scopes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundstage.domain.account import Key, Scope
from soundstage.errors import Forbidden
from soundstage.services.actor import Actor

some_scopes = st.frozensets(st.sampled_from(Scope))


@given(some_scopes, st.sampled_from(Scope))
def test_an_actor_may_what_its_key_allows(scopes: frozenset[Scope], wanted: Scope) -> None:
    key = Key(key_id=1, team_id=1, name="k", prefix="sk_0", scopes=scopes, created_at=datetime.now(UTC))
    assert Actor(1, 1, scopes).allows(wanted) == key.allows(wanted)


@given(some_scopes, st.sampled_from(Scope), st.sampled_from(Scope))
def test_more_scopes_never_allow_less(scopes: frozenset[Scope], more: Scope, wanted: Scope) -> None:
    assert Actor(1, 1, scopes | {more}).allows(wanted) >= Actor(1, 1, scopes).allows(wanted)


def test_what_is_lacking_is_named() -> None:
    with pytest.raises(Forbidden, match="lacks the scope 'write'"):
        Actor(1, 1, frozenset({Scope.READ})).require(Scope.WRITE)
