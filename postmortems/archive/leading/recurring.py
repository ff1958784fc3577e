"""What recurs: contributing conditions by kind over time and across services, and the words they share.

Of the newest revision of every unrestricted write-up, by when the incident happened.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from postmortems.archive.leading import quarters
from postmortems.archive.leading.asking import rows

SERVICES = 12
THEMES = 20

BY_QUARTER = """
select to_char(card.happened_at at time zone 'UTC', 'YYYY"-Q"Q') as quarter, told.kind, bool_or(told.helped) as helped, count(*) as n
from archive_toldcondition told join archive_card card using (incident_id)
where not card.restricted and card.happened_at >= %(since)s and card.happened_at <= %(now)s group by 1, 2 order by 2, 1
"""
BY_SERVICE = """
with placed as (
    select named.service_id as service, told.kind, count(*) as n
    from archive_toldcondition told join archive_card card using (incident_id)
    join incidents_incident_services named using (incident_id)
    where not card.restricted and not told.helped and card.happened_at >= %(since)s and card.happened_at <= %(now)s group by 1, 2
), most as (select service, sum(n) as all_kinds from placed group by 1 order by 2 desc, 1 limit %(services)s)
select service, kind, n from placed join most using (service) order by all_kinds desc, service, kind
"""
# A word stands for all its forms; the form told is the one most often written.
THEMES_SQL = """
with spelled as (
    select distinct told.incident_id, word
    from archive_toldcondition told join archive_card card using (incident_id),
        regexp_split_to_table(lower(told.sentence), '[^[:alpha:]]+') word
    where not card.restricted and not told.helped and card.happened_at >= %(since)s and card.happened_at <= %(now)s
        and length(word) > 3 and word <> all(%(plain)s)
), words as (select word, (ts_lexize('english_stem', word))[1] as stem from (select distinct word from spelled) each_word),
stems as (
    select words.stem, mode() within group (order by spelled.word) as word, array_agg(distinct spelled.incident_id) as incidents
    from spelled join words using (word) where words.stem is not null group by words.stem
    having count(distinct spelled.incident_id) >= 2
), total as (select count(distinct incident_id)::float as n from spelled),
weighed as (
    select word, incidents, cardinality(incidents) as write_ups from stems, total
    where total.n <= 20 or cardinality(incidents) <= total.n / 5
    order by cardinality(incidents) * ln(1 + total.n / cardinality(incidents)) desc, word limit %(themes)s
)
select word, write_ups,
    (select count(distinct service_id) from incidents_incident_services where incident_id = any(incidents)) as services,
    (select min(happened_at) from archive_card where incident_id = any(incidents)) as first,
    (select max(happened_at) from archive_card where incident_id = any(incidents)) as last
from weighed order by write_ups desc, word
"""
# Words that say how, not what.
PLAIN = """about after again against already also although always among another any because been before being between both
cannot could does done during each either else even every everybody everyone first from gone have having into itself just last later like
made make many might more most much must need never next nobody none nothing nowhere often once only onto other over people
rather same seen several shall should since some somebody someone still such than that their them then there these they thing this those
though through until upon used using very was were what when where whether which while whole whom whose will with within without would
your"""


def reckon(now: datetime) -> dict[str, Any]:
    shown = quarters.up_to(now.date())
    asked = {
        "since": quarters.begin(shown[0]), "now": now, "services": SERVICES, "themes": THEMES, "plain": PLAIN.split(),
    }  # fmt: skip
    return {
        "quarters": shown,
        "by_quarter": rows(BY_QUARTER, asked),
        "by_service": rows(BY_SERVICE, asked),
        "themes": rows(THEMES_SQL, asked),
    }
