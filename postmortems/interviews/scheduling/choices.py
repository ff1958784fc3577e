"""What the planning form asks for, out of a posted form and back into it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import QueryDict

from postmortems.accounts.models import User
from postmortems.interviews.scheduling.schedule import DAILY_LIMIT, Host
from postmortems.interviews.scheduling.telling import Choice
from postmortems.interviews.scheduling.whom import RANKS, Asked

MOST_A_DAY = 8


def from_form(form: QueryDict) -> dict[str, Any]:
    """The choices as a plan keeps them: numbers of participants and of users, nothing that is not one."""
    people = _numbers(form.getlist("person"))
    return {
        "people": [
            {
                "participant": pk,
                "rank": _between(form.get(f"rank-{pk}", ""), min(RANKS), max(RANKS), 1),
                "after": [other for other in _numbers(form.getlist(f"after-{pk}")) if other != pk],
            }
            for pk in people
        ],
        "hosts": [
            {
                "user": pk,
                "limit": _between(form.get(f"limit-{pk}", ""), 1, MOST_A_DAY, DAILY_LIMIT),
                "not_with": _numbers(form.getlist(f"not_with-{pk}")),
            }
            for pk in _numbers(form.getlist("interviewer"))
        ],
    }


def suggested(asked: Iterable[Asked], without: Iterable[int], hosts: Iterable[int]) -> dict[str, Any]:
    """Everybody in the order of the evidence but for those left out; and the reviewers of the incident."""
    left_out = set(without)
    return {
        "people": [
            {"participant": one.id, "rank": one.rank, "after": list(one.after)} for one in asked if one.id not in left_out
        ],
        "hosts": [{"user": pk, "limit": DAILY_LIMIT, "not_with": []} for pk in hosts],
    }  # fmt: skip


def people_of(choices: Mapping[str, Any], known: Iterable[int]) -> list[Choice]:
    """The people chosen who are there, in the order of their rank."""
    there = set(known)
    found = [
        Choice(one["participant"], one["rank"], tuple(other for other in one["after"] if other in there))
        for one in choices["people"]
        if one["participant"] in there
    ]
    return sorted(found, key=lambda choice: choice.rank)


def hosts_of(choices: Mapping[str, Any], users: Sequence[User]) -> list[Host]:
    by_number = {user.pk: user for user in users}
    return [
        Host(by_number[one["user"]], one["limit"], frozenset(one["not_with"]))
        for one in choices["hosts"]
        if one["user"] in by_number
    ]


def _numbers(texts: Iterable[str]) -> list[int]:
    return list(
        dict.fromkeys(int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 18)
    )


def _between(text: str, least: int, most: int, otherwise: int) -> int:
    return (
        min(max(int(text), least), most) if text.isascii() and text.isdigit() and len(text) < 9 else otherwise
    )
