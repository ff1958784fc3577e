from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortems.markdown import pictures as shown
from postmortems.writeup.files.old.pictures import addresses, numbered, places

TEXT = """![graph](img/queue.png "Queue")
![pointed](<img/a b.png>) ![remote](https://x.example/a.png)
<IMG alt='the "disk"' width=30 src="../disk.PNG"> <img src=//x.example/b.png>
![by name][d]

[d]: /static/d.jpg "D"
[link]: https://x.example/page

```
![code](img/code.png)
```
"""


def test_every_way_to_show_a_picture_is_found():
    local, elsewhere = addresses(TEXT)
    assert sorted(local) == ["../disk.PNG", "/static/d.jpg", "img/a b.png", "img/queue.png"]
    assert sorted(elsewhere) == ["//x.example/b.png", "https://x.example/a.png"]


def test_the_text_shows_ours_instead_and_keeps_everything_else():
    made = numbered(
        TEXT, {"img/queue.png": 1, "img/a b.png": 2, "../disk.PNG": 3, "/static/d.jpg": 4, "img/code.png": 5}
    )
    assert shown(made) == [(1, "graph"), (2, "pointed"), (3, 'the "disk"'), (4, "by name")]
    assert "![remote](https://x.example/a.png)" in made
    assert "![code](img/code.png)" in made
    assert numbered(TEXT, {}) == TEXT


@pytest.mark.parametrize(
    ("writeup", "address", "first"),
    [
        ("pm/2024/mail.md", "img/a.png", "pm/2024/img/a.png"),
        ("pm/2024/mail.md", "../img/a.png", "pm/img/a.png"),
        ("pm/2024/mail.md", "./a%20b.png?raw=true#x", "pm/2024/a b.png"),
        ("pm/2024/mail.md", "/img/a.png", "pm/img/a.png"),
        ("pm/2024/mail.md", "..\\img\\a.png", "pm/img/a.png"),
        ("mail.md", "img/a.png", "img/a.png"),
    ],
)  # fmt: skip
def test_where_a_file_may_lie(writeup, address, first):
    assert places(writeup, address)[0] == first


def test_sites_keep_what_a_slash_means_in_folders_of_their_own():
    assert "pm/static/img/a.png" in places("pm/content/mail.md", "/img/a.png")


@given(
    st.sampled_from(["pm/a.md", "a.md", "pm/x/a.md"]),
    st.lists(st.sampled_from(["..", "/", "\\", "%2e%2e", "%2f", "a", ".", "//", "\x00", "etc", "~", "[", "&#46;&#46;"]), max_size=12).map("".join),
)  # fmt: skip
def test_no_address_leads_out_of_the_folder(writeup, address):
    for place in places(writeup, address):
        assert not place.startswith("/")
        assert ".." not in place.split("/")
        assert "\x00" not in place
        if "/" in writeup:
            assert place.startswith("pm/")


@given(
    st.lists(
        st.sampled_from(
            ["![", "](", ")", "a.png", "<img ", "src=", '"', ">", "[x]: ", "\n", "```", " ", "alt="]
        ),
        max_size=40,
    ).map("".join)
)
def test_where_nothing_is_known_nothing_changes(text):
    assert numbered(text, {}) == text
