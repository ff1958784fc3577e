"""Each rule of readiness is met by a write-up that is ready, and notices when what it is for is taken away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from postmortems.incidents.models import ImpactFigure, Incident, Severity
from postmortems.publication.readiness import BY_CODE, PARTS, RULES, WEIGHTS, reasons, weight_of
from postmortems.publication.readiness.rules import Rule
from postmortems.remediation.models import NoneNeeded
from postmortems.writeup.models import Condition
from postmortems.writeup.writing.actions import save_section
from tests import make
from timelines import actions as timelines
from timelines import storing
from timelines.merging import actions as merging

NOW = make.T0 + timedelta(days=14)


def rewrite(incident, key: str, text: str) -> None:
    section = incident.sections.get(key=key)
    save_section(incident=incident, key=key, text=text, version=section.version, by=incident.opened_by)


def change(incident, **fields) -> None:
    Incident.objects.filter(pk=incident.pk).update(**fields)


def found(incident, **asked) -> dict[str, list]:
    by_code: dict[str, list] = {}
    for reason in reasons(Incident.objects.get(pk=incident.pk), **asked):
        by_code.setdefault(reason.code, []).append(reason)
    return by_code


def hide_everything(incident) -> None:
    for event in incident.events.all():
        timelines.hide(event=event, by=incident.opened_by, reason="of another incident")


def one_word_in_an_hour(incident) -> None:
    storing.store(make.source(incident), [make.record("looking", minutes=3, actor_kind="person")])


def too_close(incident) -> None:
    """The same minute in two sources, one of which knows no seconds."""
    into = make.source(incident, "Pager", "pagerduty")
    pinned = incident.events.pinned().in_order().first()
    [other] = make.events(incident, 1, into=into)
    incident.events.filter(pk=pinned.pk).update(precision="minute", at=make.T0)
    incident.events.filter(pk=other.pk).update(at=make.T0 + timedelta(seconds=20), pinned=True)


def a_phase_too_late(incident) -> None:
    event = incident.events.pinned().in_order().first()
    incident.events.filter(pk=event.pk).update(
        phase="mitigate", at=incident.mitigated_at + timedelta(minutes=1)
    )


def another_day(incident) -> None:
    incident.events.update(at=make.T0 + timedelta(days=1))


def approver_missing(incident) -> None:
    incident.circle.create(user=make.user(), role="approver")


def quoted_by_name(incident) -> None:
    rewrite(incident, "story", "At 18:09 the pager rang.\n\n> The graphs looked fine to me.\n>\n> – Ian\n")


def decided_for_none(incident) -> None:
    NoneNeeded.objects.create(incident=incident, why="It cannot come back.", by=incident.opened_by)


def comment(incident) -> None:
    incident.comments.create(text="Is this so?", by=incident.opened_by)


def cites_what_is_gone(incident) -> None:
    rewrite(incident, "story", "At [18:09 the alert](event:987654) the pager rang.")


def a_picture_without_words(incident) -> None:
    incident.images.create(
        number=1, name="x.png", kind="image/png", width=1, height=1, size=1, sha256="0" * 64, by=incident.opened_by, file="x.png"
    )  # fmt: skip
    rewrite(incident, "story", "![](image:1)")


SPOILS = {
    "comments-open": comment,
    "marks-open": lambda i: rewrite(i, "story", "The engineer should have checked the replica."),
    "citation-broken": cites_what_is_gone,
    "picture-words": a_picture_without_words,
    "not-resolved": lambda i: change(i, resolved_at=None),
    "contradictory-times": lambda i: change(i, detected_at=make.T0 - timedelta(hours=1)),
    "unwritten": lambda i: rewrite(i, "summary", "  "),
    "two-wordings": make.clash,
    "impact-figure": lambda i: rewrite(i, "impact", "Some people were hurt."),
    "told-when": lambda i: rewrite(i, "told", "We put something on the status page."),
    "apology-sorry": lambda i: rewrite(i, "apology", "It was a hard evening."),
    "apology-excuse": lambda i: rewrite(i, "apology", "We are sorry if anybody noticed."),
    "no-events": hide_everything,
    "order-unclear": too_close,
    "phases-disagree": a_phase_too_late,
    "times-apart": another_day,
    "silence-unexplained": one_word_in_an_hour,
    "questions-open": lambda i: merging.ask(incident=i, by=i.opened_by, text="What did the dashboard show?"),
    "second-story": lambda i: i.conditions.filter(number=2).update(removed_at=NOW),
    "condition-evidence": lambda i: i.conditions.first().events.clear(),
    "condition-sense": lambda i: i.conditions.filter(number=1).update(made_sense=" "),
    "nothing-helped": lambda i: rewrite(i, "well", ""),
    "no-remedy": lambda i: i.items.update(status="dropped", dropped_reason="too dear"),
    "remedy-undecided": decided_for_none,
    "item-owner": lambda i: i.items.update(owner=None),
    "item-date": lambda i: i.items.update(due_on=None),
    "item-verifiable": lambda i: i.items.update(how_we_know=""),
    "item-condition": lambda i: i.items.get().conditions.clear(),
    "item-vague": lambda i: i.items.update(what="Remind everybody to be more careful"),
    "not-everybody-heard": lambda i: make.interview(i),
    "attributed": quoted_by_name,
    "approval": approver_missing,
    "quorum": lambda i: Severity.objects.filter(pk=i.severity_id).update(approvals_needed=1),
}


def test_a_ready_write_up_meets_every_rule(ready):
    assert found(ready) == {}


def test_every_rule_has_its_failing_test():
    assert set(SPOILS) == set(BY_CODE)
    assert len(BY_CODE) == len(RULES)
    assert {rule.part for rule in RULES} == set(PARTS)


@pytest.mark.parametrize("code", sorted(SPOILS))
def test_each_rule_names_what_is_missing(ready, code):
    SPOILS[code](ready)
    told = found(ready)[code]
    for reason in told:
        assert reason.sentence.endswith((".", "?", "…")), reason.sentence
        assert reason.part == BY_CODE[code].part
        assert resolve(reason.address.partition("#")[0])
    assert {reason.blocks for reason in told} == {BY_CODE[code].weight == "blocking"}


@pytest.mark.parametrize("code", ["unwritten", "apology-excuse", "attributed"])
@pytest.mark.parametrize("weight", sorted(WEIGHTS))
def test_the_policy_of_the_severity_says_how_much_a_rule_weighs(ready, code, weight):
    SPOILS[code](ready)
    ready.severity.readiness = {code: weight}
    ready.severity.save()
    told = found(ready).get(code, [])
    if BY_CODE[code].final:
        assert all(reason.blocks for reason in told)
        assert told
    else:
        assert {reason.blocks for reason in told} == {"blocking": {True}, "advisory": {False}, "off": set()}[
            weight
        ]


def test_a_policy_with_a_word_of_old_counts_as_none():
    rule = Rule("x", "", "x", "advisory", lambda facts: ())
    assert [weight_of(rule, policy) for policy in ({}, {"x": "off"}, {"x": "loud"}, {"y": "off"})] == [
        "advisory", "off", "advisory", "advisory",
    ]  # fmt: skip


def test_what_blocks_can_be_asked_for_alone(ready):
    rewrite(ready, "summary", "")
    rewrite(ready, "apology", "We are sorry if anybody noticed.")
    assert set(found(ready, weights=["blocking"])) == {"unwritten"}


@pytest.mark.parametrize("key", ["summary", "impact", "apology", "story"])
def test_a_missing_text_is_named(ready, key):
    rewrite(ready, key, "  ")
    [reason] = found(ready)["unwritten"]
    assert reason.section == key
    assert reason.address.endswith(f"#{key}")


def test_a_figure_or_why_it_is_unknown_stands_for_the_number_in_the_text(ready):
    rewrite(ready, "impact", "Some people were hurt.")
    figure = ImpactFigure.objects.create(incident=ready, what="bookings", unknown_because="nobody counted")
    assert "impact-figure" not in found(ready)
    figure.delete()
    assert "impact-figure" in found(ready)


def test_what_customers_read_stands_for_the_time_in_the_text(ready):
    rewrite(ready, "told", "")
    assert "told-when" in found(ready)
    [event] = make.events(ready, 1)
    ready.events.filter(pk=event.pk).update(kind="customer message")
    assert "told-when" not in found(ready)


def test_a_hidden_event_bears_nothing(ready):
    event = ready.conditions.get(number=1).events.get()
    timelines.hide(event=event, by=ready.opened_by, reason="of another incident")
    [reason] = found(ready)["condition-evidence"]
    assert reason.sentence.startswith("C1 rests on no event")


def test_one_moment_of_two_sources_is_in_order(ready):
    too_close(ready)
    one, other = ready.events.pinned().in_order()[:2]
    merging.group(incident=ready, by=ready.opened_by, events=[one.pk, other.pk])
    assert "order-unclear" not in found(ready)


def test_a_decision_for_none_stands_for_a_remedy(ready):
    ready.items.update(status="dropped", dropped_reason="too dear")
    assert "no-remedy" in found(ready)
    decided_for_none(ready)
    assert found(ready) == {}


def test_what_helped_is_no_condition_of_the_second_story(ready):
    Condition.objects.filter(number=2).update(kind="helped")
    rewrite(ready, "well", "")
    assert "second-story" in found(ready)
    assert "nothing-helped" not in found(ready)


def test_a_long_list_is_asked_about_in_as_many_queries_as_a_short_one(ready):
    def queries() -> int:
        incident = Incident.objects.get(pk=ready.pk)
        with CaptureQueriesContext(connection) as asked:
            reasons(incident)
        return len(asked)

    make.item(ready, "An item of a short list", how_we_know="")
    make.condition(ready, "One more")
    queries()  # what is counted ahead is counted now
    short = queries()
    for number in range(20):
        make.item(ready, f"Item number {number} of a long list", how_we_know="")
        make.condition(ready, f"Condition {number}")
    assert queries() == short
    assert len(found(ready)["item-owner"]) == 21
