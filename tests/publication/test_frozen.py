"""What is published cannot be changed, removed, renumbered or put in between, by any way in."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError

from postmortems.publication import actions as publication
from postmortems.publication.approving.actions import approve
from postmortems.publication.approving.texts import draft
from postmortems.publication.checking.guards import who_could, without_guard
from postmortems.publication.frozen import TABLES
from postmortems.publication.models import (
    Approval,
    ApprovedText,
    Printing,
    Revision,
    Twin,
    Withdrawal,
)
from postmortems.publication.withdrawing.actions import withdraw
from tests import make

NOW = make.T0
FROZEN = (Revision, Twin, Approval, ApprovedText, Withdrawal, Printing)


@pytest.fixture
def house(cast):
    """A row of each that is frozen."""
    make.writeup_of(cast.incident)
    text = draft(cast.incident)
    approve(text=text, by=cast.apo, digest=text.digest, now=NOW)
    revision = publication.publish(incident=cast.incident, by=cast.alice, now=NOW)
    Printing.objects.filter(revision=revision).update(state="done", sha256="a" * 64, file="a.pdf")
    twin(revision)
    withdraw(revision=revision, by=cast.alice, reason="A name stood in it", now=NOW)
    return cast


def twin(revision: Revision, number: int = 1, **fields) -> Twin:
    given = {
        "digest": f"d{number}",
        "previous_digest": f"d{number - 1}" if number > 1 else "",
        "audience": "public",
        "key": fields.get("audience", "public"),
    }
    return Twin.objects.create(
        incident=revision.incident, revision=revision, number=number, title="", content={}, html="", words="",
        published_by=revision.published_by, **(given | fields),
    )  # fmt: skip


def refused(attempt, kind=DatabaseError) -> None:
    with pytest.raises(kind):
        _whole(attempt)


@transaction.atomic
def _whole(attempt) -> None:
    """With what is only refused when the transaction ends."""
    attempt()
    sql("set constraints all immediate")


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def rows(model) -> list:
    return list(model.objects.order_by("pk").values())


def test_no_way_of_the_orm_changes_it(house):
    for model in FROZEN:
        before = rows(model)
        assert before, model
        one = model.objects.first()
        text = next(name for name in ("title", "reason", "sha256", "digest") if hasattr(model, name))
        setattr(one, text, "other")
        refused(one.save)
        refused(lambda model=model, text=text: model.objects.update(**{text: "other"}))
        refused(lambda model=model, one=one, text=text: model.objects.bulk_update([one], [text]))
        refused(lambda model=model, one=one: model.objects.filter(pk=one.pk)._raw_delete("default"))
        refused(one.delete, (DatabaseError, ProtectedError))
        refused(lambda model=model: model.objects.all().delete(), (DatabaseError, ProtectedError))
        assert rows(model) == before


def test_no_sql_changes_it(house):
    for table in TABLES:
        for attempt in (
            "update {} set id = id + 1000",
            "delete from {}",
            "truncate {} cascade",
            "set local session_replication_role = replica; delete from {}",
            "set local second_story.erase = 'on'; delete from {}",
            "set local second_story.erase = 'on'; truncate {} cascade",
            "merge into {} t using (select 1) s on true when matched then delete",
            "with gone as (delete from {} returning *) select * from gone",
        ):
            statement = attempt.format(table)
            refused(lambda statement=statement: sql(statement))


def test_nothing_is_put_in_between(house):
    last = Revision.objects.get()
    for fields in (
        {"number": 1}, {"number": 3}, {"number": 0}, {"previous_digest": ""}, {"previous_digest": "x" * 64},
    ):  # fmt: skip
        given = {"number": 2, "previous_digest": last.digest} | fields
        row = Revision(
            incident=last.incident, title="x", content={}, html="", words="", published_by=house.alice, digest="d", **given
        )  # fmt: skip
        refused(row.save)


def test_a_chain_grows_at_its_end_alone_also_of_twins(house):
    last = Revision.objects.get()
    refused(lambda: twin(last, 3))
    twin(last, 2)
    twin(last, 1, audience="partner")
    refused(lambda: twin(last, 2, audience="partner", previous_digest="d2"))
    Revision.objects.bulk_create(
        Revision(
            incident=last.incident, number=number, title="x", content={}, html="", words="", published_by=house.alice, digest=f"n{number}",
            previous_digest=before,
        )
        for number, before in ((2, last.digest), (3, "n2"))
    )  # fmt: skip


def test_a_pdf_that_is_being_set_is_written_and_then_no_more(house, cast):
    make.event(cast.incident, pinned=True)
    again = publication.publish(incident=cast.incident, by=cast.alice, now=NOW, despite="a test")
    waiting = Printing.objects.filter(revision=again)
    assert waiting.update(state="running") == 1
    assert waiting.update(state="done", sha256="b" * 64) == 1
    refused(lambda: waiting.update(state="waiting"))


def test_the_incident_stays_as_long_as_something_of_it_is_published(house):
    refused(house.incident.delete, ProtectedError)
    refused(lambda: sql(f"delete from incidents_incident where id = {house.incident.pk}"))


def test_a_guard_that_is_taken_away_is_told(house):
    assert without_guard() == []
    sql("set constraints all immediate")
    sql("alter table publication_revision disable trigger publication_revision_is_frozen")
    sql("drop trigger publication_twin_is_next on publication_twin")
    sql("alter table publication_approval enable trigger publication_approval_is_frozen_whole")
    told = "\n".join(without_guard())
    assert [name in told for name in ("publication_revision_is_frozen ", "publication_twin_is_next ", "publication_approval_is_frozen_whole ")] == [True] * 3  # fmt: skip
    assert len(without_guard()) == 3
    with pytest.raises(Exception, match="not as it was published"):
        call_command("check_archive")


def test_a_role_that_owns_nothing_cannot_take_the_guards_away(house):
    make.events(house.incident, 1)
    sql("create role app_of_a_test")
    call_command("grant_app", "app_of_a_test", verbosity=0)
    sql("set local role app_of_a_test")
    assert who_could() == []
    for attempt in (
        "alter table publication_revision disable trigger all",
        "drop trigger publication_revision_is_frozen on publication_revision",
        "create or replace function publication_revision_is_frozen() returns trigger language plpgsql as 'begin return new; end'",
        "alter table publication_revision rename to other",
        "drop table publication_withdrawal",
        "truncate publication_approval",
        "update publication_revision set title = 'x'",
        "update publication_revision set id = id + 1000",
        "set local session_replication_role = replica",
        "set local second_story.erase = 'on'; delete from timelines_rawrecord",
        "delete from audit_entry",
    ):
        refused(lambda statement=attempt: sql(statement))


def test_a_role_that_owns_nothing_runs_the_application(house):
    assert "superuser" in who_could()[0]
    sql("create role app_of_a_test")
    call_command("grant_app", "app_of_a_test", verbosity=0)
    sql("set local role app_of_a_test")
    again = publication.publish(incident=house.incident, by=house.alice, now=NOW)
    Printing.objects.filter(revision=again).update(state="done")
    assert (again.number, again.card.title) == (2, house.incident.title)
    assert Revision.objects.select_for_update().get(pk=again.pk)
    withdraw(revision=again, by=house.alice, reason="Once more", now=NOW)
    call_command("reindex_archive", verbosity=0)
    make.events(house.incident, 3)
    refused(lambda: sql("delete from publication_revision"))
