from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortems.publication.approving.quorum import Named, missing
from tests.make import T0

NAMED = st.builds(
    Named, st.sampled_from(["Apo", "Bea", "Cem", "Dov"]), st.sampled_from([None, T0]), st.booleans()
)


@given(st.integers(0, 4), st.lists(NAMED, max_size=6))
def test_nobody_but_those_who_count_makes_a_text_approved(needed, named):
    others = [one for one in named if not (needed and one.leads)]
    agreed = [one for one in others if one.agreed_at]
    enough = len(agreed) >= needed if needed else len(agreed) == len(others)
    assert (missing(needed, named) == []) == enough


@pytest.mark.parametrize(
    ("needed", "named", "told"),
    [
        (0, [], None),
        (0, [Named("Apo"), Named("Bea", T0), Named("Cem")], "Apo and Cem did not approve this text yet."),
        (1, [], "This severity asks for an approval, and nobody is named who can give it."),
        (2, [Named("Apo", T0), Named("Ali", T0, leads=True)], "asks for 2 approvals, and one person is named"),
        (2, [Named("Apo", T0), Named("Bea"), Named("Cem")], "1 of 2 approvals are there; Bea or Cem can give the rest."),
        (2, [Named("Apo", T0), Named("Bea"), Named("Cem", T0)], None),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(needed, named, told):
    found = missing(needed, named)
    assert found == [] if told is None else told in found[0]
