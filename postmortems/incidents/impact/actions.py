from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.models import ImpactFigure, Incident

MOST = 40


class NotPossible(Exception):
    """A change that cannot be made, in one sentence for the person who asked for it."""


def add_figure(
    *,
    incident: Incident,
    by: User,
    what: str,
    number: Decimal | None = None,
    unit: str = "",
    unknown_because: str = "",
) -> ImpactFigure:
    """Note how much it hurt: a number with its unit, or why that is unknown."""
    with transaction.atomic():
        Incident.objects.select_for_update().only("pk").get(pk=incident.pk)
        if incident.impact_figures.count() >= MOST:
            raise NotPossible(f"{MOST} figures are noted. Which of them will somebody look at?")
        figure = ImpactFigure.objects.create(
            incident=incident, what=what, number=number, unit=unit, unknown_because=unknown_because
        )
        _tell(figure, by, "impact.added", "noted how much it hurt")
    return figure


def change_figure(
    *,
    figure: ImpactFigure,
    by: User,
    what: str,
    number: Decimal | None = None,
    unit: str = "",
    unknown_because: str = "",
) -> ImpactFigure:
    with transaction.atomic():
        figure.what, figure.number, figure.unit, figure.unknown_because = what, number, unit, unknown_because
        figure.save(update_fields=["what", "number", "unit", "unknown_because"])
        _tell(figure, by, "impact.changed", "changed how much it hurt")
    return figure


def remove_figure(*, figure: ImpactFigure, by: User) -> None:
    with transaction.atomic():
        _tell(figure, by, "impact.removed", "took back a figure of how much it hurt")
        figure.delete()


def _tell(figure: ImpactFigure, by: User, verb: str, sentence: str) -> None:
    """The figure itself goes along: there is no other place that says what it was."""
    record(
        by=by, verb=verb, subject=figure.incident.ref, sentence=f"{sentence}: {figure.what}"[:300],
        what=figure.what, number=figure.written, unit=figure.unit, unknown_because=figure.unknown_because,
    )  # fmt: skip
