"""What became of the stamped lines between two versions of the notes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from postmortems.interviews.listening.passages import changes
from postmortems.interviews.listening.stamps import Stamp

LINES = st.lists(
    st.builds(
        Stamp, st.just(0), st.sampled_from(["@02:14", "@02:15", "@~02:10"]),
        st.sampled_from(["the graph dropped", "the graph dropped a little", "nobody knew", "x"]), st.just("at"),
    ),
    max_size=6,
)  # fmt: skip


def line(mark: str, text: str) -> Stamp:
    return Stamp(0, mark, text, "at")


def test_an_untouched_line_has_nothing_to_say():
    same = [line("@02:14", "the graph dropped")]
    found = changes(same, list(same))
    assert (found.new, found.changed, found.gone) == ([], [], [])


def test_a_line_that_is_being_typed_is_one_line():
    before, after = line("@02:14", "the gr"), line("@02:14", "the graph dropped")
    assert changes([before], [after]).changed == [(before, after)]


def test_a_corrected_time_is_the_same_line():
    before, after = line("@02:14", "the graph dropped"), line("@02:16", "the graph dropped")
    assert changes([before], [after]).changed == [(before, after)]


def test_another_sentence_at_another_time_is_another_line():
    before, after = line("@02:14", "the graph dropped"), line("@03:40", "Mara joined the call")
    found = changes([before], [after])
    assert found.gone == [before]
    assert found.new == [after]


@given(LINES, LINES)
def test_every_line_is_accounted_for_once(before, after):
    found = changes(before, after)
    kept = len(before) - len(found.gone) - len(found.changed)
    assert len(after) == kept + len(found.new) + len(found.changed)
    assert not (
        found.new and found.gone and {one.mark for one in found.new} & {one.mark for one in found.gone}
    )
