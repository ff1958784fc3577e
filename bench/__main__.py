"""`make bench`: ratios against floors measured in the same run, on the same machine, a moment apart.

    import      the importer against parsing the same bytes plus COPY of the same rows, and ten times as many
    lists       incident list and timeline page against a signed-in view with one query
    items       lists and boards of 500,000 remediation items against the same of 1,000
    archive     search against the raw query; pages at the whole size against a thousand write-ups
    searches    filter and text search in the large import against the raw queries
    messages    what tools send, received and answered, against one INSERT each
    coach       the language coach on a long write-up and on one paragraph against splitting them into words
    planning    interviews of 12 and of 200 people against matching people with days alone
    PDF         a printed revision against WeasyPrint alone on the same HTML
    published   a published page read by a thousand readers against a view that looks into the cache

BENCH_MESSAGES, BENCH_ITEMS and BENCH_WRITEUPS set the sizes. Single figures on a busy machine mean little; ratios do.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "postmortems.settings")

import django

django.setup()

from django.core.management import call_command

from bench import archive, coach, hooks, imports, items, pages, planning, printing, published
from bench.measuring import said
from postmortems.accounts.models import User
from postmortems.incidents.actions import open_incident
from postmortems.incidents.models import Severity

MESSAGES = int(os.environ.get("BENCH_MESSAGES", "1000000"))
ITEMS = int(os.environ.get("BENCH_ITEMS", "500000"))
WRITEUPS = int(os.environ.get("BENCH_WRITEUPS", "100000"))
T0 = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)


def main() -> int:
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    print(f"{'':<48} {'ours':>13} {'floor':>13} {'ratio':>8}  floor")
    mara = User.objects.create_user("bench@example.org", None, name="Bench", role="administrator")
    severity = Severity.objects.first()
    for number in range(200):
        open_incident(by=mara, title=f"Incident number {number}", severity=severity)
    pages.run(mara, severity)
    items.run(mara, ITEMS)
    hooks.run(mara)
    planning.run()
    coach.run()
    printing.run(mara, pages.timeline(mara, severity, 400))
    published.run(mara, pages.timeline(mara, severity, 400))
    smaller = imports.run(mara, _incident(mara, severity), MESSAGES // 10)
    large = _incident(mara, severity)
    larger = imports.run(mara, large, MESSAGES)
    said("import, ten times as many messages", larger, smaller, f"{MESSAGES // 10:,} messages")
    pages.searches(large, MESSAGES)
    archive.run(mara, WRITEUPS)
    return 0


def _incident(mara, severity):
    return open_incident(
        by=mara, title="Bench", severity=severity, impact_began_at=T0, resolved_at=T0 + timedelta(hours=84)
    )


if __name__ == "__main__":
    sys.exit(main())
