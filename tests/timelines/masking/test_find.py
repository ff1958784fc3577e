from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.timelines.masking.planted import HARMLESS, NAMED, SECRETS
from timelines.masking import find, mask, masks_of, scan

NAMED_TEXTS = [around.format(value) for around, value, _ in NAMED]
AROUND = ("{}", "look: {} ", "früh um 3 – {} – 🙈", '{{"a":"{}"}}', "({})", "a\n{}\nb")


def shown(text: str) -> str:
    return mask(text, find(text))


@pytest.mark.parametrize("kind", SECRETS)
@pytest.mark.parametrize("around", AROUND)
def test_each_kind_is_found_wherever_it_stands(kind, around):
    secret = SECRETS[kind]
    assert shown(around.format(secret)) == around.format(f"[masked: {kind}]")


@pytest.mark.parametrize(("around", "value", "kind"), NAMED)
def test_what_stands_beside_a_name_is_found_and_its_surroundings_stay(around, value, kind):
    assert shown(around.format(value)) == around.format(f"[masked: {kind}]")


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_random_stays(text):
    assert shown(text) == text


def test_a_key_cut_off_before_its_end_is_masked_as_far_as_it_goes():
    begun = SECRETS["private key"].split("-----END")[0]
    assert shown(f"seen:\n{begun}") == "seen:\n[masked: private key]\n"
    assert "MIIE" not in shown(begun.replace("\n", "\\n"))


def test_groups_of_an_iban_end_where_the_next_word_begins():
    assert shown(f"{SECRETS['IBAN']} PAID TODAY") == "[masked: IBAN] PAID TODAY"


def test_a_number_that_fails_its_check_digit_is_none():
    assert find("4111 1111 1111 1112") == []
    assert find("DE88 3704 0044 0532 0130 00") == []


def test_the_same_value_further_on_is_masked_too():
    assert (
        shown("password=Zk4horse … and Zk4horse worked")
        == "password=[masked: password] … and [masked: password] worked"
    )


def test_two_values_of_a_kind_have_masks_of_their_own():
    assert (
        shown("password=Zk4horse password=Qq9mules")
        == "password=[masked: password] password=[masked: password 2]"
    )


def test_a_mask_that_the_text_has_by_itself_stands_for_nothing_else():
    text = "they wrote [masked: password], password=Zk4horse"
    assert shown(text) == "they wrote [masked: password], password=[masked: password 2]"


def test_what_was_masked_is_not_found_again():
    for secret in SECRETS.values():
        once = shown(f"here {secret} there")
        assert find(once) == []


@given(
    st.lists(
        st.one_of(
            st.text(max_size=40),
            st.sampled_from(list(SECRETS.values())),
            st.sampled_from(NAMED_TEXTS),
            st.sampled_from(HARMLESS),
        ),
        max_size=8,
    ),
    st.sampled_from(["", " ", "\n", " ünd ", "\x00", "🙈"]),
)
def test_every_text_can_be_masked_and_unmasked(parts, between):
    text = between.join(parts)
    founds = find(text)
    assert all(text[found.start : found.end] == found.value for found in founds)
    assert all(one.end <= two.start for one, two in zip(founds, founds[1:], strict=False))
    masks = masks_of(text, founds)
    hidden = mask(text, founds)
    back = hidden
    for value, (_, mark) in masks.items():
        back = back.replace(mark, value)
    assert back == text


@given(
    st.lists(
        st.one_of(
            st.text(max_size=30),
            st.sampled_from([*SECRETS.values(), *NAMED_TEXTS, *HARMLESS, "-----", "+49"]),
        ),
        max_size=12,
    )
)
def test_a_batch_finds_what_each_text_alone_holds(texts):
    assert scan(texts) == [(n, founds) for n, text in enumerate(texts) if (founds := find(text))]


def test_a_batch_finds_every_kind_beside_its_neighbours():
    texts = [*SECRETS.values(), *NAMED_TEXTS]
    assert [n for n, _ in scan(texts)] == list(range(len(texts)))


@given(st.binary(max_size=200))
def test_any_bytes_as_text_are_harmless(data):
    find(data.decode("utf-8", "surrogateescape"))


@pytest.mark.parametrize(
    "unit",
    [
        "password=",
        "://a:b",
        "eyJ",
        "-----BEGIN ",
        "+49 30 ",
        "a@gmail.",
        "4111 ",
        "DE89 3704 ",
        "token: ",
        "curl -u a",
        "mysql ",
        "x.",
        "key-",
        "ghp_a",
        "-----BEGIN PRIVATE" + " KEY-----",
        "password=Zk4horse ",
        "token=a1",
    ],
)
def test_hostile_texts_take_time_in_proportion_to_their_length(unit):
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        begun = time.process_time()
        find(text)
        return time.process_time() - begun

    small = max(min(seconds(20_000) for _ in range(3)), 0.002)
    assert seconds(400_000) < 20 * small * 6


def test_a_dump_of_passwords_is_masked_in_time_and_whole():
    text = "\n".join(f"password=Zk4horse{number}x" for number in range(20_000))
    begun = time.process_time()
    hidden = mask(text, find(text))
    assert time.process_time() - begun < 10
    assert "Zk4" not in hidden
    assert hidden.count("[masked: password") == 20_000


def test_words_of_a_mask_are_no_secret():
    assert shown("password=password token=masked") == "password=password token=masked"
