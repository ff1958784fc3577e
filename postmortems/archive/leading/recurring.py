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
PLAIN = """able about after again against almost already also although always among another any around
away back because been before behind being best better between both came cannot come comes could count counted day days
does done during each earlier either else enough even ever every everybody everyone felt find finds first
five found four from gave give given gives goes going gone good half have having hour hours incident
instead into itself just keep keeps kept kind kinds knew know known knows last later least left less like
little long longer look looked looks made make many mean means meant might minute minutes month months
more most much must name named names nearly need needed needs never next nobody none nothing nowhere
number numbers often once only onto other over part people perhaps person place places point points quite
rather really right said same says seemed seems seen several shall should side simply since some somebody
someone soon sort sorts stand stands still stood step steps such take taken takes team teams tell tells than that
their them themselves then there these they thing this those though three through time times told took
twice until upon used using very want wanted was week weeks well went were what when where whether which
while whole whom whose will with within without work worked working works would write writes written wrong
wrote year years yet your"""


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
