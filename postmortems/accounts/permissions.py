"""Who may do what, as tables. A role is a name, a sentence and a set of permissions.

There are two tables: what a person may do in the organisation, and what a person may do on one
incident, which follows from their organisation role and from what they are on its review.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    # in the organisation
    OPEN_INCIDENT = "open an incident"
    MANAGE_PEOPLE = "invite people and set their roles"
    MANAGE_SETTINGS = "edit severities, services, teams and policies"
    READ_AUDIT = "read the organisation's audit trail"
    # on one incident
    SEE = "see that the incident exists, its summary and times"
    READ = "read the timeline, drafts and items of the incident"
    TAKE_PART = "add evidence and recollections, comment"
    WRITE = "curate the timeline, write the sections, plan interviews"
    LEAD = "say who is in the circle, publish, restrict, close"
    APPROVE = "approve a publication"


@dataclass(frozen=True)
class Role:
    key: str
    name: str
    sentence: str
    may: frozenset[Permission]


P = Permission
_on_incident_read = {P.SEE, P.READ, P.TAKE_PART}
_on_incident_write = _on_incident_read | {P.WRITE}
_on_incident_lead = _on_incident_write | {P.LEAD, P.APPROVE}

ORGANISATION_ROLES = {
    role.key: role
    for role in (
        Role(
            "reader",
            "Reader",
            "reads what is published and sees which incidents there were",
            frozenset({P.SEE}),
        ),
        Role(
            "member",
            "Member",
            "opens incidents, takes part in reviews they are invited to, owns remediation items",
            frozenset({P.SEE, P.OPEN_INCIDENT}),
        ),
        Role(
            "reviewer",
            "Reviewer",
            "leads reviews: evidence, interviews, the write-up and its publication",
            frozenset(_on_incident_lead | {P.OPEN_INCIDENT}),
        ),
        Role(
            "administrator",
            "Administrator",
            "runs the installation: people, teams, severities, policies",
            frozenset(
                _on_incident_lead | {P.OPEN_INCIDENT, P.MANAGE_PEOPLE, P.MANAGE_SETTINGS, P.READ_AUDIT}
            ),
        ),
    )
}

REVIEW_ROLES = {
    role.key: role
    for role in (
        Role("lead", "Lead reviewer", "answers for the review", frozenset(_on_incident_lead)),
        Role("co", "Co-reviewer", "writes beside the lead reviewer", frozenset(_on_incident_write)),
        Role("participant", "Participant", "took part in the incident", frozenset(_on_incident_read)),
        Role("approver", "Approver", "approves the publication", frozenset(_on_incident_read | {P.APPROVE})),
    )
}
ROLE_CHOICES = [(role.key, role.name) for role in ORGANISATION_ROLES.values()]
REVIEW_ROLE_CHOICES = [(role.key, role.name) for role in REVIEW_ROLES.values()]
