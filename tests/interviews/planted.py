"""Words that nobody else may ever see, planted wherever words are private; and the ways to look for them.

Each word tells what it was planted in, so that a leak is named by what is found. The words are new in every
run: what an earlier one left behind is not taken for a leak.
"""

from __future__ import annotations

import io
import secrets
import zlib
from dataclasses import dataclass, field
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db import connection
from pypdf import PdfReader

from postmortems.incidents import actions as incidents
from postmortems.interviews.inviting import actions as inviting
from postmortems.interviews.jotting import actions as jotting
from postmortems.interviews.listening import actions as listening
from postmortems.interviews.models import Interview, Note
from postmortems.interviews.refusals import NotPossible
from postmortems.interviews.releasing import actions as releasing
from tests import make

NOW = make.T0 + timedelta(days=2)
# what was planted: whose eyes it is for
FOR = {
    "jotnote": {"ian"}, "jotnoteofalice": {"alice"}, "jotnoteofguest": set(),
    "wishes": {"alice", "ian"}, "question": {"alice"}, "noteline": {"alice", "ian"}, "proposed": {"alice", "ian"},
    "correction": {"alice", "ian"}, "struckline": set(), "struckpassage": set(), "offrecord": set(),
    "offrecordpassage": set(), "answerinwriting": {"bob"}, "takenback": {"alice", "ian"},
}  # fmt: skip


@dataclass
class Planted:
    interview: Interview
    written: Interview  # of somebody without an account, with bob
    words: dict[str, str] = field(default_factory=dict)

    def seen(self, text: str | bytes) -> set[str]:
        if isinstance(text, str):
            text = text.encode("utf-8", "replace")
        return {what for what, word in self.words.items() if word.encode() in text}


def plant(cast, interview: Interview) -> Planted:
    """A whole conversation between alice and ian, one in writing between bob and a guest, and jot-notes."""
    mark = secrets.token_hex(5)
    words = {what: f"{what}{mark}" for what in FOR}
    incident = cast.incident
    guest = incidents.add_participant(
        incident=incident, by=cast.alice, name="Gwen Guest", role="Support", email="gwen@example.com"
    )
    written = Interview.objects.create(
        incident=incident, participant=guest, interviewer=cast.bob, state="writing", invited_at=make.T0
    )
    for by, what in ((cast.ian, "jotnote"), (cast.alice, "jotnoteofalice"), (guest, "jotnoteofguest")):
        jotting.save_jot_note(incident=incident, by=by, text=f"I saw {words[what]} there.", version=0)
    listening.save_note(
        interview=written, by=None, body=f"I wrote {words['answerinwriting']}.", version=0, now=NOW
    )
    inviting.answer(interview=interview, how="move", wishes=f"Rather {words['wishes']}.", now=make.T0)
    listening.add_question(
        interview=interview,
        by=cast.alice,
        text=f"What was {words['question']} like?",
        as_it_stands=True,
        now=NOW,
    )
    _converse(cast, interview, words)
    return Planted(interview, written, words)


def _converse(cast, interview: Interview, words: dict[str, str]) -> None:
    body = "\n".join(
        (f"It was {words['noteline']}.", f"@18:20 Then {words['proposed']}.", f"@18:25 And {words['struckpassage']}.",
         f"Not {words['struckline']}.", f"@18:30 But {words['takenback']}.")
    )  # fmt: skip
    note = listening.save_note(interview=interview, by=cast.alice, body=body, version=0, now=NOW)
    listening.go_off_record(interview=interview, by=cast.alice, body=body, version=note.version, now=NOW)
    for say in (
        lambda: listening.save_note(
            interview=interview, by=cast.alice, body=f"{body}\n{words['offrecord']}", version=1, now=NOW
        ),
        lambda: listening.propose_passage(
            interview=interview, by=cast.alice, text=words["offrecordpassage"], earliest=make.T0
        ),
    ):
        try:
            say()
        except NotPossible:
            continue
        raise AssertionError("off the record, something was written down")
    listening.back_on_record(interview=interview, by=cast.alice, now=NOW + timedelta(minutes=5))
    listening.held(interview=interview, by=cast.alice, now=NOW + timedelta(minutes=40))
    releasing.correct(
        interview=interview,
        line=f"It was {words['noteline']}.",
        number=0,
        text=f"Rather {words['correction']}.",
        now=NOW,
    )
    releasing.strike_line(interview=interview, line=f"Not {words['struckline']}.", number=3, now=NOW)
    releasing.strike(passage=interview.passages.get(text__contains=words["struckpassage"]), now=NOW)
    back = interview.passages.get(text__contains=words["takenback"])
    releasing.take_back(passage=releasing.release(passage=back, text="", with_name=False, now=NOW), now=NOW)
    releasing.ask_to_read(interview=interview, by=cast.alice, now=NOW)
    assert words["noteline"] in Note.objects.get(interview=interview).body


# --- looking -----------------------------------------------------------------------------------------


def tables() -> dict[str, str]:
    """Every table of the database as text; what sessions hold, unpacked."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"select coalesce(string_agg(t::text, ' '), '') from {table} t")
            found[table] = cursor.fetchone()[0]
            # what is stored as bytes stands in hexadecimal digits there
            found[table] += " ".join(_bytes(cursor, table))
    found["what sessions hold"] = " ".join(str(session.get_decoded()) for session in Session.objects.all())
    return found


def _bytes(cursor, table: str) -> list[str]:
    cursor.execute(
        "select column_name from information_schema.columns where table_name = %s and data_type = 'bytea'",
        [table],
    )
    found = []
    for (column,) in cursor.fetchall():
        cursor.execute(f'select "{column}" from {table} where "{column}" is not null')
        found += [bytes(value).decode("latin-1") for (value,) in cursor.fetchall()]
    return found


def of_pdf(data: bytes) -> str:
    """Everything in a PDF that could hold words: its text, its metadata, its streams."""
    reader = PdfReader(io.BytesIO(data))
    found = [page.extract_text() for page in reader.pages] + [str(reader.metadata)]
    if reader.xmp_metadata is not None:
        found.append(reader.xmp_metadata.stream.get_data().decode("utf-8", "replace"))
    for part in data.split(b"stream")[1:]:
        try:
            found.append(zlib.decompressobj().decompress(part.lstrip(b"\r\n")).decode("latin-1"))
        except zlib.error:
            continue
    return " ".join([*found, data.decode("latin-1")])


def of_redis(client) -> bytes:
    """Every key and value of a Redis database, whatever its type."""
    found = []
    for key in client.scan_iter(count=1000):
        kind = client.type(key)
        read = {
            b"string": lambda key: [client.get(key) or b""],
            b"list": lambda key: client.lrange(key, 0, -1),
            b"set": lambda key: list(client.smembers(key)),
            b"hash": lambda key: [part for pair in client.hgetall(key).items() for part in pair],
            b"zset": lambda key: client.zrange(key, 0, -1),
            b"stream": lambda key: [repr(client.xrange(key)).encode()],
        }.get(kind)
        found += [key, *(read(key) if read else [])]
    return b"\n".join(found)
