"""One Krita with the plug-in for all tests of a module; each test closes its pictures."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from krita_plugin import running
from krita_session import KritaSession, NoKrita, krita_binary


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KritaSession]:
    try:
        krita_binary()
    except NoKrita as reason:
        pytest.skip(str(reason))
    with running(tmp_path_factory.mktemp("krita")) as krita:
        yield krita


@pytest.fixture
def krita(session: KritaSession) -> Iterator[KritaSession]:
    yield session
    # Krita 5.1 falls over a picture that is closed within a moment of its last undo: no person is that quick.
    time.sleep(1.0)
    session.call("close_all")
