"""Whatever changes the house is audited in the same transaction: no entry, no change."""

from __future__ import annotations

import importlib
import inspect
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.urls import reverse

from postmortems.accounts import actions as accounts
from postmortems.accounts.models import Invitation
from postmortems.archive.announcing import actions as announcing
from postmortems.archive.feeding import actions as feeding
from postmortems.archive.following import actions as following
from postmortems.archive.listing import actions as listing
from postmortems.archive.recalling import actions as recalling
from postmortems.audit.log import record
from postmortems.audit.models import Entry
from postmortems.incidents import actions as incidents
from postmortems.incidents.impact import actions as impact
from postmortems.incidents.models import Service, Severity
from postmortems.interviews.delivering import actions as delivering
from postmortems.interviews.handing import actions as handing
from postmortems.interviews.inviting import actions as inviting
from postmortems.interviews.jotting import actions as jotting
from postmortems.interviews.listening import actions as listening
from postmortems.interviews.models import Plan
from postmortems.interviews.releasing import actions as releasing
from postmortems.interviews.releasing.attributed import want
from postmortems.interviews.scheduling import actions as scheduling
from postmortems.interviews.scheduling import schedule
from postmortems.interviews.scheduling.planning import Outcome
from postmortems.interviews.scheduling.telling import Left
from postmortems.language.kinds import Kind
from postmortems.meetings.deciding import actions as deciding
from postmortems.meetings.planning import actions as meeting_plans
from postmortems.meetings.sitting import actions as sitting
from postmortems.meetings.surveying import actions as surveying
from postmortems.notices.models import Letter
from postmortems.publication import actions as publication
from postmortems.publication import attributed, chain, content
from postmortems.publication.approving import actions as approving
from postmortems.publication.approving.texts import draft
from postmortems.publication.models import Revision, Twin
from postmortems.publication.planning import actions as publishing_later
from postmortems.publication.twin import actions as outside
from postmortems.publication.twin.drafting import draft as drafted_twin
from postmortems.publication.withdrawing import actions as withdrawing
from postmortems.remediation import actions as remediation
from postmortems.remediation.bulk import actions as bulk
from postmortems.remediation.calendar import actions as item_calendars
from postmortems.remediation.none_needed import actions as none_needed
from postmortems.remediation.reminding import actions as hearing
from postmortems.remediation.tracking import actions as tracking
from postmortems.writeup.coaching import actions as coaching
from postmortems.writeup.commenting import actions as commenting
from postmortems.writeup.commenting import threads
from postmortems.writeup.conditions import actions as conditions
from postmortems.writeup.images import actions as images
from postmortems.writeup.models import ConditionKind
from postmortems.writeup.sections import TEXTS, Sections
from postmortems.writeup.templating import actions as templating
from postmortems.writeup.writing import actions as writing
from tests import make
from timelines import actions as timelines
from timelines.live import actions as live
from timelines.live import filing
from timelines.live.rules import actions as rules
from timelines.models import Event, Import

NOW = make.T0 + timedelta(days=3)
ROOMS = (
    "postmortems.accounts", "postmortems.incidents", "postmortems.incidents.impact", "postmortems.remediation.none_needed", "timelines", "timelines.live", "timelines.live.rules", "postmortems.writeup.writing", "postmortems.writeup.images",
    "postmortems.writeup.conditions", "postmortems.writeup.commenting", "postmortems.writeup.coaching", "postmortems.writeup.templating",
    "postmortems.remediation", "postmortems.remediation.bulk", "postmortems.remediation.calendar",
    "postmortems.remediation.reminding", "postmortems.remediation.tracking", "postmortems.publication", "postmortems.publication.planning", "postmortems.publication.approving",
    "postmortems.publication.withdrawing", "postmortems.publication.twin",
    "postmortems.interviews.scheduling", "postmortems.interviews.handing", "postmortems.interviews.inviting", "postmortems.interviews.delivering", "postmortems.interviews.listening",
    "postmortems.interviews.releasing", "postmortems.interviews.jotting",
    "postmortems.meetings.planning", "postmortems.meetings.sitting", "postmortems.meetings.deciding",
    "postmortems.meetings.surveying", "postmortems.archive.feeding", "postmortems.archive.following", "postmortems.archive.announcing",
    "postmortems.archive.listing", "postmortems.archive.recalling",
)  # fmt: skip
# These ask, or are a part of something that is told: a name in an address, the last change; a lane, of adding to it; an original, of its review.
# An answer of the survey changes something and is left out on purpose: an entry would tell who answered when. So is
# what somebody means to read.
NO_CHANGES = {
    "inviting.require_a_reachable_person",
    "publication.says_the_same",
    "withdrawing.role_of",
    "scheduling.after_of",
    "scheduling.schedule_reason",
    "accounts.free_slug",
    "timelines.may_edit",
    "timelines.only_keep",
    "timelines.source_for",
    "surveying.answer",
    "listing.put_aside",
    "listing.put_back",
    "bulk.last_of",
    "following.may_keep",
    "following.may_change",
    "live.waiting",
}


def connected(c):
    return live.connect(by=c.ada, kind="alertmanager", name="Alertmanager")[0]


def waiting(c):
    """An alert that waits in the inbox."""
    alert = {
        "status": "firing",
        "labels": {"alertname": "Lag"},
        "startsAt": "2026-03-10T18:00:00Z",
        "fingerprint": "1",
    }
    body = json.dumps(
        {"version": "4", "status": "firing", "groupKey": "{}", "receiver": "x", "alerts": [alert]}
    ).encode()
    came = connected(c).deliveries.create(delivery_key="x", received_at=NOW, body=body)
    filing.file(came.pk)
    return [came]


def put_there(c):
    live.attach(deliveries=(found := waiting(c)), incident=c.incident, by=c.bob, now=NOW)
    found[0].refresh_from_db()
    return found[0]


def out_of_inbox(c):
    live.leave_out(deliveries=(found := waiting(c)), by=c.bob, now=NOW)
    return found


WANTED = rules.Wanted(field="service", pattern="x", does="ignore")


def rule(c):
    return rules.add(by=c.ada, wanted=WANTED)


def tracker_of(c):
    return tracking.add_tracker(
        by=c.ada,
        kind="gitlab",
        name="GitLab",
        address="https://127.0.0.1",
        project="acme/shop",
        token="x" * 20,
    )[0]


def tracked(c):
    return tracking.link_issue(
        item=make.item(c.incident), tracker=tracker_of(c), by=c.bob, address="#7", now=NOW
    )


def known_there(c):
    return tracking.set_login(tracker=tracker_of(c), by=c.ada, user=c.ian, login="ian", now=NOW)


def in_conflict(c):
    made = tracked(c)
    made.conflict = {
        "due": {"ours": "", "theirs": "2026-05-01", "there": "2026-05-01", "here": "", "why": ""}
    }
    made.save()
    return made


MARK = "omission:0123456789abcdef"


def let_stand(c):
    return coaching.let_stand(
        incident=c.incident, section="story", key=MARK, word="quoted", by=c.bob, now=NOW
    )


def house_word(c):
    return coaching.add_word(kind=Kind.JUDGEMENT, words="clown show", by=c.ada, now=NOW)


def silence(c):
    return coaching.silence(kind=Kind.JUDGEMENT, why="too many", by=c.ada, now=NOW)


def figure(c):
    return impact.add_figure(incident=c.incident, by=c.bob, what="people", unknown_because="nobody counted")


def technical(c):
    return ConditionKind.objects.get(key="technical")


def removed_condition(c):
    made = make.condition(c.incident)
    conditions.remove_condition(condition=made, by=c.bob, now=NOW)
    return made


def invitation(cast) -> Invitation:
    return accounts.invite(
        by=cast.ada, email="new@example.org", name="", role="member", teams=[], now=NOW, site="http://x"
    )


def asked(cast) -> Import:
    got = timelines.receive_file(incident=cast.incident, by=cast.bob, upload=ContentFile(b"x", name="x.txt"))
    Import.objects.filter(pk=got.pk).update(state="asking")
    got.refresh_from_db()
    return got


def ahead(cast, **fields):
    """An interview on the Monday after, at ten."""
    starts = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
    return make.interview(cast.incident, starts_at=starts, ends_at=starts + timedelta(minutes=45), **fields)


def passage(cast):
    return listening.propose_passage(
        interview=make.interview(cast.incident), by=cast.alice, text="It was quiet.", earliest=make.T0
    )


def noted(cast, **fields):
    interview = make.interview(cast.incident, **({"state": "done", "done_at": NOW} | fields))
    listening.save_note(interview=interview, by=cast.alice, body="It was quiet.", version=0, now=NOW)
    return interview


def corrected(cast):
    return releasing.correct(
        interview=noted(cast), line="It was quiet.", number=0, text="It was loud.", now=NOW
    )


def asked_longer(cast):
    interview = noted(cast)
    later = interview.purge_on + timedelta(days=9)
    releasing.ask_longer(interview=interview, by=cast.alice, until=later, now=NOW)
    return interview


def wanted(cast):
    """A caption that changed the words their owner agreed to, and the row that says so."""
    event = releasing.release(passage=passage(cast), text="", with_name=True, now=NOW).event
    timelines.caption(event=event, by=cast.bob, text="Another caption")
    found = attributed.claims(cast.incident, content.of(cast.incident))
    want(cast.incident, found, now=NOW)
    return participant(cast).approvals.get(approved_at=None)


def off_the_record(cast):
    interview = make.interview(cast.incident)
    listening.go_off_record(interview=interview, by=cast.alice, body="x", version=0, now=NOW)
    return interview


def stamped(cast):
    interview = make.interview(cast.incident)
    body = "@11:30 a time that may be of two days"
    listening.save_note(
        interview=interview, by=cast.alice, body=body, version=0, now=NOW - timedelta(hours=1)
    )
    return interview


def prepared(cast, interview=None, text="What did you see then?"):
    interview = interview or make.interview(cast.incident)
    return listening.add_question(interview=interview, by=cast.alice, text=text, now=NOW)


def hidden(cast) -> Event:
    event = make.event(cast.incident)
    timelines.hide(event=event, by=cast.bob, reason="twice")
    event.refresh_from_db()
    return event


def retired_template(cast):
    template = make.template(by=cast.ada)
    templating.retire(template=template, by=cast.ada, now=NOW)
    return template


def revision(cast) -> Revision:
    return publication.publish(
        incident=cast.incident, by=cast.alice, now=NOW, despite="It is a test of the trail."
    )


def twin(made: Revision) -> Twin:
    return Twin.objects.create(
        incident=made.incident, revision=made, audience="public", number=1, key="k", title="", content={}, html="", words="",
        published_by=made.published_by, digest="d",
    )  # fmt: skip


def marked(cast):
    """What everybody is to read: the title and the texts."""
    make.writeup_of(cast.incident)
    cast.incident.circle.filter(role="approver").delete()
    revision(cast)
    parts = drafted_twin(cast.incident, "public").parts
    choices = {part.place: "public" for part in parts if part.kind in ("title", "passage")}
    outside.mark(incident=cast.incident, by=cast.alice, choices=choices, now=NOW)
    return drafted_twin(cast.incident, "public")


def written(cast):
    make.writeup_of(cast.incident)
    return chain.digest(content.of(cast.incident))


def planned(cast):
    return publishing_later.publish_later(
        incident=cast.incident, by=cast.alice, at=NOW + timedelta(days=1), digest=written(cast), now=NOW
    )


def followed(cast):
    return following.follow(by=cast.mel, facet="all:", now=NOW)


def house_channel(cast):
    return following.add_house_channel(
        by=cast.ada, kind="slack", name="#x", address="https://chat.example.org/x", zone="UTC"
    )


def zoned(cast):
    source = make.source(cast.incident)
    source.zone = "Europe/Lisbon"
    source.save()
    return source


def member(cast):
    return cast.incident.circle.get(role="approver")


def participant(cast):
    return cast.incident.participants.first()


def link(cast):
    return incidents.add_link(incident=cast.incident, by=cast.bob, url="https://example.org", title="x")


def closed(cast):
    incidents.close_review(incident=cast.incident, by=cast.alice, now=NOW)
    return cast.incident


def outcome(cast) -> dict:
    """What a plan of the incident is proposed with."""
    house = schedule.house(cast.incident, now=NOW, hosts=[cast.alice])
    slot = {
        "participant": participant(cast).pk,
        "interviewer": cast.alice.pk,
        "start": NOW,
        "end": NOW + timedelta(hours=1),
        "why": "paged",
    }
    chosen = {"people": [{"participant": participant(cast).pk, "rank": 1, "after": []}], "hosts": []}
    return {"outcome": Outcome(slots=[slot]), "house": house, "choices": chosen, "version": 0, "now": NOW}


def left_out(cast):
    """A plan that found no time for somebody but outside their hours."""
    scheduling.propose(incident=cast.incident, by=cast.alice, **outcome(cast))
    cast.incident.interviews.all().delete()
    at = make.T0 + timedelta(days=6)
    left = Left(
        participant(cast).pk, "hours", "x", "y", cast.alice.pk, at.isoformat(), (at + timedelta(minutes=45)).isoformat(), ("hours",)
    )  # fmt: skip
    Plan.objects.update(unplaced=[left.as_json()])
    return participant(cast)


def guest(cast):
    return incidents.add_participant(incident=cast.incident, by=cast.alice, name="Vera", role="Support")


def undelivered(cast):
    """An invitation that the mail server has refused."""
    made = make.interview(
        cast.incident, starts_at=NOW + timedelta(days=1), ends_at=NOW + timedelta(days=1, hours=1)
    )
    inviting.letters.invite(made, by=cast.alice, now=NOW)
    Letter.objects.filter(about=inviting.letters.about(made)).update(tries=1, trouble="refused")
    return made


def not_needed(cast):
    return scheduling.need_not_be_asked(
        participant=guest(cast), by=cast.alice, reason="told everything in the chat"
    )


def met(cast):
    return make.meeting(cast.incident, facilitator=cast.alice)


def parked_idea(cast):
    return make.item(cast.incident, status="parked")


def came_five(cast):
    """A meeting that was held, whose attendances were ticked without anybody having been asked yet."""
    meeting = met(cast)
    sitting.walk_in(meeting=meeting, by=cast.bob, user=cast.mel, now=NOW)
    meeting = sitting.hold(meeting=meeting, by=cast.bob, now=meeting.ends_at)
    meeting.attendances.update(came=True)
    return meeting


def image_taken_out(cast):
    image = make.image(cast.incident)
    images.remove(image=image, by=cast.alice, now=NOW)
    return image


def suggested(cast):
    writing.save_section(incident=cast.incident, key="story", text="It was quiet.", version=0, by=cast.bob)
    return make.comment(cast.incident, on="quiet", by=cast.ian, suggestion="silent")


def resolved(cast):
    return commenting.resolve(thread=make.comment(cast.incident, "@Bob, look"), by=cast.bob, now=NOW)


def linked(cast, item):
    return remediation.add_link(item=item, by=cast.bob, url="https://example.org", title="x")


def changed_together(cast, item):
    change = bulk.Change(due_on=NOW.date())
    return bulk.change_items(items=[item.pk], by=cast.bob, change=change, now=NOW).bulk


def team_channel(cast):
    return hearing.add_channel(
        team=make.team(),
        by=cast.ada,
        kind="slack",
        name="#x",
        address="https://chat.example.org/x",
        zone="UTC",
    )


# name: (what has to exist before, the change)
CHANGES = {
    "accounts.invite": (None, lambda c, _: invitation(c)),
    "accounts.withdraw": (invitation, lambda c, i: accounts.withdraw(by=c.ada, invitation=i, now=NOW)),
    "accounts.accept": (
        invitation,
        lambda c, i: accounts.accept(invitation=i, name="New", password="a quiet sentence", zone="UTC", now=NOW),
    ),
    "accounts.set_role": (None, lambda c, _: accounts.set_role(by=c.ada, person=c.mel, role="reviewer")),
    "accounts.set_active": (None, lambda c, _: accounts.set_active(by=c.ada, person=c.mel, active=False)),
    "accounts.save_profile": (None, lambda c, _: accounts.save_profile(by=c.mel, changes={"zone": "Asia/Tokyo"})),
    "accounts.save_team": (None, lambda c, _: accounts.save_team(by=c.ada, name="T", about="", members=[c.mel])),
    "incidents.open_incident": (
        None,
        lambda c, _: incidents.open_incident(by=c.mel, title="x", severity=Severity.objects.first(), form_key="k"),
    ),
    "incidents.edit_incident": (
        lambda c: make.team(),
        lambda c, t: incidents.edit_incident(
            incident=c.incident, by=c.bob, version=1, changes={"title": "x"}, teams=[t]
        ),
    ),
    "incidents.add_participant": (
        None,
        lambda c, _: incidents.add_participant(incident=c.incident, by=c.bob, name="", user=c.mel, role="x"),
    ),
    "incidents.remove_participant": (
        participant, lambda c, p: incidents.remove_participant(participant=p, by=c.bob),
    ),
    "incidents.add_to_circle": (
        None, lambda c, _: incidents.add_to_circle(incident=c.incident, by=c.alice, user=c.mel, role="lead"),
    ),
    "incidents.remove_from_circle": (member, lambda c, m: incidents.remove_from_circle(member=m, by=c.alice)),
    "incidents.add_link": (None, lambda c, _: link(c)),
    "incidents.remove_link": (link, lambda c, found: incidents.remove_link(link=found, by=c.bob)),
    "incidents.no_review_needed": (
        None, lambda c, _: incidents.no_review_needed(incident=c.incident, by=c.alice, reason="x", now=NOW),
    ),
    "incidents.reopen_review": (closed, lambda c, i: incidents.reopen_review(incident=i, by=c.alice, now=NOW)),
    "incidents.close_review": (None, lambda c, _: closed(c)),
    "incidents.skip_stage": (
        None, lambda c, _: incidents.skip_stage(incident=c.incident, by=c.alice, stage="soak", reason="x"),
    ),
    "incidents.save_severity": (
        None, lambda c, _: incidents.save_severity(severity=Severity(name="S", key="s", rank=99), by=c.ada),
    ),
    "incidents.save_service": (
        None, lambda c, _: incidents.save_service(service=Service(name="S", slug="s"), by=c.ada),
    ),
    "timelines.receive_file": (None, lambda c, _: timelines.receive_file(
        incident=c.incident, by=c.bob, upload=ContentFile(b"x", name="x.txt"))),
    "timelines.answer": (asked, lambda c, i: timelines.answer(imported=i, by=c.bob, zone="UTC")),
    "timelines.set_aside": (asked, lambda c, i: timelines.set_aside(imported=i, by=c.bob)),
    "timelines.pin": (lambda c: make.event(c.incident), lambda c, e: timelines.pin(event=e, by=c.bob)),
    "timelines.unpin": (
        lambda c: make.event(c.incident, pinned=True), lambda c, e: timelines.unpin(event=e, by=c.bob),
    ),
    "live.connect": (None, lambda c, _: connected(c)),
    "live.new_secret": (connected, lambda c, one: live.new_secret(connection=one, by=c.ada)),
    "live.drop_older": (
        lambda c: live.new_secret(connection=(one := connected(c)), by=c.ada) and one,
        lambda c, one: live.drop_older(connection=one, by=c.ada),
    ),
    "live.set_active": (connected, lambda c, one: live.set_active(connection=one, by=c.ada, active=False)),
    "live.attach": (waiting, lambda c, found: live.attach(deliveries=found, incident=c.incident, by=c.bob, now=NOW)),
    "live.open_from": (
        waiting, lambda c, found: live.open_from(deliveries=found, by=c.bob, severity=Severity.objects.first(), title="Lag", now=NOW),
    ),
    "live.leave_out": (waiting, lambda c, found: live.leave_out(deliveries=found, by=c.bob, now=NOW)),
    "live.undo": (put_there, lambda c, one: live.undo(delivery=one, by=c.bob, now=NOW)),
    "live.take_back": (out_of_inbox, lambda c, found: live.take_back(deliveries=found, by=c.bob)),
    "live.sort_again": (waiting, lambda c, _: live.sort_again(by=c.bob)),
    "rules.add": (None, lambda c, _: rule(c)),
    "rules.edit": (rule, lambda c, one: rules.edit(rule=one, by=c.ada, wanted=replace(WANTED, pattern="y"))),
    "rules.move": (lambda c: [rule(c), rule(c)][1], lambda c, one: rules.move(rule=one, by=c.ada, earlier=True)),
    "rules.switch": (rule, lambda c, one: rules.switch(rule=one, by=c.ada, active=False)),
    "rules.remove": (rule, lambda c, one: rules.remove(rule=one, by=c.ada)),
    "timelines.caption": (
        lambda c: make.event(c.incident), lambda c, e: timelines.caption(event=e, by=c.bob, text="Here"),
    ),
    "timelines.annotate": (
        lambda c: make.event(c.incident), lambda c, e: timelines.annotate(event=e, by=c.bob, text="Here"),
    ),
    "timelines.hide": (
        lambda c: make.event(c.incident), lambda c, e: timelines.hide(event=e, by=c.bob, reason="twice"),
    ),
    "timelines.show": (hidden, lambda c, e: timelines.show(event=e, by=c.bob)),
    "timelines.mark_phase": (
        lambda c: make.event(c.incident),
        lambda c, e: timelines.mark_phase(event=e, by=c.bob, begins=next(p for p in Event.Phase.values if p)),
    ),
    "timelines.add_by_hand": (None, lambda c, _: make.event(c.incident)),
    "timelines.add_recollection": (None, lambda c, _: timelines.add_recollection(
        incident=c.incident, by=c.ian, at=make.T0, text="quiet", actor="")),
    "timelines.edit_by_hand": (
        lambda c: make.event(c.incident, by=c.bob),
        lambda c, e: timelines.edit_by_hand(
            event=e, by=c.bob, at=make.T0, text="put right", precision="minute", actor="", kind="note"
        ),
    ),
    "timelines.shown_no_more": (
        lambda c: make.graph(c.incident), lambda c, e: timelines.shown_no_more(event=e, by=c.bob),
    ),
    "timelines.set_clock_offset": (
        lambda c: make.events(c.incident)[0].source,
        lambda c, s: timelines.set_clock_offset(source=s, by=c.bob, offset=timedelta(seconds=90)),
    ),
    "timelines.set_source_zone": (
        zoned, lambda c, s: timelines.set_source_zone(source=s, by=c.bob, zone="Asia/Tokyo"),
    ),
    "coaching.let_stand": (None, lambda c, _: let_stand(c)),
    "coaching.ask_again": (
        let_stand,
        lambda c, _: coaching.ask_again(incident=c.incident, section="story", key=MARK, by=c.bob),
    ),
    "coaching.add_word": (None, lambda c, _: house_word(c)),
    "coaching.remove_word": (house_word, lambda c, word: coaching.remove_word(word=word, by=c.ada)),
    "coaching.silence": (None, lambda c, _: silence(c)),
    "coaching.hear": (silence, lambda c, _: coaching.hear(kind=Kind.JUDGEMENT, by=c.ada)),
    "jotting.save_jot_note": (
        None, lambda c, _: jotting.save_jot_note(incident=c.incident, by=c.ian, text="x", version=0),
    ),
    "jotting.share_jot_note": (
        lambda c: jotting.save_jot_note(incident=c.incident, by=c.ian, text="x", version=0),
        lambda c, n: jotting.share_jot_note(note=n, by=c.ian, shared=True, now=NOW),
    ),
    "scheduling.propose": (
        None, lambda c, _: scheduling.propose(incident=c.incident, by=c.alice, **outcome(c)),
    ),
    "scheduling.loosen": (
        left_out,
        lambda c, p: scheduling.loosen(incident=c.incident, by=c.alice, participant=p, reason="x", version=1, now=NOW),
    ),
    "scheduling.take_off": (
        lambda c: make.interview(c.incident, state="proposed", invited_at=None),
        lambda c, i: scheduling.take_off(interview=i, by=c.alice),
    ),
    "scheduling.need_not_be_asked": (None, lambda c, _: not_needed(c)),
    "scheduling.ask_after_all": (
        not_needed, lambda c, told: scheduling.ask_after_all(participant=told.participant, by=c.alice),
    ),
    "scheduling.set_hours": (
        guest, lambda c, p: scheduling.set_hours(participant=p, by=c.alice, zone="Asia/Tokyo", hours={}),
    ),
    "scheduling.decide": (
        None,
        lambda c, _: scheduling.decide(incident=c.incident, by=c.alice, way="waiver", reason="x", now=NOW),
    ),
    "inviting.invite": (
        lambda c: ahead(c, state="proposed", invited_at=None),
        lambda c, i: inviting.invite(interview=i, by=c.alice, now=NOW),
    ),
    "scheduling.set_time": (
        lambda c: make.interview(c.incident),
        lambda c, i: scheduling.set_time(
            interview=i, by=c.alice, starts_at=NOW + timedelta(hours=1), early_reason="Ian asked for it", now=NOW
        ),
    ),
    "inviting.answer": (
        ahead, lambda c, i: inviting.answer(interview=i, how="accept", wishes="", now=NOW),
    ),
    "inviting.choose": (
        ahead, lambda c, i: inviting.choose(interview=i, starts_at=i.starts_at + timedelta(hours=1), now=NOW),
    ),
    "inviting.remind_an_hour_before": (
        ahead, lambda c, i: inviting.remind_an_hour_before(interview=i, host=True, wanted=True),
    ),
    "listing.recommend": (
        None, lambda c, _: listing.recommend(incident=c.incident, by=c.bob, because="it teaches", now=NOW),
    ),
    "listing.take_off": (
        lambda c: listing.recommend(incident=c.incident, by=c.bob, because="it teaches", now=NOW),
        lambda c, _: listing.take_off(incident=c.incident, by=c.bob),
    ),
    "recalling.choose_recalling": (
        None, lambda c, _: recalling.choose_recalling(by=c.ian, monthly=True, anniversaries=False),
    ),
    "feeding.make_feed_key": (None, lambda c, _: feeding.make_feed_key(by=c.ian, now=NOW)),
    "feeding.remove_feed_key": (
        lambda c: feeding.make_feed_key(by=c.ian, now=NOW), lambda c, _: feeding.remove_feed_key(by=c.ian),
    ),
    "inviting.make_calendar_key": (None, lambda c, _: inviting.make_calendar_key(by=c.ian, now=NOW)),
    "inviting.set_discreet": (
        lambda c: inviting.make_calendar_key(by=c.ian, now=NOW), lambda c, _: inviting.set_discreet(by=c.ian, discreet=True),
    ),
    "inviting.remove_calendar_key": (
        lambda c: inviting.make_calendar_key(by=c.ian, now=NOW), lambda c, _: inviting.remove_calendar_key(by=c.ian),
    ),
    "inviting.name_calendar": (
        None, lambda c, _: inviting.name_calendar(owner=c.ian, address="https://cal.example.org/x.ics", now=NOW),
    ),
    "inviting.forget_calendar": (
        lambda c: inviting.name_calendar(owner=c.ian, address="https://cal.example.org/x.ics", now=NOW),
        lambda c, _: inviting.forget_calendar(owner=c.ian),
    ),
    "inviting.save_hours": (
        guest, lambda c, p: inviting.save_hours(participant=p, zone="Asia/Tokyo", hours={}),
    ),
    "delivering.set_address": (
        guest, lambda c, p: delivering.set_address(participant=p, by=c.alice, email="elsewhere@example.org"),
    ),
    "delivering.send_again": (
        undelivered, lambda c, i: delivering.send_again(interview=i, by=c.alice, now=NOW),
    ),
    "handing.hand_over": (
        lambda c: make.interview(c.incident),
        lambda c, i: handing.hand_over(interview=i, by=c.alice, to=c.bob, reason="is away", now=NOW),
    ),
    "inviting.cancel": (
        lambda c: make.interview(c.incident), lambda c, i: inviting.cancel(interview=i, by=c.alice),
    ),
    "scheduling.add": (
        None,
        lambda c, _: scheduling.add(
            incident=c.incident, by=c.alice, participant=participant(c), interviewer=c.alice
        ),
    ),
    "listening.save_note": (
        lambda c: make.interview(c.incident),
        lambda c, i: listening.save_note(interview=i, by=c.alice, body="x", version=0, now=NOW),
    ),
    "listening.held": (
        lambda c: make.interview(c.incident), lambda c, i: listening.held(interview=i, by=c.alice, now=NOW),
    ),
    "listening.propose_passage": (None, lambda c, _: passage(c)),
    "listening.begin": (
        lambda c: make.interview(c.incident), lambda c, i: listening.begin(interview=i, by=c.alice, now=NOW),
    ),
    "listening.go_off_record": (
        lambda c: make.interview(c.incident),
        lambda c, i: listening.go_off_record(interview=i, by=c.alice, body="x", version=0, now=NOW),
    ),
    "listening.back_on_record": (
        off_the_record, lambda c, i: listening.back_on_record(interview=i, by=c.alice, now=NOW),
    ),
    "listening.settle_stamp": (
        stamped,
        lambda c, i: listening.settle_stamp(
            interview=i, by=c.alice, line=0, mark="@11:30", choice="@2026-03-10 11:30", now=NOW
        ),
    ),
    "listening.add_question": (
        lambda c: make.interview(c.incident), lambda c, i: prepared(c, i, "What did you see?"),
    ),
    "listening.mark_asked": (
        prepared, lambda c, q: listening.mark_asked(question=q, by=c.alice, asked=True, now=NOW),
    ),
    "listening.move_question": (
        lambda c: prepared(c, prepared(c).interview, "What came next?"),
        lambda c, q: listening.move_question(question=q, by=c.alice, up=True),
    ),
    "listening.remove_question": (prepared, lambda c, q: listening.remove_question(question=q, by=c.alice)),
    "releasing.release": (
        passage, lambda c, p: releasing.release(passage=p, text="", with_name=False, now=NOW),
    ),
    "releasing.correct": (
        noted, lambda c, i: releasing.correct(interview=i, line="It was quiet.", number=0, text="It was loud.", now=NOW),
    ),
    "releasing.drop_correction": (corrected, lambda c, one: releasing.drop_correction(correction=one)),
    "releasing.take_over": (corrected, lambda c, one: releasing.take_over(correction=one, by=c.alice, now=NOW)),
    "releasing.strike_line": (
        noted, lambda c, i: releasing.strike_line(interview=i, line="It was quiet.", number=0, now=NOW),
    ),
    "releasing.release_line": (
        noted,
        lambda c, i: releasing.release_line(
            interview=i, line="It was quiet.", number=0, text="", with_name=False, earliest=make.T0, now=NOW
        ),
    ),
    "releasing.agree": (noted, lambda c, i: releasing.agree(interview=i, now=NOW)),
    "releasing.ask_to_read": (noted, lambda c, i: releasing.ask_to_read(interview=i, by=c.alice, now=NOW)),
    "releasing.finish_writing": (
        lambda c: noted(c, state="writing"), lambda c, i: releasing.finish_writing(interview=i, now=NOW),
    ),
    "releasing.ask_longer": (
        noted,
        lambda c, i: releasing.ask_longer(
            interview=i, by=c.alice, until=i.purge_on + timedelta(days=9), now=NOW
        ),
    ),
    "releasing.answer_longer": (asked_longer, lambda c, i: releasing.answer_longer(interview=i, agreed=True)),
    "releasing.take_back": (
        lambda c: releasing.release(passage=passage(c), text="", with_name=True, now=NOW),
        lambda c, p: releasing.take_back(passage=p, now=NOW),
    ),
    "releasing.approve": (wanted, lambda c, one: releasing.approve(approval=one, now=NOW)),
    "releasing.refuse": (wanted, lambda c, one: releasing.refuse(approval=one, now=NOW)),
    "jotting.ask": (participant, lambda c, p: jotting.ask(participant=p, now=NOW.replace(hour=10))),
    "jotting.decline": (participant, lambda c, p: jotting.decline(participant=p, now=NOW)),
    "timelines.withdraw_recollection": (
        lambda c: timelines.add_recollection(incident=c.incident, by=c.ian, at=make.T0, text="quiet", actor=""),
        lambda c, e: timelines.withdraw_recollection(event=e, by=c.ian),
    ),
    "publication.ask_attributed": (
        wanted, lambda c, _: publication.ask_attributed(incident=c.incident, by=c.alice, now=NOW),
    ),
    "releasing.strike": (passage, lambda c, p: releasing.strike(passage=p)),
    "writing.save_section": (
        None,
        lambda c, _: writing.save_section(incident=c.incident, key="summary", text="x", version=0, by=c.bob),
    ),
    "writing.settle": (
        lambda c: make.clash(c.incident), lambda c, x: writing.settle(clash=x, by=c.bob, how="written", now=NOW),
    ),
    "impact.add_figure": (None, lambda c, _: figure(c)),
    "impact.change_figure": (
        figure, lambda c, f: impact.change_figure(figure=f, by=c.bob, what="people", number=Decimal(2), unit="people"),
    ),
    "impact.remove_figure": (figure, lambda c, f: impact.remove_figure(figure=f, by=c.bob)),
    "images.keep": (None, lambda c, _: make.image(c.incident)),
    "images.describe": (lambda c: make.image(c.incident), lambda c, i: images.describe(image=i, by=c.bob, alt="Errors rise")),
    "images.remove": (lambda c: make.image(c.incident), lambda c, i: images.remove(image=i, by=c.bob, now=NOW)),
    "images.put_back": (image_taken_out, lambda c, i: images.put_back(image=i, by=c.bob)),
    "images.discard": (image_taken_out, lambda c, i: images.discard(image=i, now=NOW + images.KEPT)),
    "images.show_moment": (
        lambda c: make.image(c.incident), lambda c, i: images.show_moment(image=i, by=c.bob, at=make.T0, text="Errors rise"),
    ),
    "images.leave_moment": (
        lambda c: make.graph(c.incident).images.get(), lambda c, i: images.leave_moment(image=i, by=c.bob),
    ),
    "commenting.comment": (None, lambda c, _: make.comment(c.incident, "@Bob, look", by=c.ian)),
    "commenting.answer": (
        lambda c: make.comment(c.incident, by=c.ian), lambda c, x: commenting.answer(thread=x, by=c.bob, text="Both", now=NOW),
    ),
    "commenting.edit": (
        lambda c: make.comment(c.incident, by=c.ian),
        lambda c, x: commenting.edit(comment=x, by=c.ian, text="@Bob, look", now=NOW),
    ),
    "commenting.remove": (
        lambda c: make.comment(c.incident, "@Bob, look", by=c.ian), lambda c, x: commenting.remove(comment=x, by=c.ian, now=NOW),
    ),
    "commenting.resolve": (lambda c: make.comment(c.incident), lambda c, x: commenting.resolve(thread=x, by=c.bob, now=NOW)),
    "commenting.reopen": (resolved, lambda c, x: commenting.reopen(thread=x, by=c.bob)),
    "commenting.accept": (
        suggested, lambda c, x: commenting.accept(thread=x, by=c.bob, seen=threads.seen("quiet"), now=NOW),
    ),
    "commenting.decline": (suggested, lambda c, x: commenting.decline(thread=x, by=c.bob, now=NOW)),
    "templating.create": (None, lambda c, _: make.template(by=c.ada)),
    "templating.save_version": (
        lambda c: make.template(by=c.ada),
        lambda c, t: templating.save_version(
            template=t, sections=Sections(TEXTS[:-1]), started_from=1, note="", by=c.ada, now=NOW
        ),
    ),
    "templating.change": (
        lambda c: make.template(by=c.ada),
        lambda c, t: templating.change(template=t, name="Lost", sentence="", severities=[c.incident.severity], by=c.ada),
    ),
    "templating.retire": (
        lambda c: make.template(by=c.ada), lambda c, t: templating.retire(template=t, by=c.ada, now=NOW),
    ),
    "templating.bring_back": (retired_template, lambda c, t: templating.bring_back(template=t, by=c.ada)),
    "templating.follow": (
        lambda c: make.template(by=c.ada),
        lambda c, t: templating.follow(incident=c.incident, version=t.versions.get(), seen=None, by=c.bob, now=NOW),
    ),
    "templating.leave": (
        lambda c: make.template(by=c.ada),
        lambda c, t: templating.leave(incident=c.incident, version=t.versions.get(), by=c.bob, now=NOW),
    ),
    "conditions.save_condition": (
        lambda c: make.event(c.incident), lambda c, e: make.condition(c.incident, "No budget", e),
    ),
    "conditions.remove_condition": (
        lambda c: make.condition(c.incident), lambda c, x: conditions.remove_condition(condition=x, by=c.bob, now=NOW),
    ),
    "conditions.save_kind": (None, lambda c, _: conditions.save_kind(kind=ConditionKind(name="Luck"), by=c.ada)),
    "conditions.move_kind": (technical, lambda c, kind: conditions.move_kind(kind=kind, by=c.ada, up=False)),
    "conditions.retire_kind": (technical, lambda c, kind: conditions.retire_kind(kind=kind, by=c.ada, now=NOW)),
    "none_needed.decide_none": (None, lambda c, _: none_needed.decide_none(incident=c.incident, by=c.bob, why="x", now=NOW)),
    "none_needed.take_back": (
        lambda c: none_needed.decide_none(incident=c.incident, by=c.bob, why="x", now=NOW),
        lambda c, _: none_needed.take_back(incident=c.incident, by=c.bob),
    ),
    "incidents.weigh_rules": (
        lambda c: c.incident.severity,
        lambda c, severity: incidents.weigh_rules(severity=severity, by=c.ada, weights={"unwritten": "advisory"}),
    ),
    "conditions.bring_back": (
        removed_condition, lambda c, x: conditions.bring_back(condition=x, by=c.bob),
    ),
    "conditions.move_condition": (
        lambda c: [make.condition(c.incident) for _ in "12"],
        lambda c, both: conditions.move_condition(condition=both[1], by=c.bob, before=both[0]),
    ),
    "conditions.cite": (
        lambda c: (make.condition(c.incident), make.event(c.incident)),
        lambda c, both: conditions.cite(condition=both[0], by=c.bob, event=both[1], cited=True),
    ),
    "tracking.add_tracker": (None, lambda c, _: tracker_of(c)),
    "tracking.change_tracker": (
        tracker_of, lambda c, t: tracking.change_tracker(tracker=t, by=c.ada, name="Another", now=NOW),
    ),
    "tracking.try_tracker": (tracker_of, lambda c, t: tracking.try_tracker(tracker=t, by=c.ada, now=NOW)),
    "tracking.new_secret": (tracker_of, lambda c, t: tracking.new_secret(tracker=t, by=c.ada)),
    "tracking.set_active": (tracker_of, lambda c, t: tracking.set_active(tracker=t, by=c.ada, active=False)),
    "tracking.remove_tracker": (tracker_of, lambda c, t: tracking.remove_tracker(tracker=t, by=c.ada)),
    "tracking.set_login": (
        tracker_of, lambda c, t: tracking.set_login(tracker=t, by=c.ada, user=c.ian, login="ian", now=NOW),
    ),
    "tracking.remove_login": (known_there, lambda c, one: tracking.remove_login(login=one, by=c.ada)),
    "tracking.make_issue": (
        tracker_of, lambda c, t: tracking.make_issue(item=make.item(c.incident), tracker=t, by=c.bob, now=NOW),
    ),
    "tracking.link_issue": (None, lambda c, _: tracked(c)),
    "tracking.unlink_issue": (tracked, lambda c, one: tracking.unlink_issue(tracked=one, by=c.bob)),
    "tracking.settle": (
        in_conflict, lambda c, one: tracking.settle(tracked=one, by=c.bob, field="due", keep="ours", now=NOW),
    ),
    "remediation.add_item": (None, lambda c, _: make.item(c.incident)),
    "remediation.edit_item": (
        lambda c: make.item(c.incident),
        lambda c, i: remediation.edit_item(item=i, by=c.bob, version=1, conditions=[], what="another"),
    ),
    "remediation.move": (
        lambda c: make.item(c.incident), lambda c, i: remediation.move(item=i, by=c.bob, status="parked", reason="x"),
    ),
    "remediation.add_link": (lambda c: make.item(c.incident), lambda c, i: linked(c, i)),
    "remediation.remove_link": (
        lambda c: linked(c, make.item(c.incident)), lambda c, found: remediation.remove_link(link=found, by=c.bob),
    ),
    "remediation.check_effect": (
        lambda c: make.item(c.incident, status="done", done_at=NOW),
        lambda c, i: remediation.check_effect(
            item=i, by=c.bob, held="yes", would_have_changed="no", words="", now=NOW
        ),
    ),
    "bulk.change_items": (lambda c: make.item(c.incident), lambda c, i: changed_together(c, i)),
    "bulk.take_back": (
        lambda c: changed_together(c, make.item(c.incident)), lambda c, b: bulk.take_back(bulk=b, by=c.bob, now=NOW),
    ),
    "calendar.make_item_calendar": (
        None, lambda c, _: item_calendars.make_item_calendar(by=c.ian, with_teams=True, now=NOW),
    ),
    "calendar.remove_item_calendar": (
        lambda c: item_calendars.make_item_calendar(by=c.ian, with_teams=True, now=NOW),
        lambda c, _: item_calendars.remove_item_calendar(by=c.ian),
    ),
    "reminding.choose_hearing": (
        None,
        lambda c, _: hearing.choose_hearing(by=c.ian, how="weekly", hour=9, ahead=True, of_teams=True, of_all=False),
    ),
    "reminding.add_channel": (None, lambda c, _: team_channel(c)),
    "reminding.try_channel": (
        lambda c: team_channel(c), lambda c, p: hearing.try_channel(place=p, by=c.ada, now=NOW),
    ),
    "reminding.remove_channel": (
        lambda c: team_channel(c), lambda c, p: hearing.remove_channel(place=p, by=c.ada),
    ),
    "remediation.settle": (
        lambda c: make.item(c.incident, status="parked"),
        lambda c, _: remediation.settle(incident=c.incident, by=c.bob, until=NOW),
    ),
    "planning.plan": (None, lambda c, _: make.meeting(c.incident)),
    "planning.change": (met, lambda c, m: meeting_plans.change(
        meeting=m, by=c.bob, plan=meeting_plans.Plan(m.starts_at + timedelta(days=1), 45), version=m.version, now=NOW)),
    "planning.invite": (met, lambda c, m: meeting_plans.invite(meeting=m, by=c.bob, now=NOW)),
    "planning.add_person": (met, lambda c, m: meeting_plans.add_person(meeting=m, by=c.bob, name="Guest", now=NOW)),
    "planning.remove_person": (
        met, lambda c, m: meeting_plans.remove_person(attendance=m.attendances.get(user=c.ian), by=c.bob, now=NOW),
    ),
    "planning.come": (met, lambda c, m: meeting_plans.come(meeting=m, by=c.mel, now=NOW)),
    "planning.stay_away": (met, lambda c, m: meeting_plans.stay_away(meeting=m, by=c.ian, now=NOW)),
    "planning.cancel": (met, lambda c, m: meeting_plans.cancel(meeting=m, by=c.bob, now=NOW)),
    "planning.send_draft": (met, lambda c, m: meeting_plans.send_draft(meeting=m, by=c.bob, now=NOW)),
    "sitting.save_text": (met, lambda c, m: sitting.save_text(
        meeting=m, what="notes", text="x", version=0, by=c.bob, now=NOW)),
    "sitting.make_agenda": (
        lambda c: (met(c), make.condition(c.incident))[0],
        lambda c, m: sitting.make_agenda(meeting=m, by=c.bob, now=NOW),
    ),
    "sitting.tick": (met, lambda c, m: sitting.tick(
        meeting=m, by=c.bob, came=[m.attendances.first().pk], now=NOW)),
    "sitting.walk_in": (met, lambda c, m: sitting.walk_in(meeting=m, by=c.bob, user=c.mel, now=NOW)),
    "sitting.park": (met, lambda c, m: sitting.park(meeting=m, by=c.bob, what="An idea", now=NOW)),
    "sitting.hold": (met, lambda c, m: sitting.hold(meeting=m, by=c.bob, now=m.ends_at)),
    "deciding.decide": (parked_idea, lambda c, i: deciding.decide(
        item=i, by=c.bob, decision=deciding.Decision("drop", reason="no"), version=i.version, now=NOW)),
    "deciding.ask_to_decide": (
        lambda c: sitting.hold(meeting=met(c), by=c.bob, now=make.T0 + timedelta(days=11)),
        lambda c, m: deciding.ask_to_decide(meeting=m, now=make.T0 + timedelta(days=30)),
    ),
    "surveying.ask": (came_five, lambda c, m: surveying.ask(meeting=m, now=m.held_at)),
    "surveying.close": (
        lambda c: surveying.ask(meeting=(m := came_five(c)), now=m.held_at),
        lambda c, s: surveying.close(survey=s, now=NOW),
    ),
    "publication.publish": (written, lambda c, _: publication.publish(
        incident=c.incident, by=c.alice, now=NOW, despite="It is a test of the trail.")),
    "following.follow": (None, lambda c, _: followed(c)),
    "following.unfollow": (followed, lambda c, s: following.unfollow(subscription=s, by=c.mel)),
    "following.end_letters": (followed, lambda c, _: following.end_letters(person=c.mel, now=NOW)),
    "following.decline": (None, lambda c, _: following.decline(address="guest@else.example", now=NOW)),
    "following.add_house_channel": (None, lambda c, _: house_channel(c)),
    "following.try_house_channel": (house_channel, lambda c, p: following.try_house_channel(place=p, by=c.ada, now=NOW)),
    "following.remove_house_channel": (house_channel, lambda c, p: following.remove_house_channel(place=p, by=c.ada)),
    "announcing.announce": (None, lambda c, _: announcing.announce(incident=c.incident, by=c.alice, now=NOW, text="Read it.")),
    "planning.publish_later": (None, lambda c, _: planned(c)),
    "planning.call_off": (planned, lambda c, _: publishing_later.call_off(incident=c.incident, by=c.alice)),
    "planning.carry_out": (planned, lambda c, p: publishing_later.carry_out(planned=p.pk, now=p.at)),
    "twin.publish_twin": (marked, lambda c, m: outside.publish_twin(
        incident=c.incident, by=c.alice, audience="public", change_note="", now=NOW, digest=m.digest)),
    "twin.mark": (marked, lambda c, m: outside.mark(incident=c.incident, by=c.bob, choices={m.parts[0].place: "partner"}, now=NOW)),
    "twin.say_instead": (
        marked, lambda c, m: outside.say_instead(incident=c.incident, by=c.bob, place=m.parts[0].place, instead="It was slow", now=NOW),
    ),
    "twin.replace": (None, lambda c, _: outside.replace(incident=c.incident, by=c.bob, words="db-17", instead="a host", now=NOW)),
    "twin.let_stay": (None, lambda c, _: outside.let_stay(incident=c.incident, by=c.bob, words="db-17", now=NOW)),
    "twin.ask_again": (
        lambda c: outside.let_stay(incident=c.incident, by=c.bob, words="db-17", now=NOW), lambda c, r: outside.ask_again(replacement=r, by=c.bob),
    ),
    "twin.keep_inside": (None, lambda c, _: outside.keep_inside(by=c.ada, words="Larkspur", instead="a bank", now=NOW)),
    "twin.let_out": (
        lambda c: outside.keep_inside(by=c.ada, words="Larkspur", instead="a bank", now=NOW), lambda c, k: outside.let_out(kept=k, by=c.ada),
    ),
    "withdrawing.withdraw": (
        revision, lambda c, r: withdrawing.withdraw(revision=r, by=c.alice, reason="A name stood in it", now=NOW),
    ),
    "withdrawing.withdraw_twin": (
        lambda c: twin(revision(c)), lambda c, t: withdrawing.withdraw_twin(twin=t, by=c.alice, reason="A name stood in it", now=NOW),
    ),
    "approving.approve": (
        written, lambda c, digest: approving.approve(text=draft(c.incident), by=c.apo, digest=digest, now=NOW),
    ),
    "approving.ask_approvers": (
        written, lambda c, _: approving.ask_approvers(text=draft(c.incident), by=c.alice, now=NOW),
    ),
}  # fmt: skip


def test_every_action_of_the_house_is_in_the_table():
    found = set()
    for room in ROOMS:
        module = importlib.import_module(f"{room}.actions")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                found.add(f"{room.rsplit('.', 1)[-1]}.{name}")
    assert found == set(CHANGES) | NO_CHANGES


def rows() -> list[tuple]:
    """A number for every table that another number for any row would change."""
    one = "select '{0}', count(*), coalesce(sum(hashtext(t::text)), 0) from {0} t"
    with connection.cursor() as cursor:
        tables = sorted(connection.introspection.table_names(cursor))
        cursor.execute(" union all ".join(one.format(table) for table in tables))
        return sorted(cursor.fetchall())


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_what_cannot_be_audited_does_not_happen(cast, monkeypatch, name):
    before, change = CHANGES[name]
    made = before(cast) if before else None
    stood = rows()

    def refuse(**fields):
        raise RuntimeError("the audit trail cannot be written")

    with monkeypatch.context() as patched:
        patched.setattr(Entry.objects, "create", refuse)
        with pytest.raises(RuntimeError, match="audit"), transaction.atomic():
            change(cast, made)
    assert rows() == stood


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_every_change_leaves_a_sentence(cast, name):
    before, change = CHANGES[name]
    made = before(cast) if before else None
    told = Entry.objects.count()
    change(cast, made)
    entries = list(Entry.objects.order_by("-pk")[: Entry.objects.count() - told])
    assert entries
    for entry in entries:
        assert entry.sentence
        assert entry.verb
        assert entry.subject
        assert entry.by
        assert entry.at.tzinfo


@pytest.mark.parametrize(
    "sql",
    [
        "update audit_entry set sentence = 'x'",
        "update audit_entry set at = now()",
        "delete from audit_entry",
        "truncate audit_entry",
    ],
)
def test_the_trail_is_never_changed_by_anybody(cast, sql):
    told = list(Entry.objects.values_list("pk", "sentence", "at"))
    refused = pytest.raises(Exception, match="never changed")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert list(Entry.objects.values_list("pk", "sentence", "at")) == told


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="transaction"):
        record(by=None, verb="x", subject="x", sentence="x")
    assert not Entry.objects.exists()


def test_long_sentences_are_cut_and_the_house_has_a_name(db):
    with transaction.atomic():
        entry = record(by=None, verb="x", subject="x", sentence="x" * 900)
    assert (len(entry.sentence), entry.by) == (500, "Second Story")


def test_the_trail_of_restricted_incidents_is_for_their_circle(client, cast, restricted):
    client.force_login(cast.ada)
    page = client.get(reverse("incidents:audit")).content.decode()
    assert cast.incident.ref in page
    assert restricted.ref not in page
    incidents.add_to_circle(incident=restricted, by=cast.alice, user=cast.ada, role="co")
    assert restricted.ref in client.get(reverse("incidents:audit")).content.decode()
