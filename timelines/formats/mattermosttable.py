"""Mattermost's compliance exports and legal holds as CSV; columns are known by their names without blanks."""

from __future__ import annotations

from collections.abc import Iterator

from timelines.formats import chat
from timelines.formats import mattermostposts as posts
from timelines.formats.base import Bundle, any_time, clean
from timelines.formats.documents import Found, records
from timelines.formats.records import Record, Skipped


def read(bundle: Bundle, name: str) -> Iterator[Record | Skipped]:
    for row in chat.rows(bundle, name):
        if isinstance(row, Skipped):
            yield row
        else:
            where, cells, raw = row
            yield from records([Found(cells, where)], lambda e, raw=raw: iter([_row(e.value, e.where, raw)]))


def _row(cells: dict[str, str], where: str, raw: bytes) -> Record:
    """One row. The wording before an edit names the post it became in “Edited By Post Id”.

    An attachment is a row of its own with the post's id; joins and leaves have no id and are known by what
    they say, when and of whom.
    """
    written = cells.get("postcreationtime") or cells.get("postcreateat") or ""
    moment = any_time(written)
    former = cells.get("editedbypostid") or cells.get("postoriginalid") or ""
    key, kind = former or cells.get("postid", ""), cells.get("posttype", "")
    message = cells.get("postmessage", "")
    if not key or kind == "attachment":
        about = [
            key,
            written,
            cells.get("channelid") or cells.get("channelname"),
            cells.get("username"),
            kind,
            message,
        ]
        key = f"{key or 'row'}/{chat.digest(*about)}"
    user = cells.get("username") or cells.get("userusername") or ""
    robot = cells.get("usertype") == "bot" or cells.get("isbot", "").lower() == "true"
    author = {
        "actor": clean(cells.get("usernickname") or user or cells.get("useremail") or cells.get("userid")),
        "actor_id": clean(cells.get("userid") or user or cells.get("useremail")),
        "actor_kind": "bot" if robot else "person",
    }  # fmt: skip
    answered = next((cells[c] for c in ("repliedtopostid", "postrootid", "parentpostid") if cells.get(c)), "")
    updated = cells.get("postupdatetime") or cells.get("updatetime") or cells.get("postupdateat")
    what = (cells.get("postupdatetype") or cells.get("updatedtype") or "").lower()
    gone = posts.later(cells.get("postdeleteat")) or (posts.later(updated) if "delete" in what else None)
    return posts.record(
        moment, key, {"message": message, "type": "" if kind == "message" else kind}, author, where, written=written,
        place=_channel(cells), thread=answered,
        edited=None if former else posts.later(updated) or moment, gone=None if former else gone, raw=raw,
    )  # fmt: skip


def _channel(cells: dict[str, str]) -> str:
    named = cells.get("channelname") or cells.get("channeldisplayname")
    return f"#{named}" if named else cells.get("channelid", "")
