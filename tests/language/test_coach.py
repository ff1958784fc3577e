"""What a writer sees: the marks, their questions, and what is left alone."""

from __future__ import annotations

import pytest

from postmortems.language.coach import Preferences, read
from postmortems.language.kinds import Kind
from postmortems.language.marks import Utf16


def kinds(text: str, section: str = "reason", **wishes) -> set[str]:
    return {str(mark.kind) for mark in read(text, section, Preferences(**wishes))}


def only(text: str, section: str = "reason"):
    (mark,) = read(text, section)
    return mark


@pytest.mark.parametrize(
    ("section", "text", "kind"),
    [
        ("reason", "The approver should have looked at the plan first.", "counterfactual"),
        ("reason", "The outage was caused by operator error.", "human_error"),
        ("reason", "Complacency had crept in among the night crew.", "folk_label"),
        ("reason", "Marlene failed to run the smoke test.", "omission"),
        ("reason", "In hindsight it was obvious that the tank would run dry.", "hindsight"),
        ("reason", "The restart worked, so skipping the review was the right call.", "outcome_bias"),
        ("reason", "It is always DNS, so we did not look further.", "availability"),
        ("reason", "Stefan is always sloppy with labels.", "attribution"),
        ("reason", "The root cause was an expired certificate.", "single_cause"),
        ("reason", "He thought nobody would notice.", "assumption"),
        ("remedy", "The operator will be disciplined.", "retributive"),
        ("interview", "Why did you restart it?", "you_they"),
        ("reason", "This is simply unacceptable.", "judgement"),
        ("remedy", "Be more careful.", "vague_remedy"),
    ],
)
def test_each_kind_is_known(section, text, kind):
    assert kind in kinds(text, section)


@pytest.mark.parametrize(
    ("section", "text"),
    [
        ("remedy", "Alarms of the queue should reach a person within 5 minutes."),
        ("reason", "The health check failed to connect, so the pod was restarted."),
        ("reason", "Each of the two links could have carried the whole evening traffic."),
        ("reason", "`worker-7` forgot its session after the restart."),
        ("reason", "Customers called the wait unacceptable."),
        ("reason", "Page 4 is about the root volume, which was full."),
        ("reason", "The page loads the second half with lazy loading."),
        ("reason", "The storage group is responsible for the archive service."),
        (
            "reason",
            "With hindsight the two alarms belong together; at the time they came from different tools.",
        ),
        ("reason", "Karin told us that she had taken the beep for the lift."),
        ("interview", "What did the gauge say, and what did you make of it?"),
        ("timeline", "09:14 Lena started `ansible` on the edge group."),
        ("remedy", "Alarm when no backup has finished for 26 hours (Mo, 3 May)."),
        ("regret", "We are sorry for the two hours in which you could not log in."),
    ],
)
def test_what_carries_no_blame_is_left_alone(section, text):
    assert kinds(text, section) == set()


@pytest.mark.parametrize(
    ("person", "thing"),
    [
        ("Priscilla forgot to close the session.", "The driver forgot to close the session."),
        ("The night shift ignored the warning.", "The collector ignored the warning."),
        ("The reviewer missed the second file.", "The scanner missed the second file."),
        ("They should have switched over earlier.", "The breaker should have opened after ten failures."),
    ],
)
def test_it_matters_who_is_the_subject(person, thing):
    assert kinds(person)
    assert not kinds(thing)


def test_names_of_the_review_decide_who_is_a_person():
    text = "Zorblatt failed to renew the lease."
    assert "omission" in kinds(text, people=["Zorblatt"])
    assert not kinds(text, things=["Zorblatt"])


def test_code_quotes_of_screens_and_front_matter_are_not_read():
    text = (
        "---\ntitle: human error\n---\n\n```\nroot cause: human error\n```\n\n"
        'The dialog says "user error".\n\n`git blame` shows the first import.\n'
    )
    assert read(text) == ()


def test_the_words_of_participants_count():
    assert "omission" in kinds('"I forgot to take the lock off," she told us.', "interview")


def test_list_items_and_table_cells_are_read_where_they_stand():
    text = "## Action items\n\n| what | who |\n| --- | --- |\n| Be more careful | all |\n\n- [ ] Improve monitoring\n"
    assert [text[mark.start : mark.end] for mark in read(text)] == ["Be more careful", "Improve monitoring"]


def test_the_section_comes_from_the_headings_or_from_the_caller():
    text = "# Remedy\n\nReviewers should take more care."
    assert {mark.kind for mark in read(text)} == {Kind.VAGUE_REMEDY}
    assert read("Services should fail closed.", "remedy") == ()


def test_an_unknown_section_reads_like_reason():
    text = "The root cause was a full disk."
    assert read(text, "what helped") == read(text, "reason")


def test_a_mark_says_why_and_asks_about_the_people_and_the_step():
    mark = only("Priscilla failed to run the schema check.")
    assert mark.reason.endswith(".")
    assert "Priscilla" in mark.question
    assert "run the schema check" in mark.question
    assert mark.question.endswith("?")


def test_a_question_never_reproaches_and_differs_with_the_sentence():
    first = only("The reviewer should have opened the second file.").question
    second = only("The night shift ought to have called the vendor.").question
    assert first != second
    assert "open the second file" in first
    assert "should have" not in first + second


def test_dismissing_is_remembered_for_the_passage_and_the_kind_alone():
    text = "The root cause was a full disk.\n\nStefan is always sloppy."
    first, second = read(text)
    dismissed = Preferences(dismissed={first.key})
    assert read(text, None, dismissed) == (second,)
    assert read("Something new stands here.\n\n" + text, None, dismissed)[0].key == second.key
    assert read("the root  cause was a full disk.", None, dismissed) == ()
    assert read("The root cause was a full table.", None, dismissed)


def test_an_organisation_adds_words_and_silences_kinds():
    text = "The wombat protocol was followed. The root cause was a full disk."
    extra = {"judgement": ["wombat  Protocol", " "]}
    assert kinds(text, extra=extra) == {"judgement", "single_cause"}
    assert kinds(text, extra=extra, silenced={"single_cause"}) == {"judgement"}
    with pytest.raises(ValueError, match="nonsense"):
        read(text, None, Preferences(extra={"nonsense": ["wombat"]}))


def test_offsets_for_a_browser_count_wide_characters_twice():
    text = "🙂🙂 The root cause was a full disk."
    mark = only(text)
    units = Utf16(text)
    browser = text.encode("utf-16-le")
    assert (
        browser[2 * units(mark.start) : 2 * units(mark.end)].decode("utf-16-le")
        == text[mark.start : mark.end]
    )


def test_a_night_shift_is_people():
    assert "omission" in kinds("The night shift ignored the warning.")


@pytest.mark.parametrize(
    "text",
    [
        "“This is a disgrace”, one customer wrote.",
        "“Nobody there cares about us”, a parent told the desk.",
        "“Human error” is the box that the form offers first.",
    ],
)
def test_words_of_others_are_left_alone_where_the_sentence_begins_with_them(text):
    assert kinds(text) == set()
    assert kinds(f"The line was busy. {text}") == set()


def test_a_colleague_who_is_quoted_first_is_asked_about_all_the_same():
    assert "judgement" in kinds("“This is a disgrace”, said the deputy.")
