"""Letters of a conversation that the mail server has not taken: what to say of them, and what can be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from postmortems.interviews.inviting import letters
from postmortems.interviews.models import Interview
from postmortems.notices import post
from postmortems.notices.models import Letter

State = Interview.State
AGAIN = (State.INVITED, State.ACCEPTED, State.WRITING, State.CANCELLED, State.DONE)


@dataclass(frozen=True)
class Undelivered:
    """One address of one conversation to which letters do not get through."""

    interview: Interview
    letter: Letter

    @property
    def to_host(self) -> bool:
        return self.letter.to.lower() == self.interview.interviewer.email.lower()

    @property
    def name(self) -> str:
        return self.interview.interviewer.name if self.to_host else self.interview.participant.name

    @property
    def refused(self) -> bool:
        return self.letter.refused

    @property
    def given_up(self) -> bool:
        return self.letter.state == Letter.State.GIVEN_UP

    @property
    def since(self) -> datetime:
        return self.letter.written_at

    @property
    def what(self) -> str:
        """`The invitation`, or what else they do not know of."""
        if self.to_host:
            return "A letter"
        words = {
            State.INVITED: "The invitation",
            State.CANCELLED: "The letter that the conversation is cancelled",
        }
        return words.get(self.interview.state, "A letter")

    @property
    def is_guest(self) -> bool:
        """Somebody without an account, whose address was noted here."""
        return not self.to_host and self.interview.participant.user_id is None

    @property
    def can_go_again(self) -> bool:
        return not self.to_host and self.interview.state in AGAIN and (self.refused or self.given_up)


def undelivered(interviews: Iterable[Interview]) -> list[Undelivered]:
    """For each conversation and address the last letter that is stuck. A single query."""
    by_about = {letters.about(one): one for one in interviews}
    found = {}
    for letter in post.stuck(by_about):
        interview = by_about[letter.about]
        found[interview.pk, letter.to.lower()] = Undelivered(interview, letter)
    return list(found.values())
