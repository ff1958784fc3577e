from __future__ import annotations

from postmortems.writeup.files.exchange import export, plan, take
from postmortems.writeup.writing.actions import save_section
from tests import make
from tests.make import T0

TEXT = "It grew.\n\n![Errors \\[ms\\] rise](image:1)\n\n![](image:1)"


def test_a_draft_that_goes_out_and_comes_back_has_its_pictures(cast):
    make.image(cast.incident)
    save_section(incident=cast.incident, key="story", text=TEXT, version=0, by=cast.alice)
    file = export(cast.incident)
    assert TEXT in file
    assert plan(cast.incident, file).changes == []
    take(incident=cast.incident, text=file.replace("It grew.", "It shrank."), by=cast.alice, now=T0)
    assert cast.incident.sections.get(key="story").text == TEXT.replace("It grew.", "It shrank.")
