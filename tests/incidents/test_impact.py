from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from postmortems.audit.models import Entry
from postmortems.incidents.impact import actions
from postmortems.incidents.impact.forms import FigureForm
from postmortems.incidents.impact.numbers import number_of, split
from postmortems.incidents.models import ImpactFigure
from postmortems.publication import article, content


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1914", "1914"), ("1,914", "1914"), ("1 914", "1914"), ("1.914.250", "1914250"), ("1,914.25", "1914.25"), ("1.914,25", "1914.25"),
        ("0.75", "0.75"), ("0,75", "0.75"), ("0.750", "0.750"), ("0,750", "0.75"), ("-3", "-3"), (" 12 ", "12"), ("1914.250", "1914.25"), ("1'914", "1914"),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(text, number):
    assert number_of(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "many",
        "1.914",
        "12.500",
        "1,91,4",
        "1,914,25",
        "1..2",
        "1e5",
        "1.2345",
        "9" * 18,
        "NaN",
        "--1",
        "½",
    ],
)
def test_what_is_no_number_or_could_be_two_is_asked_about(text):
    with pytest.raises(ValueError, match=r"\w"):
        number_of(text)


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_none(text):
    with suppress(ValueError):
        assert number_of(text).is_finite()


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_a_number_with_its_unit_is_told_apart(number):
    text, unit = split(f"{number} people")
    assert (number_of(text), unit) == (number, "people")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"what": "people"}, "number"),
        ({"what": "people", "number": "12"}, "unit"),
        ({"what": "people", "number": "12 people", "unknown_because": "x"}, "unknown_because"),
        ({"number": "12 people"}, "what"),
        ({"what": "people", "number": "some", "unit": "people"}, "number"),
        ({"what": "people", "number": "1 " + "x" * 39}, None),
        ({"what": "people", "number": "1.914 people"}, "number"),
    ],
)
def test_a_figure_is_a_number_with_a_unit_or_a_reason(data, field):
    form = FigureForm(data)
    assert set(form.errors) == ({field} if field else set())


def test_a_figure_is_noted_changed_and_removed(client, cast):
    client.force_login(cast.bob)
    ref = cast.incident.ref
    client.post(
        reverse("incidents:add_figure", args=[ref]), {"what": "did not get a seat", "number": "1,914 people"}
    )
    figure = ImpactFigure.objects.get()
    assert (figure.number, figure.unit, figure.written) == (1914, "people", "1914")
    page = client.get(reverse("writeup:edit", args=[ref])).content.decode()
    assert "did not get a seat" in page
    client.post(
        reverse("incidents:change_figure", args=[ref, figure.pk]),
        {"what": "did not get a seat", "unknown_because": "the counter was down"},
    )
    figure.refresh_from_db()
    assert (figure.number, figure.unit, figure.unknown_because) == (None, "", "the counter was down")
    answer = client.post(reverse("incidents:remove_figure", args=[ref, figure.pk]), {"next": "write-up"})
    assert answer["Location"].endswith("/write-up/#figures")
    assert not ImpactFigure.objects.exists()
    assert Entry.objects.get(verb="impact.removed").data["unknown_because"] == "the counter was down"


def test_a_figure_that_cannot_be_keeps_what_was_typed(client, cast):
    client.force_login(cast.bob)
    answer = client.post(
        reverse("incidents:add_figure", args=[cast.incident.ref]),
        {"what": "<b>people</b>", "number": "a lot"},
    )
    assert answer.status_code == 422
    assert "&lt;b&gt;people" in answer.content.decode()
    assert 'value="a lot"' in answer.content.decode()


def test_figures_are_published_in_a_table_under_regret(cast):
    actions.add_figure(
        incident=cast.incident, by=cast.bob, what="<i>waited", number=Decimal("1914.50"), unit="people & more"
    )
    actions.add_figure(incident=cast.incident, by=cast.bob, what="lost", unknown_because="nobody counted")
    document = content.of(cast.incident)
    assert document["impact"] == [
        {"what": "<i>waited", "number": "1914.5", "unit": "people & more", "unknown_because": ""},
        {"what": "lost", "number": None, "unit": "", "unknown_because": "nobody counted"},
    ]
    html = article.render(document)
    assert "&lt;i&gt;waited" in html
    assert "1,914.5" in html
    assert "unknown, because nobody counted" in html
    del document["impact"], document["none_needed"]  # a revision from before there were figures
    assert "nobody counted" not in article.render(document)


def test_the_database_takes_no_number_without_a_unit(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        ImpactFigure.objects.create(incident=cast.incident, what="x", number=1)


def test_a_list_that_nobody_reads_has_an_end(cast):
    for _ in range(actions.MOST):
        actions.add_figure(incident=cast.incident, by=cast.bob, what="x", unknown_because="y")
    with pytest.raises(actions.NotPossible):
        actions.add_figure(incident=cast.incident, by=cast.bob, what="x", unknown_because="y")
