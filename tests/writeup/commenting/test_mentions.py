from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortems.accounts.models import User
from postmortems.writeup.commenting.mentions import MOST, mentioned

PEOPLE = [
    User(pk=number, name=name)
    for number, name in enumerate(
        ["Ana", "Ana Lima", "Bo", "bo", "Çelik Öz", "O'Hara", "", "李 雷", "R2", "Ana (ops)"]
    )
]


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("@Ana Lima, can you look?", ["Ana Lima"]),
        ("@Ana Limassol", ["Ana"]),
        ("@Anabel, write to ana@Ana or @ Ana", []),
        ("@ana\n  lima and @ANA", ["Ana Lima", "Ana"]),
        ("(@Bo)", ["Bo", "bo"]),
        ("@ÇELIK ÖZ", ["Çelik Öz"]),
        ("@Çelik Öz, @O'Hara; @李 雷!", ["Çelik Öz", "O'Hara", "李 雷"]),
        ("@Ana (ops) @@Ana @", ["Ana (ops)"]),
        ("@R2 @R2", ["R2"]),
        ("", []),
    ],
)
def test_who_is_called(text, called):
    assert [person.name for person in mentioned(text, PEOPLE)] == called


@given(st.text())
def test_any_text(text):
    assert len(mentioned(text, PEOPLE)) <= len(PEOPLE)


@given(
    st.sampled_from([person for person in PEOPLE if person.name]),
    st.sampled_from(["", " ", ", ", ".", "\n", "!"]),
)
def test_whom_the_menu_writes_is_called(person, after):
    assert person in mentioned(f"see @{person.name}{after}", PEOPLE)


def test_a_comment_calls_no_crowd():
    crowd = [User(pk=number, name=f"P{number}") for number in range(1, 60)]
    assert len(mentioned(" ".join(f"@{person.name}" for person in crowd), crowd)) == MOST
