"""VPC flow logs, apk.log and Mattermost's compliance export as XML: files as their vendors describe them."""

from __future__ import annotations

import gzip

import pytest

from timelines.reading import Reading, Unreadable

FLOWS = """version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status
2 123456789010 eni-1235b8ca 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1773165600 1773165660 ACCEPT OK
2 123456789010 eni-1235b8ca 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1773165610 1773165660 REJECT OK
2 123456789010 eni-1235b8ca 2001:db8::1 2001:db8::2 34892 3389 6 54 8855 1773165620 1773165650 REJECT OK
2 123456789010 eni-1235b8ca - - - - - - - 1773165660 1773165720 - NODATA
2 123456789010 eni-1235b8ca - - - - - - - 1773165720 1773165780 - SKIPDATA
"""


def test_flows_are_kept_out_of_sight_and_refusals_are_told_by_the_minute(told):
    records, skipped = told(gzip.compress(FLOWS.encode()), name="123456789010_vpcflowlogs.log.gz")
    assert not skipped
    flows = [r for r in records if r.kind == "flow"]
    assert [r.noise for r in flows] == [True] * 3
    assert flows[0].text == "TCP 172.31.16.139:20641 → 172.31.16.21:22 let through, 20 packets, 4249 bytes"
    assert flows[0].at.isoformat() == "2026-03-10T18:00:00+00:00"
    assert "[2001:db8::2]:3389" in flows[2].text
    (refused,) = [r for r in records if r.kind == "flows refused"]
    assert refused.text.startswith("2 flows refused: TCP 172.31.9.12:3389 (1)")
    assert [r.text for r in records if not r.noise and r.kind == "flow log"] == [
        "Flows of this window were lost to the log."
    ]


def test_without_a_header_the_default_format_is_known_also_as_cloudwatch_writes_it_out(told):
    lines = FLOWS.splitlines()[1:]
    plain, _ = told("\n".join(lines))
    written, _ = told("\n".join(f"2026-03-10T18:05:00.000Z {line}" for line in lines))
    assert {r.external_id for r in plain} == {r.external_id for r in written}


def test_a_custom_format_is_read_by_its_names_and_one_without_times_is_refused_line_by_line(told):
    records, _ = told(
        "srcaddr dstaddr action end start vpc-id\n10.0.0.1 10.0.0.2 REJECT 1773165660 1773165600 vpc-1\n"
    )
    assert {r.kind for r in records} == {"flow", "flows refused"}
    records, skipped = told(
        "srcaddr dstaddr action vpc-id\n10.0.0.1 10.0.0.2 REJECT vpc-1\n", format="vpcflow"
    )
    assert not records
    assert "neither start nor end" in skipped[0].why


@pytest.mark.parametrize(
    "line", ["2 1 eni-1 a b", "x" * 200, "2 123456789010 eni-1 - - - - - - - 9 99999999999999999999 - OK"]
)
def test_a_bad_flow_is_noted_and_the_others_are_read(told, line):
    records, skipped = told(FLOWS + line + "\n")
    assert len(records) == 6
    assert len(skipped) == 1


APK = """(3/3) Installing left-over (1.0-r0)
OK: 5 MiB in 14 packages

Running `apk add --no-cache curl` at 2026-03-10 18:00:00
(1/2) Installing ca-certificates (20240705-r0)
(2/2) Installing curl (8.5.0-r0)
Executing busybox-1.36.1-r15.trigger
OK: 10 MiB in 16 packages

Running `apk upgrade` at 2026-03-10 18:05:00
(1/1) Upgrading openssl (3.1.4-r5 -> 3.1.4-r6)
ERROR: unable to select packages:

Running `apk info` at 2026-03-10 18:06:00
"""


def test_commands_of_apk_are_events_in_utc_with_what_they_did(told):
    records, skipped = told(APK, name="apk.log")
    assert [r.at.isoformat()[11:19] for r in records] == ["18:00:00", "18:05:00", "18:06:00"]
    assert "installed ca-certificates (20240705-r0), curl (8.5.0-r0)" in records[0].text
    assert "upgraded openssl (3.1.4-r5 -> 3.1.4-r6); ERROR: unable" in records[1].text
    assert [r.noise for r in records] == [False, False, True]
    assert "in the middle" in skipped[0].why


ROOM = "<RoomID>public - ops - abc123</RoomID><StartTimeUTC>1773165600000</StartTimeUTC>"


def dump(*inside: str) -> str:
    body = "".join(inside)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<FileDump xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        f'<Conversation Perspective="Operations">{ROOM}{body}<EndTimeUTC>1773169200000</EndTimeUTC></Conversation></FileDump>'
    )


def message(id: str, words: str, minute: int = 0, more: str = "", type: str = "user") -> str:
    return (
        f"<Message><MessageId>{id}</MessageId><LoginName>ewa@example.org</LoginName><UserType>{type}</UserType>"
        f"<DateTimeUTC>{1773165600000 + minute * 60000}</DateTimeUTC>{more}<Content>{words}</Content></Message>"
    )


def changed(what: str, to: str = "") -> str:
    later = "<UpdatedDateTimeUTC>1773165999000</UpdatedDateTimeUTC>"
    return f"<UpdatedType>{what}</UpdatedType>{later}" + (
        f"<EditedNewMsgId>{to}</EditedNewMsgId>" if to else ""
    )


def test_a_compliance_export_as_xml_tells_messages_edits_deletions_and_who_came(told):
    who = "<LoginName>{}</LoginName><UserType>user</UserType><DateTimeUTC>{}</DateTimeUTC>"
    records, skipped = told(
        dump(
            f"<ParticipantEntered>{who.format('ewa@example.org', 1773165600000)}</ParticipantEntered>",
            message("m1", "Seat maps &amp; tickets are slow"), message("m2", "restrt it", 2, changed("EditedOriginalMsg", "m3")),
            message("m3", "restart it", 2, changed("EditedNewMsg")), message("m4", "oops", 3), message("m4", "delete oops", 3, changed("Deleted")),
            message("m5", "[ALERT]", 4, type="bot"),
            f"<FileTransferStarted>{who.format('ewa@example.org', 1773165900000)}<UserFileName>a/graph.png</UserFileName></FileTransferStarted>",
            f"<ParticipantLeft>{who.format('jo@example.org', 1773166000000)}</ParticipantLeft>",
            f"<ParticipantLeft>{who.format('ewa@example.org', 1773169200000)}</ParticipantLeft>",
        ),
        name="actiance_export.xml",
    )  # fmt: skip
    assert not skipped
    assert {r.place for r in records} == {"#ops"}
    said = {r.external_id: r for r in records if r.kind in ("message", "deleted message")}
    assert said["m1"].text == "Seat maps & tickets are slow"
    assert (said["m3"].text, said["m3"].extra["edited"]["at"]) == ("restart it", "2026-03-10T18:06:39+00:00")
    assert (said["m4"].deleted, said["m4"].text) == (True, "oops")
    assert said["m5"].actor_kind == "bot"
    assert [r.actor for r in records if r.kind == "leave"] == ["jo@example.org"], (
        "the others did not leave: the export ended"
    )
    assert [r.text for r in records if r.kind == "file"] == ["[file] graph.png"]


def test_a_compliance_export_that_breaks_off_keeps_what_was_read_and_says_so(tmp_path):
    path = tmp_path / "a.xml"
    path.write_text(dump(message("m1", "first"), message("m2", "second"))[:-120])
    reading, seen = Reading(path), []
    with pytest.raises(Unreadable, match="whole XML"):
        seen.extend(record.text for record in reading)
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><FileDump xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">&a;</FileDump>'
    path.write_text(bomb)
    with pytest.raises(Unreadable, match="entities"):
        list(Reading(path))
