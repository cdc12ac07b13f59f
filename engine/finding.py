"""The people whom steps have to know: found in the transaction that uses them, each target once a batch.

A step that lacks somebody runs again with what was found (`engine.needs`); it has done nothing before that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
from sqlalchemy import Connection, Text, bindparam, select

from engine import named, needs, schema, targets
from engine.audience import as_worker, parted
from engine.box import Applied
from engine.facts import PLACES, Record, key_of
from engine.limits import PEOPLE
from engine.needs import Candidate, Unmet
from engine.people import EDITION, groups_of, opened, records
from engine.sets import AnyRow, each, listed
from engine.vault import Vault
from engine.view import View
from grammar.program import Expr

_worker, _place = schema.worker, schema.facility
_ALL = (
    select(_worker.c.worker_id, _worker.c.record, _place.c.code, _place.c.record.label("facility_record"))
    .outerjoin(_place, _place.c.code == _worker.c.facility)
    .order_by(_worker.c.worker_id)
)
_PLACES = select(_place.c.code, _place.c.record)
_codes = each("codes", {"code": Text})
_CHOSEN = _PLACES.join_from(_codes, _place, _place.c.code == _codes.c.code)
_EDITION = select(schema.meta.c.value).where(schema.meta.c.name == bindparam("name"))

_KNOWN: WeakKeyDictionary[Vault, tuple[str | None, named.Named]] = WeakKeyDictionary()
"""The names of all facilities with their edition, for each database that this process has open."""

_expression: msgspec.json.Decoder[Expr] = msgspec.json.Decoder(Expr)


class CrowdError(Exception):
    """A sentence: so many people fit a condition that no conversation can go through them."""


class Finder:
    """Finds people for the steps of one batch."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault
        self._found: dict[tuple[str, str], dict[str, Record]] = {}

    def act(self, view: View, act: Callable[[], list[Applied]]) -> list[Applied]:
        """Do what follows, as often as it has to know somebody more.  CrowdError where they are too many."""
        for _ in range(needs.ROUNDS):
            try:
                return act()
            except Unmet as unmet:
                known = view.box.people
                found = self.find(unmet.need.target, unmet.worker)
                if len(found) > PEOPLE:
                    raise CrowdError(
                        f"{len(found)} workers fit a condition of a flow; a conversation takes {PEOPLE} at most."
                    ) from None
                known[unmet.worker] = needs.answered(known[unmet.worker], unmet.need, found)
        raise RuntimeError("a step asks for people again and again")

    def find(self, target: Mapping[str, Any], asking: str | None) -> dict[str, Record]:
        """The records of the people of a target, by id, in the order of the ids."""
        key = key_of(target), asking or ""
        if key not in self._found:
            self._found[key] = dict(sorted(self._look(target, asking).items()))  # in one order on every database
        return self._found[key]

    def _look(self, target: Mapping[str, Any], asking: str | None) -> dict[str, Record]:
        if target.get("kind") == "where":
            return self._where(str(target.get("when") or ""))
        if target.get("kind") == PLACES:
            return self._places(target)
        ids = targets.resolve(self._connection, target, asking)
        found = records(self._connection, self._vault, ids)
        return {worker: found[worker] for worker in ids if worker in found}

    def _places(self, target: Mapping[str, Any]) -> dict[str, Record]:
        """By their codes; which codes have a name is kept until the facilities change, for names are sealed."""
        if "codes" in target:
            codes = str(target["codes"]).split()
        else:
            codes = self._index().codes(str(target.get("named") or ""))
        rows = self._connection.execute(_CHOSEN, {"codes": listed((code,) for code in codes)}).all() if codes else ()
        return self._opened(rows)

    def _opened(self, rows: Iterable[AnyRow]) -> dict[str, Record]:
        return {row.code: opened(self._vault, "facility", row.code, row.record) for row in rows}

    def _index(self) -> named.Named:
        version = self._connection.scalar(_EDITION, {"name": EDITION})
        known = _KNOWN.get(self._vault)
        if known is None or known[0] != version:
            places = self._opened(self._connection.execute(_PLACES).all())
            known = version, named.Named((code, named.name_of(place)) for code, place in places.items())
            _KNOWN[self._vault] = known
        return known[1]

    def _where(self, when: str) -> dict[str, Record]:
        plain, _ = parted(as_worker(_expression.decode(when)))
        rows = self._connection.execute(_ALL.where(*plain)).all()
        groups = groups_of(self._connection, [row.worker_id for row in rows])
        fitting: dict[str, Record] = {}
        for row in rows:
            record = opened(self._vault, "worker", row.worker_id, row.record)
            place = {} if row.code is None else opened(self._vault, "facility", row.code, row.facility_record)
            if needs.fits(when, Candidate(record, place, groups.get(row.worker_id, ()))):
                fitting[row.worker_id] = record
        return fitting
