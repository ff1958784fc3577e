"""What is a word to the archive: the same rule for texts and for what is asked, kept as functions of the database.

PostgreSQL reads `hub.example.org`, `a/b` or `INC-2026-0015` as one token each, so that their parts find nothing, and
takes a signed number out of a hyphenated name. So, before it reads a text:
1. whatever is neither letter nor digit parts words, in every script; the ranges are written out, because what a
   database takes for a letter depends on its locale;
2. scripts that put no blanks between words are read sign by sign, and what is asked in them is a phrase of signs;
3. accents are taken off: who searches from another keyboard writes none.
In what is asked, a stretch without blanks is a phrase: `retry-budget` finds retry-budget and retry budget. A minus
before a stretch or a phrase excludes it; before a single sign or another minus it belongs to a command that was
pasted. `or` stands between alternatives.
"""

# ASCII, Latin-1, punctuation, symbols, CJK punctuation, half and full width forms, private use, pictographs
PARTING = (
    r"[\u0001-/:-@\[-`{-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7"
    r"\u2000-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3007-\u3030\u303d-\u303f\u30a0\u30fb"
    r"\ue000-\uf8ff\ufe10-\ufe6f\ufeff-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\ufff0-\uffff"
    r"\U0001f000-\U0001faff]+"
)
# Thai to Myanmar, Khmer, kana, Han, Hangul
UNSPACED = (
    r"[\u0e00-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U0003134f]"
)

SQL = r"""
create function archive_spaced(told text) returns text language sql immutable as $$
    select regexp_replace(regexp_replace(normalize(told, nfkc), 'PARTING', ' ', 'g'), '(UNSPACED)', ' \1 ', 'g')
$$;

create function archive_plain(told text) returns text language sql immutable as $$
    select replace(translate(
        normalize(regexp_replace(normalize(archive_spaced(told), nfkd), '[\u0300-\u036f]', '', 'g'), nfkc), 'øØłŁđĐı', 'oOlLdDi'
    ), 'ß', 'ss')
$$;

create function archive_vector(told text) returns tsvector language sql stable as $$
    select to_tsvector('english', archive_plain(told))
$$;

-- With `any_of`, what has one of the words will do, and phrases are taken apart.
create function archive_asked(asked text, any_of boolean default false) returns tsquery language sql stable as $$
    with pieces as (
        select n, found[1] as piece, found[1] ~ '^-[^-][^ ]' as without, lower(found[1]) = 'or' as either
        from regexp_matches(translate(asked, U&'\201C\201D\201E\00AB\00BB\3000\00A0', repeat('"', 5) || '  '), '-?"[^"]*"?|[^[:space:]"]+', 'g')
            with ordinality listed (found, n)
    ), said as (
        select n, without, either, archive_plain(part) as words
        from pieces, unnest(case when any_of and not without then regexp_split_to_array(piece, '[\s"]+') else array[piece] end) part
        where not (any_of and either)
    )
    select websearch_to_tsquery('english', coalesce(string_agg(
            case when either then 'or' else '"' || words || '"' end, case when any_of then ' or ' else ' ' end order by n
        ) filter (where not without), ''))
        && websearch_to_tsquery('english', coalesce(string_agg('-"' || words || '"', ' ') filter (where without), ''))
    from said where words ~ '[^ ]'
$$;
""".replace("PARTING", PARTING).replace("UNSPACED", UNSPACED)

BACK = """
drop function archive_asked(text, boolean);
drop function archive_vector(text);
drop function archive_plain(text);
drop function archive_spaced(text);
"""
