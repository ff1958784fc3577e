"""What gets fixed: the items that were published as promised, and how they fare now.

A promise is an item of the newest revision of an unrestricted write-up that was accepted; its day is the one it was first
accepted with. It is kept when it was done by that day. Done is not verified. Nothing here tells whose it is.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from postmortems.archive.leading import quarters
from postmortems.archive.leading.asking import DOTS, QUANTILES, rows, spread

# How an item fares, in one word; `rows.py` asks the same view of it.
PROMISES = """
select item.id, item.incident_id, item.number, told.what, item.type, item.status, card.first_published_at,
    coalesce(item.promised_on, item.due_on) as day, item.done_at, item.verified_at,
    case when item.status = 'dropped' then 'dropped'
        when item.status in ('done', 'verified') then
            case when (item.done_at at time zone 'UTC')::date <= coalesce(item.promised_on, item.due_on) then 'kept' else 'late' end
        when coalesce(item.promised_on, item.due_on) < %(today)s then 'overdue'
        else 'ahead' end as fares
from archive_tolditem told
join archive_card card using (incident_id)
join remediation_item item on item.incident_id = told.incident_id and item.number = told.number
where not card.restricted
    and (item.status in ('accepted', 'in_progress', 'done', 'verified') or item.status = 'dropped' and item.promised_on is not null)
"""
STANDING = f"""
with promises as ({PROMISES})
select count(*) as promises, count(*) filter (where fares in ('ahead', 'overdue')) as undone,
    count(*) filter (where fares = 'overdue') as overdue, count(*) filter (where status = 'done') as unverified,
    count(*) filter (where status = 'verified') as verified, count(*) filter (where fares = 'dropped') as dropped
from promises
"""  # noqa: S608 of our own parts alone
AGES = f"""
with promises as ({PROMISES}),
aged as (select type, extract(epoch from %(now)s - first_published_at)::float / 86400 as days from promises where fares in ('ahead', 'overdue'))
select type, {spread("days")} from aged group by type order by type
"""  # noqa: S608 of our own parts alone
KEPT = f"""
with promises as ({PROMISES})
select to_char(day, 'YYYY"-Q"Q') as quarter, fares, count(*) as n from promises
where day >= %(since)s and day < %(today)s and fares <> 'ahead' group by 1, 2
"""  # noqa: S608 of our own parts alone
BY_KIND = f"""
with promises as ({PROMISES})
select kind.name as kind, count(distinct promises.id) as n,
    count(distinct promises.id) filter (where fares in ('ahead', 'overdue')) as undone,
    count(distinct promises.id) filter (where fares = 'overdue') as overdue,
    count(distinct promises.id) filter (where status = 'verified') as verified
from promises join remediation_item_conditions answers on answers.item_id = promises.id
join writeup_condition condition on condition.id = answers.condition_id
join writeup_conditionkind kind on kind.key = condition.kind_id
group by kind.name, kind.position order by kind.position
"""  # noqa: S608 of our own parts alone
EFFECTS = f"""
with promises as ({PROMISES})
select effect.held, effect.would_have_changed as changed, count(*) as n
from promises join remediation_effectcheck effect on effect.item_id = promises.id group by 1, 2
"""  # noqa: S608 of our own parts alone


def reckon(now: datetime) -> dict[str, Any]:
    shown = quarters.up_to(now.date())
    asked = {
        "now": now, "today": now.date(), "since": quarters.begin(shown[0]).date(), "dots": DOTS, "quantiles": QUANTILES,
    }  # fmt: skip
    return {
        "quarters": shown,
        "standing": rows(STANDING, asked)[0],
        "ages": rows(AGES, asked),
        "kept": rows(KEPT, asked),
        "by_kind": rows(BY_KIND, asked),
        "effects": rows(EFFECTS, asked),
    }
