"""The cast. A name tells what a person may do, in every test.

alice     lead reviewer of the incident          (a member of the organisation otherwise)
bob       co-reviewer of it                      (member)
ian       took part in it, is interviewed        (member)
apo       approver of it                         (member)
mel       a member outside the circle
rita      a reader outside the circle
rev       a reviewer of the organisation, outside the circle
ada       the administrator, outside the circle
gone      somebody whose account was closed
"""

from __future__ import annotations

from dataclasses import dataclass

from postmortems.accounts.models import User
from postmortems.incidents import actions
from postmortems.incidents.models import Incident
from tests import make

ROLES = {
    "alice": "member", "bob": "member", "ian": "member", "apo": "member", "mel": "member", "rita": "reader", "rev": "reviewer",
    "ada": "administrator",
}  # fmt: skip


@dataclass
class Cast:
    alice: User
    bob: User
    ian: User
    apo: User
    mel: User
    rita: User
    rev: User
    ada: User
    gone: User
    incident: Incident

    def __getitem__(self, name: str) -> User:
        return getattr(self, name)


def gather() -> Cast:
    people = {name: make.user(name, role=role) for name, role in ROLES.items()}
    gone = make.user("gone", is_active=False)
    incident = make.incident(by=people["alice"])
    actions.add_to_circle(incident=incident, by=people["alice"], user=people["bob"], role="co")
    actions.add_to_circle(incident=incident, by=people["alice"], user=people["apo"], role="approver")
    actions.add_participant(
        incident=incident, by=people["alice"], name="", role="On-call responder", user=people["ian"]
    )
    return Cast(**people, gone=gone, incident=incident)
