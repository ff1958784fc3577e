"""What is read from the words of Regret, and from the moments of the line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortems.publication.readiness import apology, order
from postmortems.publication.readiness.regret import has_figure, says_when

AT = datetime(2026, 3, 10, 18, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("We are sorry if anybody noticed.", "if anybody noticed"),
        ("We apologise to anyone affected, but our supplier was down.", "but our supplier was down"),
        ("We are sorry. We apologize for any inconvenience caused.", "any inconvenience"),
        ("We regret the delay, although most orders arrived.", "although most orders arrived"),
        ("We are sorry for the trouble you may have had.", "you may have"),
        ("Sorry that you feel let down.", "that you feel let down"),
        ("We are sorry.\nThis was beyond our control.", "beyond our control"),
        ("Our apologies. Only a small number of customers saw it.", "Only a small"),
        ("Mistakes were made, and we are sorry.", "Mistakes were made"),
        ("We are sorry, even if it was the supplier", "if it was the supplier"),
    ],
)
def test_words_that_take_an_apology_back_are_named(text, words):
    assert apology.excuse(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "We are sorry. People had planned an evening, and we left them not knowing whether they had seats.",
        "We are sorry that you could not know if your booking stood.",
        "We are sorry that people not only waited but lost their seats.",
        "We are sorry. But for the call of a customer we would have learned of it an hour later.",
        "We apologise to the 312 people who gave up.",
        "We regret that we told you nothing for an hour.",
        "",
    ],
)
def test_an_apology_that_stands_is_left_alone(text):
    assert apology.excuse(text) == ""


@pytest.mark.parametrize(
    "text",
    ["We are sorry.", "We apologise to all.", "Our apologies.", "We deeply regret it.", "We apologized."],
)
def test_it_says_sorry(text):
    assert apology.says_sorry(text)


@pytest.mark.parametrize("text", ["", "It was a hard evening.", "Thank you for your patience."])
def test_it_does_not(text):
    assert not apology.says_sorry(text)


@pytest.mark.parametrize(
    "text",
    [
        "1,914 people saw a spinner.", "For 84 minutes nobody could pay.", "12 % of bookings failed.", "€4 200 were refunded.", "It cost 300 €.",
        "One in six bookings failed.", "No data was lost.", "How many is unknown, because the logs were gone.",
        "The number of people is not known: the counter was down.", "0.5% of requests", "3 hospitals waited.", "Half of the shops were closed.",
        "2 min of silence", "Ushers at 17 theatres got no push.", "6 marchers", "26 bookings at one theatre", "4 interns",
    ],
)  # fmt: skip
def test_a_figure_or_why_there_is_none(text):
    assert has_figure(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "Some people were hurt.", "Between 18:02 and 19:26 UTC people waited.", "On 12 March people waited.", "It began on 2026-03-10.",
        "It is unknown.", "At 6 pm it was slow.", "Many customers noticed.", "From the 3rd of May on it was slow.",
    ],
)  # fmt: skip
def test_a_time_is_no_figure(text):
    assert not has_figure(text)


@pytest.mark.parametrize(
    "text",
    [
        "18:31: status page.", "We wrote at 6 pm.", "After 12 minutes we put up a notice.", "Nobody was told, because nobody outside could notice.",
        "No customer was told: the effect was inside.", "We published within two hours.",
    ],
)  # fmt: skip
def test_when_people_were_told_or_why_they_were_not(text):
    assert says_when(text)


@pytest.mark.parametrize(
    "text", ["", "We put something on the status page.", "Nobody was told.", "Support answered 31 calls."]
)
def test_told_without_a_time(text):
    assert not says_when(text)


@given(st.text())
def test_any_text_has_an_answer(text):
    apology.excuse(text)
    has_figure(text)
    says_when(text)


@given(
    st.lists(
        st.sampled_from(
            ["We are sorry ", "if ", "but ", "any ", "you may ", "nobody ", "1,", ". ", "unknown ", "x "]
        ),
        max_size=40,
    )
)
def test_what_is_named_stands_in_the_text(parts):
    text = "".join(parts)
    words = apology.excuse(text).removesuffix("…")
    assert words in " ".join(text.split())


@dataclass
class Moment:
    at: datetime
    precision: str = "second"
    certainty: str = "exact"
    source_id: int = 1
    group_id: int | None = None
    phase: str = ""


def after(seconds: float, **fields) -> Moment:
    return Moment(AT + timedelta(seconds=seconds), **fields)


@pytest.mark.parametrize(
    ("one", "other", "open_"),
    [
        (after(0), after(1, source_id=2), False),
        (after(0), after(0.5, source_id=2), True),
        (after(0, precision="millisecond"), after(0.5, source_id=2), False),
        (after(0, precision="millisecond"), after(0, source_id=2), True),
        (after(0, precision="minute"), after(40, source_id=2), True),
        (after(0, precision="minute"), after(60, source_id=2), False),
        (after(0, precision="minute"), after(40), False),  # one source keeps its own order
        (after(0, precision="minute", group_id=7), after(40, source_id=2, group_id=7), False),
        (after(0, precision="minute", group_id=7), after(40, source_id=2, group_id=8), True),
        (after(0, certainty="approximate"), after(40, source_id=2), True),
        (after(0, precision="day"), after(3600, source_id=2), True),
    ],
)
def test_neighbours_whose_order_nobody_can_tell(one, other, open_):
    assert bool(list(order.undecided([one, other]))) is open_


def test_phases_that_disagree_with_the_times():
    times = {
        "impact_began": AT,
        "detected": AT + timedelta(minutes=7),
        "mitigated": AT + timedelta(minutes=70),
        "resolved": None,
    }
    line = [
        after(-120, phase="diagnose"), after(60, phase="detect"), after(480, phase="detect"), after(3600, phase="mitigate"),
        after(4260, phase="mitigate"), after(9000, phase="recover"), after(-30, phase="recover", precision="minute"),
    ]  # fmt: skip
    assert [(found.phase, found.after, found.time) for found in order.phases_against(line, times)] == [
        ("diagnose", False, "impact_began"), ("detect", True, "detected"), ("mitigate", True, "mitigated"),
    ]  # fmt: skip
