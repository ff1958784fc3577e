"""What an event tells that another source may tell too."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timelines.merging.traces import MOST, WORDS, Trace, act, read, telling, things


def found(text: str = "", link: str = "", **extra) -> set[str]:
    return {thing for thing, _ in things(text, link, extra)}


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("rolled out 4be1c2a90f77d3e5a6b8c9d0e1f2a3b4c5d6e7f8 to production", "commit 4be1c2a"),
        ("Deployed 4be1c2a to production", "commit 4be1c2a"),
        ("see OPS-1234, please", "ticket OPS-1234"),
        ("[#418] ReplicaLagHigh on bookings-replica-2", "#418"),
        ("[#418] ReplicaLagHigh on bookings-replica-2", "ReplicaLagHigh"),
        ("[#418] ReplicaLagHigh on bookings-replica-2", "bookings-replica-2"),
        ("Triggered PCONF1 (high)", "id PCONF1"),
        ("id=052652AC-5d1c-464a-812a-7dd18bbfba8c", "id 052652ac-5d1c-464a-812a-7dd18bbfba8c"),
        ("look: https://Acme.pagerduty.example/incidents/PCONF1/.", "link acme.pagerduty.example/incidents/PCONF1"),
        ("look: https://acme.pagerduty.example/incidents/PCONF1", "id PCONF1"),
    ],
)  # fmt: skip
def test_things_with_an_id_or_a_name(text, thing):
    assert thing in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "UTF-8 and SHA-256",
        "a decade of beef",
        "https://example.org/",
        "12345678",
        "call me at 10:30",
        "http://[::1",
    ],
)
def test_words_and_front_pages_identify_nothing(text):
    assert found(text) == set()


def test_what_readers_put_beside_the_text_counts():
    assert "id PCONF1" in found(incident="PCONF1")
    assert {"commit 4be1c2a", "commit 9d20b7e"} <= found(commits=["4be1c2a90f77d3e5", "9d20b7e4513c6f8a"])
    assert found(incident=None, sha=True, commits={"a": 1}) == set()


@pytest.mark.parametrize(
    ("kind", "text", "step"),
    [
        ("page triggered", "resolved earlier", "begins"),
        ("alert resolved", "", "ends"),
        ("message", "[FIRING:1] ReplicaLagHigh", "begins"),
        ("message", "[RESOLVED] Error rate high", "ends"),
        ("message", "Acknowledged by Jonas", "taken"),
        ("message", "openings in the calendar", ""),
        ("message", "", ""),
    ],
)
def test_what_happened_to_it(kind, text, step):
    assert act(kind, text) == step


def moment(**fields):
    given = {
        "id": 1, "source": 1, "at": 0.0, "precision": "second", "format": "slack", "external_id": "C1/1", "kind": "message",
        "actor_kind": "person", "text": "looking at PCONF1, it was resolved", "link": "", "extra": {},
    }  # fmt: skip
    return read(**(given | fields))


def test_what_people_say_about_a_thing_is_no_moment_of_it():
    assert {trace.thing for trace in moment().traces} == {"record slack/C1/1"}
    assert Trace("id PCONF1", "ends") in moment(actor_kind="bot").traces


def test_a_command_is_the_same_in_the_shell_and_in_the_log_of_sudo():
    typed = moment(kind="command", format="shell", text="sudo systemctl  restart pgbouncer")
    logged = moment(
        kind="log", format="syslog", actor_kind="system",
        text="sudo[51]:    ann : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/systemctl restart pgbouncer",
    )  # fmt: skip
    shared = Trace("command systemctl restart pgbouncer", "run")
    assert shared in typed.traces
    assert shared in logged.traces
    assert not [trace for trace in moment(kind="command", text="sudo -i").traces if trace.act == "run"]


def test_few_words_tell_nothing():
    assert telling("ok, looking") == ""
    assert telling("  The *checkout* is slow — again!") == "the checkout is slow again"


@given(st.text(max_size=300), st.text(max_size=60), st.dictionaries(st.sampled_from(["alert", "sha", "commits", "x"]), st.one_of(st.none(), st.text(), st.integers(), st.lists(st.text()), st.booleans())))  # fmt: skip
def test_anything_can_be_read(text, link, extra):
    assert moment(text=text, link=link, extra=extra, actor_kind="bot").traces


def test_a_list_of_things_and_a_long_text_stay_small():
    names = " ".join(f"replica-{n}-of-shard" for n in range(500))
    found = moment(kind="alert firing", actor_kind="system", text=f"{names} PCONF1")
    assert len(found.traces) <= MOST + 2
    assert Trace("id PCONF1", "begins") not in found.traces  # it stands beyond what is read
    assert len(found.words) <= WORDS
    assert moment(text=names).words == moment(text=names.upper()).words != moment(text=names[8:]).words
