"""Loads the demo organisation through the same actions and importers that people use.

The files are told in demo/README.md. Their times are relative, so that the demo is always recent.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File

from postmortems.accounts import actions as accounts
from postmortems.accounts.models import Team, User
from postmortems.archive.following import actions as following
from postmortems.archive.following import facets
from postmortems.archive.listing import actions as listing
from postmortems.demo.connected import connected
from postmortems.demo.elsewhere import elsewhere
from postmortems.demo.graph import graph
from postmortems.demo.meeting import met
from postmortems.demo.one_line import one_line
from postmortems.demo.outside import outside
from postmortems.demo.said import said
from postmortems.incidents import actions as incidents
from postmortems.incidents.impact import actions as impact
from postmortems.incidents.models import Incident, Service, Severity
from postmortems.interviews.inviting import actions as inviting
from postmortems.interviews.jotting import actions as jotting
from postmortems.interviews.listening import actions as listening
from postmortems.interviews.listening import cues
from postmortems.interviews.listening import page as conversation
from postmortems.interviews.models import Interview
from postmortems.interviews.refusals import NotPossible
from postmortems.interviews.releasing import actions as releasing
from postmortems.interviews.scheduling import actions as scheduling
from postmortems.interviews.scheduling import choices, planning, schedule
from postmortems.notices.models import Letter
from postmortems.publication import actions as publication
from postmortems.publication.approving.actions import approve
from postmortems.publication.approving.texts import draft
from postmortems.publication.models import Revision
from postmortems.remediation import actions as remediation
from postmortems.remediation.lists.saving import save_view
from postmortems.remediation.models import Reminder
from postmortems.remediation.reminding.planning import plan_due
from postmortems.writeup.coaching import actions as coaching
from postmortems.writeup.coaching.reading import open_marks
from postmortems.writeup.conditions.actions import save_condition
from postmortems.writeup.templating import actions as templating
from postmortems.writeup.templating import file as template_files
from postmortems.writeup.writing import actions as writing
from timelines import actions as timelines
from timelines import importing, saving
from timelines.merging import actions as merging
from timelines.models import Event, Hypothesis, Intervention
from timelines.story import actions as line_story
from timelines.story.series import Line

FOLDER = Path(settings.BASE_DIR) / "demo"
PASSWORD = "second-story-demo"  # noqa: S105 of an invented organisation on one's own machine
MARK = re.compile(r"@(ISO|TS|EPOCH)\((-?)(\d+):(\d\d(?:\.\d+)?)(?:\+(\d+))?\)@")


def load(*, now: datetime, say: Callable[[str], Any]) -> None:
    people = organisation(now)
    say("Lantern Street has people, teams and services.")
    earlier = sorted((FOLDER / "older").glob("*.md"))
    for path in earlier:
        older(path, people, now)
    say(f"{len(earlier)} older reviews are published.")
    for name in ("confirmations", "mail-queue", "seat-maps"):
        incident = reviewed(FOLDER / name, people, now)
        say(f"{incident.ref} {incident.title}")
    save_view(by=people["mara"], name="Overdue anywhere", query={"show": "overdue"}, shared=True)
    connected(dated((FOLDER / "connected.json").read_text(encoding="utf-8"), now), people["noor"], now)
    followed(people, now)
    recommended(people["mara"], now)
    # Nobody of the demo reads mail; what was written is kept as sent.
    plan_due(now=now)
    Reminder.objects.update(state=Reminder.State.SENT, sent_at=now)
    Letter.objects.filter(state=Letter.State.WAITING).update(state=Letter.State.SENT, sent_at=now)


def followed(people: dict[str, User], now: datetime) -> None:
    """In each team somebody hears of everything, once a week; Mara at once of what touched the seat booking."""
    for team in Team.objects.all():
        if reader := team.members.order_by("pk").first():
            following.follow(by=reader, facet=facets.ALL, how="weekly", team=team, now=now)
    booking = facets.of("service", Service.objects.get(name="Seat booking").slug)
    following.follow(by=people["mara"], facet=booking, now=now)


def recommended(by: User, now: datetime) -> None:
    """Two of what is published stand on the reading list."""
    for title, because in (
        ("One booking in six", "the apology says what was not known yet, and since when it is"),
        ("Near miss", "nothing broke: it shows what a test is for before somebody needs the backup"),
    ):
        incident = Incident.objects.get(title__startswith=title)
        listing.recommend(incident=incident, by=by, because=because, now=now)


def organisation(now: datetime) -> dict[str, User]:
    told = _json(FOLDER / "organisation.json")
    people = {
        one["key"]: User.objects.create_user(
            one["email"],
            PASSWORD,
            name=one["name"],
            role=one["role"],
            zone=one["zone"],
            country=one["country"],
        )
        for one in told["people"]
    }
    by = people["noor"]
    for one in told["teams"]:
        members = [people[p["key"]] for p in told["people"] if p["team"] == one["name"]]
        accounts.save_team(by=by, name=one["name"], about=one["about"], members=members)
    teams = {team.name: team for team in Team.objects.all()}
    for one in told["services"]:
        service = Service(
            name=one["name"], slug=accounts.free_slug(Service, one["name"]), team=teams[one["team"]]
        )
        incidents.save_service(service=service, by=by)
    shared = template_files.read((FOLDER / "template.json").read_text(encoding="utf-8"))
    templating.create(
        name=shared.name, sentence=shared.sentence, sections=shared.sections, by=by, now=now,
        severities=Severity.objects.filter(key__in=("sev1", "sev2")),
    )  # fmt: skip
    return people


def reviewed(folder: Path, people: dict[str, User], now: datetime) -> Incident:
    told = _json(folder / "incident.json")
    zero = _zero(told, now)
    lead = people[told["lead"]]
    incident = incidents.open_incident(
        by=lead, title=told["title"], severity=Severity.objects.get(key=told["severity"]), summary=told["summary"], tags=told["tags"],
        zone=told["zone"], services=Service.objects.filter(name__in=told["services"]), teams=Team.objects.filter(name__in=told["teams"]),
        now=zero + timedelta(minutes=20), **{f"{name}_at": zero + _after(at) for name, at in told["times"].items()},
    )  # fmt: skip
    for one in told["participants"]:
        incidents.add_participant(
            incident=incident,
            by=lead,
            name="",
            user=people[one["person"]],
            role=one["role"],
            known_as=one["known_as"],
        )
    for link in told["links"]:
        incidents.add_link(incident=incident, by=lead, **link)
    for one in told["evidence"]:
        bring_in(incident, lead, folder / one["file"], one["name"], zero)
    review = _json(folder / "review.json") if (folder / "review.json").exists() else {}
    jotted = [*told.get("jot_notes", []), *review.get("jot_notes", [])]
    for one in jotted:
        note = jotting.save_jot_note(incident=incident, by=people[one["person"]], text=one["text"], version=0)
        if one["shared"]:
            jotting.share_jot_note(
                note=note, by=people[one["person"]], shared=True, now=zero + timedelta(hours=5)
            )
    if "plan" in told:
        plan(incident, people, told["plan"], now)
    if review:
        story(incident, people, review, zero, lead)
    return incident


def bring_in(incident: Incident, by: User, path: Path, name: str, zero: datetime) -> None:
    """Write the file with its times filled in, and read it with the importers everybody uses."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / path.name
        for one in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if one.is_file():
                target = made / one.relative_to(path) if path.is_dir() else made
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(dated(one.read_text(encoding="utf-8"), zero), encoding="utf-8")
        packed = Path(shutil.make_archive(f"{folder}/packed", "zip", made)) if made.is_dir() else made
        with packed.open("rb") as file:
            upload = File(file, name=f"{path.name}.zip" if path.is_dir() else path.name)
            imported = timelines.receive_file(incident=incident, by=by, upload=upload, name=name)
    importing.run(imported.pk)
    imported.refresh_from_db()
    if imported.state != imported.State.DONE:
        raise RuntimeError(f"{path} could not be read: {imported.message}")


def dated(text: str, zero: datetime) -> str:
    """The text with its marks replaced; see demo/README.md."""

    def instant(match: re.Match) -> str:
        kind, sign, minutes, seconds, more = match.groups()
        passed = timedelta(minutes=int(minutes), seconds=float(seconds))
        at = zero + (-passed if sign else passed) + timedelta(seconds=int(more or 0))
        if kind == "ISO":
            return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return f"{int(at.timestamp())}." if kind == "TS" else str(int(at.timestamp()))

    return MARK.sub(instant, text)


def plan(incident: Incident, people: dict[str, User], told: dict[str, Any], now: datetime) -> None:
    """A schedule as the page makes it; the first is accepted, the second invited, the others are only proposed."""
    lead, *_ = hosts = [people[key] for key in told["interviewers"]]
    house = schedule.house(incident, now=now, hosts=hosts)
    keys = {people[key].pk for key in told["people"]}
    asked = [one for one in house.asked if house.participants[one.id].user_id in keys]
    chosen = choices.suggested(asked, (), [host.pk for host in hosts])
    outcome = planning.make_plan(
        house, choices.people_of(chosen, house.participants), choices.hosts_of(chosen, hosts)
    )
    planned = scheduling.propose(
        incident=incident, by=lead, outcome=outcome, house=house, choices=chosen, version=0, now=now
    )
    for number, interview in enumerate(planned[:2]):
        with suppress(NotPossible):  # a time so near that no letter would come before it
            inviting.invite(interview=interview, by=lead, now=now)
            if number < 1:
                inviting.answer(interview=interview, how="accept", now=now)
    inviting.make_calendar_key(by=lead, now=now)
    for key, reason in told.get("not_asked", {}).items():
        scheduling.need_not_be_asked(
            participant=incident.participants.get(user=people[key]), by=lead, reason=reason
        )


def story(
    incident: Incident, people: dict[str, User], told: dict[str, Any], zero: datetime, lead: User
) -> None:
    """What the reviewers made of the evidence, up to the publication."""
    one_line(incident, lead)
    for one in told["by_hand"]:
        event = timelines.add_by_hand(
            incident=incident,
            by=people["leila"],
            at=zero + _after(one["at"]),
            text=one["text"],
            actor=one["actor"],
            kind=one["kind"],
        )
        timelines.pin(event=event, by=lead)
    for one in told["pins"]:
        event = _find(incident, zero, one)
        timelines.caption(event=event, by=lead, text=one["caption"])
        if "phase" in one:
            timelines.mark_phase(event=event, by=lead, begins=one["phase"])
    spans(incident, told, zero, lead)
    for one in told["questions"]:
        question = merging.ask(incident=incident, by=lead, text=one["text"], event=_find(incident, zero, one))
        merging.answer(question=question, by=lead, text=one["answer"])
    for one in told["hide"]:
        timelines.hide(event=_find(incident, zero, one), by=lead, reason=one["reason"])
    for one in told["interviews"]:
        held(incident, people, one, zero)
    begins = zero + timedelta(minutes=int(told["level"]["from"]))
    graph(incident, told["graph"], told["level"], lead, begins, zero + timedelta(days=5))
    for one in told["impact"]:
        number = Decimal(one["number"]) if "number" in one else None
        impact.add_figure(incident=incident, by=lead, **one | {"number": number})
    for key, text in told["sections"].items():
        text = _with_citations(incident, text, told["pins"], zero)
        writing.save_section(
            incident=incident, key=key, text=text, version=0, by=lead, now=zero + timedelta(days=6)
        )
    conditions = []
    for one in told["conditions"]:
        cited = [
            event
            for at in one["cites"]
            for event in incident.events.filter(
                at__range=(
                    zero + _after(at) - timedelta(seconds=2),
                    zero + _after(at) + timedelta(seconds=2),
                ),
                pinned=True,
            )
        ]
        conditions.append(
            save_condition(
                incident=incident,
                by=lead,
                kind=one["kind"],
                sentence=one["sentence"],
                made_sense=one["made_sense"],
                events=cited,
            )
        )
    for note in open_marks(incident):
        if note.section == "story":
            coaching.let_stand(
                incident=incident, section=note.section, key=note.key, word="what the responder saw", by=lead,
                now=zero + timedelta(days=6),
            )  # fmt: skip
    said(incident, people, told["comments"], zero + timedelta(days=7))
    published = zero + timedelta(days=told["publish_days"])
    decided = zero + timedelta(days=told["decide_days"])
    for one in told["items"]:
        item(incident, people, one, conditions, published, decided)
    elsewhere(incident, people, _json(FOLDER / "elsewhere.json"), by=people["noor"], decided=decided)
    met(incident, people, told["meeting"], zero, lead)
    approved(incident, people["noor"], lead, published - timedelta(hours=2))
    publication.publish(incident=incident, by=lead, now=published)
    outside(incident, lead=lead, approver=people["noor"], now=published + timedelta(days=2))


def approved(incident: Incident, approver: User, lead: User, at: datetime) -> None:
    """By somebody who did not write it, and exactly as it is published."""
    incidents.add_to_circle(incident=incident, by=lead, user=approver, role="approver")
    text = draft(incident)
    approve(text=text, by=approver, digest=text.digest, now=at)


def spans(incident: Incident, told: dict[str, Any], zero: datetime, lead: User) -> None:
    """What was believed and tried, the service level, and views worth keeping."""
    beliefs = []
    for kind, rows in ((Hypothesis, told["hypotheses"]), (Intervention, told["interventions"])):
        for one in rows:
            fields = {
                name: one[name]
                for name in ("sentence", "held_by", "outcome", "became", "tried_by", "effect", "seen")
                if name in one
            }
            if kind is Intervention:
                fields["hypothesis"] = beliefs[one["because"]]
            span = line_story.add(
                kind=kind, incident=incident, by=lead, events=_cited(incident, zero, one["cites"]),
                fields=fields | {"begins_at": zero + _after(one["from"]), "ends_at": zero + _after(one["until"])},
            )  # fmt: skip
            beliefs += [span] if kind is Hypothesis else []
    level = told["level"]
    shares = [share for minutes, share in level["shares"] for _ in range(minutes)]
    begin, step = zero + timedelta(minutes=int(level["from"])), timedelta(seconds=level["step"])
    line_story.add_indicator(
        incident=incident, by=lead, raw=b"time,share\n", filename="confirmed.csv",
        line=Line(level["name"], {}, [(begin + step * place, share) for place, share in enumerate(shares)]),
        fields={"name": level["name"], "meaning": "good", "objective": Decimal(level["objective"]), "window_days": level["window_days"],
                "spent_before": Decimal(level["spent_before"])},
    )  # fmt: skip
    for one in told["views"]:
        saving.save(incident=incident, by=lead, name=one["name"], query=one["query"], shared=True)


def _cited(incident: Incident, zero: datetime, moments: list[str]) -> list[Event]:
    near = timedelta(seconds=2)
    found = []
    for at in moments:
        at = zero + _after(at)
        found += incident.events.filter(at__range=(at - near, at + near), pinned=True)
    return found


def held(incident: Incident, people: dict[str, User], told: dict[str, Any], zero: datetime) -> None:
    at = zero + timedelta(hours=told["hours"])
    by = people[told["by"]]
    interview = scheduling.add(
        incident=incident,
        by=by,
        participant=incident.participants.get(user=people[told["person"]]),
        interviewer=by,
        why=told["why"],
    )
    Interview.objects.filter(pk=interview.pk).update(starts_at=at, ends_at=at + timedelta(minutes=45))
    interview.refresh_from_db()
    listening.begin(interview=interview, by=by, now=at)
    body = re.sub(r"@(\d+:\d\d)", lambda found: _stamp(incident, zero + _after(found[1])), told["notes"])
    listening.save_note(interview=interview, by=by, body=body, version=0, now=at)
    for one in told.get("asked", []):
        listening.add_question(
            interview=interview, by=by, text=one["text"], point={"event_id": _find(incident, zero, one).pk}, asked=True,
            now=at + timedelta(minutes=10),
        )  # fmt: skip
    listening.held(interview=interview, by=by, now=at + timedelta(minutes=40))
    if told["passage"]:
        passage = listening.propose_passage(
            interview=interview, by=by, text=told["passage"], about=told["about"], earliest=zero + _after(told["earliest"]),
            latest=zero + _after(told["latest"]),
        )  # fmt: skip
        if told["release"]:
            releasing.release(
                passage=passage, text="", with_name=told["with_name"], now=at + timedelta(days=1)
            )
            timelines.pin(event=Event.objects.get(passage=passage), by=by)


def item(
    incident: Incident, people: dict[str, User], told: dict[str, Any], conditions: list, published: datetime,
    decided: datetime,
) -> None:  # fmt: skip
    """Decided on some days after the meeting, and due so many days after the publication."""
    owner = people[told["owner"]] if told["owner"] else None
    made = remediation.add_item(
        incident=incident, by=incident.opened_by, type=told["type"], what=told["what"], how_we_know=told["how_we_know"], owner=owner,
        team=Team.objects.get(name=told["team"]), size=told["size"], conditions=[conditions[n - 1] for n in told["answers"]],
        due_on=(published + timedelta(days=told["due_days"])).date() if told["due_days"] else None,
        status="parked" if told["status"] == "parked" else "proposed", now=decided,
    )  # fmt: skip
    way = {"accepted": 1, "in_progress": 2, "done": 3, "verified": 4}.get(told["status"], 0)
    for status in ("accepted", "in_progress", "done", "verified")[:way]:
        by = incident.opened_by if status == "verified" else owner or incident.opened_by
        remediation.move(item=made, by=by, status=status, now=decided)
    if told["status"] == "dropped":
        remediation.move(
            item=made, by=incident.opened_by, status="dropped", reason=told["dropped_reason"], now=decided
        )


def older(path: Path, people: dict[str, User], now: datetime) -> Revision:
    """An earlier review from a Markdown file: front matter, texts by heading, conditions and items as lists."""
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    told = dict(line.split(": ", 1) for line in head.strip().splitlines())
    parts = dict(re.findall(r"^## (.+?)\n+(.*?)(?=\n## |\Z)", body, flags=re.S | re.M))
    lead = people["mara"]
    hour, minute = (int(part) for part in told["clock"].split(":"))
    day = (now - timedelta(days=int(told["days_ago"]))).astimezone(UTC)
    zero = day.replace(hour=hour, minute=minute, second=0, microsecond=0)
    end, detected, mitigated = (
        zero + timedelta(minutes=int(told[name])) for name in ("minutes", "detected", "mitigated")
    )
    incident = incidents.open_incident(
        by=lead, title=told["title"], severity=Severity.objects.get(key=told["severity"]), summary=parts["In short"].strip(),
        services=Service.objects.filter(name__in=told["services"].split(", ")), teams=Team.objects.filter(name__in=told["teams"].split(", ")),
        tags=told["tags"].split(", "), now=end, impact_began_at=zero, detected_at=detected,
        acknowledged_at=detected + (mitigated - detected) / 5, mitigated_at=mitigated, resolved_at=end,
    )  # fmt: skip
    first = timelines.add_by_hand(
        incident=incident, by=lead, at=zero, text=parts["In short"].strip().split(";")[0].split(":")[0]
    )
    last = timelines.add_by_hand(incident=incident, by=lead, at=end, text="Nothing was left to repair.")
    for event, caption in ((first, "Impact began"), (last, "Resolved")):
        timelines.caption(event=event, by=lead, text=caption)
    for key, heading in (
        ("summary", "In short"),
        ("impact", "Impact"),
        ("apology", "Apology"),
        ("story", "Story"),
    ):
        writing.save_section(
            incident=incident, key=key, text=parts[heading].strip(), version=0, by=lead, now=end
        )
    conditions = []
    for kind, sentence, _, sense in re.findall(
        r"^- (\w+): (.*?)( \| (.*))?$", parts["Conditions"], flags=re.M
    ):
        conditions.append(
            save_condition(
                incident=incident, by=lead, kind=kind, sentence=sentence, made_sense=sense, events=[first]
            )
        )
    published = end + timedelta(days=16)
    for kind, status, what, how in re.findall(r"^- (\w+), (\w+): (.*?) \| (.*)$", parts["Items"], flags=re.M):
        one = {
            "type": kind,
            "what": what,
            "how_we_know": how,
            "owner": "jonas",
            "team": told["teams"].split(", ")[0],
            "due_days": 30,
        }
        item(
            incident,
            people,
            one | {"size": "m", "status": status, "answers": [1]},
            conditions,
            published,
            published,
        )
    for seen in incident.items.filter(status="verified", done_at__lt=now - timedelta(days=95))[:1]:
        remediation.check_effect(
            item=seen, by=lead, held="yes", would_have_changed="partly", words="The drill of this quarter went through it.",
            now=published + timedelta(days=95),
        )  # fmt: skip
    revision = publication.publish(incident=incident, by=lead, now=published)
    if not incident.items.open().exists():
        incidents.close_review(incident=incident, by=lead, now=published + timedelta(days=40))
    return revision


def _zero(told: dict[str, Any], now: datetime) -> datetime:
    """The incident's beginning: so many hours ago, or a weekday and clock so many weeks ago."""
    if "hours_ago" in told:
        return (now - timedelta(hours=told["hours_ago"])).replace(second=0, microsecond=0)
    hour, minute = (int(part) for part in told["clock"].split(":"))
    day = (now - timedelta(weeks=told["weeks_ago"])).date()
    day += timedelta(days=told["weekday"] - day.weekday())
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def _after(text: str) -> timedelta:
    sign, _, rest = ("-", "", text[1:]) if text.startswith("-") else ("", "", text)
    minutes, seconds = rest.split(":")
    passed = timedelta(minutes=int(minutes), seconds=float(seconds))
    return -passed if sign else passed


def _stamp(incident: Incident, at: datetime) -> str:
    """The moment as notes of a conversation begin a line with it."""
    return conversation.mark(at, cues.span_of(incident))


def _with_citations(incident: Incident, text: str, pins: list[dict[str, Any]], zero: datetime) -> str:
    """The text where pins are cited by their time, and people by their role, with the keys that these have here."""
    told = {pin["at"]: pin for pin in pins}
    text = re.sub(
        r"\(event:(-?\d+:\d\d)\)", lambda match: f"(event:{_find(incident, zero, told[match[1]]).pk})", text
    )
    return re.sub(
        r"\(role:([A-Z][^)]*)\)",
        lambda match: f"(role:{incident.participants.filter(role=match[1])[0].pk})",
        text,
    )


def _find(incident: Incident, zero: datetime, told: dict[str, Any]) -> Event:
    at = zero + _after(told["at"])
    near = incident.events.filter(at__range=(at - timedelta(seconds=3), at + timedelta(seconds=3)))
    found = near.filter(text__icontains=told["has"]).in_order().first()
    if found is None:
        raise RuntimeError(
            f"The demo names an event at {told['at']} with “{told['has']}” that no evidence holds."
        )
    return found


def _json(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))
