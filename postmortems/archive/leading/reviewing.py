"""How we review: published in time, conversations between soak and fade, evidence, and whether something was learned.

Of incidents that are not restricted. Conversations and surveys are told from five up, and never who.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from postmortems.archive.leading import quarters
from postmortems.archive.leading.asking import DOTS, QUANTILES, rows, spread
from postmortems.archive.listing import teams

LEAST = 5  # below which nothing of conversations and surveys is told

# An incident that is past its day without a write-up counts, too; else only those that made it would.
DUE = """
select incident.id, incident.ref, incident.title, severity.publish_days,
    incident.resolved_at + make_interval(days => severity.publish_days) as due_at, card.first_published_at,
    extract(epoch from card.first_published_at - incident.resolved_at)::float / 86400 as days,
    case when card.first_published_at <= incident.resolved_at + make_interval(days => severity.publish_days) then 'in_time'
        when card.first_published_at is not null then 'late' else 'waiting' end as came
from incidents_incident incident join incidents_severity severity on severity.id = incident.severity_id
left join archive_card card on card.incident_id = incident.id
where not incident.restricted and incident.state <> 'no_review' and severity.review_expected and incident.resolved_at is not null
    and (card.first_published_at is not null or incident.resolved_at + make_interval(days => severity.publish_days) < %(now)s)
"""
IN_TIME = f"""
with due as ({DUE})
select to_char(due_at at time zone 'UTC', 'YYYY"-Q"Q') as quarter, came, count(*) as n from due
where due_at >= %(since)s and due_at < %(now)s group by 1, 2
"""  # noqa: S608 of our own parts alone
DAYS = f"""
with due as (select * from ({DUE}) every_one where due_at >= %(since)s)
select {spread("days")} from due where days >= 0
"""  # noqa: S608 of our own parts alone
TALKS = """
select case when talk.starts_at < incident.resolved_at + make_interval(hours => severity.soak_hours) then 'before'
        when talk.starts_at > incident.resolved_at + make_interval(hours => severity.fade_hours) then 'after' else 'inside' end as came,
    count(*) as n
from interviews_interview talk join incidents_incident incident on incident.id = talk.incident_id
join incidents_severity severity on severity.id = incident.severity_id
where not incident.restricted and talk.state = 'done' and talk.starts_at is not null and incident.resolved_at >= %(since)s
group by 1
"""
CITED = """
select to_char(card.happened_at at time zone 'UTC', 'YYYY"-Q"Q') as quarter,
    case when told.cited > 0 then 'cited' else 'bare' end as came, count(*) as n
from archive_toldcondition told join archive_card card using (incident_id)
where not card.restricted and card.happened_at >= %(since)s and card.happened_at <= %(now)s group by 1, 2
"""
LEARNED = """
select to_char(meeting.held_at at time zone 'UTC', 'YYYY"-Q"Q') as quarter, choice.place - 1 as choice, sum(choice.n::int) as n
from meetings_survey survey join meetings_meeting meeting on meeting.id = survey.meeting_id
join incidents_incident incident on incident.id = meeting.incident_id,
    jsonb_array_elements_text(survey.result #> '{counts,learned}') with ordinality choice(n, place)
where not incident.restricted and meeting.held_at >= %(since)s and (survey.result ->> 'answers')::int >= %(least)s group by 1, 2
"""
# A write-up has two weeks before it is asked how far it was read.
READ = f"""
cards as (
    select incident_id, facets from archive_card where not restricted
        and first_published_at >= %(now)s - interval '1 year' and first_published_at < %(now)s - interval '14 days'
), {teams.COUNTED}
"""  # noqa: S608 of our own parts alone
SHARES = f"""
with {READ}, shares as (select 100.0 * n / among as share from counted)
select {spread("share")} from shares
"""  # noqa: S608 of our own parts alone


def reckon(now: datetime) -> dict[str, Any]:
    shown = quarters.up_to(now.date())
    asked = {
        "now": now, "since": quarters.begin(shown[0]), "dots": DOTS, "quantiles": QUANTILES, "least": LEAST, **teams.LEAST,
    }  # fmt: skip
    talks = rows(TALKS, asked)
    return {
        "quarters": shown,
        "in_time": rows(IN_TIME, asked),
        "days": rows(DAYS, asked)[0],
        "talks": talks if sum(row["n"] for row in talks) >= LEAST else [],
        "cited": rows(CITED, asked),
        "read": rows(SHARES, asked)[0],
        "learned": [row | {"choice": ("yes", "little", "no")[row["choice"]]} for row in rows(LEARNED, asked)],
    }
