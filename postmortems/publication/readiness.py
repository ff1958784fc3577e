"""What stands between a draft and its publication: reasons, each with a code, a sentence and an address.

A reason that blocks can be overruled by somebody who says why, except those that are not theirs to overrule:
nobody's words are published with their name against their will. The others are advice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.urls import reverse

from postmortems.incidents.models import Incident
from postmortems.interviews.scheduling.window import window_of
from postmortems.publication import attributed, chain, content
from postmortems.writeup import sections

EXCUSE = re.compile(r"\bsorry (?:if|but|that you)\b|\bapologi[sz]e (?:if|but)\b|\bany inconvenience\b", re.I)
SORRY = re.compile(r"\bsorry\b|\bapologi[sz]e|\bregret\b", re.I)
NUMBER = re.compile(r"\d|\bunknown\b", re.I)


@dataclass(frozen=True)
class Reason:
    code: str
    sentence: str
    address: str
    blocks: bool = True
    final: bool = False  # no reason overrules it


def reasons(incident: Incident, document: dict | None = None) -> list[Reason]:
    """Every rule that is not met, in the order of the 3 R's; an empty list is a write-up that is ready."""
    document = document or content.of(incident)
    texts = {key: text.strip() for key, text in document["texts"].items()}
    writing = reverse("writeup:edit", args=[incident.ref])
    overview = reverse("incidents:edit", args=[incident.ref])
    timeline = reverse("timelines:timeline", args=[incident.ref])
    items = reverse("remediation:of_incident", args=[incident.ref])
    found: list[Reason] = []

    def no(code: str, sentence: str, address: str, blocks: bool = True) -> None:
        found.append(Reason(code, sentence, address, blocks))

    # the incident
    if not document["times"]["resolved"] and "resolved" not in incident.not_applicable:
        no("not-resolved", "The incident has no time of resolution.", overview)
    for duration in document["durations"]:
        if duration["state"] == "contradictory":
            no("contradictory-times", f"{duration['name']}: {duration['why']}.", overview)
    # the texts
    for about in sections.TEXTS:
        if about.required and not texts.get(about.key):
            no(
                f"missing-{about.key}",
                f"“{about.title}” is not written yet. {about.question}",
                f"{writing}#{about.key}",
            )
    # Regret
    if texts.get("impact") and not NUMBER.search(texts["impact"]):
        no(
            "impact-number",
            "The impact has no number. How many, how long – or “unknown, because …”?",
            f"{writing}#impact",
            False,
        )
    if texts.get("apology"):
        if EXCUSE.search(texts["apology"]):
            no(
                "apology-excuse",
                "The apology has an excuse clause. What would it say without “if” and “but”?",
                f"{writing}#apology",
                False,
            )
        elif not SORRY.search(texts["apology"]):
            no("apology-plain", "The apology does not say that we are sorry.", f"{writing}#apology", False)
    # Reason
    if not document["events"]:
        no("no-events", "No event is pinned: the reader would see no timeline.", timeline)
    hurting = [c for c in document["conditions"] if not c["helped"]]
    if len(hurting) < 2:
        count = "no contributing condition" if not hurting else "one contributing condition"
        no(
            "second-story",
            f"There is {count}. What else had to be true for this to happen?",
            f"{writing}#conditions",
        )
    for condition in document["conditions"]:
        if not condition["events"]:
            no(
                "condition-evidence",
                f"C{condition['number']} rests on no event yet. Where can it be seen?",
                f"{writing}#conditions",
                False,
            )
    # Remedy
    committed = [
        i for i in document["items"] if i["status"] in ("Accepted", "In progress", "Done", "Verified")
    ]
    if not committed and not texts.get("not_done"):
        no("no-remedy", "There is neither a committed item nor a recorded decision for none.", items)
    for item in document["items"]:
        if item["status"] in ("Dropped", "Parked"):
            continue
        lacks = [
            word
            for word, there in (
                ("owner", item["owner"]),
                ("date", item["due_on"]),
                ("way to know that it worked", item["how_we_know"]),
            )
            if not there
        ]
        if lacks:
            no("item-incomplete", f"R{item['number']} has no {' and no '.join(lacks)}.", items, False)
        if not item["conditions"]:
            no("item-condition", f"R{item['number']} answers no condition.", items, False)
    # people
    waiting_for = incident.interviews.filter(state__in=["invited", "accepted", "moving", "writing"]).count()
    if waiting_for:
        board = reverse("interviews:board", args=[incident.ref])
        no("not-everybody-heard", _not_heard(incident, waiting_for), board, False)
    for claim in attributed.claims(incident, document):
        if claim.state != "approved":
            did = "did not agree" if claim.state == "refused" else "did not agree yet"
            found.append(
                Reason(
                    "attributed",
                    f"{claim.person.name} {did} to the words with their name in {attributed.place(claim.wording.where)}."
                    " Ask them below, or take the name away.",
                    f"{reverse('publication:readiness', args=[incident.ref])}#attributed",
                    final=True,
                )
            )
    approvers = [member.user for member in incident.circle.all() if member.role == "approver"]
    if approvers:
        agreed = set(incident.approvals.filter(digest=chain.digest(document)).values_list("by", flat=True))
        waiting = [str(user) for user in approvers if user.pk not in agreed]
        if waiting:
            no(
                "approval",
                f"{' and '.join(waiting)} did not approve this text yet.",
                reverse("publication:readiness", args=[incident.ref]),
            )
    return found


def _not_heard(incident: Incident, count: int) -> str:
    """Conversations that are still to come; what was decided about the deadline says whether that is as it should be."""
    still = "One person is still to be heard." if count == 1 else f"{count} people are still to be heard."
    window = window_of(incident)
    way = window.decision.way if window and window.decision else ""
    if way == "preliminary":
        day = window.decision.full_edition_at
        return f"{still} As decided, this edition is preliminary; the full one follows by {day:%-d %B %Y}."
    if way == "waiver":
        return f"{still} The deadline was waived so that they can be."
    return still
