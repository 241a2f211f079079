"""Login links work once; sessions are signed and expire."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soundstage.domain.account import Scope
from soundstage.errors import Unauthenticated
from soundstage.services.actor import Actor
from soundstage.services.sessions import SessionLimits, SessionsService
from soundstage.storage.database import Database

SECRET = b"0123456789abcdef0123456789abcdef"


@pytest.fixture
def sessions(database: Database) -> SessionsService:
    return SessionsService(database, SECRET)


def test_a_link_opens_one_session(sessions: SessionsService, actor: Actor) -> None:
    token = sessions.issue(actor.team_id)
    session = sessions.redeem(token)
    found = sessions.team_of(session)
    assert found == Actor(actor.team_id, None, frozenset({Scope.READ, Scope.WRITE}))
    with pytest.raises(Unauthenticated, match="used already"):
        sessions.redeem(token)
    assert sessions.team_of(session) == found


def test_only_one_browser_wins_a_link(sessions: SessionsService, actor: Actor) -> None:
    token = sessions.issue(actor.team_id)

    def redeem(_: int) -> bool:
        try:
            sessions.redeem(token)
        except Unauthenticated:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(redeem, range(4))) == 1


def test_links_and_sessions_expire(database: Database, actor: Actor) -> None:
    late = SessionsService(database, SECRET, SessionLimits(link_seconds=-1))
    with pytest.raises(Unauthenticated):
        late.redeem(late.issue(actor.team_id))
    short = SessionsService(database, SECRET, SessionLimits(session_seconds=0))
    session = short.redeem(short.issue(actor.team_id))
    time.sleep(1.1)  # itsdangerous counts whole seconds
    assert short.team_of(session) is None
    assert SessionsService(database, SECRET).team_of(session) is not None


def test_only_the_hash_of_a_link_is_stored(sessions: SessionsService, actor: Actor, database: Database) -> None:
    token = sessions.issue(actor.team_id)
    stored = database.row("SELECT token_sha256 FROM login_links", ())
    assert stored is not None
    assert stored[0] != token


def test_old_links_are_cleared_away(sessions: SessionsService, actor: Actor, database: Database) -> None:
    SessionsService(database, SECRET, SessionLimits(link_seconds=-1)).issue(actor.team_id)
    sessions.issue(actor.team_id)
    assert database.row("SELECT count(*) FROM login_links", ()) == (1,)


def test_another_servers_session_is_worth_nothing(sessions: SessionsService, actor: Actor, database: Database) -> None:
    session = sessions.redeem(sessions.issue(actor.team_id))
    assert SessionsService(database, b"another secret").team_of(session) is None


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=100))
def test_no_other_text_is_a_session_or_a_link(sessions: SessionsService, text: str) -> None:
    assert sessions.team_of(text) is None
    with pytest.raises(Unauthenticated):
        sessions.redeem(text)
