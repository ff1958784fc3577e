"""The details of an event are JSON: masked value by value, and put back exactly. Property tests."""

from __future__ import annotations

import json

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.timelines.masking.planted import HARMLESS, NAMED, SECRETS
from timelines.masking.storing import take_out

COLUMNS = ("external_id", "digest", "text", "link", "actor", "extra")
words = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            *SECRETS.values(),
            *(around.format(value) for around, value, _ in NAMED),
            *HARMLESS,
            "Zk4horse",
            'a"b\\c',
        ]
    ),
)
names = st.one_of(st.sampled_from(["password", "token", "text", "db_password", "note"]), st.text(max_size=8))
details = st.recursive(
    st.one_of(words, st.none(), st.booleans(), st.integers(-(2**53), 2**53)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(names, inner, max_size=4)),
    max_leaves=12,
)


def numbers(value) -> bool:
    """Whether a number stands in it: masked, it comes back as the words of it."""
    if isinstance(value, dict):
        return any(map(numbers, value.values()))
    if isinstance(value, list):
        return any(map(numbers, value))
    return isinstance(value, int) and not isinstance(value, bool)


def out(extra):
    text = orjson.dumps(extra).decode()
    (row,), taken = take_out(0, [("id", b"d", "", "", "", text)], COLUMNS)
    return text, row[5], taken


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # nothing is written
@given(st.dictionaries(names, details, max_size=4))
def test_what_was_taken_out_is_gone_and_can_be_put_back(db, extra):
    text, hidden, taken = out(extra)
    orjson.loads(hidden)
    back = hidden
    for one in taken:
        assert json.dumps(one.value, ensure_ascii=False)[1:-1] not in hidden or len(one.value) < 4
        back = back.replace(one.mask, json.dumps(one.value, ensure_ascii=False)[1:-1])
    if not numbers(extra):
        assert orjson.loads(back) == orjson.loads(text)


def test_details_as_deep_as_can_be_stored(db):
    deep = {"a": SECRETS["GitHub token"]}
    for _ in range(120):
        deep = {"in": [deep]}
    text = json.dumps(deep)
    (row,), taken = take_out(0, [("id", b"d", "", "", "", text)], COLUMNS)
    assert SECRETS["GitHub token"] not in row[5]
    assert len(taken) == 1


def test_numbers_beyond_those_of_the_machine_do_not_stop_an_import(db):
    text = f'{{"n": {10**40}, "password": "Zk4horse", "f": 1e400}}'
    (row,), _ = take_out(0, [("id", b"d", "", "", "", text)], COLUMNS)
    assert "Zk4horse" not in row[5]
    assert str(10**40) in row[5]
