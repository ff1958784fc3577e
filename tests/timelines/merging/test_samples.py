"""Real exports laid side by side with others that share their ids."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests import make
from tests.samples import sample
from tests.timelines.conftest import bring_in
from timelines.merging import comparing, groups, people

pytestmark = pytest.mark.django_db


@pytest.fixture
def anywhen(alice):
    """An incident whose times nobody knows: all evidence is looked at."""
    return make.incident(
        by=alice,
        impact_began_at=None,
        detected_at=None,
        acknowledged_at=None,
        mitigated_at=None,
        resolved_at=None,
    )


def test_one_export_in_two_sources_is_proposed_record_by_record(alice, anywhen):
    zipped = sample("slack/houstondatavis-export.zip").read_bytes()
    for name in ("Chat", "Chat again"):
        assert bring_in(anywhen, alice, "export.zip", zipped, name=name).added == 829
    comparison, _ = comparing.current(anywhen)
    (clock,) = comparison.clocks
    told = anywhen.events.filter(noise=False).count() / 2  # without those who joined and left
    assert (clock["verdict"], clock["apart"], clock["count"]) == ("agree", 0, told)
    assert len(comparison.same) == comparing.PROPOSALS
    for one in groups.with_events(groups.proposed(comparison, anywhen), anywhen)[:50]:
        assert len({event.source_id for event in one.events}) == 2
        assert len({event.external_id for event in one.events}) == 1 or "one record" not in one.why


def test_an_id_of_a_real_chat_has_one_row_however_many_names(alice, anywhen):
    zipped = sample("slack/houstondatavis-export.zip").read_bytes()
    bring_in(anywhen, alice, "export.zip", zipped, name="Chat")
    comparison, _ = comparing.current(anywhen)
    names = people.named(comparison.names)
    assert len({name.key for name in names}) == len(names)
    assert sum(name.count for name in names) <= 829
    told = [name for name in names if name.kind == "person" and name.actor_id.startswith("U")]
    assert len(told) >= 60
    people.suggest(told, anywhen)
    assert not [name for name in told if name.certain]  # nobody of them has an account here


def test_the_same_mails_from_two_archives(alice, anywhen):
    for number in (1, 2):
        raw = sample(f"mail/maven_duplicates_2017_listsao_{number}.mbox").read_bytes()
        bring_in(anywhen, alice, f"list-{number}.mbox", raw, name=f"Archive {number}", zone="UTC")
    comparison, _ = comparing.current(anywhen)
    found = groups.with_events(groups.proposed(comparison, anywhen), anywhen)
    assert len(found) == 10
    assert all(len({event.source_id for event in one.events}) == 2 for one in found)


def test_a_real_pager_and_a_monitor_whose_clock_is_off(alice, anywhen):
    """Three incidents of a pager, and a table of a tool that noted the same ids eleven minutes early."""
    raw = sample("pagerduty/incidents.json").read_bytes()
    bring_in(anywhen, alice, "incidents.json", raw, name="Pager")
    rows = ["time,text,kind"]
    for incident in json.loads(raw)["incidents"]:
        at = datetime.fromisoformat(incident["created_at"].replace("Z", "+00:00")) - timedelta(minutes=11)
        rows.append(
            f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ},Opened {incident['id']} for {incident['title'][:20]},alarm"
        )
    bring_in(anywhen, alice, "tool.csv", "\n".join(rows).encode(), name="Tool")
    comparison, _ = comparing.current(anywhen)
    (clock,) = comparison.clocks
    tool = anywhen.sources.get(name="Tool")
    assert clock["verdict"] == "clock"
    assert (clock["off"], clock["other"], clock["count"]) == (tool.pk, tool.pk, 3)
    assert clock["shift"] == pytest.approx(660, abs=1)
