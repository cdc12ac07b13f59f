"""What Prometheus reads: numbers that are right, for those who may, and nothing of any person."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families as parsed

from console import metrics
from console.metrics import Metrics
from engine import held
from engine.inbox import Arrival
from server import House
from tests.asgi import Reply, ask
from tests.console.conftest import KEY

MOSES = "+231770000001"


async def read(house: House, **headers: str) -> Reply:
    return await ask(
        house.world, "GET", "/metrics", headers={name.replace("_", "-"): headers[name] for name in headers}
    )


async def numbers(house: House) -> dict[str, float]:
    """name{label=value} → number."""
    found = {}
    for family in parsed((await read(house)).body.decode()):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


async def test_what_comes_in_and_goes_out_is_counted(house: House) -> None:
    for key in ("a", "a", "b"):
        accepted = await house.runtime.accept(Arrival("phone", key, MOSES, "HELLO"))
        house.metrics.heard("phone", new=not accepted.repeat)
    found = await numbers(house)
    assert found["dundun_inbound_messages_total{channel=phone,new=yes}"] == 2
    assert found["dundun_inbound_messages_total{channel=phone,new=no}"] == 1
    assert found["dundun_batch_size_count"] == found["dundun_batch_seconds_count"] == 3
    assert found["dundun_batch_size_bucket{le=1.0}"] == 3
    assert found["dundun_parked_events"] == found["dundun_accepted_events"] == found["dundun_on_hold"] == 0
    assert found["dundun_processes"] == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"x_forwarded_for": "203.0.113.9"}, 403),
        ({"forwarded": "for=203.0.113.9"}, 403),
        ({"authorization": "Bearer wrong"}, 403),
        ({"authorization": f"Bearer {KEY}"}, 200),
        ({"authorization": f"Bearer {KEY}", "x_forwarded_for": "203.0.113.9"}, 200),
    ],
)
async def test_who_may_read_it(house: House, headers: dict[str, str], status: int) -> None:
    """The test asks from this machine."""
    assert (await read(house, **headers)).status == status


async def test_an_address_that_is_not_allowed_needs_a_key(house: House) -> None:
    house.metrics._admits = lambda peer: False
    assert (await read(house)).status == 403
    assert (await read(house, authorization=f"Bearer {KEY}")).status == 200


async def test_no_number_name_or_word_of_a_person_stands_in_it(house: House) -> None:
    await house.runtime.accept(Arrival("phone", "a", MOSES, "my secret words"))
    body = (await read(house)).body.decode()
    assert not [word for word in (MOSES[1:], "secret", "Moses", "moses") if word in body]


async def test_what_waits_no_more_is_not_shown_as_waiting(house: House) -> None:
    shown: Metrics = house.metrics
    shown._queued.labels("gone", "reply").set(5)
    assert "dundun_queued_messages{channel=gone,class=reply}" not in await numbers(house)


@pytest.mark.parametrize(("quick", "fresh"), [(0.0, False), (60.0, True)])
async def test_what_takes_long_to_count_is_shown_again_for_a_while(
    house: House, monkeypatch: pytest.MonkeyPatch, quick: float, fresh: bool
) -> None:
    monkeypatch.setattr(metrics, "QUICK", quick)
    monkeypatch.setattr(metrics, "SHARE", 1_000_000)
    before = await numbers(house)
    await house.store.write(lambda c: held.hold(c, "pause", "Wait.", 1))
    assert before["dundun_on_hold"] == 0
    assert (await numbers(house))["dundun_on_hold"] == fresh
