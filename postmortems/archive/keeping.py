"""How the database keeps the cards of the archive: a migration step.

Publication does not know the archive, and a card that is late or lost would hide a write-up or, worse, show a
restricted one. So triggers write cards in the very transaction that changes what they tell:
1. a revision is published: the whole card, its conditions and items, from the frozen content; it goes when the
   newest one is withdrawn;
2. an incident's severity, tags, services, teams, times or restriction change: its facets;
3. a card changes: the ledger of counts, and every reckoning when something becomes restricted.
Filing takes the incident FOR SHARE, so that a restriction made at the same moment waits and then finds the card.
"""

from django.db import migrations

from postmortems.archive.searching import wording

# Of the words 200,000 characters are filed, and 40,000 of what weighs more: PostgreSQL refuses a vector beyond a
# megabyte, whatever the letters.
SQL = """
create function archive_facets(which bigint) returns text[] language sql stable as $$
    select coalesce(array_agg(distinct facet order by facet), '{}') from (
        select unnest(array['all:', 'severity:' || severity_id,
            'year:' || extract(year from coalesce(impact_began_at, opened_at) at time zone 'UTC')::int]
            || array(select 'tag:' || tag from unnest(tags) tag)) as facet
        from incidents_incident where id = which
        union all select 'service:' || service_id from incidents_incident_services where incident_id = which
        union all select 'team:' || team_id from incidents_incident_teams where incident_id = which
        union all select 'kind:' || kind from archive_toldcondition where incident_id = which
    ) told
$$;

create function archive_words(content jsonb) returns text language sql immutable as $$
    select coalesce(string_agg(word #>> '{}', ' '), '') from (
        select jsonb_path_query(content, '$.conditions[*].sentence') as word
        union all select jsonb_path_query(content, '$.items[*].what')
        union all select jsonb_path_query(content, '$.events[*].caption')
        union all select jsonb_path_query(content, '$.services[*]')
        union all select jsonb_path_query(content, '$.teams[*]')
        union all select jsonb_path_query(content, '$.tags[*]')
    ) told
$$;

create function archive_file(which bigint) returns void language plpgsql as $$
declare
    about incidents_incident%rowtype;
    told publication_revision%rowtype;
begin
    select * into about from incidents_incident where id = which for share;
    delete from archive_toldcondition where incident_id = which;
    delete from archive_tolditem where incident_id = which;
    select * into told from publication_revision where incident_id = which order by number desc limit 1;
    if told.id is null or about.id is null or exists (select from publication_withdrawal where revision_id = told.id) then
        delete from archive_tospell where incident_id = which;
        delete from archive_card where incident_id = which;
        return;
    end if;
    insert into archive_toldcondition (incident_id, number, kind, helped, sentence, cited)
        select which, coalesce((c ->> 'number')::int, place), coalesce(c ->> 'kind', ''), coalesce((c ->> 'helped')::bool, false),
            coalesce(c ->> 'sentence', ''), jsonb_array_length(jsonb_path_query_array(c, '$.events[*]'))
        from jsonb_path_query(told.content, '$.conditions[*]') with ordinality listed(c, place);
    insert into archive_tolditem (incident_id, number, what)
        select which, coalesce((i ->> 'number')::int, place), coalesce(i ->> 'what', '')
        from jsonb_path_query(told.content, '$.items[*]') with ordinality listed(i, place);
    insert into archive_card as card (incident_id, revision_id, title, published_at, first_published_at, happened_at, restricted, facets, search)
    values (
        which, told.id, told.title, told.published_at,
        (select min(published_at) from publication_revision where incident_id = which),
        coalesce(about.impact_began_at, about.opened_at), about.restricted, archive_facets(which),
        setweight(archive_vector(told.title || ' ' || about.ref), 'A')
            || setweight(archive_vector(left(archive_words(told.content), 40000)), 'B')
            || setweight(archive_vector(left(told.words, 200000)), 'C')
    )
    on conflict (incident_id) do update set revision_id = excluded.revision_id, title = excluded.title,
        published_at = excluded.published_at, first_published_at = excluded.first_published_at, happened_at = excluded.happened_at,
        restricted = excluded.restricted, facets = excluded.facets, search = excluded.search;
    insert into archive_tospell (incident_id) values (which) on conflict do nothing;
end $$;

create function archive_on_revision() returns trigger language plpgsql as $$
begin
    perform archive_file(case when tg_op = 'DELETE' then old.incident_id else new.incident_id end);
    return null;
end $$;
create trigger archive_on_revision after insert or delete on publication_revision
    for each row execute function archive_on_revision();

create function archive_on_withdrawal() returns trigger language plpgsql as $$
begin
    perform archive_file(incident_id) from publication_revision where id = new.revision_id;
    return null;
end $$;
create trigger archive_on_withdrawal after insert on publication_withdrawal
    for each row execute function archive_on_withdrawal();

create function archive_on_incident() returns trigger language plpgsql as $$
begin
    update archive_card set restricted = new.restricted, happened_at = coalesce(new.impact_began_at, new.opened_at),
        facets = archive_facets(new.id) where incident_id = new.id;
    return null;
end $$;
create trigger archive_on_incident after update on incidents_incident for each row
    when ((old.restricted, old.severity_id, old.tags, old.impact_began_at, old.opened_at)
        is distinct from (new.restricted, new.severity_id, new.tags, new.impact_began_at, new.opened_at))
    execute function archive_on_incident();

create function archive_on_naming() returns trigger language plpgsql as $$
declare
    which bigint := case when tg_op = 'DELETE' then old.incident_id else new.incident_id end;
begin
    update archive_card set facets = archive_facets(which) where incident_id = which;
    return null;
end $$;
create trigger archive_on_services after insert or delete on incidents_incident_services
    for each row execute function archive_on_naming();
create trigger archive_on_teams after insert or delete on incidents_incident_teams
    for each row execute function archive_on_naming();

create function archive_on_card() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' and not old.restricted then
        insert into archive_tally (facet, n) select unnest(old.facets), -1;
    end if;
    if tg_op <> 'DELETE' and not new.restricted then
        insert into archive_tally (facet, n) select unnest(new.facets), 1;
    end if;
    if tg_op = 'DELETE' or new.restricted then
        delete from archive_reckoning;
    end if;
    return null;
end $$;
create trigger archive_on_card after insert or delete on archive_card for each row execute function archive_on_card();
create trigger archive_on_card_change after update on archive_card for each row
    when ((old.restricted, old.facets) is distinct from (new.restricted, new.facets)) execute function archive_on_card();

-- The planner does not know that to look into a text is to fetch and unpack it, and would read every one of them.
create function archive_matching(words text, any_of boolean) returns setof bigint language sql stable rows 50000 set enable_seqscan = off as $$
    select incident_id from archive_card where search @@ archive_asked(words, any_of)
$$;

create function archive_slips(word text) returns text[] language sql immutable as $$
    select array_agg(distinct left(word, place) || substr(word, place + 2)) || word from generate_series(0, length(word) - 1) place
$$;

select archive_file(incident_id) from (select distinct incident_id from publication_revision) told;
"""

BACK = """
drop function archive_on_revision() cascade;
drop function archive_on_withdrawal() cascade;
drop function archive_on_incident() cascade;
drop function archive_on_naming() cascade;
drop function archive_on_card() cascade;
drop function archive_file(bigint);
drop function archive_facets(bigint);
drop function archive_words(jsonb);
drop function archive_matching(text, boolean);
drop function archive_slips(text);
"""


def keep_cards() -> migrations.RunSQL:
    return migrations.RunSQL(wording.SQL + SQL, BACK + wording.BACK)
