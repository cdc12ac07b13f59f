"""A database that was copied is on hold where it is opened, the one that stayed is not, and a hold is ended once."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection

from engine import held
from engine.opening import open_store
from tests.postgres import Postgres

pytestmark = pytest.mark.real


async def opened(url: str, key: Path, *, resume: bool = False) -> held.Hold | None:
    """What is on hold once it is opened; with `resume` a person ends it afterwards."""

    def end(connection: Connection) -> None:
        held.release(connection, 0)

    store = open_store(url, key)
    try:
        found = (await store.write(held.state)).hold
        if resume:
            await store.write(end)
    finally:
        await store.close()
    return found


async def test_a_copy_is_on_hold_until_a_person_has_said_so_and_the_one_that_stayed_is_not(
    postgres: tuple[Postgres, str, Path], tmp_path: Path
) -> None:
    server, key = postgres[0], tmp_path / "own.key"
    own = server.database()
    assert await opened(own, key) is None
    assert await opened(own, key) is None
    copy = server.database(own.rpartition("/")[2])
    found = await opened(copy, key)
    assert found is not None
    assert (found.everything, "in another database" in found.reason) == (True, True)
    assert abs(found.since - int(server.sql("SELECT extract(epoch FROM now())::bigint * 1000"))) < 60_000
    assert await opened(copy, key, resume=True) == found, "the same until then"
    assert await opened(copy, key) is None, "and never again"
    assert await opened(own, key) is None


async def test_what_held_it_already_is_still_what_is_said(postgres: tuple[Postgres, str, Path], tmp_path: Path) -> None:
    server, key = postgres[0], tmp_path / "own.key"
    own = server.database()
    store = open_store(own, key)
    await store.write(lambda connection: held.hold(connection, held.RESTORED, "It was restored from a file.", 0))
    await store.close()
    found = await opened(server.database(own.rpartition("/")[2]), key)
    assert found is not None
    assert found.reason == "It was restored from a file."


async def test_of_a_clock_that_stood_wrong_and_a_copy_the_copy_holds_more(
    postgres: tuple[Postgres, str, Path], tmp_path: Path
) -> None:
    server, key = postgres[0], tmp_path / "own.key"
    own = server.database()
    store = open_store(own, key)
    await store.write(lambda connection: held.hold(connection, held.CLOCK, "The clock stands wrong.", 0))
    await store.close()
    found = await opened(server.database(own.rpartition("/")[2]), key)
    assert found is not None
    assert found.everything


async def test_a_user_who_may_ask_for_nothing_may_use_it(postgres: tuple[Postgres, str, Path], tmp_path: Path) -> None:
    server, key = postgres[0], tmp_path / "own.key"
    server.sql("CREATE ROLE dundun LOGIN")
    own = server.database()
    name = own.rpartition("/")[2]
    server.sql(f"ALTER DATABASE {name} OWNER TO dundun")
    url = own.replace("postgres@", "dundun@")
    assert await opened(url, key) is None
    before = server.sql("SELECT value FROM meta WHERE name = 'stands'", name)
    assert before.partition("/")[0].isdigit(), "anybody may ask which server it is"
    server.sql("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC", name)
    found = await opened(url, key, resume=True)
    assert found is not None, "to be on the safe side"
    assert await opened(url, key) is None
    server.drop(own)
    server.sql("DROP ROLE dundun")
