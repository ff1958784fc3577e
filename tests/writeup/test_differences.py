from __future__ import annotations

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from postmortems.writeup.writing.differences import difference

TEXTS = st.text(alphabet="ab<&> \n", max_size=40)


def test_words_that_went_and_words_that_came():
    assert difference("The queue grew slowly.", "The queue shrank slowly.") == (
        "The queue <del>grew</del><ins>shrank</ins> slowly."
    )


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_out_of_it(before, after):
    shown = difference(before, after)
    assert html.unescape(re.sub(r"<ins>.*?</ins>|</?del>", "", shown, flags=re.S)) == before
    assert html.unescape(re.sub(r"<del>.*?</del>|</?ins>", "", shown, flags=re.S)) == after


def test_words_that_change_together_are_read_together():
    assert difference("quiet all night.", "quiet but for one call.") == (
        "quiet <del>all night</del><ins>but for one call</ins>."
    )
    assert difference("one\ntwo", "three\nfour").count("<del>") == 2
