"""A reader costs one look into the cache; what changed is never told as it was before, whatever dies when."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from redis.exceptions import ConnectionError as Away

from postmortems.publication.outside import keeping, views
from postmortems.publication.outside.addresses import path
from tests.publication.outside import shown

FORMS = ("newest", "twin", "pdf", "document")


def asks(client, where: str) -> int:
    """The number of queries that an answer takes."""
    with CaptureQueriesContext(connection) as asked:
        client.get(where)
    return len(asked)


def every(public) -> list[str]:
    return [*(path(public, form) for form in FORMS), "/public/", "/public/feed.atom", "/public/feed.json"]


def warm(client, public) -> None:
    for where in every(public):
        client.get(where)
        client.get(where)


def test_a_reader_costs_no_query_and_one_look(public, client, django_assert_num_queries, monkeypatch):
    shown.printed(public)
    warm(client, public)
    looks = []
    get_many = keeping.cache.get_many
    monkeypatch.setattr(keeping.cache, "get_many", lambda keys: looks.append(keys) or get_many(keys))
    with django_assert_num_queries(0):
        for where in every(public):
            assert client.get(where).status_code == 200, where
    assert len(looks) == len(every(public))


def test_a_reader_with_an_account_costs_none_either(public, client, cast, django_assert_num_queries):
    warm(client, public)
    client.force_login(cast.alice)
    with django_assert_num_queries(0):
        client.get(path(public))


def test_a_new_number_is_there_at_once(public, client, cast):
    warm(client, public)
    shown.twin(cast.incident, "Told better")
    assert "Told better" in client.get(path(public, "newest")).text
    assert "There is a newer one" in client.get(path(public)).text
    assert "Told better" in client.get("/public/").text
    assert "Told better" in client.get("/public/feed.atom").text


def test_a_withdrawal_holds_at_once(public, client):
    shown.printed(public)
    warm(client, public)
    shown.withdraw(public)
    assert [client.get(path(public, form)).status_code for form in FORMS] == [410] * 4
    warm(client, public)
    assert [client.get(path(public, form)).status_code for form in FORMS] == [410] * 4
    assert "Bookings" not in client.get("/public/").text


def test_texts_that_did_not_change_stay_kept(public, client, cast, django_assert_num_queries):
    partner = shown.twin(cast.incident, "For partners", audience="partner")
    client.get(path(partner))
    client.get(path(partner))
    shown.twin(cast.incident, "Told better")
    with django_assert_num_queries(0):
        client.get(path(partner))


def test_what_was_read_before_and_is_put_there_late_is_never_taken(public, client, monkeypatch):
    """A reader who is slow: the answer is made, then the text is withdrawn, then the answer is kept."""
    keep = keeping._keep

    def late(*arguments) -> None:
        monkeypatch.setattr(keeping, "_keep", keep)
        shown.withdraw(public)
        keep(*arguments)

    monkeypatch.setattr(keeping, "_keep", late)
    assert client.get(path(public)).status_code == 200  # asked before it was withdrawn
    assert client.get(path(public)).status_code == 410


def test_while_it_changes_nothing_is_taken_and_nothing_kept(public, client):
    warm(client, public)
    with shown.committed():
        keeping.changing(public)
        for _ in range(2):
            assert asks(client, path(public))
    assert asks(client, path(public))
    assert not asks(client, path(public))


class Killed(BaseException):
    pass


def test_a_process_that_dies_after_the_change_leaves_nothing_old(public, client, cast, monkeypatch):
    """The new stamp was never set: the rows are changed, and readers ask them."""
    warm(client, public)
    put = keeping._put

    def dies(stamps, seconds):
        if seconds is None:
            raise Killed
        put(stamps, seconds)

    monkeypatch.setattr(keeping, "_put", dies)
    with pytest.raises(Killed):
        shown.withdraw(public)
    monkeypatch.setattr(keeping, "_put", put)
    assert client.get(path(public)).status_code == 410
    assert client.get(path(public)).status_code == 410
    cache.delete_many([keeping._stamp(public.key), keeping._stamp(keeping.SHELF)])  # their time is over
    assert client.get(path(public)).status_code == 410
    assert "Bookings" not in client.get("/public/").text


def test_nothing_is_kept_of_what_was_taken_back(public, client, cast):
    warm(client, public)

    def taken_back() -> None:
        with shown.committed():
            shown.twin(cast.incident, "Never told")
            raise Killed

    with pytest.raises(Killed):
        taken_back()
    assert "Never told" not in client.get(path(public, "newest")).text
    assert "Never told" not in client.get("/public/").text


def test_a_cache_that_is_away_costs_queries_and_nothing_else(public, client, monkeypatch):
    warm(client, public)

    def away(*_, **__):
        raise Away

    for name in ("get_many", "set", "set_many", "add"):
        monkeypatch.setattr(keeping.cache, name, away)
    assert client.get(path(public)).status_code == 200
    shown.withdraw(public)
    assert client.get(path(public)).status_code == 410


def test_addresses_that_are_none_leave_nothing_behind(public, client, monkeypatch):
    kept = []
    monkeypatch.setattr(keeping.cache, "set", lambda *given: kept.append(given))
    monkeypatch.setattr(keeping.cache, "add", lambda *given: kept.append(given))
    for number in range(3):
        client.get(f"/public/abcdefghj{number}/")
        client.get(f"/public/{public.key}/{number + 7}/")
    client.get(path(public, "pdf"))  # not set yet
    assert kept == []


def test_a_large_answer_is_made_anew(public, client, monkeypatch):
    shown.printed(public, b"%PDF" + b"x" * 100)
    monkeypatch.setattr(keeping, "LARGEST", 50)
    for _ in range(3):
        assert len(client.get(path(public, "pdf")).content) == 104
    assert asks(client, path(public, "pdf"))


def test_the_secret_of_a_partners_address_is_in_no_key_of_the_cache(cast, public, client):
    partner = shown.twin(cast.incident, "For partners", audience="partner")
    for _ in range(2):
        client.get(path(partner))
    kept = cache._cache.get_client().keys("*outside*")
    assert kept
    assert not [key for key in kept if partner.key.encode() in key]


def test_the_house_by_another_name_is_told_so(public, client, settings):
    warm(client, public)
    settings.ORGANISATION = "Another house"
    assert "Another house" in client.get(path(public)).text


def test_the_views_ask_no_session(public, rf):
    request = rf.get(path(public))
    assert (
        views.page(request, side="public", key=public.key).status_code == 200
    )  # neither session nor user is there
