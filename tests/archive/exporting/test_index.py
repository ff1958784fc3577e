from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from postmortems.archive.exporting.index import Index, shard_of, weights, words_of


def found(folder, word: str) -> list[list[int]]:
    raw = (folder / f"{shard_of(word)}.js").read_text()
    return json.loads(re.fullmatch(r'found\("[^"]+",(.*)\);\n', raw)[1]).get(word, [])


def test_case_and_accents_do_not_matter():
    assert list(words_of("The Café's RÉSUMÉ, 42 µs")) == ["the", "cafe", "s", "resume", "42", "μs"]


def test_a_word_of_the_title_counts_more(tmp_path):
    index = Index(tmp_path / "index")
    index.add(0, weights([(8, "Replica lag"), (1, "the replica was slow")]))
    index.add(1, weights([(8, "Mails waited"), (1, "the replica was well")]))
    index.finish()
    assert found(tmp_path / "index", "replica") == [[0, 9], [1, 1]]
    assert found(tmp_path / "index", "mails") == [[1, 8]]
    assert not list((tmp_path / "index").glob("*.rows"))


@given(st.text(max_size=60))
def test_every_word_can_be_written_to_a_line_and_named_as_a_file(text):
    for word in words_of(text):
        assert not re.search(r"[\s/\\.]", word + shard_of(word))
        assert 0 < len(word) <= 40
