"""What is found in shown words, and what has only the look of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortems.publication.twin.detecting import Inside, find, undecided
from postmortems.publication.twin.names import Names, Person
from postmortems.publication.twin.swapping import Swap

SECRET = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"
IAN = Person("Ian O’Leary", "the on-call responder", "On-call responder", ("ianr", "U02ABCDEF"), took_part=True)  # fmt: skip
INSIDE = Inside(
    people=Names([IAN, Person("Mark Hill", "a colleague"), Person("Zoë van Dyk", "a colleague"), Person("May Stone", "a colleague")]),
    kept=(Swap("Larkspur Bank", "a bank"),),
    ref="INC-2026-0007",
    domains=frozenset({"lark.example"}),
)  # fmt: skip

THERE = [
    ("host", "It was db-17 that failed.", "db-17"),
    ("host", "on web03 alone", "web03"),
    ("host", "ssh kafka-broker-2.", "kafka-broker-2"),
    ("host", "at pay.eu.lark.internal:8443 again", "pay.eu.lark.internal:8443"),
    ("host", "reads of db1.prod, then", "db1.prod"),
    ("host", "api.lark.example answered", "api.lark.example"),
    ("host", "ip-10-0-3-17 was lost", "ip-10-0-3-17"),
    ("pod", "pod checkout-7d9f8b6c5d-x2x4q restarted", "checkout-7d9f8b6c5d-x2x4q"),
    ("network address", "from 10.0.3.17, twice", "10.0.3.17"),
    ("network address", "the range 10.0.0.0/8 is", "10.0.0.0/8"),
    ("network address", "to 2001:db8::8a2e:370:7334.", "2001:db8::8a2e:370:7334"),
    ("network address", "fe80::1 only", "fe80::1"),
    ("internal link", "see https://wiki.lark.example/runbook?x=1.", "https://wiki.lark.example/runbook?x=1"),
    (
        "internal link",
        "at https://lark.atlassian.net/browse/PAY-1 now",
        "https://lark.atlassian.net/browse/PAY-1",
    ),
    ("internal link", "redis://cache:6379/0 is", "redis://cache:6379/0"),
    ("internal link", "http://grafana/d/1", "http://grafana/d/1"),
    ("link", "as https://kernel.org/doc says", "https://kernel.org/doc"),
    ("e-mail address", "mail ops@lark.example now", "ops@lark.example"),
    ("handle", "ask @zoe about it", "@zoe"),
    ("channel", "in #inc-bookings we", "#inc-bookings"),
    ("ticket", "see PAY-1234.", "PAY-1234"),
    ("ticket", "merged #4711 then", "#4711"),
    ("incident", "as in INC-2025-0031", "INC-2025-0031"),
    ("incident", "in inc-2026-0007 we", "inc-2026-0007"),
    (
        "cloud resource",
        "arn:aws:rds:eu-west-1:123456789012:db:shop is",
        "arn:aws:rds:eu-west-1:123456789012:db:shop",
    ),
    ("cloud resource", "the volume vol-0abc12345def67890 was", "vol-0abc12345def67890"),
    ("account number", "account 123456789012 pays", "123456789012"),
    ("UUID", "550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000"),
    ("id", "after 3f2a9bc we", "3f2a9bc"),
    ("path", "in /etc/nginx/nginx.conf there", "/etc/nginx/nginx.conf"),
    ("path", r"at C:\Windows\System32\drivers\etc now", r"C:\Windows\System32\drivers\etc"),
    ("telephone number", "call +351 912 345 678 then", "+351 912 345 678"),
    ("Stripe key", f"the key {SECRET} was", SECRET),
    ("kept inside", "the queue of larkspur bank grew", "larkspur bank"),
    ("person", "Ian saw it", "Ian"),
    ("person", "then ian saw it", "ian"),
    ("person", "so Ian O’Leary’s terminal", "Ian O’Leary’s"[:-2]),
    ("person", "O’Leary said", "O’Leary"),
    ("person", "ianr typed", "ianr"),
    ("person", "it ended, said Ian.Then", "Ian"),
    ("person", "the file of_ian is", "ian"),
    ("person", "zoë van dyk said", "zoë van dyk"),
    ("person", "with Mark alone", "Mark"),
    ("person", "Then May said", "May"),
]
NOT_THERE = [
    "UTF-8, SHA-256, COVID-19 and ISO-8601", "CVE-2021-44228 is known", "Node.js and settings.py", "e.g. this, i.e. that", "us-east-1 and eu-central-1a",
    "at 18:09:12 on 2026-03-10", "p99 rose to 3.2 s, 14 %", "step-3 of tier-1, top-10", "either and/or both", "version 8.0.31, v1.2.3", "1,914 people waited 84 minutes",
    "Mark the place. Hill climbing.", "in May 2026, on 3 May and May 4", "python3 and http2", "the on-call-2 rota", "read-only and 90-day", "3/4 of them", "The mark was there", "C3 and R2",
    "a well-known name: cafe, decade, defaced", "SEV1 and SEV-2", "between 10-30 and 11-00", "foo.bar() returns",
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "words"), THERE)
def test_what_tells_of_the_inside_is_found(kind, text, words):
    assert [(one.kind, one.words) for one in find(text, INSIDE)] == [(kind, words)]


@pytest.mark.parametrize("text", NOT_THERE)
def test_what_only_looks_like_it_is_left(text):
    assert not find(text, INSIDE)


def test_something_is_proposed_and_a_link_elsewhere_may_stay():
    proposed = {one.words: one.instead for one in find("Ian, INC-2026-0007, https://kernel.org/doc", INSIDE)}
    assert proposed == {
        "Ian": "the on-call responder",
        "INC-2026-0007": "this incident",
        "https://kernel.org/doc": None,
    }


def test_what_was_cleared_is_not_asked_about_again_nor_what_lies_within_it():
    text = "See https://status.lark.example/x1 and db-17, db-17."
    assert [one.words for one in undecided([text], INSIDE, ())] == ["https://status.lark.example/x1", "db-17"]
    assert [
        one.words
        for one in undecided([text, "status.lark.example"], INSIDE, ["https://status.lark.example/x1"])
    ] == ["db-17", "status.lark.example"]


@given(st.text(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_text_can_be_looked_at(text):
    found = find(text, INSIDE)
    assert all(text[one.start : one.end] == one.words for one in found)
    assert all(a.end <= b.start for a, b in zip(found, found[1:], strict=False))


@pytest.mark.parametrize(
    "text",
    ["a." * 20_000, "1:" * 20_000, "/a" * 20_000, "a-" * 20_000, "@" * 20_000, "0" * 40_000, "Ian " * 5_000],
)
def test_no_text_takes_for_ever(text):
    find(text, INSIDE)


def test_many_people_are_looked_for_at_once():
    many = Names([Person(f"Given{number} Family{number}", "a colleague") for number in range(20_000)])
    assert [found.words for found in find("then Given777 Family777 said", Inside(people=many))] == [
        "Given777 Family777"
    ]
