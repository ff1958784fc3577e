"""Lists of remediation items at half a million of them against the same pages at a thousand."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test import Client

from bench.measuring import median, said
from postmortems.accounts.models import Team
from postmortems.remediation.models import Item

FEW = 5000  # of a thousand write-ups
PAGES = {
    "my items": "/items/",
    "all that are open": "/items/all/",
    "overdue": "/items/all/?show=overdue",
    "without an owner": "/items/all/?show=unowned",
    "all there ever were": "/items/all/?show=everything",
    "of one team, verified": "/items/all/?show=verified&team=bench-1",
    "with a word": "/items/all/?q=certificates&show=everything",
    "board of a team": "/items/board/?team=bench-1",
}
# One in three is open; owners are the bench's own user for one in a hundred.
MADE = """
    insert into remediation_item (
        incident_id, number, type, what, detail, how_we_know, owner_id, team_id, due_on, size, status,
        dropped_reason, early_reason, tracker_url, created_at, done_at, verified_at, verified_by_id, version
    )
    select i.id, n, 'prevent', 'Add an alert on ' || (array['replica lag', 'queue depth', 'payments', 'certificates'])[1 + n %% 4]
        || ' of service ' || n, '', 'A drill shows it', case when (i.id + n) %% 100 = 0 then %(mara)s end,
        (select id from accounts_team where slug = 'bench-' || ((i.id + n) %% 40)), date '2023-01-01' + (n * 7 + i.id)::int %% 1500, 'm',
        s.status, 'too dear', '', '', now(), now(), case when s.status = 'verified' then now() end,
        case when s.status = 'verified' then %(mara)s end, 1
    from incidents_incident i cross join generate_series(%(first)s, %(last)s) n
    cross join lateral (select (array['verified', 'verified', 'verified', 'verified', 'dropped', 'dropped', 'proposed', 'accepted', 'done'])
        [1 + (i.id * 3 + n * 5) %% 9] as status) s
    order by n limit %(most)s
"""


def run(mara, most: int) -> None:
    Team.objects.bulk_create(Team(name=f"Bench {n}", slug=f"bench-{n}") for n in range(40))
    client = Client(SERVER_NAME="localhost")
    client.force_login(mara)

    def visit(address: str) -> Callable[[], bytes]:
        def go() -> bytes:
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)
            return answer.content

        return go

    taken = {}
    for size in (FEW, most):
        _fill(mara, size)
        taken[size] = {name: median(visit(address), 11) for name, address in PAGES.items()}
    for name in PAGES:
        said(f"items, {most:,}: {name}", taken[most][name], taken[FEW][name], f"{FEW:,} items")


def _fill(mara, size: int) -> None:
    """As many items as that in all, on the incidents that are there."""
    standing = Item.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from incidents_incident")
        each = size // cursor.fetchone()[0] + 1
        first = 1 if not standing else 10_000
        cursor.execute(MADE, {"mara": mara.pk, "first": first, "last": first + each, "most": size - standing})
        cursor.execute("vacuum analyze remediation_item")
