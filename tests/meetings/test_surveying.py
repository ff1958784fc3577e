"""Nobody can tell from the database, the pages or the letters who answered what; fewer than five say nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from random import Random
from threading import Thread

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from postmortems.audit.models import Entry
from postmortems.meetings import tasks
from postmortems.meetings.models import Meeting, Survey, SurveyKey
from postmortems.meetings.refusals import NotPossible
from postmortems.meetings.sitting import actions as sitting
from postmortems.meetings.surveying import actions, ballots, letters, survey
from postmortems.meetings.surveying.ballots import Ballot
from postmortems.notices.models import Letter
from tests import cast as people
from tests import make

NOW = make.T0.replace(hour=12) + timedelta(days=3)
STARTS = NOW + timedelta(days=7)
DURING = STARTS + timedelta(minutes=50)
YES = Ballot(learned="yes", again="yes", safe="yes")


def held(cast, came: int) -> Meeting:
    """A meeting to which so many came, the first with accounts."""
    meeting = make.meeting(cast.incident, now=NOW, starts_at=STARTS, facilitator=cast.alice)
    there = list(meeting.attendances.all())[:came]
    for number in range(came - len(there)):
        there.append(
            sitting.walk_in(
                meeting=meeting,
                by=cast.alice,
                now=DURING,
                name=f"Guest {number}",
                email=f"g{number}@example.org",
            )
        )
    sitting.tick(meeting=meeting, by=cast.alice, came=[one.pk for one in there], now=DURING)
    return sitting.hold(meeting=meeting, by=cast.alice, now=DURING)


def keys(meeting: Meeting) -> list[SurveyKey]:
    return list(SurveyKey.objects.filter(survey__meeting=meeting).select_related("survey").order_by("pk"))


def answered(meeting: Meeting, *inside: Ballot, now=DURING) -> Survey:
    for key, one in zip(keys(meeting), inside, strict=False):
        actions.answer(key=key, ballot=one, now=now, chance=Random(1))
    return Survey.objects.get(meeting=meeting)


def everything_in_the_database() -> str:
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'select string_agg(whole::text, chr(10)) from "{table}" whole')
            found.append(cursor.fetchone()[0] or "")
    return "\n".join(found)


# --- who is asked -----------------------------------------------------------------------------------


def test_those_who_came_are_asked_once_each(cast):
    meeting = held(cast, 6)
    assert Letter.objects.filter(subject__contains="three questions").count() == 6
    sitting.tick(
        meeting=meeting, by=cast.alice, came=[one.pk for one in meeting.attendances.all()], now=DURING
    )
    assert Letter.objects.filter(subject__contains="three questions").count() == 6


def test_four_people_are_not_asked_what_could_never_be_shown(cast):
    meeting = held(cast, 4)
    assert not Survey.objects.filter(meeting=meeting).exists()
    sitting.walk_in(meeting=meeting, by=cast.alice, now=DURING, name="A fifth", email="fifth@example.org")
    assert len(keys(meeting)) == 5


def test_who_was_asked_has_come(cast):
    meeting = held(cast, 5)
    there = [one.pk for one in meeting.attendances.filter(came=True)]
    sitting.tick(meeting=meeting, by=cast.alice, came=[], not_came=there, now=DURING)
    assert meeting.attendances.filter(came=True).count() == 5


def test_a_letter_tells_its_own_address_and_until_when(cast):
    cast.ian.zone = "Asia/Tokyo"
    cast.ian.save()
    held(cast, 5)
    letter = Letter.objects.get(to="ian@example.org")
    assert "/survey/" in letter.text
    assert "Friday, 27 March 2026, 21:50 Asia/Tokyo" in letter.text


# --- what is shown ----------------------------------------------------------------------------------


def test_nothing_is_shown_before_it_closes_so_that_no_two_moments_can_be_compared(cast):
    meeting = held(cast, 7)
    for number in range(1, 7):
        answered_so_far = (
            answered(meeting, *[YES] * 0) if number == 1 else Survey.objects.get(meeting=meeting)
        )
        actions.answer(key=keys(meeting)[number - 1], ballot=YES, now=DURING)
        assert answered_so_far.result is None
        assert survey.result(meeting) is None
    actions.answer(key=keys(meeting)[6], ballot=YES, now=DURING)  # the last that can come
    assert survey.result(meeting).answers == 7


def test_four_answers_of_six_say_nothing_and_are_gone(cast):
    meeting = held(cast, 6)
    answered(meeting, *[Ballot(better="xylograph")] * 4)
    closed = actions.close(survey=Survey.objects.get(), now=DURING + timedelta(days=8))
    assert (closed.result, closed.box) == (None, None)
    assert "xylograph" not in everything_in_the_database()
    assert survey.learned_share(cast.incident) is None


def test_five_answers_are_counted(cast):
    meeting = held(cast, 6)
    answered(meeting, YES, YES, YES, Ballot(learned="no"), Ballot(learned="little", better="Begin earlier"))
    actions.close(survey=Survey.objects.get(), now=DURING + timedelta(days=8))
    found = survey.result(meeting)
    assert found.questions[0].choices == (("Yes", 3), ("A little", 1), ("No", 1))
    assert found.better == ("Begin earlier",)
    assert survey.learned_share(cast.incident) == 0.6
    assert survey.again_share(cast.incident) is None  # three answered that one


def test_it_closes_by_the_clock_once(cast):
    answered(held(cast, 6), *[YES] * 5)
    tasks.keep_time()
    tasks.keep_time()
    assert Survey.objects.get().result["answers"] == 5
    assert Entry.objects.filter(verb="survey.closed").count() == 1


def test_an_answer_is_given_once_and_in_time(cast):
    meeting = held(cast, 6)
    first, second = keys(meeting)[:2]
    actions.answer(key=first, ballot=YES, now=DURING)
    with pytest.raises(NotPossible, match="already"):
        actions.answer(key=first, ballot=YES, now=DURING)
    with pytest.raises(NotPossible, match="closed"):
        actions.answer(key=second, ballot=YES, now=DURING + timedelta(days=7))
    with pytest.raises(NotPossible, match="at least one"):
        actions.answer(key=second, ballot=Ballot(), now=DURING)


def test_letters_that_wait_are_taken_back_when_it_closes(cast):
    held(cast, 6)
    Letter.objects.update(state="waiting")
    actions.close(survey=Survey.objects.get(), now=DURING)
    assert not Letter.objects.filter(state="waiting", subject__contains="three questions").exists()


# --- what the database knows ------------------------------------------------------------------------


def test_while_it_is_open_the_database_holds_no_readable_answer(cast):
    meeting = held(cast, 7)
    answered(meeting, *[Ballot(learned="no", better=f"xylograph {n}") for n in range(6)])
    assert "xylograph" not in everything_in_the_database()


def test_no_row_of_an_answer_can_be_joined_to_the_row_of_its_key(cast):
    """Rows written in one transaction share its number: had each answer a row, `xmin` would join the two."""
    meeting = held(cast, 7)
    answered(meeting, *[Ballot(better=f"xylograph {n}") for n in range(6)])
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from meetings_survey")
        assert cursor.fetchone()[0] == 1  # one value for all answers together
        tables = [
            name for name in connection.introspection.table_names(cursor) if name.startswith("meetings_")
        ]
    assert sorted(tables) == [
        "meetings_attendance", "meetings_meeting", "meetings_meetingtext", "meetings_survey", "meetings_surveykey",
    ]  # fmt: skip
    assert {field.name for field in SurveyKey._meta.fields} == {"id", "survey", "attendance", "used"}


def test_what_is_kept_at_the_end_holds_nobodys_answers_together(cast):
    meeting = held(cast, 5)
    answered(meeting, Ballot(learned="no", safe="no", better="I was afraid"), *[YES] * 4)
    kept = Survey.objects.get().result
    assert set(kept) == {"answers", "counts", "better"}
    assert kept["counts"]["learned"] == [4, 0, 1]
    assert kept["better"] == ["I was afraid"]


def test_the_order_of_the_texts_is_not_the_order_of_the_answers(cast):
    orders = set()
    for seed in range(12):
        box = ""
        for number in range(5):
            box = ballots.dropped_in(box, Ballot(better=str(number)), Random(seed))
        orders.add(ballots.result(ballots.opened(box), Random(seed)).better)
    assert len(orders) > 8


def test_the_trail_does_not_tell_when_somebody_answered(cast):
    meeting = held(cast, 6)
    before = Entry.objects.count()
    actions.answer(key=keys(meeting)[0], ballot=YES, now=DURING)
    assert Entry.objects.count() == before


def test_the_box_grows_alike_for_a_word_and_for_a_page(cast):
    meeting = held(cast, 6)
    sizes = []
    for number, text in enumerate(("", "x" * 500)):
        actions.answer(key=keys(meeting)[number], ballot=Ballot(learned="yes", better=text), now=DURING)
        sizes.append(len(bytes(Survey.objects.get().box)))
    assert len(set(sizes)) == 1


def test_a_box_that_nobody_can_open_any_more_is_empty(cast, settings):
    meeting = held(cast, 5)
    answered(meeting, YES)
    settings.SECRET_KEY = "another key than before, of some length"
    for key in keys(meeting)[1:]:
        actions.answer(key=key, ballot=YES, now=DURING)
    assert Survey.objects.get().result is None  # four are left of five


# --- the page ---------------------------------------------------------------------------------------


@pytest.fixture
def addresses(cast) -> list[str]:
    meeting = held(cast, 5)
    Survey.objects.update(closes_at="2100-01-01T00:00Z")
    return [reverse("meetings:answer", args=[letters.token(key)]) for key in keys(meeting)]


def test_from_the_letter_to_the_box_without_signing_in(addresses):
    stranger = Client()
    for _ in range(2):  # a scanner of mails looks first
        page = stranger.get(addresses[0])
        assert page.status_code == 200
        assert "no-store" in page["Cache-Control"]
    assert (
        "Thank you"
        in stranger.post(addresses[0], {"learned": "yes", "better": "Begin earlier"}).content.decode()
    )
    assert "has given its answer" in stranger.get(addresses[0]).content.decode()
    stranger.post(addresses[0], {"learned": "no"})
    assert SurveyKey.objects.filter(used=True).count() == 1


def test_an_empty_answer_is_none(addresses):
    answer = Client().post(addresses[0], {"learned": "perhaps not"})
    assert answer.status_code == 422
    assert SurveyKey.objects.filter(used=True).count() == 0


def test_a_guessed_address_opens_nothing(addresses):
    for guess in ("guessed", addresses[0].rstrip("/").rsplit("/", 1)[1][:-1] + "x"):
        assert Client().get(reverse("meetings:answer", args=[guess])).status_code == 404


def test_a_closed_survey_says_so(addresses):
    actions.close(survey=Survey.objects.get(), now=DURING)
    assert Client().get(addresses[0]).status_code == 410
    assert Client().post(addresses[0], {"learned": "yes"}).status_code == 410


def test_the_circle_reads_the_counts_and_others_do_not(cast, addresses):
    for where in addresses:
        Client().post(where, {"learned": "yes", "better": "xylograph"})
    page = reverse("meetings:meeting", args=[cast.incident.ref])
    for who, sees in (("bob", True), ("rita", False)):
        client = Client()
        client.force_login(cast[who])
        assert ("xylograph" in client.get(page).content.decode()) is sees


def test_before_it_closes_the_page_shows_no_count_at_all(cast, addresses):
    client = Client()
    client.force_login(cast.bob)
    page = reverse("meetings:meeting", args=[cast.incident.ref])
    before = client.get(page)
    for where in addresses[:4]:
        Client().post(where, {"learned": "yes"})

    def words(answer) -> bytes:
        """The page without what differs each time: the nonce of its head, the tokens of its forms."""
        return re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", answer.content).split(b"</head>")[1]

    assert words(client.get(page)) == words(before)


@pytest.mark.django_db(transaction=True)
def test_answers_at_the_same_moment_are_all_counted(transactional_db):
    meeting = held(people.gather(), 8)
    troubles = []

    def one(key: SurveyKey) -> None:
        try:
            actions.answer(key=key, ballot=YES, now=DURING)
        except Exception as trouble:
            troubles.append(trouble)
        finally:
            connection.close()

    given = keys(meeting)
    threads = [Thread(target=one, args=[key]) for key in [*given, *given]]  # everybody presses twice
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {type(trouble) for trouble in troubles} == {NotPossible}
    assert len(troubles) == 8
    assert Survey.objects.get().result["answers"] == 8
