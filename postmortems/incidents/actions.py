"""Every change of an incident and its circle. Each is one transaction with its audit entry inside."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.models import TIME_NAMES, CircleMember, Incident, Link, Participant, Severity

FIELDS = (
    "title", "severity", "summary", "tags", "zone", "restricted", "not_applicable",
    *(f"{name}_at" for name in TIME_NAMES),
)  # fmt: skip

# Stages that may be gone past with a reason; the others are what a review is.
SKIPPABLE = ("gather", "soak", "interview", "review", "follow")


class NotPossible(Exception):
    """A change that cannot be made, in one sentence for the person who asked for it."""


class Stale(Exception):
    """Somebody else saved in between; `current` is what stands now."""

    def __init__(self, current: Any) -> None:
        super().__init__("Somebody else saved this in the meantime.")
        self.current = current


def open_incident(
    *,
    by: User,
    title: str,
    severity: Severity,
    services=(),
    teams=(),
    form_key: str = "",
    now: datetime | None = None,
    **fields,
) -> Incident:
    """Open an incident; `by` becomes its lead reviewer. The same `form_key` twice gives the first one again."""
    now = now or timezone.now()
    with transaction.atomic():
        if form_key and (before := _once(form_key)):
            return before
        incident = Incident.objects.create(
            ref=_next_ref(now.year),
            title=title,
            severity=severity,
            opened_by=by,
            opened_at=now,
            form_key=form_key,
            **fields,
        )
        incident.services.set(services)
        incident.teams.set(teams)
        CircleMember.objects.create(incident=incident, user=by, role="lead")
        record(by=by, verb="incident.opened", subject=incident.ref, sentence=f"opened {incident.ref}")
    return incident


def _once(form_key: str) -> Incident | None:
    """Hold the key for this transaction, so that a form sent twice at the same moment waits for itself."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 1))", [form_key])
    return Incident.objects.filter(form_key=form_key).first()


def _next_ref(year: int) -> str:
    """The next free reference of the year; a lock makes two openers wait for each other rather than collide."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [7301, year])
        cursor.execute(
            "select coalesce(max(substring(ref from 10)::int), 0) + 1 from incidents_incident where ref like %s",
            [f"INC-{year}-%"],
        )
        return f"INC-{year}-{cursor.fetchone()[0]:04d}"


def edit_incident(
    *, incident: Incident, by: User, version: int, changes: dict, services=None, teams=None
) -> Incident:
    """Save `changes` made from `version`. Raises Stale when somebody saved in between."""
    unknown = set(changes) - set(FIELDS)
    if unknown:
        raise ValueError(f"Not fields of an incident: {sorted(unknown)}")
    with transaction.atomic():
        updated = Incident.objects.filter(pk=incident.pk, version=version).update(
            version=version + 1, **changes
        )
        if not updated:
            raise Stale(Incident.objects.get(pk=incident.pk))
        incident.refresh_from_db()
        if services is not None:
            incident.services.set(services)
        if teams is not None:
            incident.teams.set(teams)
        record(
            by=by,
            verb="incident.edited",
            subject=incident.ref,
            sentence=f"edited {incident.ref}",
            fields=sorted(changes),
        )
    return incident


def add_participant(
    *,
    incident: Incident,
    by: User,
    name: str,
    role: str,
    user: User | None = None,
    email: str = "",
    zone: str = "",
    known_as=(),
) -> Participant:
    """Note that somebody took part. With an account they join the circle, so that they can read what concerns them."""
    with transaction.atomic():
        Incident.objects.select_for_update().only("pk").get(pk=incident.pk)
        if user and incident.participants.filter(user=user).exists():
            raise NotPossible(f"{user} is on the list already.")
        participant = Participant.objects.create(
            incident=incident,
            user=user,
            name=user.name if user else name,
            email=user.email if user else email,
            zone=(user.zone if user else zone) or incident.zone,
            role=role,
            known_as=list(known_as),
        )
        if user:
            CircleMember.objects.get_or_create(incident=incident, user=user, role="participant")
        record(
            by=by,
            verb="participant.added",
            subject=incident.ref,
            sentence=f"noted that {participant.name} took part as {role}",
        )
    return participant


def remove_participant(*, participant: Participant, by: User) -> None:
    """Raises NotPossible once an interview stands: cancel that first."""
    with transaction.atomic():
        # a plan that is being written right now holds the incident as well
        Incident.objects.select_for_update(no_key=True).only("pk").get(pk=participant.incident_id)
        if participant.interviews.exists():
            raise NotPossible(f"There is an interview with {participant.name}; the list keeps them.")
        incident = participant.incident
        if participant.user_id:
            incident.circle.filter(user=participant.user_id, role="participant").delete()
        participant.delete()
        record(
            by=by,
            verb="participant.removed",
            subject=incident.ref,
            sentence=f"took {participant.name} off the list of who took part",
        )


def add_to_circle(*, incident: Incident, by: User, user: User, role: str) -> CircleMember:
    """Give somebody a place in the circle. A new lead reviewer takes over; the former stays as co-reviewer."""
    with transaction.atomic():
        Incident.objects.select_for_update().get(pk=incident.pk)
        if role == "lead":
            former = incident.circle.filter(role="lead").first()
            if former and former.user_id != user.pk:
                incident.circle.get_or_create(user=former.user, role="co")
                former.delete()
            incident.circle.filter(user=user, role="co").delete()
        member, _ = CircleMember.objects.get_or_create(incident=incident, user=user, role=role)
        record(
            by=by,
            verb="circle.added",
            subject=incident.ref,
            sentence=f"made {user} {member.get_role_display().lower()} of {incident.ref}",
        )
    return member


def remove_from_circle(*, member: CircleMember, by: User) -> None:
    with transaction.atomic():
        if member.role == "lead":
            raise NotPossible("A review keeps a lead reviewer. Name another one instead.")
        member.delete()
        record(
            by=by,
            verb="circle.removed",
            subject=member.incident.ref,
            sentence=f"took {member.user} out of the circle as {member.get_role_display().lower()}",
        )


def add_link(*, incident: Incident, by: User, url: str, title: str) -> Link:
    with transaction.atomic():
        link = Link.objects.create(incident=incident, url=url, title=title or url)
        record(by=by, verb="link.added", subject=incident.ref, sentence="added a link", url=url)
    return link


def remove_link(*, link: Link, by: User) -> None:
    with transaction.atomic():
        link.delete()
        record(by=by, verb="link.removed", subject=link.incident.ref, sentence="removed a link", url=link.url)


def no_review_needed(*, incident: Incident, by: User, reason: str, now: datetime) -> None:
    if not reason.strip():
        raise NotPossible("Say in a sentence why no review is needed; somebody will ask.")
    _move(
        incident, by, "no_review", "incident.no_review", "decided that no review is needed",
        former=("reviewing",), closed_at=now, reason=reason.strip(),
    )  # fmt: skip


def reopen_review(*, incident: Incident, by: User, now: datetime) -> None:
    _move(incident, by, "reviewing", "review.reopened", "reopened the review", former=("closed", "no_review"))


def close_review(*, incident: Incident, by: User, now: datetime) -> None:
    _move(incident, by, "closed", "review.closed", "closed the review", former=("reviewing",), closed_at=now)


def _move(
    incident: Incident,
    by: User,
    state: str,
    verb: str,
    sentence: str,
    *,
    former: tuple[str, ...],
    closed_at: datetime | None = None,
    reason: str = "",
) -> None:
    """Move from one of the `former` states. Raises NotPossible where somebody was faster, saying what stands."""
    with transaction.atomic():
        moved = Incident.objects.filter(pk=incident.pk, state__in=former).update(
            state=state, closed_at=closed_at, no_review_reason=reason
        )
        incident.refresh_from_db()
        if not moved:
            raise NotPossible(
                f"Nothing was changed: this stands as “{incident.get_state_display()}” already."
            )
        record(by=by, verb=verb, subject=incident.ref, sentence=sentence, reason=reason)


def skip_stage(*, incident: Incident, by: User, stage: str, reason: str) -> None:
    """Go past a stage with a reason; an empty reason takes it up again. Raises NotPossible for other stages."""
    if stage not in SKIPPABLE:
        raise NotPossible("This stage cannot be gone past.")
    reason = reason.replace("\x00", "").strip()[:300]
    with transaction.atomic():
        locked = Incident.objects.select_for_update().get(pk=incident.pk)
        stages = dict(locked.skipped_stages)
        if reason:
            stages[stage] = reason
        else:
            stages.pop(stage, None)
        Incident.objects.filter(pk=incident.pk).update(skipped_stages=stages)
        incident.skipped_stages = stages
        word = "went past" if reason else "took up again"
        record(
            by=by,
            verb="stage.skipped",
            subject=incident.ref,
            sentence=f"{word} the stage “{stage}”",
            reason=reason,
        )


def save_severity(*, severity: Severity, by: User) -> None:
    with transaction.atomic():
        severity.save()
        record(
            by=by,
            verb="severity.saved",
            subject=severity.name,
            sentence=f"saved the severity {severity.name} and its policy",
        )


def weigh_rules(*, severity: Severity, by: User, weights: dict[str, str]) -> None:
    """Say how much the rules of readiness weigh for a severity, where that is otherwise than by default."""
    with transaction.atomic():
        Severity.objects.filter(pk=severity.pk).update(readiness=weights)
        severity.readiness = weights
        record(
            by=by, verb="severity.weighed", subject=severity.name,
            sentence=f"said how much the rules of readiness weigh for {severity.name}", weights=weights,
        )  # fmt: skip


def save_service(*, service, by: User) -> None:
    with transaction.atomic():
        service.save()
        record(
            by=by, verb="service.saved", subject=service.name, sentence=f"saved the service {service.name}"
        )
