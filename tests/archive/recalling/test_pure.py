from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from postmortems.archive.recalling import months
from postmortems.archive.recalling.year import became
from postmortems.remediation.models import EffectCheck, Item

days = st.dates(date(1990, 1, 1), date(2200, 12, 31))


@given(days)
def test_a_month_ends_where_the_next_begins(day):
    before = months.before(day)
    assert before.day == 1
    assert before < day.replace(day=1) == months.after(before)
    assert months.number(months.after(before)) == months.number(before) + 1


def test_what_became_of_an_item_is_said_in_a_few_words():
    today = date(2026, 5, 1)
    assert became(None, today) == "no longer kept"
    assert became(Item(status="parked"), today) == "never decided on"
    assert became(Item(status="in_progress", due_on=date(2026, 9, 1)), today) == "not done yet"
    late = Item(status="accepted", due_on=date(2026, 9, 1), promised_on=date(2026, 3, 3))
    assert became(late, today) == "not done yet, promised for 3 March 2026"
    assert became(Item(status="done"), today) == "done; nobody has looked at it yet"
    assert became(Item(status="verified"), today) == "verified"
    checked = Item(status="verified")
    checked.effect = EffectCheck(held="no")
    assert became(checked, today) == "verified, and it did not hold"
