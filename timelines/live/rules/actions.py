"""Every change of the rules. What a rule did before stays as it is."""

from __future__ import annotations

from dataclasses import dataclass, fields

from django.db import transaction
from django.db.models import Max

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.models import Service, Severity
from timelines.actions import NotPossible
from timelines.models import Connection, Rule


@dataclass(frozen=True)
class Wanted:
    """A rule as somebody asked for it."""

    field: str
    pattern: str
    does: str
    connection: Connection | None = None
    service: Service | None = None
    severity: Severity | None = None
    hours: int = 12

    def checked(self) -> dict:
        """The fields of a Rule. Raises NotPossible with what is missing."""
        field, pattern = (" ".join(text.replace("\x00", "").split()) for text in (self.field, self.pattern))
        if not field or not pattern:
            raise NotPossible("A rule needs a field, such as service, and what it should be like.")
        if self.does not in Rule.Does.values:
            raise NotPossible("Say what the rule does.")
        if self.does == Rule.Does.OPEN and self.severity is None:
            raise NotPossible("Say which severity an incident has that this rule opens.")
        if not 1 <= self.hours <= 720:
            raise NotPossible("An incident may be 1 to 720 hours old to be attached to.")
        told = {one.name: getattr(self, one.name) for one in fields(self)}
        return told | {"field": field[:80], "pattern": pattern[:200]}


def add(*, by: User, wanted: Wanted) -> Rule:
    """A new rule, after all others."""
    checked = wanted.checked()
    with transaction.atomic():
        last = Rule.objects.aggregate(last=Max("place"))["last"] or 0
        rule = Rule.objects.create(place=last + 1, made_by=by, **checked)
        _record(by, rule, "rule.added", "added")
    return rule


def edit(*, rule: Rule, by: User, wanted: Wanted) -> Rule:
    """Incidents that it opens from now on are opened in the name of whoever changed it last."""
    checked = wanted.checked()
    with transaction.atomic():
        locked = _locked(rule)
        for name, value in (checked | {"made_by": by}).items():
            setattr(locked, name, value)
        locked.save()
        _record(by, locked, "rule.edited", "changed")
    return locked


def move(*, rule: Rule, by: User, earlier: bool) -> None:
    """One place earlier or later; the first and the last one stay where they are."""
    with transaction.atomic():
        rules = list(Rule.objects.select_for_update().order_by("place", "pk"))
        here = next((place for place, one in enumerate(rules) if one.pk == rule.pk), None)
        there = -1 if here is None else here + (-1 if earlier else 1)
        if not 0 <= there < len(rules):
            return
        rules[here], rules[there] = rules[there], rules[here]
        for place, one in enumerate(rules, start=1):
            one.place = place
        Rule.objects.bulk_update(rules, ["place"])
        _record(by, rule, "rule.moved", "asked earlier" if earlier else "asked later")


def switch(*, rule: Rule, by: User, active: bool) -> None:
    with transaction.atomic():
        if Rule.objects.filter(pk=rule.pk).exclude(active=active).update(active=active):
            _record(by, rule, "rule.switched", "switched on" if active else "switched off")


def remove(*, rule: Rule, by: User) -> None:
    with transaction.atomic():
        _record(by, rule, "rule.removed", "took away")
        rule.delete()


def _locked(rule: Rule) -> Rule:
    found = Rule.objects.select_for_update().filter(pk=rule.pk).first()
    if found is None:
        raise NotPossible("Somebody has taken this rule away meanwhile.")
    return found


def _record(by: User, rule: Rule, verb: str, did: str) -> None:
    record(by=by, verb=verb, subject="organisation", sentence=f"{did} the rule “{rule}”")
