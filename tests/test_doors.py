"""Every address × every role. An address that is not in the table fails the suite."""

from __future__ import annotations

import uuid

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from postmortems.accounts import actions as accounts
from postmortems.archive.following import actions as following
from postmortems.archive.leading.reckoning import figures_of
from postmortems.archive.models import Reckoning
from postmortems.incidents import actions as incidents
from postmortems.incidents.impact import actions as impact
from postmortems.interviews.inviting import links
from postmortems.language.kinds import Kind
from postmortems.publication import content
from postmortems.publication.approving import actions as approving
from postmortems.publication.approving.texts import draft
from postmortems.publication.frozen import TABLES
from postmortems.publication.models import Approval, Printing, Revision, Twin
from postmortems.remediation import actions as items
from postmortems.remediation.bulk import actions as items_bulk
from postmortems.remediation.lists import saving as items_lists
from postmortems.remediation.reminding import actions as items_hearing
from postmortems.remediation.tracking import actions as tracking
from postmortems.writeup.coaching import actions as coaching
from tests import cast as people
from tests import make
from timelines import actions as timelines
from timelines import saving
from timelines.live import actions as live
from timelines.live.rules import actions as rules
from timelines.merging import actions as merging

# Who holds what on the incident of the cast, by hand: the table is checked against the app, not made from it.
EVERYBODY = {"alice", "bob", "ian", "apo", "mel", "rita", "rev", "ada"}
SEE = EVERYBODY
READ = {"alice", "bob", "ian", "apo", "rev", "ada"}
TAKE_PART = READ
WRITE = {"alice", "bob", "rev", "ada"}
LEAD = {"alice", "rev", "ada"}
APPROVE = {"alice", "apo", "rev", "ada"}
OPEN_INCIDENT = EVERYBODY - {"rita"}
ADMIN = {"ada"}
LEAD_ANYWHERE = {"rev", "ada"}  # by their role in the organisation
INTERVIEWER = {"alice"}
INTERVIEWEE = {"ian"}
OWNER_OR_READ = READ
NOBODY: set[str] = set()

G, P = "GET", "POST"
# name: (method, who gets in, what the others get)
TABLE: dict[str, tuple[str, set[str], int]] = {
    # everybody who is signed in
    "home": (G, EVERYBODY, 403), "help": (G, EVERYBODY, 403), "accounts:profile": (G, EVERYBODY, 403),
    "accounts:people": (G, EVERYBODY, 403), "accounts:team": (G, EVERYBODY, 403), "incidents:list": (G, EVERYBODY, 403),
    "remediation:mine": (G, EVERYBODY, 403), "remediation:all": (G, EVERYBODY, 403), "remediation:of_team": (G, EVERYBODY, 403),
    "remediation:take_along": (G, EVERYBODY, 403), "remediation:save_view": (P, EVERYBODY, 403), "remediation:forget_view": (P, EVERYBODY, 403),
    "remediation:change": (P, EVERYBODY, 403), "remediation:undo": (P, {"alice"}, 404), "remediation:board": (G, EVERYBODY, 403),
    "remediation:move_card": (P, EVERYBODY, 403), "remediation:undo_card": (P, {"alice"}, 404), "remediation:hearing": (G, EVERYBODY, 403),
    "remediation:change_calendar": (P, EVERYBODY, 403), "remediation:channels": (G, ADMIN, 403), "remediation:change_channel": (P, ADMIN, 403),
    **{f"remediation:{name}": (G, ADMIN, 403) for name in ("trackers", "tracker")},
    **{f"remediation:{name}": (P, ADMIN, 403) for name in ("change_tracker", "add_login", "remove_login")},
    "archive:search": (G, EVERYBODY, 403), "archive:feed": (G, EVERYBODY, 403),
    "archive:related": (G, EVERYBODY, 404),
    "archive:following": (G, EVERYBODY, 403), "archive:follow": (P, EVERYBODY, 403), "archive:change_following": (P, {"alice"}, 404),
    "archive:channels": (G, ADMIN, 403), "archive:change_channel": (P, ADMIN, 403), "archive:announce": (G, LEAD, 403), "archive:announce_next": (G, LEAD, 403),
    "archive:feeds": (G, EVERYBODY, 403), "archive:change_feeds": (P, EVERYBODY, 403),
    **{f"archive:{name}": (G, EVERYBODY, 403) for name in ("recurs", "fixed", "reviews", "numbers", "conditions", "promises", "due", "how_far_read", "surveyed", "reading", "printed")},
    "archive:shelf": (G, EVERYBODY, 404), "archive:recommend": (P, WRITE, 403), "archive:later": (P, EVERYBODY, 404),
    "archive:read": (P, EVERYBODY, 404), "archive:letters": (G, EVERYBODY, 403),
    # administrators
    "accounts:invitations": (G, ADMIN, 403), "accounts:withdraw": (P, ADMIN, 403), "accounts:set_role": (P, ADMIN, 403),
    "accounts:new_team": (G, ADMIN, 403), "accounts:edit_team": (G, ADMIN, 403), "incidents:settings": (G, ADMIN, 403),
    "incidents:edit_severity": (G, ADMIN, 403), "incidents:new_service": (G, ADMIN, 403), "incidents:edit_service": (G, ADMIN, 403),
    "incidents:audit": (G, ADMIN, 403),
    # the incident
    "incidents:new": (G, OPEN_INCIDENT, 403), "desk:overview": (G, SEE, 403), "incidents:edit": (G, WRITE, 403),
    "incidents:history": (G, READ, 403), "incidents:people": (G, READ, 403), "incidents:add_participant": (P, WRITE, 403),
    "incidents:remove_participant": (P, WRITE, 403), "incidents:add_to_circle": (P, LEAD, 403),
    "incidents:remove_from_circle": (P, LEAD, 403), "incidents:add_link": (P, WRITE, 403), "incidents:remove_link": (P, WRITE, 403),
    "incidents:no_review": (G, LEAD, 403), "incidents:reopen": (P, LEAD, 403), "incidents:close": (P, LEAD, 403),
    "incidents:skip_stage": (P, LEAD, 403),
    # its timeline and evidence
    "timelines:timeline": (G, READ, 403), "timelines:add": (G, TAKE_PART, 403), "timelines:table": (G, READ, 403),
    "timelines:annotate": (G, WRITE, 403), "timelines:export": (G, READ, 403),
    "timelines:event": (G, READ, 403), "timelines:raw": (G, WRITE, 403), "timelines:masked": (G, WRITE, 403),
    "timelines:decide_masked": (P, WRITE, 403), "timelines:pin": (P, WRITE, 403),
    "timelines:hide": (P, WRITE, 403), "timelines:show": (P, WRITE, 403),
    "timelines:imports": (G, READ, 403), "timelines:import": (G, READ, 403),
    "timelines:receive": (P, TAKE_PART, 403), "timelines:answer": (P, TAKE_PART, 403), "timelines:original": (G, LEAD, 403),
    "timelines:offset": (P, WRITE, 403), "timelines:zone": (P, WRITE, 403), "timelines:set_aside": (P, TAKE_PART, 403),
    "timelines:edit": (G, NOBODY, 403),  # an imported event: only one's own, added by hand, can be changed
    "timelines:save_view": (P, READ, 403), "timelines:forget_view": (P, READ, 403), "timelines:at": (G, READ, 403),
    # what was believed, tried and told
    "timelines:story": (G, READ, 403), "timelines:add_span": (G, WRITE, 403), "timelines:edit_span": (G, WRITE, 403),
    "timelines:remove_span": (P, WRITE, 403), "timelines:put_back": (G, WRITE, 403), "timelines:phases": (G, READ, 403),
    "timelines:take_times": (P, WRITE, 403), "timelines:level": (G, READ, 403), "timelines:add_level": (P, WRITE, 403),
    "timelines:change_level": (P, WRITE, 403),
    # one line of many sources
    "timelines:people": (G, READ, 403), "timelines:say_who": (P, WRITE, 403), "timelines:say_certain": (P, WRITE, 403),
    "timelines:refuse_who": (P, WRITE, 403), "timelines:suggest_again": (P, WRITE, 403), "timelines:unmap": (P, WRITE, 403),
    "timelines:clocks": (G, READ, 403), "timelines:accept_clock": (P, WRITE, 403), "timelines:take_back_clock": (P, WRITE, 403),
    "timelines:same": (G, READ, 403), "timelines:group_events": (P, WRITE, 403), "timelines:group_certain": (P, WRITE, 403),
    "timelines:say_apart": (P, WRITE, 403), "timelines:ask_again": (P, WRITE, 403), "timelines:ungroup": (P, WRITE, 403),
    "timelines:moment": (G, READ, 403), "timelines:questions": (G, READ, 403), "timelines:ask": (P, WRITE, 403),
    "timelines:answer_question": (P, WRITE, 403), "timelines:reopen_question": (P, WRITE, 403), "timelines:withdraw_question": (P, WRITE, 403),
    # what tools send; the address they send to is open, and its secret is checked in tests/timelines/live
    "live:inbox": (G, LEAD_ANYWHERE, 403), "live:decide": (P, LEAD_ANYWHERE, 403),
    "live:take_back": (P, LEAD_ANYWHERE, 403), "live:connections": (G, ADMIN, 403), "live:connection": (G, ADMIN, 403),
    "live:change_connection": (P, ADMIN, 403), "live:new_rule": (G, ADMIN, 403), "live:rule": (G, ADMIN, 403), "live:change_rule": (P, ADMIN, 403),
    "live:undo": (P, LEAD_ANYWHERE, 403), "live:sort_again": (P, LEAD_ANYWHERE, 403),
    # interviews: of the conversation itself, the two alone; everybody else cannot tell it from none
    "interviews:board": (G, READ, 403), "interviews:plan": (P, WRITE, 403), "interviews:add": (P, WRITE, 403),
    "interviews:invite_all": (P, WRITE, 403), "interviews:invite": (P, WRITE, 403), "interviews:set_time": (P, WRITE, 403),
    "interviews:hand_over": (G, WRITE, 403), "interviews:send_again": (P, WRITE, 403),
    "interviews:whom": (G, WRITE, 403), "interviews:move": (G, WRITE, 403), "interviews:rules": (G, WRITE, 403),
    "interviews:decide_window": (P, WRITE, 403), "interviews:take_in": (P, WRITE, 403), "interviews:loosen": (P, WRITE, 403),
    "interviews:hours": (G, WRITE, 403), "interviews:not_asked": (P, WRITE, 403), "interviews:ask_after_all": (P, WRITE, 403),
    "interviews:cancel": (P, WRITE, 403), "interviews:jot": (G, TAKE_PART, 403), "interviews:answer": (G, INTERVIEWEE, 404),
    "interviews:mine": (G, EVERYBODY, 403), "interviews:my_calendar": (G, EVERYBODY, 403), "interviews:change_feed": (P, EVERYBODY, 403),
    "interviews:change_busy": (P, EVERYBODY, 403), "interviews:remind_me": (P, INTERVIEWER, 404),
    "interviews:conduct": (G, INTERVIEWER, 404), "interviews:save_note": (P, INTERVIEWER, 404), "interviews:held": (P, INTERVIEWER, 404),
    "interviews:propose_passage": (P, INTERVIEWER, 404), "interviews:passages": (G, INTERVIEWER, 404),
    "interviews:begin": (P, INTERVIEWER, 404), "interviews:leave_open": (P, INTERVIEWER, 404), "interviews:settle_stamp": (P, INTERVIEWER, 404),
    "interviews:off_record": (P, INTERVIEWER, 404), "interviews:on_record": (P, INTERVIEWER, 404),
    "interviews:add_question": (P, INTERVIEWER, 404),
    "interviews:change_question": (P, INTERVIEWER, 404), "interviews:check_question": (P, INTERVIEWER, 404),
    "interviews:check_a_question": (G, EVERYBODY, 403),
    "interviews:words": (G, INTERVIEWEE, 404), "interviews:ask_to_read": (P, INTERVIEWER, 404), "interviews:take_over": (P, INTERVIEWER, 404),
    "interviews:ask_longer": (P, INTERVIEWER, 404),
    "incidents:impact": (G, READ, 403), "incidents:add_figure": (P, WRITE, 403), "incidents:change_figure": (G, WRITE, 403),
    "incidents:remove_figure": (P, WRITE, 403),
    # what its conditions rest on, and how ready it is
    "writeup:bring_back": (P, WRITE, 403), "writeup:move_condition": (P, WRITE, 403), "writeup:conditions_of_event": (G, READ, 403),
    "writeup:kinds": (G, ADMIN, 403), "writeup:new_kind": (G, ADMIN, 403), "writeup:edit_kind": (G, ADMIN, 403),
    "writeup:move_kind": (P, ADMIN, 403), "writeup:retire_kind": (P, ADMIN, 403), "remediation:decide_none": (P, WRITE, 403),
    "publication:plan": (G, LEAD, 403), "publication:call_off": (P, LEAD, 403),
    "publication:trace": (G, READ, 403), "publication:checks": (G, READ, 403), "publication:policy": (G, ADMIN, 403),
    # the write-up
    "writeup:edit": (G, READ, 403), "writeup:preview": (P, READ, 403), "writeup:save": (P, WRITE, 403),
    "writeup:history": (G, READ, 403), "writeup:restore": (P, WRITE, 403), "writeup:new_condition": (G, WRITE, 403),
    "writeup:condition": (G, WRITE, 403), "writeup:remove_condition": (P, WRITE, 403),
    "writeup:settle": (P, WRITE, 403), "writeup:own_editor": (G, READ, 403), "writeup:download": (G, READ, 403),
    "writeup:compare": (P, WRITE, 403), "writeup:take": (P, WRITE, 403), "writeup:events": (G, WRITE, 403), "writeup:here": (P, WRITE, 403), "writeup:text": (G, WRITE, 403),
    "writeup:templates": (G, LEAD_ANYWHERE, 403), "writeup:house_template": (G, LEAD_ANYWHERE, 403), "writeup:template": (G, LEAD_ANYWHERE, 403),
    "writeup:compare_template": (G, LEAD_ANYWHERE, 403), "writeup:template_file": (G, LEAD_ANYWHERE, 403),
    "writeup:new_template": (G, ADMIN, 403), "writeup:edit_template": (G, ADMIN, 403), "writeup:template_about": (G, ADMIN, 403),
    "writeup:retire_template": (P, ADMIN, 403), "writeup:outline": (G, READ, 403), "writeup:follow": (P, WRITE, 403), "writeup:leave": (P, WRITE, 403),
    "writeup:cite": (G, READ, 403), "writeup:cited": (G, READ, 403),
    "writeup:images": (G, READ, 403), "writeup:image": (G, READ, 403), "writeup:image_of_event": (G, READ, 403),
    "writeup:image_at_event": (G, READ, 403), "writeup:add_image": (P, TAKE_PART, 403), "writeup:add_image_to_section": (P, WRITE, 403),
    "writeup:describe_image": (P, WRITE, 403), "writeup:remove_image": (P, WRITE, 403), "writeup:put_image_back": (P, WRITE, 403),
    "writeup:image_moment": (G, TAKE_PART, 403), "writeup:leave_moment": (P, WRITE, 403),
    # the coach
    "writeup:coach": (G, READ, 403), "writeup:marks": (P, WRITE, 403), "writeup:let_stand": (P, WRITE, 403), "writeup:ask_again": (P, WRITE, 403),
    "writeup:coach_settings": (G, LEAD_ANYWHERE, 403), "writeup:add_word": (P, ADMIN, 403), "writeup:remove_word": (P, ADMIN, 403),
    "writeup:silence_kind": (P, ADMIN, 403), "writeup:hear_kind": (P, ADMIN, 403),
    "writeup:comments": (G, READ, 403), "writeup:comment": (P, TAKE_PART, 403), "writeup:people_to_call": (G, TAKE_PART, 403),
    "writeup:answer_comment": (P, TAKE_PART, 403), "writeup:edit_comment": (G, {"alice"}, 403), "writeup:remove_comment": (P, {"alice"}, 403),
    "writeup:resolve_comment": (P, TAKE_PART, 403), "writeup:reopen_comment": (P, TAKE_PART, 403),
    "writeup:accept_suggestion": (P, WRITE, 403), "writeup:decline_suggestion": (P, WRITE, 403), "writeup:my_comments": (G, EVERYBODY, 403),
    # items: of people outside the circle those alone who own one
    "archive:before": (G, READ, 403), "remediation:of_incident": (G, READ, 403), "remediation:fragment": (G, READ, 403), "remediation:new": (G, WRITE, 403),
    "remediation:item": (G, READ, 404), "remediation:edit": (G, WRITE, 404), "remediation:move": (P, WRITE, 404),
    "remediation:check": (P, READ, 403), "remediation:link": (P, WRITE, 404), "remediation:unlink": (P, WRITE, 404),
    "remediation:effect": (P, WRITE, 404), "remediation:issue": (G, WRITE, 404), "remediation:change_issue": (P, WRITE, 404),
    # the meeting
    "meetings:meeting": (G, SEE, 403), "meetings:come": (P, SEE, 403), "meetings:earlier": (G, READ, 403), "meetings:plan": (G, WRITE, 403),
    "meetings:invite": (P, WRITE, 403), "meetings:send_draft": (P, WRITE, 403), "meetings:cancel": (P, WRITE, 403),
    "meetings:add_person": (P, WRITE, 403), "meetings:remove_person": (P, WRITE, 403), "meetings:room": (G, READ, 403),
    "meetings:anew": (P, WRITE, 403), "meetings:came": (P, WRITE, 403), "meetings:walk_in": (P, WRITE, 403), "meetings:park": (P, TAKE_PART, 403),
    "meetings:held": (P, WRITE, 403), "meetings:save": (P, WRITE, 403), "meetings:history": (G, READ, 403), "meetings:restore": (P, WRITE, 403),
    "meetings:decide": (G, READ, 403), "meetings:decide_one": (P, WRITE, 403),
    # publication
    "publication:readiness": (G, READ, 403), "publication:publish": (P, LEAD, 403), "publication:approve": (P, APPROVE, 403),
    "publication:name_approver": (P, LEAD, 403), "publication:ask_approvers": (P, WRITE, 403), "publication:unname_approver": (P, LEAD, 403),
    "publication:since_approval": (G, READ, 403), "publication:withdraw": (G, LEAD, 403),
    "publication:twin": (G, READ, 403), "publication:mark_twin": (P, WRITE, 403), "publication:instead_in_twin": (P, WRITE, 403),
    "publication:words_of_twin": (P, WRITE, 403), "publication:found_in_twin": (P, WRITE, 403), "publication:approve_twin": (P, APPROVE, 403),
    "publication:ask_about_twin": (P, WRITE, 403), "publication:publish_twin": (P, LEAD, 403), "publication:withdraw_twin": (G, LEAD, 403),
    "publication:house_words": (G, ADMIN, 403),
    "publication:standing": (G, EVERYBODY, 404), "publication:newest": (G, EVERYBODY, 404), "publication:revision": (G, EVERYBODY, 404), "publication:printing": (G, EVERYBODY, 404),
    "publication:changes": (G, EVERYBODY, 404), "publication:document": (G, EVERYBODY, 404),
    "publication:markdown": (G, EVERYBODY, 404), "publication:folder": (G, EVERYBODY, 404), "publication:word": (G, EVERYBODY, 404),
    "publication:image": (G, READ, 404),  # of a draft; those of a revision are in tests/publication
    "publication:pdf": (G, EVERYBODY, 404), "publication:ask_attributed": (P, WRITE, 403), "publication:attributed": (G, INTERVIEWEE, 404),
}  # fmt: skip
OPEN = {
    "accounts:accept",
    "interviews:answer_by_link",
    "interviews:words_by_link",
    "interviews:jot_by_link",
    "publication:attributed_by_link",
    "live:receive",
    "meetings:answer",
    "interviews:feed",
    "archive:subscribed",
    "archive:end_letters",
    "archive:end_recalling",
    "remediation:calendar",
    "remediation:knock",
    # for everybody, or a secret of partners: what they tell is tried in tests/publication/outside
    *(
        f"outside:{page}"
        for page in (
            "robots",
            "front",
            "year",
            "feed",
            "newest",
            "twin",
            "pdf",
            "document",
            "image",
            "image_of",
        )
    ),
}  # no sign-in: a secret in the address
# Of these, who may read but not change gets 403 and strangers get 404.
READERS_GET_403 = {
    "remediation:edit", "remediation:move", "remediation:link", "remediation:unlink", "remediation:effect",
    "remediation:issue", "remediation:change_issue",
}  # fmt: skip


def names(patterns=None, prefix=""):
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            if "allauth" in str(getattr(pattern, "urlconf_name", "")):
                continue
            space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from names(pattern.url_patterns, space)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"


def test_every_address_is_in_the_table():
    known = set(names())
    assert known - set(TABLE) - OPEN == set(), "give these addresses a line in tests/test_doors.py"
    assert set(TABLE) - known == set(), "these addresses are gone"


@pytest.fixture(scope="module")
def whole(django_db_setup, django_db_blocker, tmp_path_factory):
    """One of everything, made once: what a test changes is rolled back behind it, and all of it after the last."""
    files = str(tmp_path_factory.mktemp("files"))
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(MEDIA_ROOT=files):
        gathered = people.gather()
        made = one_of_everything(gathered)
        clients = {who: signed_in(gathered[who]) for who in EVERYBODY}
        yield gathered, made | {"clients": clients, "stranger": Client()}, files
        transaction.set_rollback(True)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def like(client: Client) -> Client:
    """Another with the same session, which what one request brings does not reach."""
    another = Client()
    another.handler = client.handler  # which loads its middlewares once
    another.cookies.load({name: morsel.value for name, morsel in client.cookies.items()})
    return another


@pytest.fixture
def cast(whole, db):
    return whole[0]


@pytest.fixture
def house(whole, db, settings):
    settings.MEDIA_ROOT = whole[2]
    return whole[1]


def approval_of(cast) -> Approval:
    text = draft(cast.incident)
    approving.approve(text=text, by=cast.apo, digest=text.digest, now=timezone.now())
    return Approval.objects.get()


def one_of_everything(cast) -> dict:
    """One of everything an address can name."""
    incident = cast.incident
    event = make.events(incident, 1)[0]
    make.writeup_of(incident)
    imported = timelines.receive_file(
        incident=incident, by=cast.alice, upload=ContentFile(b"x", name="x.txt")
    )
    now = timezone.now()
    document = content.of(incident)
    revision, _ = (
        Revision.objects.create(
            incident=incident, number=number, title=incident.title, content=document, html="<p>words</p>", words="words",
            published_by=cast.alice, digest="d", previous_digest="d" if number > 1 else "",
        )
        for number in (1, 2)
    )  # fmt: skip
    for one in incident.revisions.all():
        Printing(revision=one, state="done").file.save("x.pdf", ContentFile(b"%PDF-1.7"))
    team, service = make.team(), make.service()
    Reckoning.objects.create(as_of=now, figures=figures_of(now), printed=b"%PDF-1.7")
    return {
        "ref": incident.ref, "event": event.pk, "source": event.source_id, "import": imported.pk,
        "interview": make.interview(incident), "participant": incident.participants.first().pk,
        "without_account": incidents.add_participant(incident=incident, by=cast.alice, name="Vera Guest", role="Support").pk,
        "member": incident.circle.get(role="approver").pk, "approval": approval_of(cast).pk, "team": team.slug, "service": service.slug,
        "view": saving.save(incident=incident, by=cast.alice, name="Pinned", query={"show": "pinned"}, shared=True).pk,
        "connection": (connection := live.connect(by=cast.ada, kind="github", name="GitHub")[0]).pk,
        "rule": rules.add(by=cast.ada, wanted=rules.Wanted("service", "x", "ignore")).pk,
        "delivery": connection.deliveries.create(delivery_key="x", received_at=now, body=b"{}").pk,
        "belief": make.hypothesis(incident, by=cast.alice).pk, "level": make.indicator(incident, by=cast.alice).pk,
        "group": merging.group(incident=incident, by=cast.alice, events=[e.pk for e in make.events(incident, 2)]).pk,
        "clash": make.clash(incident).pk, "template": make.template(by=cast.ada).pk, "comment": make.comment(incident, by=cast.alice).pk,
        "word": coaching.add_word(kind=Kind.JUDGEMENT, words="clown show", by=cast.ada, now=now).pk,
        "figure": impact.add_figure(incident=incident, by=cast.alice, what="people", unknown_because="nobody counted").pk,
        "question": merging.ask(incident=incident, by=cast.alice, text="What did the dashboard show?").pk,
        "meeting": make.meeting(incident, facilitator=cast.alice, note_taker=cast.bob), "parked": make.item(incident, status="parked").number,
        "subscription": following.follow(by=cast.alice, facet="all:", now=now).pk,
        "house_channel": following.add_house_channel(
            by=cast.ada, kind="slack", name="#x", address="https://chat.example.org/all", zone="UTC").pk,
        "items_view": items_lists.save_view(by=cast.alice, name="Late", query={"show": "overdue"}, shared=True).pk,
        "bulk": items_bulk.change_items(items=[incident.items.first().pk], by=cast.alice, change=items_bulk.Change(days=1), now=now).bulk.pk,
        "item_link": items.add_link(item=incident.items.first(), by=cast.alice, url="https://example.org", title="x").pk,
        "channel": items_hearing.add_channel(
            team=team, by=cast.ada, kind="slack", name="#x", address="https://chat.example.org/hook", zone="UTC").pk,
        "link": incidents.add_link(incident=incident, by=cast.alice, url="https://example.org", title="x").pk,
        "tracker": (tracker := tracking.add_tracker(
            by=cast.ada, kind="github", name="GitHub shop", address="https://github.com", project="acme/shop", token="x" * 20)[0]).pk,
        "login": tracking.set_login(tracker=tracker, by=cast.ada, user=cast.ian, login="ian-at-github", now=now).pk,
        "twin": Twin.objects.create(
            incident=incident, revision=revision, audience="public", number=1, key="k" * 10, title="x", content=document, published_by=cast.alice, digest="d").pk,
        "graph": make.graph(incident, by=cast.alice).pk, "digest": incident.images.get().digest,
        "invitation": accounts.invite(by=cast.ada, email="new@example.org", name="", role="member", teams=[], now=now, site="http://x"),
    }  # fmt: skip


def address(name: str, house) -> str:
    room, _, page = name.partition(":")
    arguments = {
        "meetings:earlier": [house["ref"], house["meeting"].pk], "meetings:save": [house["ref"], "notes"],
        "meetings:history": [house["ref"], "agenda"], "meetings:restore": [house["ref"], "agenda", 1],
        "meetings:remove_person": [house["ref"], house["meeting"].attendances.first().pk],
        "meetings:decide_one": [house["ref"], house["parked"]],
        "interviews:remind_me": [house["interview"].pk],
        "accounts:withdraw": [house["invitation"].pk], "accounts:set_role": [house["invitation"].invited_by_id],
        "accounts:team": [house["team"]], "accounts:edit_team": [house["team"]], "remediation:of_team": [house["team"]],
        "incidents:edit_severity": ["sev1"], "incidents:edit_service": [house["service"]],
        "incidents:remove_participant": [house["ref"], house["participant"]], "incidents:remove_from_circle": [house["ref"], house["member"]],
        "interviews:hours": [house["ref"], house["without_account"]],
        **{f"interviews:{page}": [house["ref"], house["participant"]] for page in ("loosen", "not_asked", "ask_after_all")},
        "incidents:remove_link": [house["ref"], house["link"]], "timelines:export": [house["ref"], "csv"],
        "timelines:answer": [house["ref"], house["import"]], "timelines:original": [house["ref"], house["import"]],
        "timelines:import": [house["ref"], house["import"]], "timelines:set_aside": [house["ref"], house["import"]],
        "timelines:edit": [house["ref"], house["event"]], "timelines:zone": [house["ref"], house["source"]],
        "live:connection": [house["connection"]], "live:change_connection": [house["connection"], "stop"],
        "live:rule": [house["rule"]], "live:change_rule": [house["rule"], "later"], "live:take_back": [house["delivery"]],
        "live:undo": [house["delivery"]],
        "timelines:add_span": [house["ref"], "hypothesis"], "timelines:edit_span": [house["ref"], "hypothesis", house["belief"]],
        "timelines:remove_span": [house["ref"], "hypothesis", house["belief"]],
        "timelines:change_level": [house["ref"], house["level"], "show"],
        "timelines:forget_view": [house["ref"], house["view"]], "timelines:at": [house["ref"], "2026-03-10T18:00:00Z"],
        "timelines:take_back_clock": [house["ref"], house["source"]], "timelines:moment": [house["ref"], house["group"]],
        "timelines:answer_question": [house["ref"], house["question"]], "timelines:reopen_question": [house["ref"], house["question"]],
        "timelines:withdraw_question": [house["ref"], house["question"]], "timelines:offset": [house["ref"], house["source"]], "writeup:save": [house["ref"], "summary"],
        "writeup:history": [house["ref"], "summary"], "writeup:restore": [house["ref"], "summary", 1],
        **{f"writeup:{page}": [house["ref"], "summary"] for page in ("marks", "let_stand", "ask_again")},
        **{f"writeup:{page}": ["judgement"] for page in ("add_word", "silence_kind", "hear_kind")}, "writeup:remove_word": [house["word"]],
        **{
            f"writeup:{page}": [house["ref"], house["comment"]]
            for page in ("answer_comment", "edit_comment", "remove_comment", "resolve_comment", "reopen_comment", "accept_suggestion", "decline_suggestion")
        },
        "writeup:template_file": [house["template"], 1],
        **{f"writeup:{page}": [house["template"]] for page in ("template", "compare_template", "edit_template", "template_about", "retire_template")},
        "writeup:settle": [house["ref"], house["clash"]], "writeup:text": [house["ref"], "summary"],
        "writeup:cited": [house["ref"], "event", house["event"]],
        "writeup:add_image_to_section": [house["ref"], "summary"], "writeup:image_of_event": [house["ref"], house["graph"]],
        "writeup:image_at_event": [house["ref"], house["graph"]],
        **{f"writeup:{page}": [house["ref"], 1] for page in ("image", "describe_image", "remove_image", "put_image_back", "image_moment", "leave_moment")},
        "incidents:change_figure": [house["ref"], house["figure"]], "incidents:remove_figure": [house["ref"], house["figure"]],
        "writeup:bring_back": [house["ref"], 1], "writeup:move_condition": [house["ref"], 1],
        "writeup:conditions_of_event": [house["ref"], house["event"]], "publication:checks": [house["ref"], "summary"],
        "publication:policy": ["sev1"], **{f"writeup:{page}": ["technical"] for page in ("edit_kind", "move_kind", "retire_kind")},
        "writeup:condition": [house["ref"], 1], "writeup:remove_condition": [house["ref"], 1],
        "remediation:forget_view": [house["items_view"]], "remediation:undo": [house["bulk"]], "remediation:undo_card": [house["bulk"]],
        **{f"remediation:{page}": [] for page in (
            "take_along", "save_view", "change", "board", "move_card", "hearing", "change_calendar")},
        "remediation:trackers": [], "remediation:tracker": [house["tracker"]], "remediation:add_login": [house["tracker"]],
        "remediation:change_tracker": [house["tracker"], "stop"], "remediation:remove_login": [house["tracker"], house["login"]],
        "remediation:issue": [house["ref"], 1], "remediation:change_issue": [house["ref"], 1, "link"],
        "archive:change_following": [house["subscription"]], "archive:change_channel": [house["house_channel"]],
        "archive:announce": [house["ref"], 2], "archive:announce_next": [house["ref"]],
        "archive:before": [house["ref"]], "remediation:channels": [house["team"]], "remediation:change_channel": [house["team"], house["channel"]],
        "remediation:link": [house["ref"], 1], "remediation:unlink": [house["ref"], 1, house["item_link"]], "remediation:effect": [house["ref"], 1],
        "remediation:item": [house["ref"], 1], "remediation:edit": [house["ref"], 1], "remediation:move": [house["ref"], 1],
        "publication:image": [house["ref"], house["digest"], "png"], "publication:unname_approver": [house["ref"], house["member"]],
        "publication:since_approval": [house["ref"], house["approval"]], "publication:withdraw": [house["ref"], 2],
        "publication:revision": [house["ref"], 1], "publication:printing": [house["ref"], 1], "publication:standing": [house["ref"], 1], "publication:pdf": [house["ref"], 1],
        "publication:house_words": [], "publication:withdraw_twin": [house["ref"], house["twin"]],
        "publication:changes": [house["ref"], 2], "publication:document": [house["ref"], 1],
        **{f"publication:{form}": [house["ref"], 1] for form in ("markdown", "folder", "word")},
    }  # fmt: skip
    if name in arguments:
        return reverse(name, args=arguments[name])
    if page in ("event", "raw", "annotate", "pin", "hide", "show") and room == "timelines":
        return reverse(name, args=[house["ref"], house["event"]])
    if room == "interviews" and page in (
        "invite",
        "set_time",
        "move",
        "hand_over",
        "send_again",
        "rules",
        "cancel",
        "answer",
        "conduct",
        "save_note",
        "held",
        "propose_passage",
        "passages",
        "begin",
        "leave_open",
        "settle_stamp",
        "off_record",
        "on_record",
        "add_question",
        "change_question",
        "check_question",
        "words",
        "ask_to_read",
        "take_over",
        "ask_longer",
    ):
        return reverse(name, args=[house["ref"], house["interview"].pk])
    of_a_card = ("related", "shelf", "recommend", "later", "read")
    whole = room in ("home", "help", "archive", "live") and page not in of_a_card or name in (
        "interviews:mine", "writeup:my_comments", "interviews:check_a_question", "interviews:my_calendar", "interviews:change_feed", "interviews:change_busy",
        "accounts:profile", "accounts:people", "accounts:invitations", "accounts:new_team", "incidents:list", "incidents:new",
        "incidents:settings", "incidents:new_service", "incidents:audit", "remediation:mine", "remediation:all",
        "writeup:kinds", "writeup:new_kind",
        "writeup:coach_settings", "writeup:templates", "writeup:house_template", "writeup:new_template",
    )  # fmt: skip
    return reverse(name) if whole else reverse(name, args=[house["ref"]])


def test_no_address_changes_what_is_published(cast, house):
    """Whatever is posted to whatever has to do with publications, by somebody who may do everything."""
    client = Client(raise_request_exception=False)
    client.force_login(cast.ada)
    frozen = [apps.get_model(table.replace("_", ".", 1)) for table in TABLES]
    before = {model: list(model.objects.values()) for model in frozen}
    data = dict.fromkeys(
        ("title", "text", "words", "html", "content", "number", "reason", "despite", "digest", "change_note"),
        "x",
    )
    with transaction.atomic():
        for name in sorted(TABLE):
            if name.startswith(("publication:", "archive:")):
                for method in ("post", "delete"):
                    getattr(client, method)(address(name, house), data if method == "post" else None)
        for model, there in before.items():
            assert [row for row in model.objects.values() if row in there] == there, model
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_who_gets_in(name, house):
    method, let_in, otherwise = TABLE[name]
    where = address(name, house)
    for who in sorted(EVERYBODY):
        with transaction.atomic():
            answer = like(house["clients"][who]).generic(method, where)
            transaction.set_rollback(True)
        expected = "in" if who in let_in else 403 if name in READERS_GET_403 and who in READ else otherwise
        for close in answer._resource_closers:
            close()
        got = (
            answer.status_code
            if answer.status_code in (403, 404)
            else "in"
            if answer.status_code < 500
            else answer.status_code
        )
        assert got == expected, f"{who} at {name}: {answer.status_code}"


@pytest.mark.parametrize("name", sorted(TABLE))
def test_strangers_are_asked_to_sign_in(name, house):
    answer = like(house["stranger"]).generic(TABLE[name][0], address(name, house))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", sorted(n for n, (m, _, _) in TABLE.items() if m == P))
def test_a_link_changes_nothing(name, house):
    client = like(house["clients"]["alice" if "alice" in TABLE[name][1] else "ada"])
    assert client.get(address(name, house)).status_code == 405


def test_a_restricted_incident_does_not_exist_for_those_outside_its_circle(cast, house, restricted):
    for who in ("rita", "mel", "rev", "ada"):
        client = Client()
        client.force_login(cast[who])
        for name in ("desk:overview", "timelines:timeline", "writeup:edit", "publication:readiness"):
            assert client.get(reverse(name, args=[restricted.ref])).status_code == 404
        assert restricted.title not in client.get(reverse("incidents:list")).content.decode()


def test_open_addresses_need_their_secret(house, client):
    assert client.get(reverse("accounts:accept", args=[house["invitation"].token])).status_code == 200
    assert client.get(reverse("accounts:accept", args=["guessed"])).status_code == 404
    known = reverse("interviews:answer_by_link", args=[links.key_of(house["interview"])])
    assert client.get(known).status_code == 410  # of long ago: the key is known, its time is over
    assert client.get(reverse("interviews:answer_by_link", args=[str(uuid.uuid4())])).status_code == 404
    assert client.get(reverse("interviews:feed", args=["guessed"])).status_code == 404
    assert client.get(reverse("remediation:calendar", args=["guessed"])).status_code == 404
    assert client.post(reverse("remediation:knock", args=["guessed"])).status_code == 404
    assert client.post(reverse("live:receive", args=["guessed"])).status_code == 404


def test_closed_accounts_are_outside(cast, client, house):
    client.force_login(cast.gone)
    assert client.get(reverse("home")).status_code == 302
